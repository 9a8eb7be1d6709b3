"""Every request that this installation makes of its own accord, through one guarded door.

Knows how a name is resolved once and the very address that was judged is called, so that a
name that changes meanwhile leads nowhere else; that no redirect is followed, no proxy of
the environment asked, and that neither a slow nor an endless answer holds anybody. Refuses
to know what is sent, and which addresses are open: ``workflow.domain.reachable`` says so.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import Refusal
from workflow.domain.reachable import ensure_reachable, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from workflow.domain.reachable import Address, Allowed, Target

#: For the whole of a request, from connecting to the last byte that is read.
WITHIN_S: Final = 10.0
#: Nobody needs more of an answer than this.
LARGEST_REPLY: Final = 64 * 1024
#: A name with more addresses than this is tried at the first ones.
_MOST_ADDRESSES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered: the status and at most ``LARGEST_REPLY`` bytes."""

    status: int
    body: bytes


def resolved(host: str, port: int) -> list[Address]:
    """The addresses of a name, as the system finds them; each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A scope such as %eth0 names a link of this machine, which nobody may name from outside.
    return list(dict.fromkeys(ip_address(str(one[4][0]).partition("%")[0]) for one in found))


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    allowed: Allowed,
    resolve: Callable[[str, int], Sequence[Address]] = resolved,
    tls: ssl.SSLContext | None = None,
    within_s: float = WITHIN_S,
) -> Reply:
    """Send one request and give the answer, whatever its status; a redirect is an answer.

    Raises ``Refusal``: what ``target_of`` raises; ``outgoing.address_refused`` where the
    name has any address that is not open; ``outgoing.name_unknown``; ``outgoing.too_slow``
    after ``within_s`` for everything; ``outgoing.too_large``; ``outgoing.untrusted`` where
    the certificate does not hold; ``outgoing.unreachable`` for what else goes wrong. What
    was sent may then have been taken all the same.
    """
    target = target_of(url, allowed=allowed)
    addresses = _judged(target, resolve, allowed)
    with _Deadline(within_s) as deadline:
        try:
            line = deadline.holds(_connected(target, addresses, within_s))
            if target.is_secure:
                sealed = _sealed(line, target.host, tls)
                line = deadline.holds(sealed)
                sealed.do_handshake()
            reply = _asked(target, line, body, headers)
            # What is cut off ends as if it were whole.
            deadline.ensure()
        except (OSError, HTTPException, ValueError) as fault:
            raise _named(fault, target, is_late=deadline.is_over) from fault
    return reply


def _judged(
    target: Target, resolve: Callable[[str, int], Sequence[Address]], allowed: Allowed
) -> list[Address]:
    try:
        addresses = list(resolve(target.host, target.port))
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise Refusal("outgoing.name_unknown", host=target.host)
    # One that leads inside spoils the name: whoever may write the others wrote this one too.
    for address in addresses:
        ensure_reachable(address, host=target.host, allowed=allowed)
    return addresses[:_MOST_ADDRESSES]


def _connected(target: Target, addresses: Sequence[Address], within_s: float) -> socket.socket:
    fault: OSError = ConnectionError()
    for address in addresses:
        try:
            return socket.create_connection(
                (str(address), target.port), timeout=within_s / len(addresses)
            )
        except OSError as failed:
            fault = failed
    raise fault


def _sealed(line: socket.socket, host: str, tls: ssl.SSLContext | None) -> ssl.SSLSocket:
    context = tls or ssl.create_default_context()
    # The handshake comes after, since wrapping takes the line out of the deadline's hands.
    return context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)


def _asked(target: Target, line: socket.socket, body: bytes, headers: Mapping[str, str]) -> Reply:
    connection = HTTPConnection(target.host, target.port)
    # Its own way to connect would resolve the name anew.
    connection.sock = line
    connection.auto_open = 0
    connection.request(
        "POST",
        target.path,
        body=body,
        headers={"Accept-Encoding": "identity", "Connection": "close", **headers},
    )
    with connection.getresponse() as answer:
        said = answer.read(LARGEST_REPLY + 1)
        if len(said) > LARGEST_REPLY:
            raise Refusal("outgoing.too_large", most=LARGEST_REPLY)
        return Reply(status=answer.status, body=said)


def _named(fault: Exception, target: Target, *, is_late: bool) -> Refusal:
    if is_late or isinstance(fault, TimeoutError):
        return Refusal("outgoing.too_slow", host=target.host)
    if isinstance(fault, ssl.SSLError):
        return Refusal("outgoing.untrusted", host=target.host)
    return Refusal("outgoing.unreachable", host=target.host, fault=type(fault).__name__)


class _Deadline:
    """Ends a conversation when its time is over, however little is said at a time.

    A socket's own time limit begins anew with every byte.
    """

    def __init__(self, seconds: float) -> None:
        self._over = threading.Event()
        self._line: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    @property
    def is_over(self) -> bool:
        """Whether the time ran out."""
        return self._over.is_set()

    def holds(self, line: socket.socket) -> socket.socket:
        """Hold this line from now on. Raises ``TimeoutError`` where the time is over."""
        self._line = line
        self.ensure()
        return line

    def ensure(self) -> None:
        """Raise ``TimeoutError`` where the time is over."""
        if self.is_over:
            raise TimeoutError

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if self._line is not None:
            self._line.close()

    def _end(self) -> None:
        self._over.set()
        if self._line is not None:
            with contextlib.suppress(OSError):
                # TLS would first forget its state, under the hands of whoever reads.
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)
