"""The one place that reads the time."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine

from tasks.clock import SystemClock


def test_it_tells_the_time_of_the_machine_in_utc() -> None:
    at = datetime(2024, 3, 31, 17, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        assert SystemClock().now() == at
    assert SystemClock().now().tzinfo is UTC
