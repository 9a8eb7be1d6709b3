"""Approving a report and issuing it: a number, frozen content, files with their hashes.

Knows that whoever answers for the figures never approves them, and that what was approved
is what is issued. Refuses to know how figures come about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reports.delivering import sending as delivering
from reports.documents.formats import FORMATS, rendered
from reports.drafting import ensure_state, locked_report, record
from reports.issuing import numbering
from reports.issuing.freezing import File, freeze
from reports.issuing.signing import SIGNED_SINCE, Signature
from reports.letterheads import template_of
from reports.narrating.sentences import outdated
from reports.quarterly import Issue, read, sha256, written
from workflow import access, catalogue
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied
from workflow.domain.roles import Deed, Place
from workflow.domain.timeliness import day_of
from workflow.store import reports as stored
from workflow.store.people import person_by_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from reports.quarterly import Report
    from workflow.catalogue import Kept
    from workflow.domain.agreement import Agreement
    from workflow.domain.roles import Grant
    from workflow.journal import Act

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """How a report is issued: where its files lie, in which language and formats.

    ``number`` is the office's own; None takes the next one of the agreement's series.
    ``issued_on`` and ``signer``, with their ``post``, come from the office's register as
    well; otherwise it is the day of the act, and whoever approved the report.
    ``journal_head`` is the seal over the journal as it stands, empty before the first.
    """

    data_dir: Path
    journal_head: str
    lang: str = "vi"
    formats: Sequence[str] = tuple(FORMATS)
    number: str | None = None
    issued_on: date | None = None
    signer: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An issued report: its number, the hash that names its content, and its files."""

    number: str
    sha256: str
    files: tuple[File, ...]


def approve_report(
    db: Connection,
    report_id: int,
    *,
    act: Act,
    seen: str | None = None,
    despite_changes: bool = False,
) -> None:
    """Approve a draft as a leader; another person than whoever drafted or refreshed it.

    ``seen`` is the hash of what the leader read: the approval is refused where the draft
    has changed since (``report.changed_meanwhile``). ``despite_changes``: the leader knows
    that figures differ under words that nobody has confirmed since, which otherwise is
    refused (``report.words_outdated``) and in any case stands in the journal. Raises ``Refusal``:
    ``report.unknown``, ``report.not_draft``, ``report.second_person``,
    ``access.person_only``, ``access.denied``.
    """
    row = locked_report(db, report_id)
    if access.is_rule(act.by):
        raise Refusal("access.person_only", by=act.by)
    ensure_leads(db, row.agreement, act)
    ensure_state(row, "draft")
    if act.by == row.drafted_by:
        raise Refusal("report.second_person", report=report_id, by=act.by)
    if seen is not None and seen != row.sha256:
        raise Refusal("report.changed_meanwhile", report=report_id, seen=seen, now=row.sha256)
    stale = _ensure_words_hold(row, despite_changes=despite_changes)
    stored.change_report(
        db, report_id, {"state": "approved", "approved_by": act.by, "approved_at": act.at}
    )
    record(
        db,
        row,
        "report.approved",
        act,
        before={"state": "draft"},
        after={"state": "approved", "sha256": row.sha256} | ({"outdated": stale} if stale else {}),
    )


def _ensure_words_hold(row: Row[Any], *, despite_changes: bool) -> int:
    """How many sentences people's words stand on have other figures by now."""
    report = read(row.content)
    stale = len(outdated(report.sentences, report.footings))
    if stale and not despite_changes:
        raise Refusal("report.words_outdated", report=row.id, count=stale)
    return stale


def send_back(db: Connection, report_id: int, *, act: Act) -> None:
    """Make an approved report a draft again, with a reason; only before it is issued.

    Raises ``Refusal``: ``report.unknown``, ``report.not_approved``,
    ``report.ground_missing``, ``access.denied``.
    """
    row = locked_report(db, report_id)
    ensure_leads(db, row.agreement, act)
    ensure_state(row, "approved")
    if not (act.reason and act.reason.strip()):
        raise Refusal("report.ground_missing", report=report_id)
    stored.change_report(
        db, report_id, {"state": "draft", "approved_by": None, "approved_at": None}
    )
    record(
        db,
        row,
        "report.sent_back",
        act,
        before={"state": "approved", "approved_by": row.approved_by},
        after={"state": "draft"},
    )


def issue_report(db: Connection, report_id: int, *, how: Issuing, act: Act) -> Issued:
    """Number an approved report, freeze its content, write its files and put it in the post.

    The number of the own series is the one that ``numbering.take_number`` bound to it, or
    else is bound now. Files are written before the transaction ends: where it does not,
    they lie there under no row and are written over by the next attempt. JSON is always
    among the formats. Raises ``Refusal``: ``report.unknown``, ``report.not_approved``,
    ``report.number_taken``, ``report.number_wrong``, ``report.day_wrong``,
    ``report.signer_wrong``, ``report.format_unknown``, ``report.unwritable``,
    ``template.*``, ``access.denied``.
    """
    known = stored.report_by_id(db, report_id)
    if known is None:
        raise Refusal("report.unknown", report=report_id)
    kept = catalogue.locked(db, known.agreement)
    row = locked_report(db, report_id)
    access.ensure_may(db, Deed.ISSUE_REPORT, act=act, place=Place(agreement=row.agreement))
    ensure_state(row, "approved")
    approved = read(row.content)
    on = _day(kept, approved, how.issued_on, act)
    signature = _signature(approved, how)
    number = _number(db, row, kept, approved, how=how, on=on, act=act)
    report = replace(
        approved,
        signature=signature,
        issue=Issue(
            number=number,
            issued_on=on,
            approved_by=_name(db, row.approved_by),
            approved_on=day_of(row.approved_at, kept.zone),
            lang=how.lang,
            journal_head=how.journal_head,
            approved_sha256=row.sha256,
        ),
    )
    content = written(report)
    template = template_of(db, row.agreement, data_dir=how.data_dir)
    made = rendered(report, ("json", *how.formats), lang=how.lang, template=template)
    files = freeze(how.data_dir, row, made)
    stored.change_report(
        db,
        report_id,
        {
            "state": "issued",
            "number": number,
            "issued_by": act.by,
            "issued_at": act.at,
            "journal_head": how.journal_head,
            "content": content,
            "sha256": sha256(content),
        },
    )
    stored.add_files(
        db,
        report_id,
        [
            {"format": one.format, "name": one.name, "sha256": one.sha256, "size": one.size}
            for one in files
        ],
    )
    issued = Issued(number=number, sha256=sha256(content), files=files)
    record(db, row, "report.issued", act, before={"state": "approved"}, after=entry_of(issued))
    delivering.announce_issue(db, row, kept, act=act)
    return issued


def entry_of(issued: Issued) -> dict[str, Any]:
    """What the journal says of an issue: what ``verify_report`` compares with."""
    return {
        "state": "issued",
        "number": issued.number,
        "sha256": issued.sha256,
        "files": {one.format: one.sha256 for one in issued.files},
    }


def may_approve(grants: Iterable[Grant], says: Agreement) -> bool:
    """Whether grants let somebody lead one of the sides; a report is all sides' together."""
    held = tuple(grants)
    sides = (None, *(party.code for party in says.parties))
    return any(
        roles.may(held, Deed.APPROVE_REPORT, place=Place(agreement=says.code, party=side))
        for side in sides
    )


def ensure_leads(db: Connection, agreement: str, act: Act) -> None:
    """Refuse whoever leads none of the sides."""
    if not may_approve(access.grants_of(db, act.by), catalogue.kept(db, agreement).says):
        raise Refusal("access.denied", by=act.by, deed=Deed.APPROVE_REPORT.value)


def _number(
    db: Connection,
    row: Row[Any],
    kept: Kept,
    report: Report,
    *,
    how: Issuing,
    on: date,
    act: Act,
) -> str:
    numbered = numbering.numbering_on(db, kept, on, report=report)
    if how.number is None:
        return numbering.own_number(db, row, numbered, kept=kept, act=act)
    return numbering.entered_number(db, row, numbered, how.number, kept=kept, act=act)


def _day(kept: Kept, report: Report, wanted: date | None, act: Act) -> date:
    """The day that the report bears: not before its figures were known, not to come."""
    today, known = kept.day_of(act.at), kept.day_of(report.as_of)
    if wanted is None:
        return today
    if not known <= wanted <= today:
        raise Refusal("report.day_wrong", given=wanted, earliest=known, latest=today)
    return wanted


def _signature(report: Report, how: Issuing) -> Signature | None:
    name, post = tidied(how.signer), tidied(how.post)
    if not name and not post:
        return None
    if not name or max(len(name), len(post)) > _LONGEST_NAME:
        raise Refusal("report.signer_wrong", most=_LONGEST_NAME)
    if report.form < SIGNED_SINCE:
        # Its form has no place for a signer: only a draft made anew has.
        raise Refusal("report.form_old", form=report.form)
    return Signature(name=name, post=post)


def _name(db: Connection, key: str) -> str:
    person: Row[Any] | None = person_by_key(db, key)
    return key if person is None else str(person.name)
