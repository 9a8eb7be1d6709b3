"""What is owed is brought up to date in one way, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import factories, worlds
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.owing import bring_each_up_to_date, bring_up_to_date, horizon_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLANNER = worlds.act("2024-01-02", by="system:planner")


def test_planning_looks_400_days_ahead_and_never_less_than_before(db: Connection) -> None:
    worlds.activated(db, worlds.agreement(), factories.offices())
    done = bring_up_to_date(db, "ct-01", act=PLANNER)
    assert done.until == worlds.day("2025-02-05")
    assert done.planned.created > 0
    bring_up_to_date(db, "ct-01", act=PLANNER, until=worlds.day("2025-12-01"))
    kept = catalogue.kept(db, "ct-01")
    assert horizon_of(kept, at=PLANNER.at) == worlds.day("2025-12-01")
    (again,) = bring_each_up_to_date(db, ["ct-01", "ct-01"], act=PLANNER)
    assert (again.until, again.planned.created) == (worlds.day("2025-12-01"), 0)


def test_an_agreement_that_is_not_there_is_refused(db: Connection) -> None:
    with pytest.raises(Refusal) as refused:
        bring_up_to_date(db, "khong-co", act=PLANNER)
    assert refused.value.code == "agreement.unknown"
