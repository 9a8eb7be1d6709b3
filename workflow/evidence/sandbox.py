"""A small pool of child processes in which checks run under limits.

Knows how to start children ahead, hand each one request at a time, and replace
those that hang, die or grow old. Refuses to raise because of a check: whatever
happens in a child becomes an undecided verdict. Works in threads and in
processes that may not have children of their own by ``multiprocessing``.
"""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import sys
import time
import weakref
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast

from workflow.domain.errors import Refusal
from workflow.evidence.check import (
    EvidenceFile,
    Figures,
    TaskFacts,
    Unreadable,
    json_form,
    judged,
    undecided,
)
from workflow.evidence.registry import check_named
from workflow.evidence.sandbox_child import HEADER
from workflow.evidence.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_ANSWER: Final = 4_000_000
_START_SECONDS: Final = 60.0
_CLOSE_SECONDS: Final = 2.0
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from workflow.evidence.sandbox_child import serve; serve()"
)
# A check needs none of these, and a hostile file must not find them.
_PRIVATE: Final = ("SECRET", "PASSWORD", "TOKEN", "KEY", "URL", "CREDENTIAL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one check may use.

    ``cpu_seconds`` decides, so that a busy machine gives the same verdict as an
    idle one; ``wall_seconds`` is for checks that wait. ``memory_bytes`` is address
    space, ``written_bytes`` the largest file. A child serves ``checks`` requests.
    """

    cpu_seconds: int = 20
    wall_seconds: float = 60.0
    memory_bytes: int = 2 << 30
    written_bytes: int = 1 << 20
    checks: int = 500


class _Gone(Exception):
    """The child died or closed its pipe."""


class _Late(Exception):
    """The child did not answer in time."""


class _Child:
    """One child process and the two ends of its pipes."""

    def __init__(self, limits: Limits) -> None:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not any(word in name.upper() for word in _PRIVATE)
        }
        # Fewer arenas, so that address space measures what is really used.
        environment["MALLOC_ARENA_MAX"] = "2"
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-B", "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=environment,
            start_new_session=True,
        )
        self._to = cast("IO[bytes]", self._process.stdin)
        self._from = cast("IO[bytes]", self._process.stdout)
        os.set_blocking(self._to.fileno(), False)
        os.set_blocking(self._from.fileno(), False)
        self._is_ready = False
        self._limits = limits
        self.served = 0
        _children.add(self)

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its answer. Raises _Late or _Gone."""
        if not self._is_ready:
            # Starting is not the check's time.
            starting = time.monotonic() + _START_SECONDS
            self._receive(starting)
            self._send(asdict(self._limits), starting)
            self._is_ready = True
        self.served += 1
        asked = f"{os.getpid()}:{id(self)}:{self.served}"
        deadline = time.monotonic() + self._limits.wall_seconds
        self._send({**request, "id": asked}, deadline)
        answer = self._receive(deadline)
        if answer.pop("id", None) != asked:
            # What a check wrote into the pipe must not pass for a verdict, now or later.
            raise _Gone
        return answer

    def end(self) -> int | None:
        """Close the pipes and let it leave; its exit status, or None if it had to be killed."""
        self._to.close()
        self._from.close()
        if not self._is_ready and self.is_alive:
            # It is still starting and would not notice for a while.
            self.kill()
            return None
        try:
            return self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        self._to.close()
        self._from.close()

    def forget(self) -> None:
        """Let go of a child that belongs to the process that we were forked from."""
        self._to.close()
        self._from.close()
        # It is not ours to wait for.
        self._process.returncode = 0

    def _send(self, message: Mapping[str, Any], deadline: float) -> None:
        body = json.dumps(message).encode()
        data = memoryview(HEADER.pack(len(body)) + body)
        while data:
            _wait(self._to.fileno(), select.POLLOUT, deadline)
            try:
                data = data[os.write(self._to.fileno(), data) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise _Gone from error

    def _receive(self, deadline: float) -> dict[str, Any]:
        (length,) = HEADER.unpack(self._exactly(HEADER.size, deadline))
        if length > _MOST_ANSWER:
            raise _Gone
        try:
            answer = json.loads(self._exactly(length, deadline))
        except ValueError as error:
            raise _Gone from error
        if not isinstance(answer, dict):
            raise _Gone
        return answer

    def _exactly(self, count: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while count:
            _wait(self._from.fileno(), select.POLLIN, deadline)
            try:
                part = os.read(self._from.fileno(), min(count, 1 << 16))
            except BlockingIOError:
                continue
            if not part:
                raise _Gone
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def _wait(pipe: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise _Late


class Pool:
    """Up to ``size`` children, started ahead; ``run`` may be called from any thread.

    Callers beyond ``size`` wait for a child, and that wait is nobody's limit.
    A forked process starts its own children on first use.
    """

    def __init__(self, *, size: int = 2, limits: Limits | None = None) -> None:
        self._size = size
        self._limits = limits or Limits()
        self._is_closed = False
        # First in, first out: a child that is still warming up is asked last.
        self._idle: queue.Queue[_Child | None] = queue.Queue()
        for _ in range(size):
            self._idle.put(self._living(None))
        _pools.add(self)

    def run(
        self,
        check: str,
        *,
        params: Mapping[str, object],
        file: EvidenceFile | None,
        figures: Figures,
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one file; never raises because of the check, the file or the child.

        Light checks run here and now, others in a child. Undecided with
        ``check.unknown``, ``check.timed_out``, ``check.out_of_memory``,
        ``check.crashed`` or ``check.unavailable`` where there is no verdict of
        the check itself. Raises RuntimeError once the pool is closed, also to who
        waits then: nothing was judged, so the work must be taken again.
        """
        self._refuse_closed()
        try:
            found = check_named(check)
        except Refusal as refusal:
            return undecided(check, refusal.code, **refusal.facts)
        if found.light:
            return judged(found, params, file, figures=figures, facts=facts)
        request = {
            "check": check,
            "params": json.loads(json.dumps(params, default=json_form)),
            "file": None if file is None else file.to_json(),
            "figures": json.loads(json.dumps(figures, default=json_form)),
            "facts": facts.to_json(),
        }
        child = self._idle.get()
        try:
            self._refuse_closed()
            child = self._living(child)
            if child is None:
                return undecided(check, "check.unavailable", version=found.version)
            verdict, is_fit = self._answered(child, check, found.version, request)
            if not is_fit:
                # A fresh child warms up while nobody waits for it.
                child = self._living(None)
            return verdict
        finally:
            self._idle.put(child)

    def text_of(self, file: EvidenceFile) -> str:
        """The text of a document, read in a child under the limits of a check.

        Raises ``Unreadable`` as ``read_document`` does, and where the child died or was late.
        """
        self._refuse_closed()
        child = self._idle.get()
        try:
            child = self._living(child)
            if child is None:
                raise Unreadable("source.too_hard")
            try:
                answer = child.ask({"read": file.to_json()})
            except (_Late, _Gone) as lost:
                child.kill()
                raise Unreadable("source.too_hard") from lost
            if "code" in answer:
                raise Unreadable(answer["code"], **answer["facts"])
            return str(answer["text"])
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """End all children; those at work are waited for. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        for _ in range(self._size):
            child = self._idle.get()
            if child is not None:
                child.end()
        for _ in range(self._size):
            # Whoever still waits for a child wakes up and is refused.
            self._idle.put(None)

    def start_afresh(self) -> None:
        """Forget all children, as a forked process must; new ones start when they are needed."""
        self._idle = queue.Queue()
        for _ in range(self._size):
            self._idle.put(None)

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise RuntimeError("the pool is closed")

    def _living(self, child: _Child | None) -> _Child | None:
        """The child if it lives, else a new one, or None where none can be started."""
        if child is not None and child.is_alive:
            return child
        if child is not None:
            child.end()
        try:
            return None if self._is_closed else _Child(self._limits)
        except OSError:
            return None

    def _answered(
        self, child: _Child, check: str, version: str, request: Mapping[str, Any]
    ) -> tuple[Verdict, bool]:
        """The verdict, and whether the child may serve again; it is ended if not."""
        try:
            verdict = Verdict.from_json(child.ask(request))
        except _Late:
            child.kill()
            seconds = self._limits.wall_seconds
            return undecided(check, "check.timed_out", version=version, seconds=seconds), False
        except _Gone:
            return self._died(check, version, child.end()), False
        except BaseException:
            # Whoever interrupts the caller (a job's time limit, Ctrl-C) leaves an answer on its
            # way, which must not be taken for that of the next request.
            child.kill()
            raise
        is_fit = child.served < self._limits.checks and not _is_spent(verdict)
        if not is_fit:
            child.end()
        return verdict, is_fit

    def _died(self, check: str, version: str, status: int | None) -> Verdict:
        if status == -signal.SIGXCPU:
            seconds = self._limits.cpu_seconds
            return undecided(check, "check.timed_out", version=version, seconds=seconds)
        if status == -signal.SIGKILL:
            # Not by us: the machine ran out of memory.
            return undecided(check, "check.out_of_memory", version=version)
        return undecided(check, "check.crashed", version=version, error=_status(status))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is_spent(verdict: Verdict) -> bool:
    """Whether the child met its memory limit and may be left in any state."""
    return any(reason.code == "check.out_of_memory" for reason in verdict.reasons)


def _status(status: int | None) -> str:
    return signal.Signals(-status).name if status is not None and status < 0 else f"exit {status}"


_children: weakref.WeakSet[_Child] = weakref.WeakSet()
_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _forget_inherited() -> None:
    """In a forked process: the parent's children are not ours, nor may we hold their pipes open."""
    for child in list(_children):
        child.forget()
    for pool in list(_pools):
        pool.start_afresh()


os.register_at_fork(after_in_child=_forget_inherited)
