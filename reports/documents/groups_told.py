"""Units under what stands above them, with subtotals: the table of the annex by unit.

Knows how a group and the tree that made it are told. Refuses to reckon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.documents.document import Cell, Column, Row, Table, Text, Weight
from reports.unit_groups import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reports.documents.document import Block
    from reports.documents.telling import Teller
    from reports.quarterly import Side
    from reports.unit_groups import Group, GroupedUnit, Grouping


def units_by_group(tell: Teller, grouping: Grouping) -> Iterable[Block]:
    """Each unit in its group, by side; every subtotal is the sum of what stands under it."""
    _ = tell.gettext
    yield Text(text=_tree(tell, grouping))
    rows = [_summed(_("Total"), Weight.TOTAL, tell.whole_cells(tell.report.total))]
    for side in tell.report.sides:
        groups = [group for group in grouping.groups if group.party == side.code]
        rows += _side(tell, side, groups)
    yield Table(
        caption=_("Each unit, by side and by what stands above it"),
        columns=(Column(title=_("Unit"), width=4), *tell.whole_columns()),
        rows=tuple(rows),
        is_small=True,
    )


def _tree(tell: Teller, grouping: Grouping) -> str:
    _ = tell.gettext
    if grouping.tree is Tree.AS_IT_IS:
        return _(
            "Units are grouped by the tree as it is on {on:day}; a unit that was merged is counted"
            " with its successor.",
            on=grouping.on,
        )
    return _("Units are grouped by the tree as it was on {on:day}.", on=grouping.on)


def _side(tell: Teller, side: Side, groups: list[Group]) -> Iterator[Row]:
    _ = tell.gettext
    count = sum(len(group.units) for group in groups)
    name = _("{side}: {count:number} units", side=tell.side(side), count=count)
    yield _summed(name, Weight.TOTAL, tell.whole_cells(side.line))
    # One group of units with nothing above them is no group.
    has_groups = any(group.key for group in groups)
    for group in groups:
        if has_groups:
            name = (
                _("{body} and what belongs to it", body=group.name)
                if group.key
                else _("Units with nothing above them")
            )
            yield _summed(name, Weight.GROUP, tell.whole_cells(group.line))
        for unit in group.units:
            yield Row(cells=(Cell(text=_unit(tell, unit)), *tell.whole_cells(unit.line)))


def _unit(tell: Teller, unit: GroupedUnit) -> str:
    _ = tell.gettext
    if unit.stands_for:
        return _(
            "{unit} (with {count:number} units that it replaced)",
            unit=unit.name,
            count=len(unit.stands_for),
        )
    return _("{unit} (ended)", unit=unit.name) if unit.has_ended else unit.name


def _summed(name: str, weight: Weight, cells: tuple[Cell, ...]) -> Row:
    return Row(cells=(Cell(text=name), *cells), weight=weight)
