"""How many requests a token may send: so many a minute, each token by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.factories import living
from tests.web.api import Program
from tests.worlds import act
from web import rationing
from web.rationing import Ration
from workflow.tokens import Scope, make_token

if TYPE_CHECKING:
    import pytest

    from tests.web.conftest import Web


class Watch:
    """A clock of seconds that somebody turns."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_at_once_and_then_as_fast_as_it_fills_again() -> None:
    watch = Watch()
    ration = Ration(per_minute=60, now=watch)
    assert [ration.take(1) for _ in range(60)] == [0.0] * 60
    assert ration.take(1) == 1.0
    watch.now += 0.25
    assert ration.take(1) == 0.75
    watch.now += 0.75
    assert (ration.take(1), ration.take(1)) == (0.0, 1.0)
    watch.now += 3_600
    assert [ration.take(1) for _ in range(61)][-1] == 1.0


def test_one_token_costs_another_nothing() -> None:
    ration = Ration(per_minute=1, now=Watch())
    assert (ration.take(1), ration.take(2), ration.take(1)) == (0.0, 0.0, 60.0)


def test_full_buckets_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rationing, "_MOST", 10)
    watch = Watch()
    ration = Ration(per_minute=60, now=watch)
    for token_id in range(10):
        ration.take(token_id)
    watch.now += 60
    ration.take(99)
    assert list(ration._left) == [99]


def test_one_request_more_is_answered_429_with_when_to_go_on(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(web.app.state._state, "ration", Ration(per_minute=3, now=Watch()))
    with web.engine.begin() as db:
        living(db)
        one, other = (
            make_token(db, name="t", scope=Scope.READ, days=9, act=act(by="can-bo-a"))
            for _ in range(2)
        )
    # A program checks each answer against what is declared.
    program = Program(web, one)
    assert [program.get("/me").status_code for _ in range(3)] == [200] * 3
    answer = program.get("/units")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "20")
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (said["code"], said["facts"]) == ("token.too_many", {"seconds": "20"})
    assert "20 giây" in said["detail"]
    assert Program(web, other).get("/me").status_code == 200
    # Who has no token is refused before anything is counted.
    assert Program(web, "camket_x").get("/me").status_code == 401
