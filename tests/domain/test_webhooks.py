from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.webhooks import (
    EVENT_OF,
    OFFERED,
    TRIES,
    WORTH_TELLING,
    Event,
    next_try,
    rest,
    signature,
)

AT = datetime(2024, 4, 1, 2, 0, 0, 500_000, tzinfo=UTC)


def test_a_signature_is_over_the_second_and_the_body() -> None:
    body = '{"tên":"ký"}'.encode()
    mac = hmac.digest(b"khoa-bi-mat", b"1711936800." + body, "sha256").hex()
    assert signature(["khoa-bi-mat"], body, at=AT) == f"t=1711936800,v1={mac}"


def test_each_secret_signs_while_one_replaces_the_other() -> None:
    both = signature(["new", "old"], b"{}", at=AT)
    new, old = (signature([one], b"{}", at=AT) for one in ("new", "old"))
    assert both == f"{new},{old.split(',')[1]}"


@given(body=st.binary(), other=st.binary(), seconds=st.integers(1, 10**6))
def test_another_body_or_time_has_another_signature(
    body: bytes, other: bytes, seconds: int
) -> None:
    said = signature(["s"], body, at=AT)
    assert (said == signature(["s"], other, at=AT)) == (body == other)
    assert (
        said.split(",")[1]
        != signature(["s"], body, at=AT + timedelta(seconds=seconds)).split(",")[1]
    )


@given(failures=st.integers(1, 10_000), of=st.text(max_size=40))
def test_rests_grow_spread_and_end(failures: int, of: str) -> None:
    usual = min(timedelta(minutes=4 ** min(failures - 1, 8)), timedelta(hours=6))
    assert usual * 0.75 <= rest(failures, of=of) <= usual * 1.25
    assert rest(failures, of=of) == rest(failures, of=of)


def test_what_failed_together_is_not_tried_together() -> None:
    assert len({rest(3, of=f"webhook:{number}") for number in range(50)}) > 30


def test_a_message_is_tried_for_days_and_then_parked() -> None:
    at, attempts = AT, 1
    while True:
        again = next_try(attempts, created_at=AT, at=at, of="x")
        if again is None:
            break
        at, attempts = again, attempts + 1
    assert attempts == TRIES
    assert timedelta(days=1) < at - AT < timedelta(days=4)


@pytest.mark.parametrize(("age", "is_parked"), [(WORTH_TELLING, True), (timedelta(days=6), False)])
def test_what_is_old_is_parked_at_its_next_failure(age: timedelta, is_parked: bool) -> None:
    assert (next_try(1, created_at=AT - age, at=AT, of="x") is None) == is_parked


def test_every_event_that_is_offered_is_told() -> None:
    assert set(OFFERED) == set(EVENT_OF.values()) == set(Event) - {Event.TEST}
