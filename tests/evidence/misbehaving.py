"""Checks that do what no check may, each under its own name: the pool must survive them all."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import BaseModel

from workflow.evidence.check import EvidenceFile, Figures, Findings, Judgement, TaskFacts, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable


class Params(BaseModel):
    """Nothing is asked."""


def spin() -> object:
    while True:
        pass


def sleep() -> object:
    time.sleep(600)
    return None


def eat() -> object:
    return [bytearray(8 << 30) for _ in range(1_000)]


def fall() -> object:
    return ctypes.string_at(0)


def leave() -> object:
    os._exit(3)


def stop() -> object:
    sys.exit("enough")


def killed() -> object:
    # As the kernel does when the machine runs out of memory.
    return ctypes.CDLL(None).raise_(9) if hasattr(ctypes.CDLL(None), "raise_") else _raise(9)


def _raise(signal: int) -> object:
    return getattr(ctypes.CDLL(None), "raise")(signal)


def chatter() -> object:
    print("{" * 10_000)  # noqa: T201 - it must go nowhere
    sys.stdin.read()
    return "said"


def call() -> object:
    return socket.create_connection(("127.0.0.1", 9))


def ask_name() -> object:
    return socket.gethostbyname("localhost")


def spawn() -> object:
    return subprocess.run(["true"], check=False)  # noqa: S607 - it must be refused


def write() -> object:
    with open(os.environ["MISBEHAVING_FILE"], "wb") as target:  # noqa: PTH123 - as anyone would
        target.write(b"x" * (8 << 20))
    return None


def _answer_with(data: bytes) -> None:
    """Write into every pipe that might be the one to the parent."""
    for pipe in range(3, 40):
        with suppress(OSError):
            os.write(pipe, data)


def forge() -> object:
    _answer_with(b"\x00\x00\x00\x02[]")
    return None


def babble() -> object:
    _answer_with(b"\x00\x00\x00\x02no")
    return None


def boast() -> object:
    _answer_with(b"\xff\xff\xff\xff")
    return None


def repeat() -> object:
    # An answer to a request that was never made, for the next one to find.
    body = b'{"id": 1, "verdict": "passed", "reasons": [], "read": {}, "check": "", "version": ""}'
    _answer_with(len(body).to_bytes(4, "big") + body)
    return None


def deafen() -> object:
    os.closerange(3, 40)
    time.sleep(600)
    return None


def secrets() -> object:
    return sorted(name for name in os.environ if "SECRET" in name or "KEY" in name)


def process() -> object:
    return os.getpid()


class Misbehaving:
    """A check that does one of these things."""

    version = "1"
    light = False
    params = Params

    def __init__(self, does: Callable[[], object]) -> None:
        self.name = does.__name__
        self._does = does

    def run(
        self,
        params: Params,  # noqa: ARG002 - a check's shape
        file: EvidenceFile | None,  # noqa: ARG002 - the protocol's signature
        *,
        figures: Figures,  # noqa: ARG002 - the protocol's signature
        facts: TaskFacts,  # noqa: ARG002 - the protocol's signature
    ) -> Verdict:
        """Do it, and tell what came of it."""
        return Judgement(self.name, self.version).verdict(Findings(), came=self._does())


ALL = {
    does.__name__: Misbehaving(does)
    for does in (
        spin,
        sleep,
        eat,
        fall,
        leave,
        stop,
        killed,
        chatter,
        call,
        ask_name,
        spawn,
        write,
        forge,
        babble,
        boast,
        repeat,
        deafen,
        secrets,
        process,
    )
}
globals().update({f"check_{name}": check for name, check in ALL.items()})
