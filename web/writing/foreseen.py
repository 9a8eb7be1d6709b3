"""What an obligation that is being written would ask: its next days, of how many, how much.

Knows the preview of one version beside its form. Refuses to save, and to judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from workflow.foreseeing import ahead
from workflow.store.selected import selected_units

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.foreseeing import Ahead, DutyAhead

#: Every yearly duty is in a preview once.
_LOOKS: Final = timedelta(days=366)
_MOST_NAMES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One obligation ahead, within the span of the whole agreement with it."""

    duty: DutyAhead | None
    span: Ahead
    names: tuple[str, ...]
    unnamed: int


def foreseen(
    db: Connection,
    whole: Agreement,
    version: Obligation,
    *,
    today: date,
    names: Mapping[str, str],
) -> Foreseen:
    """What a version asks within a year from today on, or from when it is in force."""
    from_on = max(today, whole.starts_on, version.effective_from)
    until_on = from_on + _LOOKS
    span = ahead(db, whole, from_on=from_on, until_on=until_on)
    keys = selected_units(db, version.bearer, on=from_on, most=_MOST_NAMES)
    duty = next((one for one in span.duties if one.code == version.code), None)
    return Foreseen(
        duty=duty,
        span=span,
        names=tuple(names.get(key, key) for key in keys),
        unnamed=(duty.units if duty else len(keys)) - len(keys),
    )
