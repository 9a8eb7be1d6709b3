"""Trying one check on one file by hand, as ``camket check`` does.

Knows how to turn what was typed into a check's arguments and refuses what is
wrong with them. Refuses to know tasks: the facts are given.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workflow.domain.errors import Refusal
from workflow.evidence.check import EvidenceFile, TaskFacts, judged, params_for
from workflow.evidence.registry import check_named
from workflow.evidence.sandbox import Pool

if TYPE_CHECKING:
    from pathlib import Path

    from workflow.evidence.check import Verdict
    from workflow.evidence.sandbox import Limits


def run_check(
    kind: str,
    path: Path | None,
    params_json: str = "{}",
    facts_json: str | None = None,
    *,
    figures_json: str = "{}",
    limits: Limits | None = None,
) -> Verdict:
    """Judge one file (or none) as a worker would: in a child process, within limits.

    Refuses ``check.unknown``, ``check.params_invalid``, ``check.json_invalid``
    (naming ``--params``, ``--facts`` or ``--figures``), ``facts.invalid`` and
    ``file.cannot_be_read``. The form of the answer is ``Verdict.to_json``.
    """
    check = check_named(kind)
    params = _object(params_json, "--params")
    params_for(check, params)
    figures = _object(figures_json, "--figures")
    # An attachment needs no task; what needs one finds that this unit is nowhere named.
    told = {"unit": {"name": "—"}} if facts_json is None else _object(facts_json, "--facts")
    facts = TaskFacts.from_json(json.dumps(told))
    try:
        file = None if path is None else EvidenceFile.at(path)
    except OSError as error:
        raise Refusal("file.cannot_be_read", file=str(path), error=error.strerror) from error
    if check.light:
        return judged(check, params, file, figures=figures, facts=facts)
    with Pool(size=1, limits=limits) as pool:
        return pool.run(kind, params=params, file=file, figures=figures, facts=facts)


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = (
            {"line": error.lineno, "column": error.colno}
            if isinstance(error, json.JSONDecodeError)
            else {}
        )
        raise Refusal("check.json_invalid", where=where, error=str(error), **place) from error
    if not isinstance(value, dict):
        raise Refusal(
            "check.json_invalid", where=where, error=f"an object is expected, not {text[:40]}"
        )
    return value
