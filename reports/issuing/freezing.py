"""The files of an issued report: where they lie, written whole or not at all.

Knows the folder of each edition, that of signed copies, and the hash of what was written
there. Refuses to know what is in a file.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from workflow.domain.errors import Refusal
from workflow.files import FileStore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Row

#: The most bytes of a signed copy: what a mail server still takes along.
LARGEST_SCAN: Final = 20_000_000
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]|^\.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A written file: ``name`` is its path under the data folder."""

    format: str
    name: str
    sha256: str
    size: int


def freeze(data_dir: Path, report: Row[Any], made: Mapping[str, bytes]) -> tuple[File, ...]:
    """Write the files of an edition and give their hashes, by format.

    Raises ``Refusal("report.unwritable")``; then no file is half written.
    """
    agreement = _UNSAFE.sub("_", report.agreement)
    period = _UNSAFE.sub("_", report.period)
    folder = f"reports/{agreement}/{period}/{report.edition}"
    files = []
    for kind, content in sorted(made.items()):
        name = f"{folder}/{agreement}-{period}-{report.edition}.{kind}"
        _write(data_dir, name, content)
        files.append(
            File(
                format=kind,
                name=name,
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
            )
        )
    return tuple(files)


def scans(data_dir: Path) -> FileStore:
    """Where signed copies are kept, each under its hash."""
    return FileStore(root=data_dir / "report-scans", largest=LARGEST_SCAN)


def _write(data_dir: Path, name: str, content: bytes) -> None:
    path = data_dir / name
    draft = path.with_name(f".draft-{secrets.token_hex(16)}")
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.chmod(0o440)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as fault:
        detail = fault.strerror or type(fault).__name__
        raise Refusal("report.unwritable", folder=str(path.parent), detail=detail) from fault
