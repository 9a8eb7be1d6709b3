"""Digests: what waits for somebody, gathered into one letter a person and day.

Knows what is gathered, what is dropped because it was settled meanwhile, and
the facts of a letter. Refuses to know words and mail: ``tasks.delivery`` writes
and sends.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workflow.catalogue import agreements_said, obligations_said
from workflow.domain.preferences import Reminders, is_reminded
from workflow.domain.timeliness import day_of
from workflow.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE
from workflow.store import notices, people, preferences, units
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """A task in a digest, by the gravest of the steps that it is there for.

    ``days_left`` counts from the day of writing to the last day on which it is
    on time: 0 is that day itself, negative is over. ``is_returned``: it was
    handed in and came back.
    """

    task: int
    unit: str
    agreement: str
    obligation: str
    clause: str
    place: str
    occasion: str
    step: str
    due_on: date
    days_left: int
    is_returned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything that one letter says; the longest overdue comes first.

    ``day_on`` is the day whose digest it is, ``written_on`` the day on which
    its words are true.
    """

    id: int
    mail: str
    lang: str
    day_on: date
    message_id: str
    written_on: date
    reminded: tuple[Reminded, ...]

    @property
    def overdue(self) -> tuple[Reminded, ...]:
        """What is over its day."""
        return tuple(one for one in self.reminded if one.days_left < 0)

    @property
    def due(self) -> tuple[Reminded, ...]:
        """What is still in time."""
        return tuple(one for one in self.reminded if one.days_left >= 0)


def make_digests(
    db: Connection, *, day_on: date, at: datetime, host: str = "camket.localhost"
) -> list[int]:
    """Gather what waits into one digest for each address and day, and ask for it to be sent.

    What was settled, or moved to another day, before it was gathered is
    dropped. An address whose people want no letter on that day waits. What
    comes up after the digest of the day waits for the next one,
    since a letter that is being sent never changes. Running it again makes
    nothing. ``host`` is the right-hand side of the Message-IDs, which stay the
    same however often a letter is sent. Gives the new digests' numbers.
    """
    notices.drop_settled(db, at=at)
    chosen = preferences.reminders_by_mail(db, usual=Reminders.DAILY)
    mails = [
        mail
        for mail in notices.addressees_waiting(db, day_on=day_on)
        if is_reminded(map(Reminders, chosen.get(mail.lower(), ())), day_on)
    ]
    if not mails:
        return []
    ids = notices.add_digests(
        db, {mail: _message_id(mail, day_on, host) for mail in mails}, day_on=day_on, at=at
    )
    put_work(db, kind="send_digest", subjects=ids, due_at=at)
    return ids


def digest_contents(db: Connection, digest_id: int, *, at: datetime) -> Digest | None:
    """What a digest's letter says when it is written now, in its reader's language.

    A task stands there once, by its gravest step. None where the digest is
    unknown, sent already, or nothing in it is still in hand: then there is
    nothing to send, and the job is done.
    """
    row = notices.digest_by_id(db, digest_id)
    if row is None or row.sent_at is not None:
        return None
    reminded = _reminded(db, notices.notices_in(db, digest_id), at=at)
    if not reminded:
        return None
    langs = people.languages_of(db, [row.mail])
    return Digest(
        id=row.id,
        mail=row.mail,
        lang=langs.get(row.mail, DEFAULT_LANGUAGE),
        day_on=row.day_on,
        message_id=row.message_id,
        written_on=day_of(at, ZoneInfo(DEFAULT_ZONE)),
        reminded=reminded,
    )


def mark_sent(db: Connection, digest_ids: Iterable[int], *, at: datetime) -> None:
    """Note that digests were handed to the mail server; sending one again moves nothing."""
    notices.note_sent(db, digest_ids, at=at)


def _message_id(mail: str, day_on: date, host: str) -> str:
    # An address is nobody else's business: the identifier passes through many hands.
    name = hashlib.sha256(mail.encode()).hexdigest()[:32]
    return f"<{day_on:%Y%m%d}.{name}@{host}>"


def _reminded(db: Connection, rows: Sequence[Row[Any]], *, at: datetime) -> tuple[Reminded, ...]:
    gravest: dict[int, Row[Any]] = {}
    for row in rows:
        before = gravest.get(row.task_id)
        if before is None or row.facts["days"] > before.facts["days"]:
            gravest[row.task_id] = row
    said = agreements_said(db, {row.agreement_id for row in rows})
    duties = obligations_said(db, {row.version_id for row in rows})
    known = units.units_by_id(db, {row.answerable_id for row in rows})
    found = [
        _one(row, said[row.agreement_id], duties[row.version_id], known[row.answerable_id], at=at)
        for row in gravest.values()
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on, one.unit, one.obligation, one.task)))


def _one(row: Row[Any], said: Agreement, duty: Obligation, unit: Unit, *, at: datetime) -> Reminded:
    today = day_of(at, ZoneInfo(row.zone))
    clause = said.clause_of(duty.clause)
    return Reminded(
        task=row.task_id,
        unit=unit.name_on(today),
        agreement=said.title,
        obligation=duty.title,
        clause=clause.text if clause else duty.clause,
        place=clause.place if clause else "",
        occasion=row.occasion,
        step=row.step,
        due_on=row.for_due_on,
        days_left=(row.for_due_on - today).days,
        is_returned=row.state == "returned",
    )
