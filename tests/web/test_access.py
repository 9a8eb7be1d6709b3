"""Who gets where, and how often it asks the database: every address, for everybody of the cast."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from tests.web.access import CAST, TABLE, Trial

if TYPE_CHECKING:
    from pathlib import Path


#: A page asks the database so often at most, however much there is to show.
AT_MOST: Final = 12
#: Those that need more, with the reason.
OTHERWISE: Final = {
    # A task is told with everything that hangs on it, of which each is a table of its own:
    # submissions, evidence, verdicts, changes, requests, doubts, the occasion, days off.
    # And the letters in which it was pressed for.
    "/tasks/{task_id}": 16,
    # Its tasks as every list shows them, who answers for each, whom it may still be given to,
    # and who gave it.
    "/instructions/{agreement}/{code}": 15,
    # Three lists on one page: what waits for whoever receives, what was asked, what was done.
    "/received": 16,
    # Composes the whole report anew, to show what would become of it.
    "/reports/{report_id}/refresh": 34,
    # Composes it anew from what held at its instant, to name every difference.
    "/reports/{report_id}/regenerated": 29,
    "/api/v1/reports/{report_id}/regenerated": 28,
    # Whom it says it is of, whom it replaced, what it owes; and the letters that press it.
    "/units/{key}": 13,
    # Counts a part of a report anew, by the report's own rules: the agreement and the units as
    # they were at its instant, two periods, every task with its evidence and verdicts.
    "/records/{about}/{key}": 24,
    "/records/{about}/{key}/read": 23,
    "/records/{about}/{key}/files/{kind}": 23,
    "/api/v1/records/{about}/{key}": 23,
    "/api/v1/records/{about}/{key}/files/{format}": 23,
}


def test_everybody_gets_where_the_table_says_and_every_page_asks_a_few_times(
    tmp_path: Path,
) -> None:
    head, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert head.split()[1:] == list(CAST)
    expected = {tuple(line.split()[1:]): line.split()[0] for line in lines}
    with closing(Trial(tmp_path)) as trial:
        routes = trial.routes()
        assert set(expected) == set(routes), "a route without its row, or a row without one"
        found = {route: trial.row(*route) for route in routes}
    assert found == expected
    assert {
        path: asked for path, asked in trial.asked.items() if asked > OTHERWISE.get(path, AT_MOST)
    } == {}
