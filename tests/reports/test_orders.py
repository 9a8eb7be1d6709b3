"""How a unit stands to a title, and which of several orders tells it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.contents.subscriptions import DEFAULTING, Order, Subscriber, standing, summed, worst
from workflow.domain.tally import Box


@given(box=st.sampled_from(Box), owed=st.none() | st.integers(1, 9), proved=st.integers(0, 12))
def test_nobody_is_named_who_ordered_enough_or_owes_nothing(
    box: Box, owed: int | None, proved: int
) -> None:
    order = standing(box, owed=owed, proved=proved)
    if order in DEFAULTING:
        assert box is Box.NOT_DONE_OVERDUE
        assert proved < (owed or 1)
        assert (order is Order.NONE) == (not proved)
    assert (order is Order.EXCUSED) == (box in {Box.WAIVED, Box.SUSPENDED})
    assert (order is Order.FULL) == (box in {Box.DONE_ON_TIME, Box.DONE_LATE})


def subscriber(order: Order, owed: int | None, proved: int, occasion: str = "") -> Subscriber:
    return Subscriber(
        unit="a",
        name="A",
        order=order,
        owed=owed,
        proved=proved,
        counted=None,
        occasion=occasion,
        task=1,
    )


def test_the_worst_of_orders_lacks_most_and_is_the_last() -> None:
    some = [
        subscriber(Order.FULL, 3, 3),
        subscriber(Order.SHORT, 3, 2, "1"),
        subscriber(Order.SHORT, 3, 1, "2"),
        subscriber(Order.SHORT, 4, 2, "3"),
    ]
    assert worst(some).occasion == "3"
    assert worst([*some, subscriber(Order.NONE, 1, 0, "4")]).occasion == "4"
    assert summed([]).rate is None
