"""Verifying: the chain is made again and compared, and each difference is named.

Knows that an attacker may have had the whole database, with its triggers, but neither the
keys nor the heads that were printed and exported. Refuses to repair anything.

A row that is not sealed yet cannot be vouched for: the tail is counted and named as such.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from workflow.domain.chain import BEGINNING, Head, entry_mac, seal_digest, seal_head
from workflow.domain.errors import Problem
from workflow.journal import canonical
from workflow.store import seals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying found: every difference, and what could not be vouched for.

    ``unsealed_for`` is the age of the oldest unsealed entry at the instant of verifying.
    """

    problems: tuple[Problem, ...]
    entries: int
    seals: int
    head: Head | None
    unsealed: int
    unsealed_for: timedelta | None

    @property
    def is_intact(self) -> bool:
        """Whether no row was altered, removed or inserted, as far as the seals reach."""
        return not self.problems


def verify(
    db: Connection, keys: Mapping[int, bytes], *, at: datetime, heads: Iterable[Head] = ()
) -> Verification:
    """Compare every entry and seal with the chain; the memory needed does not grow.

    No seal is made meanwhile. ``heads`` are those that were exported or printed: only they
    show that the newest seals were cut off together with their entries. Heads in issued
    reports are compared as well.
    """
    # What is sealed meanwhile would look like places without a seal.
    seals.lock(db)
    found = _Findings(keys=keys, heads={one.seal_id: one for one in heads})
    sealed = _by_seal(seals.sealed_entries(db))
    ahead = next(sealed, None)
    before: Row[Any] | None = None
    for row in seals.all_seals(db):
        found.note_gap(before.id if before else 0, row.id)
        while ahead is not None and ahead[0] < row.id:
            # Places of a seal that is not there: its absence is named already.
            ahead = next(sealed, None)
        places: list[Row[Any]] = []
        if ahead is not None and ahead[0] == row.id:
            places = ahead[1]
            ahead = next(sealed, None)
        found.compare(row, places, before=before)
        before = row
    while ahead is not None:
        found.note("journal.seal_removed", seal=ahead[0])
        ahead = next(sealed, None)
    found.note_cut_off(before.id if before else 0)
    for one in seals.reports_with_unknown_head(db):
        found.note("journal.report_head_unknown", report=one.id, number=one.number)
    unsealed, oldest = found.compare_unsealed(seals.unsealed_entries(db))
    return Verification(
        problems=tuple(found.problems),
        entries=found.entries,
        seals=found.seals,
        head=before and Head(seal_id=before.id, head=before.head, sealed_at=before.sealed_at),
        unsealed=unsealed,
        unsealed_for=None if oldest is None else at - oldest,
    )


def _by_seal(places: Iterator[Row[Any]]) -> Iterator[tuple[int, list[Row[Any]]]]:
    for seal_id, some in groupby(places, key=lambda place: place.seal_id):
        yield seal_id, list(some)


@dataclass(slots=True, kw_only=True)
class _Findings:
    keys: Mapping[int, bytes]
    heads: Mapping[int, Head]
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0
    seals: int = 0
    _missing_keys: set[int] = field(default_factory=set)

    def note(self, code: str, **facts: Any) -> None:
        self.problems.append(Problem(code=code, facts=facts))

    def note_gap(self, before: int, seal_id: int) -> None:
        """Seals count 1, 2, 3 … without a gap."""
        for missing in range(before + 1, seal_id):
            self.note("journal.seal_removed", seal=missing)

    def note_cut_off(self, last: int) -> None:
        """An exported head that lies beyond the last seal."""
        beyond = [one for one in self.heads if one > last]
        if beyond:
            self.note("journal.seals_cut_off", after=last, until=max(beyond))

    def compare(self, seal: Row[Any], places: list[Row[Any]], *, before: Row[Any] | None) -> None:
        """One seal with what stands under it."""
        self.seals += 1
        key = self._key(seal.key_version)
        known = len(self.problems)
        self._compare_places(seal, places, key)
        is_explained = len(self.problems) > known
        follows = seal.id == (before.id if before else 0) + 1
        digest = seal_digest(
            before.head if before else BEGINNING,
            [place.mac for place in places],
            seal_id=seal.id,
            sealed_at=seal.sealed_at,
            key_version=seal.key_version,
        )
        differs = follows and not is_explained and digest != seal.digest
        if differs or (key is not None and not _same(seal.head, _head(key, seal))):
            self.note("journal.seal_altered", seal=seal.id)
        exported = self.heads.get(seal.id)
        if exported is not None and not _same(exported.head, seal.head):
            self.note("journal.head_differs", seal=seal.id)

    def compare_unsealed(self, entries: Iterator[Row[Any]]) -> tuple[int, datetime | None]:
        """How many entries are not sealed, and since when."""
        count, oldest = 0, None
        for entry in entries:
            count += 1
            oldest = entry.at if oldest is None else min(oldest, entry.at)
            self._compare_columns(entry)
        self.entries += count
        return count, oldest

    def _compare_places(self, seal: Row[Any], places: list[Row[Any]], key: bytes | None) -> None:
        taken = {place.position for place in places}
        for position in range(1, seal.entries + 1):
            if position not in taken:
                self.note("journal.place_removed", seal=seal.id, position=position)
        for place in places:
            if not 1 <= place.position <= seal.entries:
                self.note("journal.entry_inserted", entry=place.entry_id, seal=seal.id)
            elif place.id is None:
                self.note("journal.entry_removed", entry=place.entry_id, seal=seal.id)
            else:
                self.entries += 1
                self._compare_entry(place, key)

    def _compare_entry(self, place: Row[Any], key: bytes | None) -> None:
        if key is not None:
            mac = entry_mac(
                key,
                place.body,
                entry_id=place.id,
                seal_id=place.seal_id,
                position=place.position,
            )
            if not _same(mac, place.mac):
                self.note("journal.entry_altered", entry=place.id, seal=place.seal_id)
                return
        self._compare_columns(place)

    def _compare_columns(self, entry: Row[Any]) -> None:
        """What is read and searched must say the same as the text that is sealed."""
        columns = {
            "at": entry.at,
            "by": entry.by,
            "verb": entry.verb,
            "agreement": entry.agreement_id,
            "subject": entry.subject,
            "subject_id": entry.subject_id,
        }
        said = _read(entry.body)
        shown = json.loads(canonical(columns))
        different = sorted(name for name, value in shown.items() if said.get(name) != value)
        if different:
            self.note("journal.columns_differ", entry=entry.id, columns=different)

    def _key(self, version: int) -> bytes | None:
        key = self.keys.get(version)
        if key is None and version not in self._missing_keys:
            self._missing_keys.add(version)
            self.note("journal.key_missing", version=version)
        return key


def _read(body: str) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _head(key: bytes, seal: Row[Any]) -> str:
    return seal_head(key, seal.digest, seal_id=seal.id)


def _same(one: str, other: str) -> bool:
    # In constant time: whoever asks must not learn a head digit by digit.
    return hmac.compare_digest(one.encode(), other.encode())
