"""A ZIP that leaves while it is made: no file in it is ever held whole.

Knows names that every system can unpack, and that the same content gives the same bytes.
Refuses to know what is in a file. Nothing is packed tighter: evidence is mostly packed
already, and how tight a library packs is its own affair.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
#: So many bytes leave at once.
_AT_ONCE: Final = 1 << 18
#: Signs that some system does not allow in a name.
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
#: Names that mean a device, whatever follows the dot.
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
#: The longest name of a file or folder, in bytes: a path of four fits everywhere.
_LONGEST: Final = 80
_LONGEST_ENDING: Final = 12


class StreamedZip:
    """A ZIP in the making; every step gives the bytes that can leave."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_STORED)

    def put(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Put a file in, piece by piece."""
        with self._zip.open(zipfile.ZipInfo(name, _EPOCH), "w") as file:
            for piece in pieces:
                file.write(piece)
                yield from self._outlet.ready(_AT_ONCE)

    def end(self) -> Iterator[bytes]:
        """Finish; nothing can be put in any more."""
        self._zip.close()
        yield from self._outlet.ready(1)


class _Outlet:
    """What a ZIP is written to: bytes wait here until they leave."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, content: bytes) -> int:
        self._waiting.append(bytes(content))
        self._size += len(content)
        return len(content)

    def flush(self) -> None:
        """Nothing: it leaves when it is asked for."""

    def close(self) -> None:
        """Nothing: whoever made the ZIP takes what is left."""

    def ready(self, least: int) -> Iterator[bytes]:
        """All that waits, once it is so much."""
        if self._size >= least:
            yield b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0


class Names:
    """Paths for what is packed: readable, safe on every system, and none twice.

    Case does not tell two names apart on every system, so it does not here.
    """

    def __init__(self, *taken: str) -> None:
        self._taken = {one.casefold() for one in taken}

    def path(self, *parts: str) -> str:
        """A path of these parts, with a number before its ending where it was given already."""
        *folders, name = (safe_name(one) for one in parts)
        stem, dot, ending = name.rpartition(".")
        if not stem or len(ending) > _LONGEST_ENDING:
            stem, dot, ending = name, "", ""
        number, found = 1, "/".join((*folders, name))
        while found.casefold() in self._taken:
            number += 1
            found = "/".join((*folders, f"{stem} ({number}){dot}{ending}"))
        self._taken.add(found.casefold())
        return found


def safe_name(text: str) -> str:
    """A name of a file or folder that keeps its letters and leads nowhere else."""
    said = unicodedata.normalize("NFC", text)
    said = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in said)
    said = " ".join(_FORBIDDEN.sub("_", said).split()).strip(". ")
    if _DEVICES.match(said):
        said = f"_{said}"
    stem, dot, ending = said.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = said, "", ""
    room = _LONGEST - len(f"{dot}{ending}".encode())
    stem = stem.encode()[:room].decode(errors="ignore").strip(". ")
    return f"{stem}{dot}{ending}" or "_"
