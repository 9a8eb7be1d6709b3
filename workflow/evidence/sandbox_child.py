"""The child process in which checks run: one request, one verdict, until its pipe closes.

Knows how to bind itself to limits before it reads anything, and how to refuse
network and further processes to whatever runs in it. Refuses to decide what
happens when a limit is met: it dies, and its parent says so.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A message is its length as four bytes, big-endian, then JSON.
HEADER: Final = struct.Struct(">I")

_FORBIDDEN: Final = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.kill",
        "pty.spawn",
    }
)
# What nearly every check needs; the article readers take longer and wait for their first use.
_WARM: Final = (
    "workflow.evidence.registry",
    "workflow.evidence.documents",
    "workflow.evidence.pdf_reading",
    "workflow.evidence.word_reading",
    "workflow.evidence.sheet_reading",
    "workflow.evidence.page_reading",
    "openpyxl",
    "PIL.Image",
)
# The parent kills at the wall limit; this is for a parent that is gone.
_ORPHAN_GRACE: Final = 10


def serve() -> None:
    """Answer requests until the pipe closes; the first message received holds the limits."""
    requests, answers = _private_pipes()
    # An interrupt at the terminal is for the parent, which then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _WARM:
        importlib.import_module(name)
    _send(answers, {"ready": os.getpid()})
    limits = _receive(requests)
    if limits is None:
        return
    _bind(limits)
    sys.addaudithook(_refuse)
    while (request := _receive(requests)) is not None:
        _allow_time(limits)
        answer = _text(request) if "read" in request else _answer(request)
        signal.alarm(0)
        with suppress(BrokenPipeError):
            _send(answers, answer)


def _private_pipes() -> tuple[int, int]:
    """Keep the pipes to ourselves: what a check prints or reads goes nowhere."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return requests, answers


def _bind(limits: Mapping[str, Any]) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["written_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (least, least))


def _allow_time(limits: Mapping[str, Any]) -> None:
    """Give the next request its processor seconds, counted from what is used already."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(used.ru_utime + used.ru_stime + limits["cpu_seconds"])
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(
        resource.RLIMIT_CPU,
        (allowed if hard == resource.RLIM_INFINITY else min(allowed, hard), hard),
    )
    signal.alarm(math.ceil(limits["wall_seconds"]) + _ORPHAN_GRACE)


def _text(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The text of a document of a kind that has any, or the reason why there is none."""
    from workflow.evidence.check import EvidenceFile, Unreadable
    from workflow.evidence.documents import read_document
    from workflow.evidence.file_kinds import Kind

    try:
        file = EvidenceFile.from_json(request["read"])
        read = read_document(file, {Kind.TEXT, Kind.DOCX, Kind.PDF, Kind.HTML})
    except Unreadable as stop:
        return {"code": stop.reason.code, "facts": dict(stop.reason.facts), "id": request["id"]}
    except Exception:  # noqa: BLE001 - whatever a hostile file does to its reader
        return {"code": "source.too_hard", "facts": {}, "id": request["id"]}
    return {"text": read.text, "id": request["id"]}


def _answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
    from workflow.domain.errors import Refusal
    from workflow.evidence.check import EvidenceFile, TaskFacts, judged, undecided
    from workflow.evidence.registry import check_named

    try:
        check = check_named(request["check"])
        file = request["file"]
        verdict = judged(
            check,
            request["params"],
            None if file is None else EvidenceFile.from_json(file),
            figures=request["figures"],
            facts=TaskFacts.from_json(request["facts"]),
        )
    except Refusal as refusal:
        verdict = undecided(request["check"], refusal.code, **refusal.facts)
    return {**verdict.to_json(), "id": request["id"]}


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"a check may not use {event}")


def _receive(pipe: int) -> dict[str, Any] | None:
    """The next message, or None when the pipe is closed."""
    header = _exactly(pipe, HEADER.size)
    if header is None:
        return None
    body = _exactly(pipe, HEADER.unpack(header)[0])
    return None if body is None else json.loads(body)


def _exactly(pipe: int, count: int) -> bytes | None:
    parts = []
    while count:
        part = os.read(pipe, min(count, 1 << 16))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _send(pipe: int, message: Mapping[str, Any]) -> None:
    body = json.dumps(message).encode()
    data = memoryview(HEADER.pack(len(body)) + body)
    while data:
        data = data[os.write(pipe, data) :]
