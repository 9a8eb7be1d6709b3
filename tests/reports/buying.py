"""A small city that buys two titles and publishes, as a report finds it.

What happened is said in a few lines, so that every figure can be checked by hand.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from reports.composing import Instants, compose
from tests import worlds
from tests.reports.fates import change, hand_in, the_task
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.agreement import AnyOf, Due, FixedDay, Party, Quota, Requirement, Title, Topic
from workflow.domain.triggers import Every, Length
from workflow.domain.units import Dated, Selector, Span, UnitQuota
from workflow.store.evidence import evidence_file, evidence_item, evidence_verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from reports.quarterly import Report
    from workflow.domain.agreement import Agreement
    from workflow.domain.units import Unit

CODE = "CT-MUA"
PAPER = Selector(kinds=frozenset({"bao"}))
BUYERS = Selector(kinds=frozenset({"phuong"}))
LIFE = Span(from_on=date(2020, 1, 1))
CUT_OFF = worlds.at("2024-04-01", "00:00")
AS_OF = worlds.at("2024-04-05")


def the_agreement(**more: Any) -> Agreement:
    """Buying each quarter before it begins; three articles a quarter."""
    buys = {
        title: worlds.obligation(
            f"MUA-{title}",
            title=f"Đặt mua {title}",
            bearer=BUYERS if title == "bbn" else Selector(tags=frozenset({"cuoi-tuan"})),
            trigger=Every(period=Length.QUARTER),
            due=Due(fixed=FixedDay(day=20, month=0), opens=30),
            effective_from=date(2023, 4, 1),
            proof=AnyOf(
                parts=(
                    Requirement(
                        code="hoa-don",
                        check="invoice",
                        params={"titles": [title]},
                        quantity=Quota(title=title),
                    ),
                    Requirement(
                        code="bang-ke",
                        check="quantity",
                        params={"title": title},
                        quantity=Quota(title=title),
                    ),
                )
            ),
        )
        for title in ("bbn", "ct")
    }
    articles = worlds.obligation(
        "BAI",
        title="Đăng bài",
        bearer=PAPER,
        topic="kinh-te",
        trigger=Every(period=Length.QUARTER),
        effective_from=date(2023, 4, 1),
        proof=Requirement(code="bai", check="article", minimum=3),
    )
    fields: dict[str, Any] = {
        "code": CODE,
        "starts_on": date(2023, 4, 1),
        "tracked_from": date(2023, 4, 1),
        "parties": (
            Party(code="ts", name="Thành ủy", members=BUYERS),
            Party(code="bbn", name="Báo", members=PAPER),
        ),
        "topics": (Topic(code="kinh-te", title="Kinh tế"), Topic(code="khac", title="Khác")),
        "titles": (
            Title(code="bbn", name="Báo Bắc Ninh", aliases=("Bắc Ninh",)),
            Title(code="ct", name="Báo Bắc Ninh cuối tuần"),
        ),
    }
    return worlds.agreement(*buys.values(), articles, **{**fields, **more})


def ward(key: str, name: str, *, bbn: int, ct: int | None = None) -> Unit:
    """A ward that owes so many copies of each title."""
    owed = {"bbn": bbn, **({} if ct is None else {"ct": ct})}
    return worlds.unit(
        key,
        names=(Dated(value=name, span=LIFE),),
        tags=() if ct is None else ("cuoi-tuan",),
        budget_code=f"99{key}",
        quotas=tuple(
            UnitQuota(title=title, copies=copies, span=LIFE) for title, copies in owed.items()
        ),
    )


def the_units() -> list[Unit]:
    """Five wards and the newspaper; two wards owe the weekend paper too."""
    return [
        ward("a", "Phường An", bbn=5, ct=2),
        ward("b", "Phường Bình", bbn=3),
        ward("c", "Phường Cam", bbn=4),
        ward("d", "Phường Dâu", bbn=2, ct=1),
        ward("e", "Phường Em", bbn=6),
        worlds.unit("bao", kind="bao", names=(Dated(value="Báo Bắc Ninh", span=LIFE),)),
    ]


def task_of(db: Connection, duty: str, unit: str, key: str) -> int:
    """A task by what it is."""
    return int(the_task(db, duty, unit, key).id)


def offered(
    db: Connection,
    task: int,
    on: str,
    *,
    requirement: str = "hoa-don",
    outcome: str = "passed",
    identity: str | None = None,
    quantity: int | None = None,
    reasons: tuple[Mapping[str, Any], ...] = (),
    decided: str | None = None,
    name: str = "hoa-don.xml",
    **read: Any,
) -> int:
    """Offer a file that a check has read, and give the item's number."""
    sha256 = hashlib.sha256(repr((task, on, name, identity, requirement)).encode()).hexdigest()
    db.execute(insert(evidence_file).values(sha256=sha256, size=9, stored_at=worlds.at(on)))
    kind, _, key = (identity or f"file:{sha256}").partition(":")
    said = {"quantity": quantity, "identity": {"kind": kind, "key": key, "part": ""}, **read}
    item = db.execute(
        insert(evidence_item)
        .values(
            task_id=task,
            requirement=requirement,
            sha256=sha256,
            name=name,
            figures={},
            added_by="can-bo",
            added_at=worlds.at(on),
            outcome=outcome,
            outcome_at=worlds.at(decided or on),
            quantity=quantity,
        )
        .returning(evidence_item.c.id)
    ).scalar_one()
    db.execute(
        insert(evidence_verdict).values(
            item_id=item,
            check="invoice",
            version="1",
            sha256=sha256,
            outcome=outcome,
            reasons=list(reasons),
            read=said,
            decided_at=worlds.at(decided or on),
        )
    )
    return int(item)


def bought(db: Connection, unit: str, key: str, copies: int, on: str, *, title: str = "bbn") -> int:
    """A unit buys copies of a quarter on a day; enough of them are accepted."""
    task = task_of(db, f"MUA-{title}", unit, key)
    return offered(db, task, on, quantity=copies, titles={title: copies})


def founded(db: Connection) -> None:
    """Plan the city's agreement over a year."""
    worlds.activated(db, the_agreement(), the_units(), on="2023-03-20")
    worlds.planned(db, CODE, until="2024-10-01", on="2023-03-20")


def lived(db: Connection) -> None:
    """Let the first quarter of 2024, the one before and that of the year before be ordered."""
    founded(db)

    def done(unit: str, key: str, copies: int, on: str, *, title: str = "bbn") -> None:
        bought(db, unit, key, copies, on, title=title)
        hand_in(db, task_of(db, f"MUA-{title}", unit, key), on, accepted=on)

    # The quarter before: three of five, 11 copies of 20; c has bought part of it.
    for unit, copies in (("a", 5), ("b", 3), ("d", 2)):
        done(unit, "2023-Q4", copies, "2023-09-18")
    bought(db, "c", "2023-Q4", 1, "2023-09-18")
    # This one: a in full and one more; b too few; c none; d waived; e handed in, not confirmed.
    done("a", "2024-Q1", 6, "2023-12-15")
    bought(db, "b", "2024-Q1", 2, "2023-12-15")
    change(db, task_of(db, "MUA-bbn", "d", "2024-Q1"), "waived", "2023-12-01")
    bought(db, "e", "2024-Q1", 6, "2023-12-18")
    hand_in(db, task_of(db, "MUA-bbn", "e", "2024-Q1"), "2023-12-18")
    # The weekend paper: a by the post office's list, d by a paper that a person took as it is.
    task = task_of(db, "MUA-ct", "a", "2024-Q1")
    offered(db, task, "2023-12-15", requirement="bang-ke", quantity=2)
    hand_in(db, task, "2023-12-15", accepted="2023-12-16")
    task = task_of(db, "MUA-ct", "d", "2024-Q1")
    offered(db, task, "2023-12-15", outcome="undecided")
    hand_in(db, task, "2023-12-15", accepted="2023-12-20")
    # The next quarter, due on 20 March: only b has ordered; what comes later is in no report.
    done("b", "2024-Q2", 3, "2024-03-10")
    bought(db, "c", "2024-Q1", 4, "2024-04-03")


def published(
    db: Connection,
    title: str,
    on: str,
    *,
    key: str = "2024-Q1",
    added: str | None = None,
    **more: Any,
) -> int:
    """The newspaper hands in an article of a day."""
    fields: dict[str, Any] = {
        "requirement": "bai",
        "quantity": 1,
        "identity": f"article:{title}",
        "name": f"{title}.html",
        "title": title,
        "performed_on": on,
        "address": f"https://bao.example/{title}",
        **more,
    }
    return offered(db, task_of(db, "BAI", "bao", key), added or on, **fields)


def report(db: Connection, *, period: str = "2024-Q1", **more: Any) -> Report:
    """The report on a quarter."""
    at = {"cut_off": CUT_OFF, "as_of": AS_OF, **more}
    return compose(
        db,
        catalogue.kept(db, CODE),
        period=period,
        at=Instants(cut_off=at["cut_off"], as_of=at["as_of"]),
        coverage=prove_coverage(db, agreement=CODE, at=at["as_of"]),
        is_simulated=False,
    )
