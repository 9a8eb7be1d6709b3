"""Keeping the members of each obligation version in step with what is known of the units."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update

from workflow.store import planning, units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.agreement import Settings
    from workflow.domain.units import Roster, Selector
    from workflow.store.planning import MemberRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Whom a version binds: its selection, and the units whose membership moved in this run.

    ``joined`` had none before, ``changed`` had another one. ``back`` are those that
    joined and have had tasks taken away from them.
    """

    selection_id: int
    joined: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()


def refresh_members(db: Connection, agreement: Kept) -> dict[int, Members]:
    """Bring the member rows up to date and give, by version, what moved.

    The roster is read only where something was recorded about units since;
    rows are written only for units whose membership differs.
    """
    settings = agreement.says.settings
    stamp = f"{units.history_stamp(db)}:{_digest(sorted(settings.calendars.items()))[:8]}"
    by_selector: dict[Selector, Members] = {}
    book: tuple[Roster, Mapping[str, int]] | None = None
    found: dict[int, Members] = {}
    for version in agreement.versions:
        selector = version.says.bearer
        if selector not in by_selector:
            row = units.selection_of(db, agreement.id, _digest(_text(selector)))
            by_selector[selector] = Members(selection_id=row.id)
            if row.members_of != stamp:
                book = book or (units.roster(db), units.unit_ids(db))
                wanted = _rows(*book, settings, selector)
                by_selector[selector] = _rewritten(db, row.id, wanted, stamp)
        found[version.id] = by_selector[selector]
    return found


def _rewritten(db: Connection, selection_id: int, wanted: set[MemberRow], stamp: str) -> Members:
    known = planning.members_of(db, selection_id)
    before = {row[0] for row in known}
    differing = {row[0] for row in wanted ^ known}
    if differing:
        rows = sorted(row for row in wanted if row[0] in differing)
        planning.rewrite_members(db, selection_id, units=differing, rows=rows)
    db.execute(
        update(units.selection).where(units.selection.c.id == selection_id).values(members_of=stamp)
    )
    joined = differing - before
    return Members(
        selection_id=selection_id,
        joined=frozenset(joined),
        changed=frozenset(differing & before),
        back=planning.once_unowed(db, joined) if joined else frozenset(),
    )


def _text(selector: Selector) -> list[object]:
    return [
        sorted(selector.kinds),
        sorted(selector.tags),
        sorted(selector.under),
        sorted(selector.keys),
        sorted(selector.except_keys),
        sorted(selector.except_tags),
        selector.everyone,
    ]


def _rows(
    roster: Roster, ids: Mapping[str, int], settings: Settings, selector: Selector
) -> set[MemberRow]:
    return {
        (
            ids[found.unit],
            settings.calendar_of(roster.units[found.unit].kind),
            found.span.from_on,
            found.span.until_on,
            found.since,
        )
        for found in roster.members(selector)
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
