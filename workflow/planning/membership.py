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
    from workflow.domain.agreement import Settings
    from workflow.domain.units import Roster, Selector


def refresh_members(db: Connection, agreement: Kept) -> dict[int, str]:
    """Bring the member rows up to date and give the digest of each version's members.

    Writes only for versions whose units may have changed since, and only where
    the answer differs; the roster is read only then.
    """
    settings = agreement.says.settings
    stamp = f"{units.history_stamp(db)}:{_digest(sorted(settings.calendars.items()))[:8]}"
    digests = {version.id: version.members_digest or "" for version in agreement.versions}
    stale = [version for version in agreement.versions if version.members_of != stamp]
    if not stale:
        return digests
    roster, ids = units.roster(db), units.unit_ids(db)
    for version in stale:
        rows = _rows(roster, ids, settings, version.says.bearer)
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
    roster: Roster, ids: Mapping[str, int], settings: Settings, selector: Selector
) -> list[tuple[int, str, object, object, object]]:
    return [
        (
            ids[found.unit],
            settings.calendar_of(roster.units[found.unit].kind),
            found.span.from_on,
            found.span.until_on,
            found.counts_from,
        )
        for found in roster.members(selector)
    ]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()
