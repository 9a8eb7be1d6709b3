"""The life of a task, driven at random: what is stored is what the pure table says.

A machine lets everyone of the cast do anything at any time to one task, foresees by
the table alone what must come of it, and after each step compares the database with
what it foresaw: state and dated rows, submissions, concessions, shares and doubts. A
refused act must leave nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from tests.factories import (
    CHECKS,
    duty,
    item_row,
    living,
    row_of,
    says,
    stored,
    task_of,
    work_of,
)
from tests.worlds import act as setup_act
from tests.worlds import at, day
from workflow.accounts import add_user
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
from workflow.domain.errors import Refusal
from workflow.domain.evidence import Outcome
from workflow.domain.lifecycle import (
    IN_HAND,
    WAITING,
    Action,
    Actor,
    State,
    TaskView,
    Who,
    capacities_for,
    next_state,
    state_before,
)
from workflow.domain.roles import Grant, Role
from workflow.doubts import raise_doubt, reopen_task
from workflow.journal import Act
from workflow.planning import plan_tasks
from workflow.review import confirm_submission, return_submission
from workflow.store.evidence import allocation, doubt, proof
from workflow.store.journal import journal_entry
from workflow.store.submissions import concession, submission
from workflow.store.tasks import task_change
from workflow.store.work import work
from workflow.submission import (
    add_evidence,
    declare_nothing,
    remove_evidence,
    submit_task,
    withdraw_submission,
)
from workflow.verification import record_verdict, settle_submissions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

#: Who is who at the task, by what the table knows of them.
CAST: Final = {
    "can-bo-a": {Who.UNIT},
    "truong-a": {Who.UNIT},
    "cap-tren": {Who.SUPERIOR},
    "quan-tri": {Who.ADMINISTRATOR},
    "quan-tri-2": {Who.ADMINISTRATOR},
    "tham-dinh": {Who.REVIEWER},
    "hai-vai": {Who.UNIT, Who.REVIEWER},
    "can-bo-b": set[Who](),
    "lanh-dao-tp": set[Who](),
    "nguoi-la": set[Who](),
}
#: Who of them may ask for a concession: not by the table, but by their role.
MAY_ASK: Final = {"can-bo-a", "truong-a", "cap-tren", "quan-tri", "quan-tri-2", "hai-vai"}
MAY_DOUBT: Final = {"quan-tri", "quan-tri-2", "tham-dinh", "hai-vai"}
ACTION_OF: Final = {
    Kind.EXTENSION: Action.EXTEND,
    Kind.WAIVER: Action.WAIVE,
    Kind.SUSPENSION: Action.SUSPEND,
}
KIND_OF: Final = {action: kind for kind, action in ACTION_OF.items()}
#: What people do to the state of a task.
ACTIONS: Final = [
    Action.SUBMIT,
    Action.DECLARE_NOTHING,
    Action.WITHDRAW,
    Action.CONFIRM,
    Action.RETURN,
    Action.CANCEL,
    Action.RESUME,
    Action.REOPEN,
    *ACTION_OF.values(),
]
whos = st.sampled_from(sorted(CAST))
reasons = st.sampled_from([None, "", "Có lý do"])
kinds = st.sampled_from(list(Kind))


@dataclass
class Model:
    """What must be true of the task."""

    state: State = State.OPEN
    history: list[State] = field(default_factory=lambda: [State.OPEN])
    #: When each state began, for asking about any past instant.
    since: list[tuple[datetime, State]] = field(default_factory=list)
    last_by: str | None = None
    submitter: str | None = None
    is_on_behalf: bool = False
    says_nothing: bool = False
    items: dict[int, Outcome | None] = field(default_factory=dict)
    asked: dict[Kind, str] = field(default_factory=dict)
    submissions: int = 0

    def view(self, *, is_proved: bool = False, asked_by: str | None = None) -> TaskView:
        return TaskView(
            state=self.state,
            state_before=state_before(self.history),
            submitters=frozenset() if self.submitter is None else frozenset({self.submitter}),
            is_proved=is_proved,
            needs_person=False,
            is_on_behalf=self.is_on_behalf,
            says_nothing=self.says_nothing,
            allows_nothing=True,
            asked_by=asked_by,
        )

    def moved(self, state: State, act: Act) -> None:
        self.state = state
        self.history.append(state)
        self.since.append((act.at, state))
        self.last_by = act.by

    def foreseen(self, action: Action, act: Act, *, asked_by: str | None = None) -> State | str:
        """Where the table leads, or the code of the refusal."""
        mine = CAST[act.by] & capacities_for(action)
        if not mine:
            return "access.denied"
        who = next(who for who in Who if who in mine)
        try:
            return next_state(
                self.view(asked_by=asked_by),
                action,
                by=Actor(who=who, user=act.by),
                reason=act.reason,
            )
        except Refusal as refusal:
            is_late = refusal.code == "task.action_not_allowed"
            is_anothers = self.last_by not in {None, act.by}
            return "task.changed_meanwhile" if is_late and is_anothers else refusal.code


class LifeOfATask(RuleBasedStateMachine):
    """One task among its people; each example in a transaction that is rolled back."""

    engine: Engine
    task_id: int

    def __init__(self) -> None:
        super().__init__()
        self.db: Connection = self.engine.connect()
        self.transaction = self.db.begin()
        self.now = at("2024-03-20")
        self.model = Model()
        self.first = row_of(self.db, self.task_id)
        self.files = 0

    def teardown(self) -> None:
        for state in set(self.model.history):
            event(f"was {state}")
        self.transaction.rollback()
        self.db.close()

    # --- helpers ------------------------------------------------------------------------

    def act(self, who: str, reason: str | None = None) -> Act:
        return Act(by=who, at=self.now, reason=reason)

    def written(self) -> tuple[int, ...]:
        """How many rows there are of all that an act may write."""
        tables = (journal_entry, task_change, submission, concession, doubt, allocation, work)
        counts = (select(func.count()).select_from(table).scalar_subquery() for table in tables)
        return tuple(self.db.execute(select(*counts)).one())

    def tried(self, call: Callable[[], object], expected: State | str) -> bool:
        """Call; it must be refused with the code foreseen, or pass; whether it passed."""
        before = self.written()
        if isinstance(expected, State):
            call()
            assert self.written()[0] > before[0], "an act without a journal entry"
            return True
        with pytest.raises(Refusal) as caught:
            call()
        assert caught.value.code == expected
        assert self.written() == before, "a refused act left something behind"
        return False

    def does(self, action: Action, act: Act) -> None:
        """Somebody does an action of the table, and it must come out as foreseen."""
        asked_by = self.model.asked.get(KIND_OF[action]) if action in KIND_OF else None
        expected = self.model.foreseen(action, act, asked_by=asked_by)
        calls: dict[Action, Callable[..., object]] = {
            Action.SUBMIT: submit_task,
            Action.DECLARE_NOTHING: declare_nothing,
            Action.WITHDRAW: withdraw_submission,
            Action.CONFIRM: confirm_submission,
            Action.RETURN: return_submission,
            Action.CANCEL: cancel_task,
            Action.RESUME: resume_task,
            Action.REOPEN: reopen_task,
            Action.EXTEND: partial(grant, kind=Kind.EXTENSION),
            Action.WAIVE: partial(grant, kind=Kind.WAIVER),
            Action.SUSPEND: partial(grant, kind=Kind.SUSPENSION),
        }
        if action in KIND_OF and asked_by is not None and not (act.reason or "").strip():
            # Whoever grants need not repeat the reason for which it was asked.
            named = replace(act, reason="Lý do của người đề nghị")
            expected = self.model.foreseen(action, named, asked_by=asked_by)
        if not self.tried(lambda: calls[action](self.db, self.task_id, act=act), expected):
            return
        assert isinstance(expected, State)
        self.model.moved(expected, act)
        if action in KIND_OF:
            del self.model.asked[KIND_OF[action]]
        if action in {Action.SUBMIT, Action.DECLARE_NOTHING}:
            self.model.submitter = act.by
            self.model.is_on_behalf = Who.UNIT not in CAST[act.by]
            self.model.says_nothing = action is Action.DECLARE_NOTHING
            self.model.submissions += 1

    # --- what people do -----------------------------------------------------------------

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(data=st.data())
    def somebody_does_what_they_may(self, data: st.DataObject) -> None:
        """So that the story goes on; its two ends come late."""
        ends = {Action.CANCEL, Action.WAIVE} if len(self.model.history) < 12 else set[Action]()
        choices = [
            (action, who)
            for action in ACTIONS
            for who in CAST
            if action not in ends and isinstance(self._would(action, who), State)
        ]
        if choices:
            action, who = data.draw(st.sampled_from(choices))
            self.does(action, self.act(who, "Có lý do"))

    def _would(self, action: Action, who: str) -> State | str:
        asked_by = self.model.asked.get(KIND_OF[action]) if action in KIND_OF else None
        return self.model.foreseen(action, self.act(who, "Có lý do"), asked_by=asked_by)

    @rule(action=st.sampled_from(ACTIONS), who=whos, reason=reasons)
    def anybody_tries_anything(self, action: Action, who: str, reason: str | None) -> None:
        act = self.act(who, reason)
        is_end = action in {Action.CANCEL, Action.WAIVE} and len(self.model.history) < 12
        if not (is_end and isinstance(self._would(action, who), State)):
            self.does(action, act)

    @precondition(lambda self: self.model.state in IN_HAND)
    @rule(who=st.sampled_from(["can-bo-a", "hai-vai", "quan-tri"]))
    def all_goes_well(self, who: str) -> None:
        """Somebody proves the task and hands it in, and the checks conclude."""
        self._offer(self.act(who))
        for item in self.model.items:
            self._judge(item, Outcome.PASSED)
        self.does(Action.SUBMIT, self.act(who, "Có lý do"))
        self.a_worker_concludes()

    @rule(who=whos)
    def anybody_offers_something(self, who: str) -> None:
        self._offer(self.act(who))

    @precondition(lambda self: self.model.state in IN_HAND)
    @rule(who=st.sampled_from(["can-bo-a", "hai-vai", "quan-tri"]))
    def somebody_offers_something(self, who: str) -> None:
        self._offer(self.act(who))

    def _offer(self, act: Act) -> None:
        self.files += 1
        expected = self.model.foreseen(Action.ADD_EVIDENCE, act)
        found: list[int] = []

        def call() -> None:
            file = stored(f"giấy {self.files}")
            found.append(
                add_evidence(self.db, self.task_id, requirement="giay", file=file, act=act)
            )

        if self.tried(call, expected):
            self.model.items[found[0]] = None

    @precondition(lambda self: self.model.items)
    @rule(who=whos, data=st.data())
    def anybody_removes_something(self, who: str, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(sorted(self.model.items)))
        act = self.act(who)
        expected = self.model.foreseen(Action.REMOVE_EVIDENCE, act)
        if self.tried(lambda: remove_evidence(self.db, item, act=act), expected):
            del self.model.items[item]

    @rule(who=whos, kind=kinds, reason=reasons)
    def anybody_asks_for_something(self, who: str, kind: Kind, reason: str | None) -> None:
        act = self.act(who, reason)
        expected: State | str = self.model.state
        if who not in MAY_ASK:
            expected = "access.denied"
        elif self.model.state not in IN_HAND:
            expected = "task.action_not_allowed"
        elif not reason:
            expected = "task.reason_missing"
        elif kind in self.model.asked:
            expected = "concession.asked_already"

        def call() -> None:
            if kind is Kind.EXTENSION:
                until_on = row_of(self.db, self.task_id).due_on + timedelta(days=3)
                ask_extension(self.db, self.task_id, until_on=until_on, act=act)
            elif kind is Kind.WAIVER:
                ask_waiver(self.db, self.task_id, act=act)
            else:
                ask_suspension(self.db, self.task_id, act=act)

        if self.tried(call, expected):
            self.model.asked[kind] = who

    @precondition(lambda self: self.model.state in IN_HAND)
    @rule(kind=st.sampled_from([Kind.EXTENSION, Kind.SUSPENSION]))
    def something_is_conceded(self, kind: Kind) -> None:
        """The unit asks unless somebody has, and an administrator grants it."""
        if kind not in self.model.asked:
            self.anybody_asks_for_something(who="truong-a", kind=kind, reason="Có lý do")
        self.does(ACTION_OF[kind], self.act("quan-tri", "Đồng ý"))

    @rule(who=whos, kind=kinds)
    def anybody_says_no(self, who: str, kind: Kind) -> None:
        act = self.act(who, "Không đủ căn cứ")
        asked_by = self.model.asked.get(kind)
        expected: State | str = self.model.state
        if not CAST[who] & capacities_for(ACTION_OF[kind]):
            expected = "access.denied"
        elif asked_by is None:
            expected = "task.not_asked"
        elif asked_by == who:
            expected = "task.four_eyes"
        if self.tried(lambda: refuse(self.db, self.task_id, kind, act=act), expected):
            del self.model.asked[kind]

    @rule(who=whos)
    def anybody_speaks_against_it(self, who: str) -> None:
        act = self.act(who, "Ảnh cũ")
        open_ones = self.db.scalar(
            select(func.count())
            .select_from(doubt)
            .where(doubt.c.settled_at.is_(None), doubt.c.kind == "raised")
        )
        expected: State | str = self.model.state
        if who not in MAY_DOUBT:
            expected = "access.denied"
        elif self.model.state is not State.ACCEPTED:
            expected = "doubt.not_accepted"
        elif open_ones:
            expected = "doubt.raised_already"
        self.tried(lambda: raise_doubt(self.db, self.task_id, act=act), expected)

    # --- what rules do ------------------------------------------------------------------

    @precondition(lambda self: self.model.items)
    @rule(data=st.data(), outcome=st.sampled_from([Outcome.PASSED, Outcome.PASSED, *Outcome]))
    def a_check_speaks(self, data: st.DataObject, outcome: Outcome) -> None:
        # What nobody has looked at comes first.
        unseen = [item for item, seen in self.model.items.items() if seen is None]
        self._judge(data.draw(st.sampled_from(unseen or sorted(self.model.items))), outcome)

    def _judge(self, item: int, outcome: Outcome) -> None:
        sha256 = str(item_row(self.db, item).sha256)
        verdict = says(outcome, identity=sha256)
        record_verdict(self.db, item, verdict, sha256=sha256, act=self.act(CHECKS))
        self.model.items[item] = outcome

    @rule()
    def a_worker_concludes(self) -> None:
        """What a worker does with the waiting work; the table decides by what it finds."""
        act = self.act(CHECKS)
        waiting = work_of(self.db, "settle_submission")
        self.db.execute(work.delete().where(work.c.kind == "settle_submission"))
        settle_submissions(self.db, waiting, act=act)
        model = self.model
        outcomes = list(model.items.values())
        if model.state is not State.SUBMITTED or None in outcomes:
            return
        if Outcome.FAILED in outcomes:
            model.moved(State.RETURNED, act)
        elif model.says_nothing:
            model.moved(State.IN_REVIEW, act)
        elif not outcomes:
            model.moved(State.RETURNED, act)
        elif Outcome.UNDECIDED in outcomes or model.is_on_behalf:
            model.moved(State.IN_REVIEW, act)
        else:
            model.moved(State.ACCEPTED, act)

    @rule()
    def plan_again(self) -> None:
        """A task that somebody touched is left alone, whatever is planned."""
        before = row_of(self.db, self.task_id)
        plan_tasks(
            self.db, agreement="ct-01", until=day("2024-07-01"), act=self.act("system:planner")
        )
        assert row_of(self.db, self.task_id) == before

    # --- what must always hold ----------------------------------------------------------

    @invariant()
    def the_state_is_what_the_table_said(self) -> None:
        row = row_of(self.db, self.task_id)
        assert row.state == self.model.state
        if row.state in {State.SUBMITTED, State.SUSPENDED, State.CANCELLED}:
            assert row.state_before == state_before(self.model.history)

    @invariant()
    def dated_rows_tell_the_whole_story(self) -> None:
        query = select(task_change).where(task_change.c.task_id == self.task_id)
        changes = self.db.execute(query.order_by(task_change.c.id)).all()
        assert [State.OPEN, *(State(change.state) for change in changes)] == self.model.history
        assert [(change.at, State(change.state)) for change in changes] == self.model.since
        before = State.OPEN
        for change in changes:
            assert change.state_from == before
            before = State(change.state)
        if changes:
            row, last = row_of(self.db, self.task_id), changes[-1]
            carried = set(last._mapping) & set(row._mapping) - {"id", "state"}
            assert carried >= {"due_on", "submitted_at", "done_at", "correction_on"}
            for name in carried:
                assert last._mapping[name] == row._mapping[name], name
            assert row.changed_at == last.at

    @invariant()
    def what_was_agreed_stays(self) -> None:
        row = row_of(self.db, self.task_id)
        for name in ("first_due_on", "original_due_on", "belongs_on", "unit_id", "version_id"):
            assert getattr(row, name) == getattr(self.first, name)
        assert row.due_on >= row.original_due_on

    @invariant()
    def at_most_one_submission_waits(self) -> None:
        query = select(submission).where(submission.c.task_id == self.task_id)
        rows = self.db.execute(query.order_by(submission.c.number)).all()
        assert [row.number for row in rows] == list(range(1, self.model.submissions + 1))
        waiting = [row for row in rows if row.settled_at is None]
        assert len(waiting) == (1 if self.model.state in WAITING else 0)
        assert all(row.counted_at <= row.submitted_at for row in rows)

    @invariant()
    def done_is_known_exactly_of_what_is_accepted(self) -> None:
        row = row_of(self.db, self.task_id)
        is_accepted = self.model.state is State.ACCEPTED
        assert (row.done_at is not None) is (row.done_on is not None) is is_accepted
        if is_accepted:
            assert row.done_at <= row.submitted_at

    @invariant()
    def no_proof_is_divided_beyond_what_it_can_prove(self) -> None:
        used = (
            select(allocation.c.identity, func.count().label("uses"))
            .group_by(allocation.c.identity)
            .subquery()
        )
        query = select(used.c.uses, proof.c.capacity).join(
            proof, proof.c.identity == used.c.identity
        )
        assert all(row.capacity is None and row.uses == 1 for row in self.db.execute(query))

    @invariant()
    def requests_are_as_they_were_asked(self) -> None:
        rows = self.db.execute(select(concession).where(concession.c.decided_at.is_(None))).all()
        assert {Kind(row.kind): row.asked_by for row in rows} == self.model.asked

    @invariant()
    def only_accepted_tasks_are_in_doubt(self) -> None:
        open_ones = select(func.count()).select_from(doubt).where(doubt.c.settled_at.is_(None))
        if self.db.scalar(open_ones):
            assert State.ACCEPTED is self.model.state


def drive(engine_: Engine, *, examples: int, steps: int) -> None:
    with engine_.begin() as db:
        living(db, duty(allows_nothing=True))
        both = [Grant(role=Role.REVIEWER), Grant(role=Role.UNIT_OFFICER, unit="phuong-a")]
        add_user(db, "hai-vai", name="Hai vai", grants=both, act=setup_act(by="quan-tri"))
        number = task_of(db)

    class OnThisDatabase(LifeOfATask):
        engine = engine_
        task_id = number

    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None),
    )


def test_whatever_people_do_the_database_says_what_the_table_says(clone: Engine) -> None:
    drive(clone, examples=15, steps=30)


@pytest.mark.long
def test_whatever_people_do_for_long(clone: Engine) -> None:
    drive(clone, examples=1000, steps=80)
