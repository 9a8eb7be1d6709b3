"""Sending issued reports to whom they concern.

Knows which letters a report makes and when each leaves: one when it is issued, one more
when its signed copy follows, one when it is withdrawn. Refuses to send, and to know words:
``tasks.delivery`` writes and sends them.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reports.delivering.receipts import token_of
from reports.delivering.recipients import Addressee, Moment, addressees, schedule_of
from reports.drafting import ensure_state, locked_report, record
from reports.issuing.freezing import scans
from reports.quarterly import read
from workflow import access, catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.journal import Act
from workflow.store import report_deliveries as stored
from workflow.store.report_papers import scans_of
from workflow.store.reports import files_of, reports_among
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from reports.quarterly import Report
    from workflow.catalogue import Kept

#: The kind of work that sends a letter.
WORK: Final = "send_report"
ISSUED: Final = "issued"
SIGNED: Final = "signed"
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """The file that goes along: the signed copy where there is one, or else the frozen PDF."""

    path: Path
    sha256: str
    name: str
    is_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a letter is about and to whom it goes; the same on each attempt.

    ``ground`` is why a report was withdrawn. ``token`` opens the receipt's page.
    """

    kind: str
    to: Addressee
    token: str
    name_of_message: str
    agreement: str
    report: Report
    ground: str
    enclosure: Enclosure | None


# --- which letters there are ----------------------------------------------------------


def announce_issue(db: Connection, row: Row[Any], kept: Kept, *, act: Act) -> int:
    """Write the letters of a report that was just issued; give how many.

    None where reports leave once the signed copy is there.
    """
    if schedule_of(db, kept.id).moment is Moment.SIGNED:
        return 0
    return _post(db, row, kept, ISSUED, addressees(db, kept), act=act)


def announce_scan(db: Connection, row: Row[Any], kept: Kept, scan_id: int, *, act: Act) -> int:
    """Write the letters that a signed copy makes; give how many.

    Whoever was sent the report without it gets it now; a letter that waits takes it along;
    whoever waits for it gets the report.
    """
    letters = stored.deliveries_of(db, row.id)
    reached = {one.mail.lower() for one in letters}
    sent = {one.mail.lower(): _addressee(one) for one in letters if one.sent_at is not None}
    # A letter without an answer may have left: the signed copy follows it all the same.
    new = [one for one in addressees(db, kept) if one.mail.lower() not in reached]
    return _post(db, row, kept, ISSUED, new, act=act) + _post(
        db, row, kept, SIGNED, sent.values(), act=act, scan_id=scan_id
    )


def announce_withdrawal(db: Connection, row: Row[Any], kept: Kept, *, act: Act) -> int:
    """Tell whoever was sent a report that it is withdrawn; what still waits is not sent.

    The schedule is not waited for. Gives how many are told.
    """
    letters = stored.deliveries_of(db, row.id)
    waiting = [one.id for one in letters if one.sent_at is None and one.kind != WITHDRAWN]
    stored.change_deliveries(db, waiting, {"cancelled_at": act.at})
    told = {one.mail.lower(): _addressee(one) for one in letters if one.sent_at is not None}
    return _post(db, row, kept, WITHDRAWN, told.values(), act=act)


def deliver(db: Connection, report_id: int, *, act: Act) -> int:
    """Send an issued report to whoever has not got it, also where sending failed.

    Gives how many letters that makes. Raises ``Refusal``: ``report.unknown``,
    ``report.not_issued``, ``report.withdrawn``, ``recipient.none``, ``access.denied``.
    """
    row = locked_report(db, report_id)
    access.ensure_may(db, Deed.ISSUE_REPORT, act=act, place=Place(agreement=row.agreement))
    ensure_state(row, "issued")
    if row.withdrawn_at is not None:
        raise Refusal("report.withdrawn", report=report_id, number=row.number)
    kept = catalogue.kept(db, row.agreement)
    wanted = addressees(db, kept)
    if not wanted:
        raise Refusal("recipient.none", agreement=row.agreement)
    letters = stored.deliveries_of(db, report_id)
    reached = {one.mail.lower() for one in letters}
    failed = [one.id for one in letters if one.failed_at is not None and one.sent_at is None]
    stored.change_deliveries(db, failed, {"failed_at": None, "error": None, "due_at": act.at})
    put_work(db, kind=WORK, subjects=failed, due_at=act.at)
    new = [one for one in wanted if one.mail.lower() not in reached]
    return len(failed) + _post(db, row, kept, ISSUED, new, act=act)


def _post(
    db: Connection,
    row: Row[Any],
    kept: Kept,
    kind: str,
    to: Iterable[Addressee],
    *,
    act: Act,
    scan_id: int = 0,
) -> int:
    addressed = sorted(to, key=lambda one: one.mail)
    if not addressed:
        return 0
    leaves = act.at
    if kind == ISSUED:
        leaves = schedule_of(db, kept.id).next_from(act.at, kept.zone)
    ids = stored.add_deliveries(
        db,
        [
            {
                "report_id": row.id,
                "kind": kind,
                "scan_id": scan_id,
                "mail": one.mail,
                "name": one.name,
                "lang": one.lang,
                "person": one.person,
                "seed": secrets.token_hex(32),
                "made_at": act.at,
                "due_at": leaves,
            }
            for one in addressed
        ],
    )
    put_work(db, kind=WORK, subjects=ids, due_at=leaves)
    record(
        db,
        row,
        "report.posted",
        act,
        after={"kind": kind, "to": [one.mail for one in addressed], "due_at": leaves},
    )
    return len(ids)


def _addressee(letter: Row[Any]) -> Addressee:
    return Addressee(mail=letter.mail, name=letter.name, lang=letter.lang, person=letter.person)


# --- sending --------------------------------------------------------------------------


def parcels(
    db: Connection, ids: Iterable[int], *, at: datetime, data_dir: Path, secret: bytes
) -> dict[int, Parcel]:
    """What these letters say, for those that are still to be sent."""
    found: dict[int, Parcel] = {}
    letters = [
        one
        for one in stored.deliveries_among(db, ids)
        if one.sent_at is None and one.cancelled_at is None and one.due_at <= at
    ]
    known = {
        row.id: (row, read(row.content), enclosure_of(db, row, data_dir=data_dir))
        for row in reports_among(db, {one.report_id for one in letters})
    }
    for letter in letters:
        row, report, enclosure = known[letter.report_id]
        found[letter.id] = Parcel(
            kind=letter.kind,
            to=_addressee(letter),
            token=token_of(letter, secret),
            name_of_message=f"report.{letter.id}.{letter.seed[:16]}",
            agreement=row.agreement,
            report=report,
            ground=row.withdrawn_for or "",
            enclosure=None if letter.kind == WITHDRAWN else enclosure,
        )
    return found


def note_sent(db: Connection, sent: Mapping[int, str | None], *, at: datetime) -> None:
    """Note that the mail server has taken these letters, with the hash of what went along.

    Whoever got a report that was withdrawn while it was on its way is told of that.
    """
    for letter in stored.deliveries_among(db, sent):
        said = {"sent_at": at, "sent_sha256": sent[letter.id], "failed_at": None, "error": None}
        stored.change_deliveries(db, [letter.id], said)
        if letter.kind != WITHDRAWN and letter.cancelled_at is not None:
            row = locked_report(db, letter.report_id)
            kept = catalogue.kept(db, row.agreement)
            told = {one.mail for one in stored.deliveries_of(db, row.id) if one.kind == WITHDRAWN}
            if letter.mail not in told:
                _post(
                    db,
                    row,
                    kept,
                    WITHDRAWN,
                    [_addressee(letter)],
                    act=Act(by="system:delivery", at=at),
                )


def note_failed(db: Connection, ids: Sequence[int], *, error: str, at: datetime) -> None:
    """Note that these letters were given up, and why."""
    stored.change_deliveries(db, ids, {"failed_at": at, "error": error})


def ask_for_unsent(db: Connection, *, at: datetime, since: datetime) -> None:
    """Ask for the letters that never left, for instance without a mail server."""
    put_work(db, kind=WORK, subjects=stored.unsent(db, since=since, at=at), due_at=at)


def enclosure_of(db: Connection, row: Row[Any], *, data_dir: Path) -> Enclosure | None:
    """The file by which a report is given out: the signed copy, or else the frozen PDF."""
    for scan in scans_of(db, row.id):
        path = scans(data_dir).path_of(scan.sha256)
        return Enclosure(path=path, sha256=scan.sha256, name=scan.name, is_signed=True)
    for file in files_of(db, row.id):
        if file.format == "pdf":
            path = data_dir / file.name
            return Enclosure(path=path, sha256=file.sha256, name=path.name, is_signed=False)
    return None


def enclosed(enclosure: Enclosure) -> bytes:
    """The bytes of a file that is given out, as they were frozen or attached.

    Raises ``Refusal``: ``report.file_missing``, ``report.file_altered``.
    """
    try:
        content = enclosure.path.read_bytes()
    except OSError as fault:
        raise Refusal("report.file_missing", file=enclosure.name) from fault
    found = hashlib.sha256(content).hexdigest()
    if found != enclosure.sha256:
        raise Refusal(
            "report.file_altered", file=enclosure.name, expected=enclosure.sha256, found=found
        )
    return content
