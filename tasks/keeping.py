"""The job that keeps the figures of boards, so that no page has to count tasks.

Refuses to know which figures those are and when one of them is no longer right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.boards.keeping import keep_figures
from tasks.job import Job, each

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.workplace import Workplace

#: The work, and the tick that asks for it.
KEEP_FIGURES: Final = "keep_figures"


def _keep(_place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    keep_figures(db, at=at)


JOBS: Final = (
    # A million tasks that nobody counted before take a minute.
    Job(kind=KEEP_FIGURES, name="keeping.keep_figures", keep=each(_keep), slowest_s=240.0),
)
