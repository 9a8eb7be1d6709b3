"""The job that sends the link for a forgotten password, as long as it is good.

Knows that nobody waits for the mail server, and that a link that is over is not sent.
Refuses to know what the letter says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasks.delivery.mail import TIMEOUT_S
from tasks.delivery.reset_letter import reset_letter
from tasks.job import Job
from tasks.posting import host_of, post
from workflow import forgotten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.delivery.letters import Letter
    from tasks.workplace import Workplace


def _gather(
    place: Workplace, db: Connection, asked: Sequence[int], at: datetime
) -> dict[int, Letter]:
    settings = place.settings
    found = forgotten.links(db, asked, at=at, secret=settings.session_secret)
    return {
        number: reset_letter(
            link, base_url=settings.base_url, host=host_of(settings), zone=settings.timezone
        )
        for number, link in found.items()
    }


def _keep(_place: Workplace, db: Connection, sent: Mapping[int, object], at: datetime) -> None:
    forgotten.mark_sent(db, sent, at=at)


JOBS: Final = (
    Job(
        kind=forgotten.WORK,
        name="resetting.send_resets",
        gather=_gather,
        perform=post,
        keep=_keep,
        # Connecting, greeting, TLS, login, envelope and message each have their time.
        slowest_s=8 * TIMEOUT_S,
        is_slow=True,
        # The link is good for an hour: a server that is down so long is waited for no longer.
        tries=8,
        longest_rest_s=600.0,
    ),
)
