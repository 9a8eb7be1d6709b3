"""Zip packages (office documents, sent archives) that cannot harm their reader.

Knows how to refuse bombs, encrypted and broken packages before anything is
unpacked, and unpacks only into memory and by name. Refuses to know what the
parts say.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

from workflow.evidence.check import Unreadable

_MOST_PARTS: Final = 2_000
_MOST_UNPACKED: Final = 150_000_000
_MOST_PART: Final = 40_000_000
# Office XML compresses 10 to 30 times; a bomb a thousand times.
_MOST_RATIO: Final = 250
_SMALL: Final = 2_000_000
_ENCRYPTED_FLAG: Final = 0x1

_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    struct.error,
)


class Package:
    """An opened zip whose sizes are sane.

    Raises Unreadable: ``file.broken``, ``file.encrypted``, ``file.bomb``.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise Unreadable("file.broken", error=type(error).__name__) from error
        parts = self._zip.infolist()
        unpacked = sum(part.file_size for part in parts)
        if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
            raise Unreadable("file.encrypted")
        if (
            len(parts) > _MOST_PARTS
            or unpacked > _MOST_UNPACKED
            or any(part.file_size > _MOST_PART for part in parts)
            or any(
                part.file_size > _SMALL
                and part.file_size > _MOST_RATIO * max(part.compress_size, 1)
                for part in parts
            )
            # Parts that overlap in the file unpack the same bytes again and again.
            or sum(part.compress_size for part in parts) > len(data)
        ):
            raise Unreadable("file.bomb", parts=len(parts), unpacked=unpacked)
        self.names: tuple[str, ...] = tuple(part.filename for part in parts)

    def part(self, name: str) -> bytes:
        """The bytes of one part, never more than its header claims. Raises ``file.broken``."""
        try:
            with self._zip.open(name) as stream:
                return stream.read()
        except _BROKEN as error:
            raise Unreadable("file.broken", error=type(error).__name__) from error
