"""Keeping the members of each obligation version in step with what is known of the units."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy import update

from workflow.store import units
from workflow.store.agreements import obligation_version
from workflow.store.planning import replace_members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.units import Roster, Selector

#: The working calendar of a kind of unit that the agreement does not name.
DEFAULT_CALENDAR = "office"


def calendar_of(calendars: Mapping[str, str], kind: str) -> str:
    """The name of the working calendar that a kind of unit keeps."""
    return calendars.get(kind, DEFAULT_CALENDAR)


def refresh_members(db: Connection, agreement: Kept) -> dict[int, str]:
    """Bring the member rows up to date and give the digest of each version's members.

    Writes only for versions whose units may have changed since, and only where
    the answer differs; the roster is read only then.
    """
    calendars = agreement.says.settings.calendars
    stamp = f"{units.history_stamp(db)}:{_digest(sorted(calendars.items()))[:8]}"
    digests = {version.id: version.members_digest or "" for version in agreement.versions}
    stale = [version for version in agreement.versions if version.members_of != stamp]
    if not stale:
        return digests
    roster, ids = units.roster(db), units.unit_ids(db)
    for version in stale:
        rows = _rows(roster, ids, calendars, version.says.bearer)
        digest = _digest(rows)
        if digest != version.members_digest:
            replace_members(db, version.id, rows)
        db.execute(
            update(obligation_version)
            .where(obligation_version.c.id == version.id)
            .values(members_of=stamp, members_digest=digest)
        )
        digests[version.id] = digest
    return digests


def _rows(
    roster: Roster, ids: Mapping[str, int], calendars: Mapping[str, str], selector: Selector
) -> list[tuple[int, str, object, object, object]]:
    return [
        (
            ids[found.unit],
            calendar_of(calendars, roster.units[found.unit].kind),
            found.span.from_on,
            found.span.until_on,
            found.counts_from,
        )
        for found in roster.members(selector)
    ]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()
