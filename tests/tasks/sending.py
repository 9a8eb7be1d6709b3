"""A worker of its own that sends one webhook's messages: python -m tests.tasks.sending ROW AT."""

from __future__ import annotations

import sys
from datetime import datetime

from tasks.delivery.webhooks import JOBS
from tasks.job import run_batch
from tasks.workplace import Workplace
from workflow.domain.clock import SteppedClock
from workflow.settings import load
from workflow.store.engine import make_engine

if __name__ == "__main__":
    settings = load()
    place = Workplace(
        engine=make_engine(settings.database_url),
        clock=SteppedClock(datetime.fromisoformat(sys.argv[2])),
        settings=settings,
    )
    run_batch(place, JOBS[1], [int(sys.argv[1])])
