"""Sealing: the journal's newest settled rows become the next link of the chain.

Knows which rows are settled: those older than the oldest transaction that still runs, so
that no row can appear later among them. Refuses to seal under a key older than the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workflow.domain.chain import BEGINNING, Head, entry_mac, seal_digest, seal_head
from workflow.domain.errors import Refusal
from workflow.store import seals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

#: So many entries a seal, so that neither sealing nor verifying needs much memory.
LARGEST: Final = 5_000
# A transaction that outlives so many seals is found by the thorough search.
_LOOK_BACK: Final = 100


def seal(
    db: Connection,
    keys: Mapping[int, bytes],
    *,
    at: datetime,
    at_most: int = LARGEST,
    is_thorough: bool = False,
) -> int:
    """Chain up to ``at_most`` settled entries that are not sealed yet, and say how many.

    One sealer works at a time (an advisory lock, held to the end of the transaction). The
    highest key version seals. Entries of long-running transactions are sealed when these
    have ended; those that outlasted a hundred seals only when ``is_thorough``, which looks
    through the whole journal. Raises ``Refusal("journal.key_outdated")`` when the last
    seal was made under a higher key version, ``Refusal("journal.key_missing")`` without
    any key.
    """
    if not keys:
        raise Refusal("journal.key_missing", version=1)
    seals.lock(db)
    last = seals.last_seal(db)
    version = max(keys)
    if last is not None and last.key_version > version:
        raise Refusal("journal.key_outdated", version=version, last=last.key_version)
    number = 1 if last is None else last.id + 1
    above = None if is_thorough else seals.last_entry_of(db, number - _LOOK_BACK)
    entries = seals.settled_unsealed(db, above=above, at_most=at_most)
    if not entries:
        return 0
    key = keys[version]
    macs = [
        entry_mac(key, entry.body, entry_id=entry.id, seal_id=number, position=position)
        for position, entry in enumerate(entries, start=1)
    ]
    before = BEGINNING if last is None else last.head
    digest = seal_digest(before, macs, seal_id=number, sealed_at=at, key_version=version)
    seals.add_seal(
        db,
        seal_id=number,
        sealed_at=at,
        digest=digest,
        head=seal_head(key, digest, seal_id=number),
        key_version=version,
        entries=[(entry.id, mac) for entry, mac in zip(entries, macs, strict=True)],
    )
    return len(entries)


def latest_head(db: Connection) -> Head | None:
    """The end of the chain now, or None while nothing is sealed."""
    last = seals.last_seal(db)
    if last is None:
        return None
    return Head(seal_id=last.id, head=last.head, sealed_at=last.sealed_at)
