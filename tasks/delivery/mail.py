"""Handing a message to the mail server: sent only when the server has taken it.

Knows SMTP, its time limits and which refusal is final. Refuses to know what is written.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from tasks.job import Hopeless

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tasks.delivery.letters import Letter

# For each step of the conversation; a server that hangs costs no more.
TIMEOUT_S: Final = 20.0
_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_FINAL: Final = range(500, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A PDF that goes along with a letter."""

    name: str
    content: bytes


def mail_of(
    letter: Letter, *, sender: str, at: datetime, attached: Iterable[Attached] = ()
) -> EmailMessage:
    """Address a letter as a mail, as plain text and as HTML, with what goes along.

    Raises ``Hopeless`` where an address cannot stand in a header: no later attempt helps.
    """
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = letter.to
    except ValueError as fault:
        raise Hopeless(str(fault)) from fault
    # Folded here: the standard library's own folding loses spaces between words with marks.
    message.set_raw("Subject", Header(letter.subject, "utf-8", header_name="Subject").encode())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    # No out-of-office note comes back to a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for one in attached:
        message.add_attachment(
            one.content, maintype="application", subtype="pdf", filename=one.name
        )
    return message


def send(url: str, message: EmailMessage, *, timeout_s: float = TIMEOUT_S) -> None:
    """Hand one message to the server at ``url``; when this returns, the server has taken it.

    ``smtp://`` is plain, ``smtp+starttls://`` must turn to TLS before anything is said,
    ``smtps://`` begins with it; certificates are checked. Raises ``Hopeless`` where the
    server refuses the message or the addressee for good (5xx), and the fault itself where
    a later attempt may succeed: it may then have been taken all the same, which the same
    Message-ID on each attempt makes bearable.
    """
    address = urlsplit(url)
    host, port = address.hostname or "localhost", address.port or _PORTS[address.scheme]
    server: smtplib.SMTP
    if address.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host, port, timeout=timeout_s, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=timeout_s)
    try:
        if address.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        _hand_over(server, message)
        # It has taken the letter: how it says goodbye changes nothing about that.
        with contextlib.suppress(OSError):
            server.quit()
    finally:
        server.close()


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        _raise_if_final(code, said, refused)
        raise
    except smtplib.SMTPResponseException as refused:
        _raise_if_final(refused.smtp_code, refused.smtp_error, refused)
        raise


def _raise_if_final(code: int, said: bytes | str, fault: Exception) -> None:
    if code in _FINAL:
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        raise Hopeless(f"{code} {words}") from fault
