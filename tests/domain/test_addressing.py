"""Whom a step of the ladder reaches."""

from __future__ import annotations

import pytest

from workflow.domain.addressing import AddressBook, Officer, Post, as_address
from workflow.domain.agreement import Addressee
from workflow.domain.roles import Role

BOOK = AddressBook(
    posts={
        "ward": Post(mail=" Ward@X.example ", above="town"),
        "bare": Post(above="silent"),
        "silent": Post(above="town"),
        "town": Post(mail="town@x.example"),
        "loop": Post(above="pool"),
        "pool": Post(above="loop"),
        "lost": Post(above="nowhere"),
    },
    officers=[
        Officer(role=Role.UNIT_OFFICER, unit="ward", mail="clerk@x.example"),
        Officer(role=Role.HEAD_OF_UNIT, unit="ward", mail="head@x.example"),
        Officer(role=Role.HEAD_OF_UNIT, unit="bare", mail="bare-head@x.example"),
        Officer(role=Role.HEAD_OF_UNIT, unit="town", mail="mayor@x.example"),
        Officer(role=Role.UNIT_OFFICER, unit="town", mail="town-clerk@x.example"),
    ],
)


@pytest.mark.parametrize(
    ("whom", "unit", "expected"),
    [
        (Addressee.UNIT, "ward", {"ward@x.example", "clerk@x.example"}),
        (Addressee.UNIT, "bare", {"bare-head@x.example"}),
        (Addressee.UNIT, "silent", set()),
        (Addressee.UNIT, "unheard-of", set()),
        (Addressee.HEAD, "ward", {"head@x.example"}),
        (Addressee.HEAD, "silent", set()),
        (Addressee.SUPERIOR, "ward", {"town@x.example", "mayor@x.example"}),
        (Addressee.SUPERIOR, "bare", {"town@x.example", "mayor@x.example"}),
        (Addressee.SUPERIOR, "town", set()),
        (Addressee.SUPERIOR, "loop", set()),
        (Addressee.SUPERIOR, "lost", set()),
    ],
)
def test_whom_a_step_reaches(whom: Addressee, unit: str, expected: set[str]) -> None:
    assert BOOK.reached(whom, unit) == expected


def test_without_a_head_on_record_the_unit_stands_for_it() -> None:
    book = AddressBook(posts={"ward": Post(mail="ward@x.example")})
    assert book.reached(Addressee.HEAD, "ward") == {"ward@x.example"}


@pytest.mark.parametrize("whom", [Addressee.REVIEWER, Addressee.LEADER])
def test_reviewers_and_leaders_are_not_found_by_the_unit(whom: Addressee) -> None:
    with pytest.raises(ValueError, match="not found by the unit"):
        BOOK.reached(whom, "ward")


def test_one_address_has_one_spelling() -> None:
    assert as_address(" A.B@X.Example ") == "a.b@x.example"
