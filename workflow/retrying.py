"""Work that failed until it was parked, tried anew by an administrator.

Knows that this is an act of somebody. Refuses to know what the work is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow import journal
from workflow.store import offers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from workflow.journal import Act


def retry_parked(db: Connection, ids: Sequence[int], *, act: Act) -> list[int]:
    """Let parked rows wait again as if never tried; journaled. Says which ids were parked."""
    again = offers.retry(db, ids)
    if again:
        journal.record(
            db, act=act, verb="work.retried", subject=("work", None), after={"ids": again}
        )
    return again
