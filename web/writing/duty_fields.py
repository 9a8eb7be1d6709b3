"""One version of an obligation as the fields of a form, both ways.

``shown`` and ``said`` are inverse to one another: what cannot be shown so that it is said
again as the same obligation is not shown at all (``form_of`` gives None), and is written as
text instead. Refuses to judge: the definition's own reader does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from web.writing.fields import Fields, Said, present, rows, said_side, shown_side, stated
from web.writing.proof_fields import said_proof, shown_proof
from web.writing.selector_fields import said_selector, shown_selector
from web.writing.trigger_fields import said_due, said_trigger, shown_due, shown_trigger
from workflow.domain.folding import fold
from workflow.intake.kept_form import keep_obligation, kept_obligation

if TYPE_CHECKING:
    from collections.abc import Collection

    from workflow.domain.agreement import Obligation

_BOXES: Final = ("needs_person", "auto_submit", "allows_nothing")
_WORDS: Final = ("code", "title", "clause", "topic", "beneficiary", "judged_by", "joiners")
_NOT_IN_CODE: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_CODE: Final = 40


def form_of(version: Obligation) -> Fields | None:
    """The fields that say this version, or None where no fields can."""
    try:
        fields = shown(keep_obligation(version))
        back = kept_obligation(said(Said(fields)))
    except (ValueError, ValidationError):
        return None
    return fields if back == version else None


def shown(data: dict[str, Any]) -> Fields:
    """A version as it is kept, as fields. Raises ``ValueError`` where its proof lies too deep."""
    fields: Fields = present([(name, data.get(name)) for name in _WORDS])
    fields |= present([("weight", data.get("weight", 1))])
    fields |= present([("from", data.get("from")), ("through", data.get("through"))])
    fields |= {name: ["yes"] for name in _BOXES if data.get(name)}
    fields |= shown_selector(data.get("bearer"), prefix="bearer")
    fields |= shown_selector(data.get("cooperating"), prefix="cooperating")
    fields |= shown_trigger(data.get("trigger"))
    fields |= shown_due(data.get("due"))
    fields |= shown_proof(data.get("proof"))
    for number, step in enumerate(data.get("ladder", ())):
        fields |= shown_step(step, number)
    return fields


def shown_step(step: dict[str, Any], number: int) -> Fields:
    """One step of pressing as a row."""
    prefix = f"ladder.{number}"
    names = ("code", "to", "channel")
    return {
        **shown_side(step.get("days"), prefix=prefix),
        **present([(f"{prefix}.{name}", step.get(name)) for name in names]),
    }


def said(said: Said) -> dict[str, Any]:
    """What the fields say, in the file's form; places are remembered in ``said``."""
    words = {name: said.text(name, name) for name in _WORDS}
    # What an obligation cannot lack is said even where it is empty, to be refused in its words.
    needed: dict[str, Any] = {
        "code": words["code"],
        "title": words["title"],
        "clause": words["clause"],
    }
    needed["bearer"] = said_selector(said, "bearer", "bearer")
    return needed | stated(
        **words,
        weight=said.whole("weight", "weight"),
        from_=said.day("from", "from"),
        through=said.day("through", "through"),
        **{name: said.is_on(name, name) or None for name in _BOXES},
        cooperating=said_selector(said, "cooperating", "cooperating"),
        trigger=said_trigger(said),
        due=said_due(said),
        proof=said_proof(said),
        ladder=_said_ladder(said),
    )


def _said_ladder(said: Said) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for number in rows(said.fields, "ladder"):
        prefix, place = f"ladder.{number}", len(steps)
        code = said.text(f"{prefix}.code", "ladder", place, "code")
        if not (code or said.text(f"{prefix}.days")):
            continue
        said.remember(f"{prefix}.code", ("ladder", place))
        steps.append(
            {
                "code": code,
                "days": said_side(said, prefix, "ladder", place, "days"),
                **stated(
                    to=said.text(f"{prefix}.to", "ladder", place, "to"),
                    channel=said.text(f"{prefix}.channel", "ladder", place, "channel"),
                ),
            }
        )
    return steps


def suggested_code(title: str, *, taken: Collection[str], otherwise: str = "nghia-vu") -> str:
    """A code made of a title's words that nothing else bears yet."""
    words = _NOT_IN_CODE.sub("-", fold(title)).strip("-")
    code = words[:_LONGEST_CODE].rpartition("-")[0] if len(words) > _LONGEST_CODE else words
    code = code or otherwise
    number, found = 1, code
    while found in taken:
        number += 1
        found = f"{code}-{number}"
    return found
