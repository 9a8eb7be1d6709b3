"""The pages that people see, a module for each thing they come to do."""

from __future__ import annotations

from typing import Final

from web.pages import (
    board,
    deciding,
    evidence,
    people,
    people_at_once,
    reviewing,
    signing_in,
    task_acts,
    tasks,
    work,
)

#: Every router of pages; the access tests read them all.
PAGES: Final = (
    signing_in.router,
    work.router,
    tasks.router,
    task_acts.router,
    reviewing.router,
    evidence.router,
    deciding.router,
    board.router,
    people_at_once.router,
    people.router,
)
