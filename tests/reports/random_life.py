"""A small city that lives at random: whatever people may do, in any order, the same by its seed.

Everything goes through the use cases; what they refuse is left undone. Refuses to know
reports, but for the letterhead that is set around them.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports.letterhead import Letterhead
from reports.letterheads import change_letterhead
from tests import factories, worlds
from workflow import catalogue
from workflow.concessions import (
    Kind,
    ask_extension,
    ask_suspension,
    ask_waiver,
    cancel_task,
    grant,
    refuse,
    resume_task,
)
from workflow.definitions import amend_agreement
from workflow.domain.agreement import Due, Fixed, Requirement, Topic
from workflow.domain.announced import Happening
from workflow.domain.errors import InvalidFile, Refusal
from workflow.domain.evidence import Outcome
from workflow.domain.succession import Succession, Successor
from workflow.domain.triggers import Event, Every, Length
from workflow.domain.units import Dated, Selector, Span
from workflow.doubts import keep_accepted, raise_doubt, reopen_for
from workflow.instructions import Wanted, instruct, withdraw_instruction
from workflow.journal import Act
from workflow.meetings import cancel_event, move_event, record_event
from workflow.planning import plan_tasks
from workflow.registry import load_units
from workflow.review import confirm_submission, return_submission
from workflow.sourcing import place_clauses
from workflow.store.evidence import doubt, evidence_item
from workflow.store.occasions import event
from workflow.store.submissions import concession
from workflow.store.tasks import task
from workflow.store.units import every_unit
from workflow.submission import remove_evidence, submit_task, withdraw_submission
from workflow.succession import record_succession, settle_succession
from workflow.verification import record_verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection, Table

    from workflow.domain.agreement import Agreement

CODE: Final = "ct-01"
_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_WARDS: Final = ("phuong-a", "phuong-b", "phuong-c")


class Life:
    """A city from 2024 on; each ``step`` is one thing that somebody does, some hours later."""

    def __init__(self, db: Connection, seed: int) -> None:
        self._db = db
        self._chance = random.Random(seed)
        self.now = datetime.combine(date(2024, 1, 3), time(8), tzinfo=_ZONE)
        self.done: list[str] = []
        self._merged = False
        copies = Requirement(code="giay", check="attachment", quantity=Fixed(amount=1))
        factories.living(
            db,
            factories.duty("mua-bao", topic="mua", proof=copies),
            factories.duty("doc-bao", topic="mua", trigger=Every(period=Length.MONTH)),
            factories.duty("moi-pv", trigger=Event(kind="hop"), due=Due(offset=5)),
            units=[
                *factories.offices(phuong_a=3, phuong_b=2),
                worlds.unit("phuong-c", parent="thanh-pho", tags=("xa",)),
            ],
            topics=(Topic(code="mua", title="Mua và đọc báo"),),
            tracked_from=worlds.day("2024-02-10"),
        )

    def lives(self, until: datetime) -> None:
        """Do one thing after another until an instant."""
        while (later := self.now + timedelta(minutes=self._chance.randint(60, 60 * 90))) < until:
            self.now = later
            self.step()
        self.now = until.astimezone(_ZONE)

    def step(self) -> None:
        """Do one thing, or try to."""
        deed = self._chance.choice(_DEEDS)
        with suppress(Refusal, InvalidFile), self._db.begin_nested():
            deed(self)
            self.done.append(deed.__name__)

    # --- who and when -----------------------------------------------------------------

    def act(self, by: str, reason: str | None = None) -> Act:
        return Act(by=by, at=self.now, reason=reason)

    def _day(self, days: int = 0) -> date:
        return self.now.date() + timedelta(days=days)

    def _some(self, table: Table, *where: ColumnElement[bool]) -> int:
        ids = self._db.scalars(select(table.c.id).where(*where).order_by(table.c.id)).all()
        if not ids:
            raise Refusal("task.unknown")
        return int(self._chance.choice(ids))

    def _task(self, *states: str) -> int:
        # Mostly what is due about now.
        near = task.c.belongs_on.between(self._day(-70), self._day(60))
        return self._some(task, task.c.state.in_(states), near)

    def _plan(self) -> None:
        plan_tasks(self._db, agreement=CODE, until=date(2024, 7, 1), act=self.act("system:planner"))

    # --- what people do ---------------------------------------------------------------

    def hand_in(self) -> None:
        id_ = self._task("open", "returned")
        item = factories.offered(
            self._db, id_, text=str(self._chance.random()), act=self.act("quan-tri")
        )
        verdict = factories.says(self._chance.choice(list(Outcome)))
        row = factories.item_row(self._db, item)
        record_verdict(self._db, item, verdict, sha256=row.sha256, act=self.act("system:checks"))
        submit_task(self._db, id_, act=self.act("quan-tri", "thay đơn vị"))
        self._conclude()

    def judge_again(self) -> None:
        item = self._some(evidence_item, evidence_item.c.removed_at.is_(None))
        verdict = factories.says(self._chance.choice(list(Outcome)))
        row = factories.item_row(self._db, item)
        record_verdict(self._db, item, verdict, sha256=row.sha256, act=self.act("system:checks"))
        self._conclude()

    def _conclude(self) -> None:
        day, clock = self.now.date().isoformat(), self.now.strftime("%H:%M")
        factories.conclude(self._db, day=day, time=clock)

    def confirm(self) -> None:
        confirm_submission(self._db, self._task("in_review"), act=self.act("tham-dinh"))

    def give_back(self) -> None:
        return_submission(self._db, self._task("in_review"), act=self.act("tham-dinh", "thiếu dấu"))

    def withdraw(self) -> None:
        withdraw_submission(
            self._db, self._task("submitted", "in_review"), act=self.act("quan-tri", "nhầm")
        )

    def take_away(self) -> None:
        item = self._some(evidence_item, evidence_item.c.removed_at.is_(None))
        remove_evidence(self._db, item, act=self.act("quan-tri"))

    def ask(self) -> None:
        id_, act = self._task("open", "returned"), self.act("can-bo-a", "còn họp")
        match self._chance.randrange(4):
            case 0:
                ask_waiver(self._db, id_, act=act)
            case 1:
                ask_suspension(self._db, id_, act=act)
            case _:
                until_on = self._day(self._chance.randint(10, 100))
                ask_extension(self._db, id_, until_on=until_on, act=act)

    def decide(self) -> None:
        which = self._some(concession, concession.c.decided_at.is_(None))
        row = self._db.execute(select(concession).where(concession.c.id == which)).one()
        decides = self._chance.choice([grant, grant, refuse])
        decides(self._db, row.task_id, Kind(row.kind), act=self.act("tham-dinh", "theo đề nghị"))

    def resume(self) -> None:
        resume_task(self._db, self._task("suspended"), act=self.act("tham-dinh", "xong"))

    def cancel(self) -> None:
        cancel_task(self._db, self._task("open"), act=self.act("quan-tri", "không còn"))

    def doubt(self) -> None:
        raise_doubt(self._db, self._task("accepted"), act=self.act("tham-dinh-2", "xem lại"))

    def settle_doubt(self) -> None:
        which = self._some(doubt, doubt.c.settled_at.is_(None))
        settles = self._chance.choice([keep_accepted, reopen_for])
        settles(self._db, which, act=self.act("tham-dinh", "đã xem"))

    def call_meeting(self) -> None:
        said = Happening(
            kind="hop",
            convener="thanh-pho",
            number=str(self._chance.randrange(1000)),
            happens_on=self._day(self._chance.randint(-20, 20)),
        )
        record_event(self._db, said, act=self.act("quan-tri"))
        self._plan()

    def move_meeting(self) -> None:
        to = self._day(self._chance.randint(-40, 40))
        move_event(self._db, self._some(event), to=to, act=self.act("quan-tri"))
        self._plan()

    def cancel_meeting(self) -> None:
        cancel_event(self._db, self._some(event), act=self.act("quan-tri"))
        self._plan()

    # --- what is written over -----------------------------------------------------------

    def correct_a_unit(self) -> None:
        """A file says otherwise what a unit is called, bears and belongs to, also of days past."""
        known = {one.key: one for one in every_unit(self._db).values()}
        one = known[self._chance.choice([*_WARDS, "bao"])]
        since = Span(from_on=self._day(-self._chance.randint(1, 120)))
        before = Span(from_on=one.life.from_on, until_on=since.from_on)
        name = f"Đơn vị {self._chance.randrange(100)}"
        if one.life.until_on < since.until_on:
            raise Refusal("unit.unknown")
        renamed = replace(
            one,
            names=(Dated(value=one.names[0].value, span=before), Dated(value=name, span=since)),
            tags=self._chance.choice([(), (Dated(value="xa", span=one.life),)]),
            parents=self._chance.choice([(), (Dated(value="thanh-pho", span=one.life),)]),
            kind=self._chance.choice([one.kind, one.kind, "bao"]),
        )
        load_units(self._db, [renamed], act=self.act("quan-tri"))
        self._plan()

    def merge_units(self) -> None:
        if self._merged or self._chance.random() < 0.5:
            raise Refusal("unit.unknown")
        into = self._chance.choice(
            [
                Successor(key="phuong-a", replaces=("phuong-b",), name="Phường A và B"),
                Successor(
                    key="phuong-m",
                    replaces=("phuong-b", "phuong-c"),
                    kind="phuong",
                    name="Phường M",
                ),
            ]
        )
        says = Succession(
            happens_on=self._day(-self._chance.randint(0, 40)), ground="NQ 1", successors=(into,)
        )
        act = self.act("system:succession")
        record_succession(self._db, says, act=act)
        self._plan()
        settle_succession(self._db, agreement=CODE, act=act)
        self._merged = True

    def amend(self) -> None:
        said = self._says()
        number = self._chance.randrange(100)
        first, *rest = said.obligations
        match self._chance.randrange(5):
            case 0:
                said = replace(said, title=f"Chương trình {number}")
            case 1:
                said = replace(said, topics=(Topic(code="mua", title=f"Chủ đề {number}"),))
            case 2:
                other = replace(first, title=f"Nghĩa vụ {number}", due=Due(offset=-number % 9))
                said = replace(said, obligations=(other, *rest))
            case 3:
                until_on = date(2024, self._chance.randint(3, 9), 1)
                said = replace(
                    said, obligations=(first, replace(rest[0], effective_until=until_on), *rest[1:])
                )
            case _:
                members = Selector(kinds=frozenset({"phuong"}), except_tags=frozenset({"xa"}))
                parties = (replace(said.parties[0], members=members), *said.parties[1:])
                said = replace(said, parties=parties, obligations=(first, *rest[:1]))
        amend_agreement(self._db, said, ground="PL", act=self.act("quan-tri"))
        self._plan()

    def place(self) -> None:
        place = f"trang {self._chance.randrange(100)}"
        place_clauses(self._db, CODE, places={"d1": place}, act=self.act("quan-tri"))

    def instruct(self) -> None:
        said = Wanted(
            text=f"Báo cáo việc {self._chance.randrange(100)}",
            units=frozenset(self._chance.sample(_WARDS[:2], 1)),
            due_on=self._day(self._chance.randint(1, 40)),
        )
        instruct(self._db, said, agreement=CODE, act=self.act("lanh-dao-tp"))
        self._plan()

    def take_back(self) -> None:
        given = self._says().instructions
        if not given:
            raise Refusal("instruction.unknown")
        one = self._chance.choice(given).obligation.code
        withdraw_instruction(self._db, CODE, one, act=self.act("lanh-dao-tp", "đã rõ"))
        self._plan()

    def change_the_letterhead(self) -> None:
        head = Letterhead(body=f"Cơ quan {self._chance.randrange(100)}", sign="TU")
        change_letterhead(self._db, agreement=CODE, letterhead=head, act=self.act("quan-tri"))

    def _says(self) -> Agreement:
        return catalogue.locked(self._db, CODE).says


_DEEDS: Final[tuple[Callable[[Life], None], ...]] = (
    *(Life.hand_in,) * 6,
    *(Life.confirm,) * 4,
    *(Life.give_back,) * 2,
    *(Life.ask,) * 3,
    *(Life.decide,) * 3,
    *(Life.doubt,) * 2,
    Life.settle_doubt,
    Life.judge_again,
    Life.withdraw,
    Life.take_away,
    Life.resume,
    Life.cancel,
    *(Life.call_meeting,) * 2,
    *(Life.move_meeting,) * 2,
    Life.cancel_meeting,
    *(Life.correct_a_unit,) * 2,
    Life.merge_units,
    *(Life.amend,) * 2,
    Life.place,
    Life.instruct,
    Life.take_back,
    Life.change_the_letterhead,
)
