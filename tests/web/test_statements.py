"""A page asks the database a few times, and no oftener when there is more to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import event

from reports.keeping import keep_figures
from tests import worlds
from tests.web.access import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_MOST: Final = 12
#: Those that need more, with the reason.
OTHERWISE: Final = {
    # A task is told with everything that hangs on it, of which each is a table of its own:
    # submissions, evidence, verdicts, changes, requests, doubts, the occasion, days off.
    "/tasks/{task_id}": 15,
    # Its tasks as every list shows them, whom it may still be given to, and who gave it.
    "/instructions/{agreement}/{code}": 14,
    # Composes the whole report anew, to show what would become of it.
    "/reports/{report_id}/refresh": 26,
}
#: Somebody of each kind whose scope is limited in a way of its own.
WHO: Final = ("quan-tri", "can-bo-a", "tham-dinh", "lanh-dao-tp")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    made = Trial(tmp_path_factory.mktemp("statements"))
    with made.seen.begin() as db:
        keep_figures(db, at=worlds.at("2024-04-02"))
    return made


@pytest.fixture
def asked(trial: Trial) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(trial.seen, "before_cursor_execute", note)
    yield statements
    event.remove(trial.seen, "before_cursor_execute", note)


@pytest.mark.parametrize("key", WHO)
def test_every_page_and_list_asks_a_few_times(trial: Trial, asked: list[str], key: str) -> None:
    too_many: dict[str, int] = {}
    served = 0
    for method, path in trial.routes():
        if method != "GET":
            continue
        asked.clear()
        answer = trial.look(path, key)
        served += answer.is_success
        if len(asked) > OTHERWISE.get(path, AT_MOST):
            too_many[path] = len(asked)
    assert not too_many
    assert served > 40
