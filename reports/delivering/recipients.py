"""Whom the reports of an agreement go to by mail, and when they leave.

Knows recipients by role and bodies by their address. Refuses to send anything, and to name
a role that may not read reports anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from workflow import access, catalogue, journal
from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied
from workflow.domain.roles import UNIT_ROLES, Deed, Place, Role
from workflow.i18n import LANGUAGES
from workflow.store import report_deliveries as stored

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.journal import Act

#: Roles whose holders read every report of an agreement.
ROLES: Final = tuple(role for role in Role if role not in UNIT_ROLES)
MOST: Final = 300
_LONGEST_MAIL: Final = 254
_LONGEST_NAME: Final = 200
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Moment(StrEnum):
    """When the mail leaves."""

    ISSUE = "issue"
    TIME = "time"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When reports leave: at issue, at the next time of day, or once the signed copy is there.

    ``time`` is written 07:30, by the clock of the agreement's zone; ``weekday`` counts from
    0, Monday, and None is any day.
    """

    moment: Moment = Moment.ISSUE
    weekday: int | None = None
    time: str | None = None

    def next_from(self, at: datetime, zone: ZoneInfo) -> datetime:
        """When something leaves that is ready at an instant."""
        if self.time is None:
            return at
        local = at.astimezone(zone)
        clock = time_of_day.fromisoformat(self.time)
        for days in range(8):
            day = local.date() + timedelta(days=days)
            leaves = datetime.combine(day, clock, tzinfo=zone)
            if leaves >= at and self.weekday in {None, day.weekday()}:
                return leaves.astimezone(at.tzinfo)
        raise ValueError(f"no such time within a week: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One address that a report goes to; ``person`` is the account's key where it is one."""

    mail: str
    name: str
    lang: str
    person: str | None = None


def schedule_of(db: Connection, agreement_id: int) -> Schedule:
    """When the reports of an agreement leave."""
    row = stored.schedule_of(db, agreement_id)
    if row is None:
        return Schedule()
    return Schedule(moment=Moment(row.moment), weekday=row.weekday, time=row.time)


def schedule_from(moment: str, *, weekday: str | int | None = None, time: str = "") -> Schedule:
    """A schedule from its words.

    Raises ``Refusal``: ``schedule.moment_wrong``, ``schedule.weekday_wrong``,
    ``schedule.time_wrong``.
    """
    if moment not in set(Moment):
        raise Refusal("schedule.moment_wrong", given=moment, known=[str(one) for one in Moment])
    if moment != Moment.TIME:
        return Schedule(moment=Moment(moment))
    said = time.strip()
    if not _TIME.fullmatch(said):
        raise Refusal("schedule.time_wrong", given=said[:20])
    text = "" if weekday is None else str(weekday)
    if text and text not in {str(day) for day in range(7)}:
        raise Refusal("schedule.weekday_wrong", given=text[:20])
    return Schedule(moment=Moment.TIME, weekday=int(text) if text else None, time=said)


def change_schedule(db: Connection, *, agreement: str, schedule: Schedule, act: Act) -> None:
    """Set when the reports of an agreement leave; what waits already leaves as it was said.

    Raises ``Refusal``: ``agreement.unknown``, ``access.denied``.
    """
    kept = _setting(db, agreement, act)
    before = schedule_of(db, kept.id)
    columns = _plain(schedule)
    stored.set_schedule(db, kept.id, {**columns, "changed_by": act.by, "changed_at": act.at})
    _note(db, kept, "report_schedule.changed", act, before=_plain(before), after=columns)


def add_role(db: Connection, *, agreement: str, role: str, act: Act) -> int:
    """Send reports to everybody who holds a role at the time, and give the entry's number.

    Raises ``Refusal``: ``recipient.role_wrong``, ``recipient.known``,
    ``recipient.full``, ``agreement.unknown``, ``access.denied``.
    """
    kept = _setting(db, agreement, act)
    if role not in set(ROLES):
        raise Refusal("recipient.role_wrong", given=role, known=[str(one) for one in ROLES])
    return _add(db, kept, {"role": role}, act=act)


def add_body(
    db: Connection, *, agreement: str, name: str, mail: str, act: Act, lang: str = "vi"
) -> int:
    """Send reports to the address of a body, and give the entry's number.

    Raises ``Refusal``: ``recipient.mail_wrong``, ``recipient.name_wrong``,
    ``recipient.lang_wrong``, ``recipient.known``, ``recipient.full``,
    ``agreement.unknown``, ``access.denied``.
    """
    kept = _setting(db, agreement, act)
    said = tidied(name)
    if not said or len(said) > _LONGEST_NAME:
        raise Refusal("recipient.name_wrong", most=_LONGEST_NAME)
    if lang not in LANGUAGES:
        raise Refusal("recipient.lang_wrong", given=lang[:20], known=list(LANGUAGES))
    return _add(db, kept, {"name": said, "mail": mail_typed(mail), "lang": lang}, act=act)


def end_recipient(db: Connection, recipient_id: int, *, agreement: str, act: Act) -> None:
    """Send no further report to a recipient. Raises ``Refusal("recipient.unknown")``."""
    kept = _setting(db, agreement, act)
    rows = {row.id: row for row in stored.recipients_of(db, kept.id)}
    if recipient_id not in rows:
        raise Refusal("recipient.unknown", recipient=recipient_id)
    row = rows[recipient_id]
    stored.end_recipient(db, recipient_id, by=act.by, at=act.at)
    before = {"recipient": row.id, "role": row.role, "name": row.name, "mail": row.mail}
    _note(db, kept, "report_recipient.ended", act, before=before)


def addressees(db: Connection, kept: Kept) -> tuple[Addressee, ...]:
    """Every address that a report of an agreement goes to now, each once."""
    rows = stored.recipients_of(db, kept.id)
    found: dict[str, Addressee] = {}
    roles = [row.role for row in rows if row.role is not None]
    if roles:
        parties = [party.code for party in kept.says.parties]
        for one in stored.holders(db, roles, agreement_id=kept.id, parties=parties):
            found.setdefault(
                one.mail.lower(),
                Addressee(mail=one.mail, name=one.name, lang=one.lang, person=one.key),
            )
    for row in rows:
        if row.mail is not None:
            body = Addressee(mail=row.mail, name=row.name, lang=row.lang)
            found.setdefault(row.mail.lower(), body)
    return tuple(found.values())


def mail_typed(text: str) -> str:
    """A mail address as it was typed. Raises ``Refusal("recipient.mail_wrong")``."""
    mail = text.strip()
    local, at, host = mail.rpartition("@")
    if (
        not (local and at and host)
        or len(mail) > _LONGEST_MAIL
        or not mail.isprintable()
        or any(sign in mail for sign in ' ,;<>"')
    ):
        raise Refusal("recipient.mail_wrong", mail=mail[:80])
    return mail


def _add(db: Connection, kept: Kept, columns: dict[str, Any], *, act: Act) -> int:
    rows = stored.recipients_of(db, kept.id)
    same = {row.role or row.mail.lower() for row in rows}
    if (columns.get("role") or columns["mail"].lower()) in same:
        raise Refusal("recipient.known", recipient=columns.get("role") or columns["mail"])
    if len(rows) >= MOST:
        raise Refusal("recipient.full", most=MOST)
    number = stored.add_recipient(
        db, {"agreement_id": kept.id, **columns, "added_by": act.by, "added_at": act.at}
    )
    _note(db, kept, "report_recipient.added", act, after={"recipient": number, **columns})
    return number


def _setting(db: Connection, agreement: str, act: Act) -> Kept:
    kept = catalogue.locked(db, agreement)
    access.ensure_may(db, Deed.ISSUE_REPORT, act=act, place=Place(agreement=agreement))
    return kept


def _plain(schedule: Schedule) -> dict[str, Any]:
    return {
        "moment": schedule.moment.value,
        "weekday": schedule.weekday,
        "time": schedule.time,
    }


def _note(
    db: Connection,
    kept: Kept,
    verb: str,
    act: Act,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=kept.id,
        subject=("agreement", kept.id),
        before=before,
        after=after,
    )
