"""Many take a number at once: none is given twice, and none is left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from reports.issuing.numbering import take_number
from tests.reports import quarter
from tests.reports.paper import approved, by
from workflow.store.report_numbers import report_number
from workflow.store.reports import report as report_table

if TYPE_CHECKING:
    from sqlalchemy import Engine


def _many(clone: Engine, how_many: int) -> list[int]:
    """So many approved reports of one agreement."""
    with clone.begin() as db:
        quarter.lived(db)
        quarter.office(db)
        first = approved(db)
        row = db.execute(select(report_table).where(report_table.c.id == first)).one()
        copied = {name: value for name, value in row._asdict().items() if name != "id"}
        more = [
            db.execute(
                insert(report_table)
                .values(**{**copied, "period": f"x-{number}"})
                .returning(report_table.c.id)
            ).scalar_one()
            for number in range(1, how_many)
        ]
    return [first, *more]


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_no_number_is_given_twice_and_no_hole_appears_however_many_take_at_once(
    clone: Engine,
) -> None:
    ids = _many(clone, 12)

    def take(report_id: int) -> str:
        """Some attempts fail after the number was taken, as a crash would have it."""
        with clone.connect() as db:
            if report_id % 3 == 0:
                failed = db.begin()
                take_number(db, report_id, act=by("quan-tri"))
                failed.rollback()
            with db.begin():
                return take_number(db, report_id, act=by("quan-tri"))

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(take, ids))
        again = list(pool.map(take, ids))
    assert again == taken
    with clone.connect() as db:
        kept = sorted(int(key) for key in db.scalars(select(report_number.c.key)))
    assert kept == list(range(1, len(ids) + 1))
    assert sorted(taken) == [f"{number:02}/2024" for number in kept]
