"""What an addendum changes: every figure that differs between two editions of a report.

Pure. Compares lines under their own keys, so that a line which came or went is seen too.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from reports.figures import NOTHING, Line
from reports.quarterly import Change
from workflow.domain.tally import Boxes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.quarterly import Report

_FIGURES: Final = tuple(field.name for field in fields(Boxes))


def differences(before: Report, after: Report) -> tuple[Change, ...]:
    """The figures that differ: of the total, of each obligation, of each unit, in this order."""
    lines = _lines(before), _lines(after)
    return tuple(
        change
        for place, key in sorted({*lines[0], *lines[1]}, key=_in_order)
        for change in _changes(
            place, key, lines[0].get((place, key), NOTHING), lines[1].get((place, key), NOTHING)
        )
    )


def _lines(report: Report) -> dict[tuple[str, str], Line]:
    return {
        ("total", ""): report.total,
        **{("duty", duty.code): duty.line for duty in report.duties},
        **{("unit", unit.key): unit.line for unit in report.units},
    }


def _in_order(place: tuple[str, str]) -> tuple[int, str]:
    return ("total", "duty", "unit").index(place[0]), place[1]


def _changes(place: str, key: str, before: Line, after: Line) -> Iterator[Change]:
    for name, was, now in (
        *((name, getattr(before.boxes, name), getattr(after.boxes, name)) for name in _FIGURES),
        ("carried_over", before.carried_over, after.carried_over),
        ("assigned", before.assigned, after.assigned),
    ):
        if was != now:
            yield Change(place=place, key=key, figure=name, before=was, after=now)
