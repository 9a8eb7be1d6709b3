"""A clock that is moved by hand, and only forwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from workflow.domain.clock import SteppedClock

START = datetime(2024, 1, 1, tzinfo=UTC)


def test_it_stands_still_until_it_is_moved() -> None:
    clock = SteppedClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(hours=2)) == clock.now() == START + timedelta(hours=2)
    assert clock.move_to(START + timedelta(days=1)) == clock.now() == START + timedelta(days=1)


def test_it_tells_utc_whatever_it_was_given() -> None:
    clock = SteppedClock(datetime(2024, 1, 1, 7, tzinfo=timezone(timedelta(hours=7))))
    assert clock.now() == START
    assert clock.now().tzinfo is UTC


def test_it_never_runs_backwards() -> None:
    clock = SteppedClock(START)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(timedelta(microseconds=-1))
    assert clock.now() == START


def test_it_refuses_an_instant_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        SteppedClock(datetime(2024, 1, 1))
