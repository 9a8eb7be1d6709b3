"""How the journal is chained: the text that is hashed, and the keys that go into it.

Knows the form of a seal and nothing of where it is kept. The form is permanent: a seal
made by one release is verified by all later ones.

Each entry has its own keyed hash, which names the very row that was changed. A seal's
digest runs over the head before it and the hashes of its entries in their order; its
*head* is keyed as well, so that nobody without the key can make another chain.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What stands before the first seal.
BEGINNING: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain at a seal: what reports print and what is exported."""

    seal_id: int
    head: str
    sealed_at: datetime


def entry_mac(key: bytes, body: str, *, entry_id: int, seal_id: int, position: int) -> str:
    """The keyed hash of an entry at its place."""
    return _keyed(key, "entry", seal_id, position, entry_id, body)


def seal_digest(
    before: str, macs: Iterable[str], *, seal_id: int, sealed_at: datetime, key_version: int
) -> str:
    """The hash of a seal: what came before it, when it was made, what it covers."""
    digest = hashlib.sha256()
    instant = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    for part in ("seal", before, seal_id, instant, key_version, *macs):
        digest.update(f"{part}\n".encode())
    return digest.hexdigest()


def seal_head(key: bytes, digest: str, *, seal_id: int) -> str:
    """The keyed hash of a seal's digest."""
    return _keyed(key, "head", seal_id, digest)


def _keyed(key: bytes, *parts: object) -> str:
    # Only the last part may hold a line break, so no two values give the same text.
    return hmac.new(key, "\n".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()
