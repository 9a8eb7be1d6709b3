"""The one door through which requests leave, tried with real servers that mean ill."""

from __future__ import annotations

import os
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from tasks.delivery.outgoing import LARGEST_REPLY, post, resolved
from tests.tasks.receiver import certified, receiver, speaking
from workflow.domain.errors import Refusal
from workflow.domain.reachable import allowed_from

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable
    from pathlib import Path

HERE = allowed_from("127.0.0.1", plain_http=True)


def send(url: str, **more: Any) -> int:
    given: dict[str, Any] = {"headers": {"X-Test": "1"}, "allowed": HERE, **more}
    return post(url, b"body", **given).status


def refusal(url: str, **more: Any) -> str:
    with pytest.raises(Refusal) as refused:
        send(url, **more)
    return refused.value.code.removeprefix("outgoing.")


def test_what_is_sent_arrives_and_what_is_answered_comes_back() -> None:
    with receiver(body=b"thanks") as box:
        box.always = lambda _: 200
        reply = post(f"{box.url}?a=1", "nội dung".encode(), headers={"X-Test": "1"}, allowed=HERE)
    (taken,) = box.taken
    assert (reply.status, reply.body) == (200, b"thanks")
    assert (taken.path, taken.body) == ("/hook?a=1", "nội dung".encode())
    assert (taken.headers["X-Test"], taken.headers["Host"]) == ("1", f"127.0.0.1:{box.port}")
    assert taken.headers["Content-Length"] == str(len(taken.body))


def test_this_machine_is_not_called_without_being_allowed() -> None:
    with receiver() as box:
        shut = allowed_from("", plain_http=True)
        assert refusal(box.url, allowed=shut) == "address_refused"
        # Other spellings of it, which only resolving shows.
        for host in ("localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"):
            url = f"http://{host}:{box.port}/"
            assert refusal(url, allowed=shut) in {"address_refused", "name_unknown"}, host
        assert not box.taken


def test_plain_http_needs_to_be_allowed() -> None:
    with receiver() as box:
        assert refusal(box.url, allowed=allowed_from("127.0.0.1")) == "not_https"
        assert not box.taken


def test_a_redirect_is_an_answer_and_nobody_goes_there() -> None:
    with receiver() as inside, receiver(location=inside.url) as box:
        box.always = lambda _: 307
        assert send(box.url) == 307
        assert len(box.taken) == 1
        assert not inside.taken


def test_a_name_that_changes_meanwhile_leads_nowhere_else() -> None:
    """What was judged is what is called: nothing is resolved a second time."""
    asked = []

    def rebinding(host: str, _port: int) -> list[Any]:
        asked.append(host)
        # Public when it is judged; whoever asked again would be led inside.
        return [ip_address("127.0.0.1" if len(asked) == 1 else "10.0.0.1")]

    with receiver() as box:
        assert send(f"http://receiver.example:{box.port}/", resolve=rebinding) == 204
        assert asked == ["receiver.example"]
        assert box.taken[0].headers["Host"] == f"receiver.example:{box.port}"
        assert refusal(f"http://receiver.example:{box.port}/", resolve=rebinding) == (
            "address_refused"
        )
        assert len(box.taken) == 1


def test_one_address_that_leads_inside_spoils_a_name() -> None:
    with receiver() as box:
        both = [ip_address("127.0.0.1"), ip_address("192.168.0.1")]
        url = f"http://receiver.example:{box.port}/"
        assert refusal(url, resolve=lambda *_: both) == "address_refused"
        assert not box.taken


def test_the_next_address_of_a_name_is_tried_where_one_does_not_answer() -> None:
    with receiver() as box:
        both = [ip_address("127.0.0.2"), ip_address("127.0.0.1")]
        allowed = allowed_from("127.0.0.0/8", plain_http=True)
        url = f"http://receiver.example:{box.port}/"
        assert send(url, resolve=lambda *_: both, allowed=allowed) == 204


def test_an_unknown_name_says_so() -> None:
    def nobody(_host: str, _port: int) -> list[Any]:
        raise OSError

    assert refusal("https://nobody.invalid/", resolve=nobody) == "name_unknown"
    assert refusal("https://nobody.invalid/", resolve=lambda *_: []) == "name_unknown"


def test_the_systems_resolver_gives_each_address_once() -> None:
    assert ip_address("127.0.0.1") in resolved("localhost", 80)
    assert resolved("127.0.0.1", 80) == [ip_address("127.0.0.1")]


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as box:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert os.environ["http_proxy"]
        assert send(box.url) == 204
        assert not proxy.taken


def _drip(line: socket.socket, stop: threading.Event) -> None:
    line.recv(1_000)
    for one in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1_000:
        if stop.wait(0.02):
            return
        line.sendall(bytes([one]))


def _drip_body(line: socket.socket, stop: threading.Event) -> None:
    line.recv(1_000)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
    while not stop.wait(0.02):
        line.sendall(b"a")


def _silent(line: socket.socket, stop: threading.Event) -> None:
    line.settimeout(5)
    stop.wait(1)


@pytest.mark.parametrize("says", [_drip, _drip_body, _silent])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_whoever_answers_slowly_holds_nobody(
    says: Callable[[socket.socket, threading.Event], None], scheme: str
) -> None:
    with speaking(says) as port:
        begun = time.monotonic()
        assert refusal(f"{scheme}://127.0.0.1:{port}/", within_s=0.3) in {
            "too_slow",
            # To TLS, letters that drip are no greeting.
            *(["untrusted", "unreachable"] if scheme == "https" and says is not _silent else []),
        }
        assert time.monotonic() - begun < 2


def test_an_endless_answer_is_not_read() -> None:
    def endless(line: socket.socket, stop: threading.Event) -> None:
        line.recv(1_000)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stop.is_set():
            line.sendall(b"a" * 65_536)

    with speaking(endless) as port:
        assert refusal(f"http://127.0.0.1:{port}/") == "too_large"
    with receiver(body=b"a" * LARGEST_REPLY) as box:
        box.always = lambda _: 200
        assert send(box.url) == 200


@pytest.mark.parametrize(
    "said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"]
)
def test_what_is_no_http_is_refused(said: bytes) -> None:
    def nonsense(line: socket.socket, _stop: threading.Event) -> None:
        line.recv(1_000)
        line.sendall(said)

    with speaking(nonsense) as port:
        assert refusal(f"http://127.0.0.1:{port}/") == "unreachable"


def test_nobody_there() -> None:
    with receiver() as box:
        url = box.url
    assert refusal(url) == "unreachable"


def test_a_header_cannot_smuggle_another() -> None:
    with receiver() as box:
        assert refusal(box.url, headers={"X-Test": "a\r\nHost: other"}) == "unreachable"
        assert not box.taken


def test_certificates_are_verified_for_the_name(tmp_path: Path) -> None:
    serving, trusting = certified(tmp_path, "receiver.example")
    with receiver(tls=serving) as box:
        there = {"resolve": lambda *_: [ip_address("127.0.0.1")]}
        url = f"https://receiver.example:{box.port}/"
        assert send(url, tls=trusting, **there) == 204
        assert refusal(url, **there) == "untrusted"
        other = f"https://other.example:{box.port}/"
        assert refusal(other, tls=trusting, **there) == "untrusted"
        assert len(box.taken) == 1
