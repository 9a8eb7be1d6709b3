"""An obligation in force ended from a day on: the effect is shown, then it is put in force.

An amendment that says nothing else. What was due before that day stays owed.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.amending import effects, put_in_force
from web.pages.agreements import ensure_readable, owed_counts, tell_owed
from web.typed import day_typed
from web.visit import Visit, reads, writes
from workflow import catalogue, labels
from workflow.domain.errors import InvalidFile, Refusal
from workflow.domain.roles import Deed, Place
from workflow.i18n import N_
from workflow.intake.amendment_file import read_amendment
from workflow.intake.yaml_text import yaml_text

if TYPE_CHECKING:
    from workflow.catalogue import Kept
    from workflow.owing import BroughtUp

router: Final = APIRouter(include_in_schema=False)


@router.get("/agreements/{code}/duty/end")
@reads
def ending(visit: Visit, code: str, *, of: str = "") -> Response:
    """The form with which an obligation is ended."""
    _ensure_may(visit, code)
    if not of:
        return visit.go(f"/agreements/{quote(code)}#duties")
    return _page(visit, catalogue.kept(visit.db, code), of)


@router.post("/agreements/{code}/duty/end")
@writes
def end_duty(
    visit: Visit,
    code: str,
    *,
    of: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
    ground: Annotated[str, Form()] = "",
    shown: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "effect",
) -> Response:
    """Show what ending does to the tasks, or do it once that was seen."""
    _ensure_may(visit, code)
    kept = catalogue.locked(visit.db, code)
    typed = {"on": on, "ground": ground}
    try:
        _title(kept, of)
        day = day_typed(on, name=visit.say(N_("First day on which it is over")))
        said = {"agreement": code, "from": day, "ground": ground, "end": [of]}
        text = yaml_text(said, spaced="end")
        mark = sha256(text.encode()).hexdigest()[:16]
        value = read_amendment(text, agreement=kept.says)
        is_kept = do == "save" and shown == mark
        _, done = put_in_force(visit, kept.says, value, is_kept=is_kept)
    except InvalidFile as refused:
        wrong = "\n".join(
            labels.sentence_for(one.code, one.facts, visit.lang) for one in refused.problems
        )
        return _page(visit, kept, of, typed=typed, wrong=wrong)
    except Refusal as refused:
        if refused.code == "obligation.unknown":
            raise
        return _page(visit, kept, of, typed=typed, wrong=labels.describe(refused, visit.lang))
    if not is_kept:
        return _page(visit, kept, of, typed=typed, done=done, mark=mark)
    visit.tell(N_("“{title}” ends; its last day is the day before."), title=_title(kept, of))
    tell_owed(visit, [done])
    return visit.go(f"/agreements/{quote(code)}#duties")


def _ensure_may(visit: Visit, code: str) -> None:
    ensure_readable(visit, code)
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))


def _title(kept: Kept, of: str) -> str:
    titles = [one.title for one in kept.says.obligations if one.code == of]
    if not titles:
        raise Refusal("obligation.unknown", code=of[:80])
    return titles[-1]


def _page(
    visit: Visit,
    kept: Kept,
    of: str,
    *,
    typed: dict[str, str] | None = None,
    wrong: str = "",
    done: BroughtUp | None = None,
    mark: str = "",
) -> Response:
    if kept.state != "active":
        raise Refusal("agreement.not_active", agreement=kept.says.code, state=kept.state)
    return visit.page(
        "editor/ending.html.j2",
        status=422 if wrong else 200,
        says=kept.says,
        of=of,
        title=_title(kept, of),
        typed=typed or {"on": "", "ground": ""},
        wrong=wrong,
        mark=mark,
        done=done,
        effects=effects(visit, done) if done else [],
        totals=owed_counts(done) if done else {},
        titles={one.code: one.title for one in kept.says.obligations},
    )
