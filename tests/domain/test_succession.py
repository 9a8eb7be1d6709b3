"""What a succession says about units and their open tasks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from workflow.domain.succession import Decision, Fate, Succession, Successor


def merging(*decisions: Decision, **more: Any) -> Succession:
    """a and b become ab; c is split into c1 and c2; d dissolves; e goes on."""
    fields: dict[str, Any] = {
        "happens_on": date(2025, 7, 1),
        "ground": "Nghị quyết 1",
        "successors": (
            Successor(key="ab", replaces=("a", "b"), name="AB", kind="phuong"),
            Successor(key="c2", replaces=("c",), name="C2", kind="phuong"),
            Successor(key="c1", replaces=("c",), name="C1", kind="phuong"),
            Successor(key="e", replaces=("e", "f"), name="E mới"),
        ),
        "dissolved": ("d",),
        "decisions": decisions,
    }
    return Succession(**{**fields, **more})


def decided(says: Succession, unit: str, *, obligation: str = "mua-bao") -> tuple[Fate, str]:
    found = says.decided(unit, agreement="ct-01", obligation=obligation)
    assert found.units == (unit,)
    return found.fate, " ".join(found.to)


def test_who_ends_and_who_replaces_whom() -> None:
    says = merging()
    assert says.ended == ("a", "b", "c", "d", "f")
    assert says.links == (("a", "ab"), ("b", "ab"), ("c", "c2"), ("c", "c1"), ("f", "e"))
    assert says.successors_of("c") == ("c2", "c1")
    assert says.successors_of("d") == ()


def test_a_unit_that_something_splits_off_from_goes_on() -> None:
    says = merging(
        successors=(Successor(key="a"), Successor(key="a1", replaces=("a",))), dissolved=()
    )
    assert says.ended == ()
    assert says.links == (("a", "a1"),)


def test_the_only_successor_takes_over_and_what_has_none_is_cancelled() -> None:
    assert decided(merging(), "a") == (Fate.TRANSFER, "ab")
    assert decided(merging(), "d") == (Fate.CANCEL, "")


def test_between_several_somebody_has_to_decide() -> None:
    with pytest.raises(LookupError):
        decided(merging(), "c")
    says = merging(Decision(fate=Fate.SPLIT, units=("c",)))
    assert decided(says, "c") == (Fate.SPLIT, "c2 c1")


def test_the_first_decision_that_concerns_a_task_holds() -> None:
    says = merging(
        Decision(fate=Fate.CANCEL, units=("a", "c"), obligations=("moi-pv",), reason="hết việc"),
        Decision(fate=Fate.TRANSFER, agreement="ct-02", to=("e",)),
        Decision(fate=Fate.TRANSFER, units=("c",), to=("c1",)),
        Decision(fate=Fate.CANCEL),
    )
    assert decided(says, "a", obligation="moi-pv") == (Fate.CANCEL, "")
    assert says.decided("a", agreement="ct-01", obligation="moi-pv").reason == "hết việc"
    assert decided(says, "c") == (Fate.TRANSFER, "c1")
    assert decided(says, "a") == (Fate.CANCEL, "")
    other = says.decided("d", agreement="ct-02", obligation="mua-bao")
    assert (other.fate, other.to) == (Fate.TRANSFER, ("e",))


def test_who_answers_for_what_was_handed_in() -> None:
    assert merging().answering("a") == "ab"
    assert merging().answering("d") is None
    assert merging().answering("c") == "c2"
    general = Decision(fate=Fate.TRANSFER, units=("c",), to=("c1",))
    narrow = Decision(fate=Fate.CANCEL, agreement="ct-01")
    assert merging(narrow, general).answering("c") == "c1"
    assert merging(Decision(fate=Fate.CANCEL)).answering("a") == "ab"
    assert merging(Decision(fate=Fate.TRANSFER, units=("d",), to=("e",))).answering("d") == "e"
