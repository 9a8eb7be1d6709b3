"""One obligation on the desk: what was typed, what it says, and everything wrong with it.

Knows a draft and an agreement in force, the form and the text, and at which field each
problem is said. Changes nothing: pages save what is sound.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from web.writing import duty_fields
from web.writing.fields import Fields, Said
from web.writing.selector_fields import found_units
from workflow.domain.errors import InvalidFile, Problem, Refusal
from workflow.evidence.registry import params_problems
from workflow.intake.agreement_sense import mapping
from workflow.intake.kept_form import keep_obligation
from workflow.intake.one_obligation import (
    amendment_of,
    amendment_text,
    obligation_text,
    with_version,
)
from workflow.intake.places import Document, document, node_path
from workflow.intake.yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow.catalogue import Kept
    from workflow.directory import Listed
    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.amendment import Amendment

#: The clause that is written together with its obligation.
NEW_CLAUSE: Final = "+"
SELECTORS: Final = ("bearer", "cooperating")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An agreement, and the version that is changed; None where an obligation is added."""

    kept: Kept
    instead_of: Obligation | None = None

    @property
    def is_draft(self) -> bool:
        """Whether what is saved goes into a draft, and needs no amendment."""
        return self.kept.state == "draft"

    @property
    def seen(self) -> str:
        """A mark of what stood there when the form was opened."""
        if self.instead_of is None:
            return ""
        text = json.dumps(keep_obligation(self.instead_of), ensure_ascii=False, sort_keys=True)
        return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was typed, read: ``whole`` and ``version`` are None where something is wrong.

    ``text`` is the version as the file writes it, as far as it goes. ``wrongs`` holds the
    problems by field; those of no field stand under nothing.
    """

    fields: Fields
    text: str
    source: Document
    clause: dict[str, Any] | None = None
    whole: Agreement | None = None
    version: Obligation | None = None
    wrongs: dict[str, list[Problem]] = field(default_factory=dict)


def opened(kept: Kept, *, of: str = "", since: str = "") -> Desk:
    """The desk with an obligation on it: in a draft the version of a day, else the last one.

    Raises ``Refusal("agreement.not_active")`` where nothing is written any more, and
    ``Refusal("obligation.unknown")``.
    """
    if kept.state not in {"draft", "active"}:
        raise Refusal("agreement.not_active", agreement=kept.says.code, state=kept.state)
    if not of:
        return Desk(kept=kept)
    versions = [one for one in kept.says.obligations if one.code == of]
    if not versions:
        raise Refusal("obligation.unknown", code=of[:80])
    at = [one for one in versions if one.effective_from.isoformat() == since]
    is_draft = kept.state == "draft"
    return Desk(kept=kept, instead_of=at[0] if at and is_draft else versions[-1])


def judged(desk: Desk, fields: Fields, units: Sequence[Listed]) -> Judged:
    """Read what was typed, in the form or as text, within the agreement that it is to stand in."""
    if fields.get("mode") == ["text"]:
        return _judged_text(desk, fields)
    fields, problems = found_units(fields, units, prefixes=SELECTORS)
    fields = _with_codes(desk, fields)
    said = Said(fields)
    data = duty_fields.said(said)
    clause = _clause_of(said)
    if clause is not None:
        data["clause"] = clause["code"]
    if desk.instead_of is not None:
        data["code"] = desk.instead_of.code
    if not desk.is_draft:
        data = {**data, **_days(desk, said)}
        data = {name: value for name, value in data.items() if value is not None}
    source = Document(data)
    wrongs: dict[str, list[Problem]] = {}
    for one in problems:
        wrongs.setdefault(one.path, []).append(one)
    whole, found = _placed(desk, source, clause)
    for one in found:
        wrongs.setdefault(field_of(one, said), []).append(one)
    if wrongs or whole is None:
        text = yaml_text(data, spaced="versions")
        return Judged(fields=fields, text=text, source=source, clause=clause, wrongs=wrongs)
    version = _version(whole, data)
    return Judged(
        fields=fields,
        text=obligation_text(version, within=whole),
        source=source,
        clause=clause,
        whole=whole,
        version=version,
    )


def amendment(desk: Desk, found: Judged) -> tuple[str, Amendment]:
    """The amendment that puts a sound version in force, as text and as its value.

    Raises ``InvalidFile`` with paths as ``judged`` gives them to fields, and
    ``Refusal("editor.nothing_changed")``.
    """
    said = Said(found.fields)
    text = amendment_text(
        found.source,
        within=desk.kept.says,
        from_on=said.day("amendment.from") or "",
        ground=said.text("amendment.ground"),
        instead_of=desk.instead_of,
        clause=found.clause,
    )
    value = amendment_of(
        text, source=found.source, within=desk.kept.says, check_params=params_problems
    )
    return text, value


def field_of(problem: Problem, said: Said) -> str:
    """The field at which a problem is said; nothing for what lies outside the obligation."""
    path = node_path(problem.path)
    if path[:1] in {("amendment",), ("clause",)} and len(path) > 1:
        return ".".join(str(step) for step in path)
    if path[:1] == ("obligations",):
        return ""
    return said.field_at(path) or _NEVER_TYPED.get(str(path[0]) if path else "", "")


#: Where what is missing altogether is said.
_NEVER_TYPED: Final = {"bearer": "bearer.kinds", "trigger": "trigger", "title": "title"}


def _judged_text(desk: Desk, fields: Fields) -> Judged:
    text = next(iter(fields.get("text", ())), "")
    try:
        source = document(text)
    except InvalidFile as refused:
        nothing = Document({})
        wrongs = {"": list(refused.problems)}
        return Judged(fields=fields, text=text, source=nothing, wrongs=wrongs)
    whole, problems = _placed(desk, source, None)
    if whole is None:
        return Judged(fields=fields, text=text, source=source, wrongs={"": problems})
    version = _version(whole, mapping(source.data))
    return Judged(fields=fields, text=text, source=source, whole=whole, version=version)


def _placed(
    desk: Desk, source: Document, clause: dict[str, Any] | None
) -> tuple[Agreement | None, list[Problem]]:
    try:
        whole = with_version(
            source,
            within=desk.kept.says,
            instead_of=desk.instead_of,
            clause=clause,
            check_params=params_problems,
        )
    except InvalidFile as refused:
        return None, list(refused.problems)
    return whole, []


def _version(whole: Agreement, data: Any) -> Obligation:  # noqa: ANN401 - plain data of the file
    since = str(data.get("from") or whole.starts_on)
    versions = [one for one in whole.obligations if one.code == data["code"]]
    return next(one for one in versions if one.effective_from.isoformat() == since)


def _with_codes(desk: Desk, fields: Fields) -> Fields:
    """The same with a code made of the title where none was typed; so for a new clause."""
    said = Said(fields)
    says = desk.kept.says
    title = said.text("title")
    if desk.instead_of is None and title and not said.text("code"):
        taken = {one.code for one in says.obligations}
        fields = {**fields, "code": [duty_fields.suggested_code(title, taken=taken)]}
    duty = said.text("clause.text")
    if said.text("clause") == NEW_CLAUSE and duty and not said.text("clause.code"):
        taken = {one.code for one in says.clauses}
        code = duty_fields.suggested_code(duty, taken=taken, otherwise="dieu")
        fields = {**fields, "clause.code": [code]}
    return fields


def _clause_of(said: Said) -> dict[str, Any] | None:
    if said.text("clause") != NEW_CLAUSE:
        return None
    place = said.text("clause.place")
    clause = {"code": said.text("clause.code"), "text": said.text("clause.text")}
    return {**clause, **({"place": place} if place else {})}


def _days(desk: Desk, said: Said) -> dict[str, Any]:
    """The days of a version of an agreement in force: its own, or those of the amendment."""
    if desk.instead_of is not None:
        kept = keep_obligation(desk.instead_of)
        return {"from": kept.get("from"), "through": kept.get("through")}
    return {"from": said.day("from") or said.day("amendment.from")}
