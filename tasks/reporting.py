"""The jobs that send reports: each letter until the mail server has taken it, and only then.

Knows that the file that goes along is read and proved when it leaves. Refuses to know whom
a report goes to and what a letter says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from reports.delivering import sending as delivering
from tasks.delivery.mail import TIMEOUT_S, Attached
from tasks.delivery.report_letter import report_letter
from tasks.job import Hopeless, Job, each
from tasks.posting import host_of, post_with
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from reports.delivering.sending import Enclosure
    from tasks.delivery.letters import Letter
    from tasks.workplace import Workplace

#: The work, and the tick that asks for it: letters that waited for a mail server.
ASK_AGAIN: Final = "deliver_reports"
#: A report that nobody could be sent for so long is delivered by a person, on its page.
_WORTH_SENDING: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    letter: Letter
    enclosure: Enclosure | None


def _gather(
    place: Workplace, db: Connection, letters: Sequence[int], at: datetime
) -> dict[int, _Packed]:
    settings = place.settings
    if settings.smtp_url is None:
        # They stay unsent, and are asked for again when there is a server.
        return {}
    # An address that nobody set leads nowhere from another machine.
    base_url = settings.base_url if "base_url" in settings.model_fields_set else ""
    found = delivering.parcels(
        db, letters, at=at, data_dir=settings.data_dir, secret=settings.session_secret
    )
    return {
        number: _Packed(
            letter=report_letter(parcel, base_url=base_url, host=host_of(settings)),
            enclosure=parcel.enclosure,
        )
        for number, parcel in found.items()
    }


def _send(place: Workplace, packed: _Packed) -> str | None:
    """Send one letter and give the hash of the file that went along."""
    enclosure = packed.enclosure
    attached: tuple[Attached, ...] = ()
    if enclosure is not None:
        try:
            content = delivering.enclosed(enclosure)
        except Refusal as refusal:
            # What is no longer what was issued never leaves; a person has to see to it.
            raise Hopeless(str(refusal)) from refusal
        attached = (Attached(name=enclosure.name, content=content),)
    post_with(place, packed.letter, attached=attached)
    return None if enclosure is None else enclosure.sha256


def _keep(_place: Workplace, db: Connection, sent: Mapping[int, str | None], at: datetime) -> None:
    delivering.note_sent(db, sent, at=at)


def _give_up(db: Connection, letters: Sequence[int], error: str, at: datetime) -> None:
    delivering.note_failed(db, letters, error=error, at=at)


def _ask_again(place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    if place.settings.smtp_url is not None:
        delivering.ask_for_unsent(db, at=at, since=at - _WORTH_SENDING)


JOBS: Final = (
    Job(kind=ASK_AGAIN, name="reporting.deliver_reports", keep=each(_ask_again)),
    Job(
        kind=delivering.WORK,
        name="reporting.send_reports",
        gather=_gather,
        perform=_send,
        keep=_keep,
        give_up=_give_up,
        # A report's value is large: few at a time.
        largest=20,
        # Connecting, greeting, TLS, login, envelope and message each have their time.
        slowest_s=8 * TIMEOUT_S,
        is_slow=True,
        # A server that is down is tried for most of a day.
        tries=14,
        longest_rest_s=3_600.0,
    ),
)
