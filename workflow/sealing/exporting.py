"""Giving the journal away: every entry with its seal as a line of JSON, and heads to keep.

Knows the form of the lines. Refuses to know where they are written: whoever keeps them
should keep them where the database's keeper does not reach.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflow.domain.chain import Head
from workflow.journal import canonical
from workflow.store import seals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Row

FORM = 1


def export(db: Connection, *, facts: Mapping[str, Any]) -> Iterator[str]:
    """The whole journal, a line of canonical JSON at a time, without the line breaks.

    First a line about the export itself (its form and the given facts: when, by which
    release, whether the clock is simulated), then each seal followed by its entries in
    their order, then what is not sealed yet. ``act`` is the very text that was sealed.
    """
    seals.lock(db)
    yield canonical({"camket_journal": FORM, **facts})
    places = seals.sealed_entries(db)
    place = next(places, None)
    for seal in seals.all_seals(db):
        yield canonical(
            {
                "seal": seal.id,
                "sealed_at": seal.sealed_at,
                "entries": seal.entries,
                "digest": seal.digest,
                "head": seal.head,
                "key_version": seal.key_version,
            }
        )
        while place is not None and place.seal_id <= seal.id:
            yield _line(place, seal=place.seal_id, position=place.position, mac=place.mac)
            place = next(places, None)
    if place is not None:
        # A seal that is not there: what stood under it is given away all the same.
        for left in (place, *places):
            yield _line(left, seal=left.seal_id, position=left.position, mac=left.mac)
    for entry in seals.unsealed_entries(db):
        yield _line(entry, seal=None)


def head_line(head: Head, *, exported_at: datetime) -> str:
    """A head as a line of JSON, for a file that only grows."""
    return canonical(
        {
            "seal": head.seal_id,
            "head": head.head,
            "sealed_at": head.sealed_at,
            "exported_at": exported_at,
        }
    )


def heads_of(lines: Iterable[str]) -> Iterator[Head]:
    """Read back what ``head_line`` wrote. Raises ValueError on anything else."""
    for line in lines:
        said = json.loads(line)
        try:
            yield Head(
                seal_id=int(said["seal"]),
                head=str(said["head"]),
                sealed_at=datetime.fromisoformat(said["sealed_at"]),
            )
        except (KeyError, TypeError) as fault:
            raise ValueError(f"no head of a journal: {line!r}") from fault


def _line(entry: Row[Any], **place: Any) -> str:
    """An entry; its text is taken over as it is, so that its hash can be made again."""
    around = canonical({"entry": entry.entry_id if "mac" in place else entry.id, **place})
    body = "null" if entry.body is None else entry.body
    return f'{{"act":{body},{around[1:]}'
