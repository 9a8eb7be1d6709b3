"""Evidence files, kept once each under the hash of their bytes.

Knows how bytes reach the disk whole or not at all, and how they are proved to be
those that were given. Refuses to know what a file says, whose it is and which
task it serves: rows of the database do.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

#: More than any scanned letter, page of a newspaper or list needs.
LARGEST: Final = 50_000_000
_BLOCK: Final = 1 << 20
_DRAFT: Final = ".draft-"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
#: The disk, the quota, or the largest file that this process may write.
_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was stored: the name under which it is found again, and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStore:
    """The folder of all evidence files, shared by every process.

    A file lies at ``ab/cd/<sha256>``; it is never changed and never renamed.
    ``largest`` is the most bytes that one file may have.
    """

    root: Path
    largest: int = LARGEST

    def store(self, source: BinaryIO | Path) -> Stored:
        """Keep a file for good and give its hash; the same bytes are kept once.

        When it returns, the bytes are on the disk, read back and proved. When it
        raises, nothing is left: ``Refusal`` with ``files.too_large``, ``files.empty``,
        ``files.no_space``, ``files.unreadable`` (the source), ``files.unwritable`` (the
        folder) or ``files.damaged`` (the disk gave back other bytes).
        """
        if isinstance(source, Path):
            with _reading(source) as stream:
                return self._keep(stream)
        return self._keep(source)

    def path_of(self, sha256: str) -> Path:
        """Where the file of a hash lies, whether or not it does. Raises ValueError for no hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def is_intact(self, stored: Stored) -> bool:
        """Whether the file is there and still what was stored."""
        try:
            return _hashed(self.path_of(stored.sha256)) == stored
        except OSError:
            return False

    def forget_drafts(self, *, older_than: float) -> int:
        """Delete what processes that died half-way left behind, and say how many.

        ``older_than`` is in seconds since 1970, as the file system stamps files.
        """
        gone = 0
        for draft in self.root.glob(f"{_DRAFT}*"):
            try:
                if draft.stat().st_mtime < older_than:
                    draft.unlink()
                    gone += 1
            except FileNotFoundError:
                continue
        return gone

    def _keep(self, stream: BinaryIO) -> Stored:
        with _writing(self.root):
            self.root.mkdir(mode=0o750, parents=True, exist_ok=True)
            draft = self.root / f"{_DRAFT}{secrets.token_hex(16)}"
            try:
                stored = self._written(stream, draft)
                # What a broken disk makes of the bytes is seen now, not when a check reads them.
                if _hashed(draft) != stored:
                    raise Refusal("files.damaged", folder=str(self.root))
                self._put(draft, stored)
            finally:
                draft.unlink(missing_ok=True)
        return stored

    def _written(self, stream: BinaryIO, draft: Path) -> Stored:
        digest, size = hashlib.sha256(), 0
        with draft.open("xb", buffering=0) as file:
            while block := _next_block(stream):
                size += len(block)
                if size > self.largest:
                    raise Refusal("files.too_large", most=self.largest)
                digest.update(block)
                _write_all(file.fileno(), block)
            os.fsync(file.fileno())
        if not size:
            raise Refusal("files.empty")
        return Stored(sha256=digest.hexdigest(), size=size)

    def _put(self, draft: Path, stored: Stored) -> None:
        """Give the draft its name; a file that was damaged meanwhile is replaced by it."""
        path = self.path_of(stored.sha256)
        if self.is_intact(stored):
            return
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        draft.chmod(0o440)
        draft.replace(path)
        for folder in (path.parent, path.parent.parent, self.root):
            _sync(folder)


def _next_block(stream: BinaryIO) -> bytes:
    try:
        return stream.read(_BLOCK)
    except OSError as fault:
        raise Refusal("files.unreadable", detail=_said(fault)) from fault


def _write_all(descriptor: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(descriptor, view) :]


def _hashed(path: Path) -> Stored:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Stored(sha256=digest.hexdigest(), size=size)


def _sync(folder: Path) -> None:
    """Make a new name in a folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reading(source: Path) -> Iterator[BinaryIO]:
    try:
        stream = source.open("rb")
    except OSError as fault:
        raise Refusal("files.unreadable", detail=_said(fault)) from fault
    with stream:
        yield stream


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        code = "files.no_space" if fault.errno in _NO_SPACE else "files.unwritable"
        raise Refusal(code, folder=str(folder), detail=_said(fault)) from fault


def _said(fault: OSError) -> str:
    return fault.strerror or type(fault).__name__
