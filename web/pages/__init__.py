"""The pages that people see, a module for each thing they come to do."""

from __future__ import annotations

from typing import Final

from web.pages import (
    agreement_files,
    agreements,
    board,
    board_tasks,
    calendar,
    deciding,
    evidence,
    forgotten,
    jobs,
    journal,
    meeting_files,
    meetings,
    people,
    people_at_once,
    person_changes,
    report_files,
    reports,
    reviewing,
    second_factor,
    signing_in,
    task_acts,
    tasks,
    tokens,
    unit_files,
    units,
    work,
)

#: Every router of pages; the access tests read them all.
PAGES: Final = (
    signing_in.router,
    forgotten.router,
    second_factor.router,
    tokens.router,
    work.router,
    tasks.router,
    task_acts.router,
    reviewing.router,
    evidence.router,
    deciding.router,
    board.router,
    board_tasks.router,
    reports.router,
    report_files.router,
    people_at_once.router,
    people.router,
    person_changes.router,
    agreement_files.router,
    agreements.router,
    unit_files.router,
    units.router,
    meeting_files.router,
    meetings.router,
    jobs.router,
    journal.router,
    calendar.router,
)
