"""Who subscribes to what: every figure by hand, as of its instant, and sums that hold anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from reports.contents.articles import Medium
from reports.contents.subscriptions import DEFAULTING, Order
from reports.quarterly import read, written
from tests import worlds
from tests.reports import buying
from tests.reports.buying import bought, offered, published, task_of
from tests.reports.fates import change, hand_in
from workflow.domain.announced import SaidFigure
from workflow.domain.tally import Box
from workflow.figures import record_figures
from workflow.registry import load_units
from workflow.store.evidence import evidence_item
from workflow.store.occasions import figure

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reports.contents.subscriptions import TitleOrders
    from reports.quarterly import Report

pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)


def title_of(report: Report, title: str, *, is_ahead: bool = False) -> TitleOrders:
    (found,) = (
        one for one in report.subscriptions if (one.title, one.is_ahead) == (title, is_ahead)
    )
    return found


def told(one: TitleOrders) -> dict[str, tuple[str, int | None, int]]:
    return {unit.unit: (unit.order.value, unit.owed, unit.proved) for unit in one.units}


def test_every_unit_of_a_title_by_hand(db: Connection) -> None:
    buying.lived(db)
    report = buying.report(db)
    paper = title_of(report, "bbn")
    assert told(paper) == {
        "a": ("full", 5, 6),
        "b": ("short", 3, 2),
        "c": ("none", 4, 0),
        "d": ("excused", 2, 0),
        "e": ("awaiting", 6, 6),
    }
    figures = paper.figures
    assert (figures.owing, figures.full, figures.excused) == (4, 1, 1)
    assert (figures.copies_owed, figures.copies_proved, figures.copies_lacking) == (18, 14, 5)
    assert [unit.name for unit in paper.standing(Order.SHORT)] == ["Phường Bình"]
    # The quarter before at its own cut-off: three of five, and one copy of c's four.
    before = paper.previous.figures
    assert before is not None
    assert (before.owing, before.full, before.short, before.none) == (5, 3, 1, 1)
    assert (before.copies_proved, paper.previous.period) == (11, "2023-Q4")
    # A year ago nothing of the agreement was in force.
    assert paper.same_last_year.figures is None
    # The weekend paper: by the post office's list, and by what a person took as it is.
    assert told(title_of(report, "ct")) == {"a": ("full", 2, 2), "d": ("full", 1, 1)}
    ahead = title_of(report, "bbn", is_ahead=True)
    assert (ahead.period, ahead.figures.full, ahead.figures.none) == ("2024-Q2", 1, 4)
    assert ahead.previous.figures is not None
    # The same quarter as it was ordered when it began, before anybody confirmed anything later.
    assert ahead.previous.figures.full == 1
    assert written(read(written(report))) == written(report)


def test_the_orders_ahead_are_those_of_the_duties_line(db: Connection) -> None:
    """The period's line counts what was due in it: the same units as the table says."""
    buying.lived(db)
    report = buying.report(db)
    ahead = title_of(report, "bbn", is_ahead=True).figures
    (duty,) = (one for one in report.duties if one.code == "MUA-bbn")
    assigned = [one for one in report.tasks if one.obligation == "MUA-bbn"]
    assigned = [one for one in assigned if one.occasion == "2024-Q2"]
    assert len(assigned) == ahead.owing
    assert sum(one.box is Box.DONE_ON_TIME for one in assigned) == ahead.full
    assert {unit.unit for unit in title_of(report, "bbn", is_ahead=True).units} <= {
        *duty.defaulters,
        "b",
    }


def test_what_is_known_later_stands_in_no_report_as_of_before(db: Connection) -> None:
    buying.lived(db)
    first = written(buying.report(db))
    late: dict[str, Any] = {"as_of": worlds.at("2024-04-20"), "cut_off": worlds.at("2024-04-10")}
    # Removed, counted and told after the instant of the first report.
    db.execute(
        update(evidence_item)
        .where(evidence_item.c.task_id == task_of(db, "MUA-bbn", "b", "2024-Q1"))
        .values(removed_at=worlds.at("2024-04-08"), removed_by="can-bo")
    )
    record_figures(
        db,
        [SaidFigure(key="dat-mua-bbn", period="2024-Q1", unit="c", value=Decimal(3))],
        source_sha256=None,
        act=worlds.act("2024-04-06"),
    )
    more = [replace(one, quotas=()) if one.key == "e" else one for one in buying.the_units()]
    load_units(db, more, act=worlds.act("2024-04-07"))
    assert written(buying.report(db)) == first
    then = title_of(buying.report(db, **late), "bbn")
    assert told(then)["b"] == ("none", 3, 0)
    assert told(then)["c"] == ("awaiting", 4, 4)
    assert told(then)["e"][1] is None
    (counted,) = (unit for unit in then.units if unit.unit == "c")
    assert counted.counted == 3


def test_the_post_office_is_held_against_the_proofs(db: Connection) -> None:
    buying.lived(db)
    copies = {"a": 5, "b": 2, "c": 0, "bao": 2}
    record_figures(
        db,
        [
            SaidFigure(key="dat-mua-bbn", period="2024-Q1", unit=unit, value=Decimal(number))
            for unit, number in copies.items()
        ],
        source_sha256=None,
        act=worlds.act("2024-01-11"),
    )
    paper = title_of(buying.report(db), "bbn")
    assert (paper.counted_on, paper.copies_counted) == (date(2024, 1, 11), 9)
    assert [(one.unit, one.proved, one.counted) for one in paper.differing] == [("a", 6, 5)]
    assert [one.unit for one in paper.uncounted] == ["e"]
    assert [(one.unit, one.counted) for one in paper.besides] == [("bao", 2)]
    # A corrected count takes the place of the first, in later reports.
    record_figures(
        db,
        [SaidFigure(key="dat-mua-bbn", period="2024-Q1", unit="a", value=Decimal(6))],
        source_sha256=None,
        act=worlds.act("2024-01-15"),
    )
    assert not title_of(buying.report(db), "bbn").differing
    assert db.scalar(figure.select().with_only_columns(figure.c.superseded_at).limit(1)) is not None


def test_a_shared_invoice_counts_by_its_share_and_the_same_one_once(db: Connection) -> None:
    buying.founded(db)
    task = task_of(db, "MUA-bbn", "b", "2024-Q1")
    partly = ({"code": "evidence.partly_used", "quantity": 1, "task": 1},)
    offered(db, task, "2023-12-10", quantity=3, identity="invoice:x", reasons=partly)
    offered(db, task, "2023-12-11", quantity=3, identity="invoice:x", name="lan-2.xml")
    offered(db, task, "2023-12-12", quantity=9, outcome="failed", name="sai-ky.xml")
    offered(db, task, "2023-12-12", quantity=9, outcome="undecided", name="mo.xml")
    # Judged only after the instant of the report.
    offered(db, task, "2023-12-13", quantity=9, decided="2024-04-09", name="cho.xml")
    # Of two titles on one invoice, each counts for its own.
    offered(db, task, "2023-12-14", quantity=7, titles={"bbn": 1, "ct": 6}, name="hai.xml")
    assert told(title_of(buying.report(db), "bbn"))["b"] == ("short", 3, 2)


def test_over_several_quarters_the_worst_one_tells(db: Connection) -> None:
    buying.lived(db)
    paper = title_of(
        buying.report(
            db,
            period="2024-H1",
            cut_off=worlds.at("2024-07-01", "00:00"),
            as_of=worlds.at("2024-07-02"),
        ),
        "bbn",
    )
    # b bought 2 of 3 in the first quarter and all in the second; d was waived in the first only.
    orders = {unit.unit: (unit.order, unit.occasion) for unit in paper.units}
    assert orders["b"] == (Order.SHORT, "2024-Q1")
    assert orders["a"] == (Order.NONE, "2024-Q2")
    assert orders["d"] == (Order.NONE, "2024-Q2")


def test_an_agreement_without_titles_has_neither_table(db: Connection) -> None:
    worlds.activated(db, worlds.agreement(code=buying.CODE), buying.the_units())
    worlds.planned(db, buying.CODE)
    report = buying.report(db)
    assert (report.subscriptions, report.articles) == ((), None)


@pytest.mark.parametrize("seed", range(2))
def test_sums_of_units_are_the_titles_figures_in_any_world(db: Connection, seed: int) -> None:
    buying.founded(db)
    chance = Random(seed)
    for unit in "abcde":
        for key, on in (("2023-Q4", "2023-09-15"), ("2024-Q1", "2023-12-15")):
            for _ in range(chance.randrange(2)):
                day = f"{on[:-2]}{chance.randrange(10, 20)}"
                bought(db, unit, key, chance.randrange(1, 5), day)
            task = task_of(db, "MUA-bbn", unit, key)
            match chance.randrange(4):
                case 0:
                    hand_in(db, task, on, accepted=on if chance.randrange(2) else None)
                case 1:
                    change(db, task, chance.choice(["waived", "suspended", "cancelled"]), on)
    report = buying.report(db)
    for one in report.subscriptions:
        figures, units = one.figures, one.units
        owing = [unit for unit in units if unit.order is not Order.EXCUSED]
        parts = (figures.full, figures.awaiting, figures.short, figures.none, figures.pending)
        assert sum(parts) == figures.owing == len(owing)
        assert figures.copies_owed == sum(unit.owed or 0 for unit in owing)
        assert figures.copies_proved == sum(unit.proved for unit in owing)
        behind = [unit for unit in units if unit.order in DEFAULTING]
        assert figures.short + figures.none == len(behind)
        assert all(unit.proved < (unit.owed or 1) for unit in behind)
        assert all(unit.proved >= (unit.owed or 0) for unit in one.standing(Order.FULL))


# --- articles -------------------------------------------------------------------------


def test_articles_by_topic_and_medium_each_in_one_report(db: Connection) -> None:
    buying.founded(db)
    # For the quarter before: one in time, one only now; its task is carried over.
    published(db, "cu", "2023-12-20", key="2023-Q4")
    published(db, "cham", "2024-01-20", key="2023-Q4")
    published(db, "mot", "2024-02-01")
    published(db, "mot", "2024-02-02", name="lai.html")
    reasons = ({"code": "article.not_a_page", "kind": "pdf"},)
    published(
        db, "", "2024-02-03", outcome="undecided", address=None, reasons=reasons, name="trang-4.pdf"
    )
    published(db, "hong", "2024-02-04", outcome="failed")
    published(db, "la", "2024-02-05", address="javascript:alert(1)")
    published(db, "sau", "2024-03-20", added="2024-04-02")
    told = buying.report(db).articles
    assert told is not None
    (line,) = told.topics
    assert (line.code, line.title, line.agreed, line.lacking) == ("kinh-te", "Kinh tế", 3, 1)
    assert (line.printed, line.online, line.other) == (0, 2, 1)
    assert (line.total, line.earlier, line.waiting, told.distinct) == (3, 1, 1, 3)
    assert [(one.title, one.medium, one.is_counted) for one in told.articles] == [
        ("cham", Medium.ONLINE, True),
        ("mot", Medium.ONLINE, True),
        ("trang-4.pdf", Medium.PRINT, False),
        ("la", Medium.OTHER, True),
    ]
    # No address is taken over that is none of the web.
    assert all(one.address in {"", f"https://bao.example/{one.title}"} for one in told.articles)
    before = buying.report(
        db,
        period="2023-Q4",
        cut_off=worlds.at("2024-01-01", "00:00"),
        as_of=worlds.at("2024-01-02"),
    ).articles
    assert before is not None
    assert [one.title for one in before.articles] == ["cu"]
    # What a person confirms is counted, on paper as well.
    hand_in(db, task_of(db, "BAI", "bao", "2024-Q1"), "2024-03-25", accepted="2024-03-28")
    confirmed = buying.report(db).articles
    assert confirmed is not None
    assert (confirmed.topics[0].printed, confirmed.topics[0].waiting) == (1, 0)
    # Nothing is agreed of what is waived.
    change(db, task_of(db, "BAI", "bao", "2024-Q1"), "waived", "2024-03-29")
    waived = buying.report(db).articles
    assert waived is not None
    assert [one.agreed for one in waived.topics] == [0]
