"""Mail servers for tests: a real one, and some that misbehave on the wire."""

from __future__ import annotations

import contextlib
import socket
import threading
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """A server's box: what it took, and what it answers to the next letters."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        # Answers that are given once each, in their order, before all is well again.
        self.at_recipient: list[str] = []
        self.at_data: list[str] = []
        self.names: list[bytes] = []
        self.url = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the same
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.at_data:
            return self.at_data.pop(0)
        assert isinstance(envelope.content, bytes)
        letter: Any = message_from_bytes(envelope.content, policy=default)
        self.letters.append(letter)
        return "250 taken"

    def authenticate(
        self,
        _server: SMTP,
        _session: Session,
        _envelope: Envelope,
        _mechanism: str,
        data: object,
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.names += [data.login, data.password]
        return AuthResult(success=True)


@contextlib.contextmanager
def post_office(**settings: Any) -> Iterator[PostOffice]:
    """A real SMTP server on a free port of this machine."""
    office = PostOffice()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=port,
        authenticator=office.authenticate,
        auth_require_tls=False,
        **settings,
    )
    controller.start()
    office.url = f"smtp://127.0.0.1:{port}"
    try:
        yield office
    finally:
        controller.stop()


@contextlib.contextmanager
def on_the_wire(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what a function says, to one caller after another."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listening.accept()
                with caller, contextlib.suppress(OSError):
                    talk(caller)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def say_nothing(caller: socket.socket) -> None:
    """Take the call and keep silent until the other side has enough of it."""
    caller.recv(1)


def hang_up_after_the_letter(caller: socket.socket) -> None:
    """Take the letter and go before saying so."""
    _up_to_the_letter(caller)


def keep_silent_after_the_letter(caller: socket.socket) -> None:
    """Take the letter, say so, and nothing more."""
    _up_to_the_letter(caller)
    caller.sendall(b"250 taken\r\n")
    while caller.recv(100):
        pass


def _up_to_the_letter(caller: socket.socket) -> None:
    caller.sendall(b"220 here\r\n")
    lines = caller.makefile("rb")
    for line in lines:
        if line.startswith((b"DATA", b"data")):
            caller.sendall(b"354 go on\r\n")
            while lines.readline().rstrip() not in {b".", b""}:
                pass
            return
        caller.sendall(b"250 OK\r\n")
