"""The lines of a table with what stands in them: obligations with their clauses, units by name.

Pure, over a cast and an agreement. Reports and boards tell the same lines in the same
order, so a figure of one is found in the other. Refuses to count.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reports import quarterly as value
from reports.figures import added

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.cast import Cast
    from reports.figures import Line
    from workflow.domain.agreement import Agreement


def duty_lines(
    pairs: Mapping[tuple[int, int], Line], *, cast: Cast, says: Agreement
) -> list[value.Duty]:
    """A line for each obligation that pairs have tasks of, in the order of the clauses."""
    by_duty: defaultdict[int, dict[str, Line]] = defaultdict(dict)
    for (obligation_id, unit_id), line in pairs.items():
        by_duty[obligation_id][cast.unit_keys[unit_id]] = line
    clauses = {clause.code: clause for clause in says.every_clause}
    places = {code: place for place, code in enumerate(clauses)}
    found = []
    for obligation_id, lines in by_duty.items():
        duty = cast.duties[obligation_id]
        clause = clauses.get(duty.clause)
        met = [line.is_met for line in lines.values()]
        found.append(
            value.Duty(
                code=duty.code,
                title=duty.title,
                clause=duty.clause,
                clause_text=clause.text if clause else "",
                clause_place=clause.place if clause else "",
                topic=duty.topic,
                line=added(lines.values()),
                units_owing=sum(one is not None for one in met),
                units_met=sum(one is True for one in met),
                defaulters=tuple(
                    cast.in_order(key for key, line in lines.items() if line.boxes.not_done_overdue)
                ),
            )
        )
    return sorted(found, key=lambda duty: (places.get(duty.clause, len(places)), duty.code))


def unit_lines(by_unit: Mapping[int, Line], *, cast: Cast) -> tuple[value.UnitLine, ...]:
    """A line for each unit, by party and then by name."""
    lines = {cast.unit_keys[unit_id]: line for unit_id, line in by_unit.items()}
    return tuple(
        value.UnitLine(key=key, name=cast.name(key), party=cast.side(key), line=lines[key])
        for key in cast.in_order(lines)
    )
