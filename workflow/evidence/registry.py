"""Which checks there are: those that come with the product, and those that others add.

Knows the entry-point group ``camket.checks``. Refuses to know what any check looks for.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from workflow.domain.errors import Problem, Refusal
from workflow.evidence.article import ArticleCheck
from workflow.evidence.attachment import AttachmentCheck
from workflow.evidence.attendance import AttendanceCheck
from workflow.evidence.check import params_for
from workflow.evidence.invoice import InvoiceCheck
from workflow.evidence.letter import LetterCheck, StatementCheck
from workflow.evidence.minutes import MinutesCheck
from workflow.evidence.quantity import QuantityCheck

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.evidence.check import Check

#: The entry-point group through which others add checks; each entry loads a ``Check``.
ENTRY_POINTS: Final = "camket.checks"
#: In the order in which they are listed.
BUILT_IN: Final[tuple[Check[Any], ...]] = (
    AttachmentCheck(),
    LetterCheck(),
    StatementCheck(),
    InvoiceCheck(),
    QuantityCheck(),
    AttendanceCheck(),
    MinutesCheck(),
    ArticleCheck(),
)


@lru_cache(maxsize=1)
def checks() -> Mapping[str, Check[Any]]:
    """Every check by its name, built-in ones first.

    An entry point that cannot be loaded, is no check or takes a built-in name
    refuses ``check.entry_point_invalid``: silently judging without it, or with
    another in its place, would be worse.
    """
    found: dict[str, Check[Any]] = {check.name: check for check in BUILT_IN}
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            check = entry.load()
        except Exception as error:
            raise Refusal(
                "check.entry_point_invalid", entry=entry.name, error=repr(error)
            ) from error
        if not _is_check(check) or check.name in found:
            raise Refusal("check.entry_point_invalid", entry=entry.name, error=entry.value)
        found[check.name] = check
    return found


def _is_check(candidate: Any) -> bool:  # noqa: ANN401 - whatever an entry point loaded
    return (
        isinstance(getattr(candidate, "name", None), str)
        and isinstance(getattr(candidate, "version", None), str)
        and isinstance(getattr(candidate, "light", None), bool)
        and isinstance(getattr(candidate, "params", None), type)
        and issubclass(candidate.params, BaseModel)
        and callable(getattr(candidate, "run", None))
    )


def check_named(name: str) -> Check[Any]:
    """The check of that name; refuses ``check.unknown``, naming those that exist."""
    known = checks()
    if name not in known:
        raise Refusal("check.unknown", check=name, known=sorted(known))
    return known[name]


def params_problems(name: str, params: Mapping[str, object]) -> tuple[Problem, ...]:
    """What an agreement file that names this check and these parameters has wrong, if anything.

    Each problem's ``path`` is relative to the parameters.
    """
    try:
        params_for(check_named(name), params)
    except Refusal as refusal:
        if refusal.code != "check.params_invalid":
            return (Problem(code=refusal.code, facts=refusal.facts),)
        return tuple(
            Problem(code=refusal.code, path=problem["path"], facts={"check": name, **problem})
            for problem in refusal.facts["problems"]
        )
    return ()
