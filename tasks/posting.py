"""Handing one letter of a job to the mail server that is set.

Knows from whom letters come and that without a server none leaves. Refuses to know what a
letter says and whom it concerns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tasks.delivery.mail import mail_of, send
from tasks.job import Hopeless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.delivery.letters import Letter
    from tasks.delivery.mail import Attached
    from tasks.workplace import Workplace
    from workflow.settings import Settings


def host_of(settings: Settings) -> str:
    """The right-hand side of Message-IDs: the name under which the installation is reached."""
    return urlsplit(settings.base_url).hostname or "camket.localhost"


def post(place: Workplace, letter: Letter) -> None:
    """Send a letter. Raises as ``post_with`` does."""
    post_with(place, letter, attached=())


def post_with(place: Workplace, letter: Letter, *, attached: Sequence[Attached]) -> None:
    """Send a letter with files. Raises ``Hopeless`` where no server is set, and as ``send``."""
    settings = place.settings
    if settings.smtp_url is None:
        raise Hopeless("CAMKET_SMTP_URL is not set")
    message = mail_of(
        letter, sender=settings.mail_from, at=place.clock.now(), attached=tuple(attached)
    )
    send(settings.smtp_url, message)
