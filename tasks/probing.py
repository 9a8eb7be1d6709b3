"""One file written by whoever asks and read back by a worker, to see that the folder is shared.

Knows that two machines may have folders of the same name. Refuses to guess: the answer is
a sign of life that names what was read.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from tasks.job import Job, each
from workflow.store.heartbeats import beat, heartbeats
from workflow.store.work import put_work

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from tasks.workplace import Workplace

_KIND: Final = "read_back"
_READ: Final = "read_back"


def probe_path(folder: Path, number: int) -> Path:
    """Where the file of a probe lies in the folder of evidence."""
    return folder / f".probe-{number}"


def ask_worker(db: Connection, number: int, *, at: datetime) -> None:
    """Ask a worker to read a probe's file."""
    put_work(db, kind=_KIND, subjects=[number], due_at=at)


def read_by_worker(db: Connection, number: int) -> str | None:
    """The hash of what a worker read; empty where it found no file, None while it has not."""
    for one in heartbeats(db):
        asked, _, digest = one.detail.partition(":")
        if one.name == _READ and asked == str(number):
            return digest
    return None


def digest_of(content: bytes) -> str:
    """What is compared of a probe."""
    return hashlib.sha256(content).hexdigest()


def _read(place: Workplace, db: Connection, number: int, _at: datetime) -> None:
    try:
        digest = digest_of(probe_path(place.settings.evidence_dir, number).read_bytes())
    except OSError:
        digest = ""
    beat(db, _READ, detail=f"{number}:{digest}")


JOBS: Final = (Job(kind=_KIND, name="probing.read_back", keep=each(_read)),)
