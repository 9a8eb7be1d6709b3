"""The job that tells people by letter what was changed in their accounts.

Knows that nobody waits for the mail server, and that without one nobody is told. Refuses
to know what a letter says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasks.delivery.mail import TIMEOUT_S
from tasks.delivery.owner_letter import owner_letter
from tasks.job import Job
from tasks.posting import host_of, post
from workflow import owner_letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.delivery.letters import Letter
    from tasks.workplace import Workplace


def _gather(
    place: Workplace, db: Connection, written: Sequence[int], _at: datetime
) -> dict[int, Letter]:
    settings = place.settings
    if settings.smtp_url is None:
        return {}
    return {
        number: owner_letter(
            told,
            base_url=settings.base_url,
            host=host_of(settings),
            zone=settings.timezone,
            contact=settings.contact,
        )
        for number, told in owner_letters.letters(db, written).items()
    }


def _keep(_place: Workplace, db: Connection, sent: Mapping[int, object], at: datetime) -> None:
    owner_letters.mark_sent(db, sent, at=at)


JOBS: Final = (
    Job(
        kind=owner_letters.WORK,
        name="owning.tell_owners",
        gather=_gather,
        perform=post,
        keep=_keep,
        # Connecting, greeting, TLS, login, envelope and message each have their time.
        slowest_s=8 * TIMEOUT_S,
        is_slow=True,
        # A server that is down is tried for most of a day.
        tries=14,
        longest_rest_s=3_600.0,
    ),
)
