"""Who gets where: the table in access.txt is what everybody of the cast really gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.access import CAST, TABLE, Trial

if TYPE_CHECKING:
    from pathlib import Path


def test_everybody_gets_where_the_table_says_and_nowhere_else(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    head, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert head.split()[1:] == list(CAST)
    expected = {tuple(line.split()[1:]): line.split()[0] for line in lines}
    assert set(expected) == set(trial.routes()), "a route without its row, or a row without one"
    found = {route: trial.row(*route) for route in trial.routes()}
    assert found == expected
