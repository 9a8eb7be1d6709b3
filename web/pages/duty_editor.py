"""Obligations written with a form: in a draft, or as an amendment with its effect shown first.

Every button is an ordinary submit that shows the form again with everything that was typed;
a script only saves people from pressing them.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from web.amending import effects, put_in_force
from web.pages.agreements import ensure_readable, owed_counts, tell_owed
from web.visit import Visit, reads, writes
from web.writing import duty_fields, sheet
from web.writing.duty_desk import Desk, Judged, amendment, field_of, judged, opened
from web.writing.fields import Fields, Form, Said, fields_of, rows, with_row, without_row
from web.writing.foreseen import foreseen
from workflow import catalogue, definitions, sourcing
from workflow.directory import listed_units
from workflow.domain.errors import InvalidFile, Problem, Refusal
from workflow.domain.roles import Deed, Place
from workflow.i18n import N_
from workflow.intake.kept_form import keep_obligation
from workflow.intake.one_obligation import obligation_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow.directory import Listed
    from workflow.domain.agreement import Obligation
    from workflow.owing import BroughtUp

router: Final = APIRouter(include_in_schema=False)
_ROWS: Final = {
    "proof": {"check": ["attachment"], "minimum": ["1"]},
    "ladder": {"days": [""], "side": ["after"], "to": ["unit"], "channel": ["mail"]},
}


@router.get("/agreements/{code}/duty")
@reads
def duty_form(visit: Visit, code: str, *, of: str = "", since: str = "") -> Response:
    """The form with one obligation, or an empty one."""
    desk = opened(catalogue.kept(visit.db, _readable(visit, code)), of=of, since=since)
    return _page(visit, desk, _first_fields(desk))


@router.post("/agreements/{code}/duty")
@writes
def write_duty(visit: Visit, code: str, *, sent: Form) -> Response:
    """Show the form again as a button asks, or save what is sound."""
    fields = fields_of(sent)
    kept = catalogue.locked(visit.db, _readable(visit, code))
    desk = _asked(kept, fields)
    do = Said(fields).text("do")
    fields = _pressed(desk, fields, do)
    units = listed_units(visit.db, on=visit.today)
    found = judged(desk, fields, units)
    if do in {"text", "form"}:
        return _page(visit, desk, _turned(found, do), wanted=do)
    if do not in {"save", "effect"}:
        return _page(visit, desk, fields, found=found if do == "preview" else None)
    if found.version is None or found.whole is None:
        return _page(visit, desk, fields, found=found, status=422)
    if Said(fields).text("seen") != desk.seen:
        wrongs = {"": [Problem(code="editor.changed_meanwhile")]}
        return _page(visit, desk, fields, found=replace(found, wrongs=wrongs), status=422)
    if not desk.is_draft:
        return _amend(visit, desk, found, is_kept=do == "save")
    definitions.import_agreement(visit.db, found.whole, act=visit.act())
    visit.tell(N_("“{title}” is saved in the draft."), title=found.version.title)
    return visit.go(f"/agreements/{quote(code)}#duties")


@router.post("/agreements/{code}/duty/preview")
@reads
def duty_preview(visit: Visit, code: str, *, sent: Form) -> Response:
    """What stands beside the form, alone, for a script that keeps it fresh; saves nothing."""
    fields = fields_of(sent)
    desk = _asked(catalogue.kept(visit.db, _readable(visit, code)), fields)
    units = listed_units(visit.db, on=visit.today)
    found = judged(desk, fields, units)
    return visit.page(
        "editor/preview.html.j2",
        f=sheet.Filled(visit.lang, found.fields, found.wrongs),
        **_ahead(visit, found, units),
    )


@router.post("/agreements/{code}/duty/drop")
@writes
def drop_duty(visit: Visit, code: str, *, sent: Form) -> Response:
    """Take an obligation out of a draft; from one in force it is ended, not taken away."""
    kept = catalogue.locked(visit.db, _readable(visit, code))
    of = Said(fields_of(sent)).text("of")
    desk = opened(kept, of=of or "?")
    if not desk.is_draft:
        raise Refusal("agreement.not_draft", agreement=code, state=kept.state)
    left = tuple(one for one in kept.says.obligations if one.code != of)
    follows = [one.title for one in left if getattr(one.trigger, "obligation", None) == of]
    if follows:
        raise Refusal("editor.is_followed", by=follows[0])
    definitions.import_agreement(visit.db, replace(kept.says, obligations=left), act=visit.act())
    title = desk.instead_of.title if desk.instead_of else of
    visit.tell(N_("“{title}” is taken out of the draft."), title=title)
    return visit.go(f"/agreements/{quote(code)}#duties")


def _readable(visit: Visit, code: str) -> str:
    ensure_readable(visit, code)
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    return code


def _asked(kept: catalogue.Kept, fields: Fields) -> Desk:
    said = Said(fields)
    return opened(kept, of=said.text("was"), since=said.text("was_from"))


def _first_fields(desk: Desk) -> Fields:
    """What the form holds when it is opened: the version, or what most obligations say."""
    if desk.instead_of is not None:
        return _fields_of_version(desk, desk.instead_of)
    says = desk.kept.says
    ladders = [one.ladder for one in says.obligations if one.ladder]
    like = max(ladders, key=ladders.count, default=())
    steps = keep_obligation(replace(says.obligations[0], ladder=like)) if like else {}
    fields: Fields = {
        "trigger": ["every"],
        "trigger.every": ["quarter"],
        "due.kind": ["offset"],
        "proof.kind": ["one"],
        "proof.0.check": ["attachment"],
        "proof.0.minimum": ["1"],
        "weight": ["1"],
        "clause": [says.clauses[0].code if says.clauses else "+"],
    }
    for number, step in enumerate(steps.get("ladder", ())):
        fields |= duty_fields.shown_step(step, number)
    return fields


def _fields_of_version(desk: Desk, version: Obligation) -> Fields:
    state = {"was": [version.code], "was_from": [version.effective_from.isoformat()]}
    state |= {"seen": [desk.seen]}
    fields = duty_fields.form_of(version)
    if fields is None:
        return {
            **state,
            "mode": ["text"],
            "text": [obligation_text(version, within=desk.kept.says)],
        }
    return {**fields, **state}


def _pressed(desk: Desk, fields: Fields, do: str) -> Fields:
    """What a button does to the form: a row more, a row less, the steps of another obligation."""
    act, _, rest = do.partition(" ")
    group, _, number = rest.partition(" ")
    if act == "add" and group in _ROWS:
        if (
            group == "proof"
            and Said(fields).text("proof.kind") in {"none", "one"}
            and rows(fields, "proof")
        ):
            fields = {**fields, "proof.kind": ["all"]}
        return with_row(fields, group, _ROWS[group])
    if act == "drop" and group in _ROWS and number.isdecimal():
        return without_row(fields, group, int(number))
    if act == "steps":
        like = Said(fields).text("ladder.like")
        found = [one for one in desk.kept.says.obligations if one.code == like]
        if found:
            for row in rows(fields, "ladder"):
                fields = without_row(fields, "ladder", row)
            for place, step in enumerate(keep_obligation(found[-1]).get("ladder", ())):
                fields |= duty_fields.shown_step(step, place)
    if act == "passage":
        chosen = sheet.passage(fields)
        return {**fields, "clause.place": [chosen]} if chosen else fields
    return fields


def _turned(found: Judged, do: str) -> Fields:
    """The same as text, or as a form where a form can hold it."""
    state = {
        name: some
        for name, some in found.fields.items()
        if name in {"was", "was_from", "seen"} or name.startswith("amendment.")
    }
    if do == "text":
        return {**state, "mode": ["text"], "text": [found.text]}
    fields = None if found.version is None else duty_fields.form_of(found.version)
    if fields is None:
        return {**found.fields, "mode": ["text"]}
    return {**fields, **state}


def _amend(visit: Visit, desk: Desk, found: Judged, *, is_kept: bool) -> Response:
    """Show what the amendment does to the tasks; put it in force once that was seen."""
    says = desk.kept.says
    try:
        text, value = amendment(desk, found)
        mark = sha256(text.encode()).hexdigest()[:16]
        is_kept = is_kept and Said(found.fields).text("shown") == mark
        _, done = put_in_force(visit, says, value, is_kept=is_kept)
    except InvalidFile as refused:
        said = Said(found.fields)
        duty_fields.said(said)
        wrongs: dict[str, list[Problem]] = {}
        for one in refused.problems:
            wrongs.setdefault(field_of(one, said), []).append(one)
        return _page(visit, desk, found.fields, found=replace(found, wrongs=wrongs), status=422)
    except Refusal as refused:
        wrongs = {"": [Problem(code=refused.code, facts=refused.facts)]}
        return _page(visit, desk, found.fields, found=replace(found, wrongs=wrongs), status=422)
    if not is_kept:
        fields = {**found.fields, "shown": [mark]}
        return _page(visit, desk, fields, found=found, effect=(text, done))
    visit.tell(N_("The amendment is in force from {on:day}."), on=value.from_on)
    tell_owed(visit, [done])
    return visit.go(f"/agreements/{quote(says.code)}#duties")


def _page(
    visit: Visit,
    desk: Desk,
    fields: Fields,
    *,
    found: Judged | None = None,
    effect: tuple[str, BroughtUp] | None = None,
    wanted: str = "",
    status: int = 200,
) -> Response:
    units = listed_units(visit.db, on=visit.today)
    now = found or judged(desk, fields, units)
    # Before anything was sent, what is still missing is no mistake.
    shown = now if found else replace(now, wrongs={})
    if wanted == "form" and now.fields.get("mode") == ["text"]:
        shown = now if now.wrongs else replace(now, wrongs={"": [_TOO_DEEP]})
    kept = {**shown.fields, **{name: fields[name] for name in ("shown",) if name in fields}}
    kept["seen"] = [desk.seen]
    shown = replace(shown, fields=kept)
    done = effect[1] if effect else None
    return visit.page(
        "editor/duty.html.j2",
        status=status,
        desk=desk,
        says=desk.kept.says,
        w=sheet.constants(),
        f=sheet.Filled(visit.lang, shown.fields, shown.wrongs),
        choices=sheet.choices_of(visit, desk.kept.says.obligations, units),
        source=sourcing.source_of(visit.db, desk.kept.id),
        address=_address(desk),
        effect=effect,
        effects=effects(visit, done) if done else [],
        totals=owed_counts(done) if done else {},
        titles={one.code: one.title for one in desk.kept.says.obligations},
        **_ahead(visit, now, units),
    )


_TOO_DEEP: Final = Problem(code="editor.only_as_text")


def _ahead(visit: Visit, found: Judged, units: Sequence[Listed]) -> dict[str, Any]:
    """The preview of a sound version, and its text."""
    seen = None
    if found.version is not None and found.whole is not None:
        names = {one.key: one.name for one in units}
        seen = foreseen(visit.db, found.whole, found.version, today=visit.today, names=names)
    return {"seen": seen, "text": found.text}


def _address(desk: Desk) -> str:
    address = f"/agreements/{quote(desk.kept.says.code)}/duty"
    if desk.instead_of is None:
        return address
    since = desk.instead_of.effective_from.isoformat()
    return f"{address}?{urlencode({'of': desk.instead_of.code, 'since': since})}"
