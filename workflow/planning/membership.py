"""Keeping the members of each obligation version in step with what is known of the units."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update

from workflow.store import planning, units
from workflow.store.agreements import obligation_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.agreement import Settings
    from workflow.domain.units import Roster, Selector
    from workflow.store.planning import MemberRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The units whose membership differs from what was written: by id.

    ``joined`` had none before, so nothing of theirs needs to be looked through.
    """

    joined: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()


def refresh_members(db: Connection, agreement: Kept) -> dict[int, Moves]:
    """Bring the member rows up to date and give, by version, the units that moved.

    The roster is read only where something was recorded about units since;
    rows are written only for units whose membership differs.
    """
    settings = agreement.says.settings
    stamp = f"{units.history_stamp(db)}:{_digest(sorted(settings.calendars.items()))[:8]}"
    moves = {version.id: Moves() for version in agreement.versions}
    stale = [version for version in agreement.versions if version.members_of != stamp]
    if not stale:
        return moves
    roster, ids = units.roster(db), units.unit_ids(db)
    for version in stale:
        rows = _rows(roster, ids, settings, version.says.bearer)
        known = planning.members_of(db, version.id)
        before = {row[0] for row in known}
        differing = {row[0] for row in rows ^ known}
        if differing:
            planning.rewrite_members(
                db,
                version.id,
                units=differing,
                rows=(row for row in sorted(rows) if row[0] in differing),
            )
        db.execute(
            update(obligation_version)
            .where(obligation_version.c.id == version.id)
            .values(members_of=stamp)
        )
        moves[version.id] = Moves(
            joined=frozenset(differing - before), changed=frozenset(differing & before)
        )
    return moves


def _rows(
    roster: Roster, ids: Mapping[str, int], settings: Settings, selector: Selector
) -> set[MemberRow]:
    return {
        (
            ids[found.unit],
            settings.calendar_of(roster.units[found.unit].kind),
            found.span.from_on,
            found.span.until_on,
            found.counts_from,
        )
        for found in roster.members(selector)
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
