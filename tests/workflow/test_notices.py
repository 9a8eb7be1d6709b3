"""Digests: one a person and day, nothing lost, nothing twice, nothing that was settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from tests import worlds
from tests.workflow.test_pressing import LADDER, officer, press_on, world
from workflow.domain.agreement import Addressee, LadderStep
from workflow.notices import Digest, digest_contents, make_digests, mark_sent
from workflow.store.notices import digest, notice
from workflow.store.people import person
from workflow.store.preferences import put_preference
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table
from workflow.store.work import work

if TYPE_CHECKING:
    from sqlalchemy import Connection


def gather(db: Connection, day: str) -> list[int]:
    """The daily round: press, then gather."""
    press_on(db, day)
    return make_digests(db, day_on=worlds.day(day), at=worlds.at(day, "07:05"))


def contents(db: Connection, digest_id: int, day: str) -> Digest:
    found = digest_contents(db, digest_id, at=worlds.at(day, "07:10"))
    assert found is not None
    return found


def first_for(db: Connection, mail: str) -> int:
    found: int | None = db.scalar(select(digest.c.id).where(digest.c.mail == mail))
    assert found is not None
    return found


def test_each_person_gets_one_digest_a_day_and_sending_is_asked_for(db: Connection) -> None:
    world(db)
    ids = gather(db, "2024-04-30")
    rows = db.execute(select(digest.c.mail).order_by(digest.c.mail)).scalars().all()
    # The letter to the superior is a paper of its own, which no mail carries.
    assert rows == ["a@phuong.example", "b@phuong.example"]
    asked = db.execute(select(work.c.subject_id).where(work.c.kind == "send_digest"))
    assert sorted(asked.scalars()) == sorted(ids)
    assert gather(db, "2024-04-30") == []


def test_a_month_of_silence_is_one_line_by_the_gravest_step(db: Connection) -> None:
    world(db)
    gather(db, "2024-04-30")
    found = contents(db, first_for(db, "a@phuong.example"), "2024-04-30")
    (one,) = found.reminded
    assert (one.step, one.unit, one.obligation) == ("don-doc", "Đơn vị a", "Nghĩa vụ mua-bao")
    assert (one.due_on, one.days_left) == (worlds.day("2024-03-31"), -30)
    assert (one.clause, one.place, one.occasion) == ("Điều một", "", "2024-Q1")
    assert found.overdue == found.reminded
    assert found.due == ()
    assert db.scalar(select(func.count()).select_from(notice)) == 8


def test_what_was_settled_before_it_was_gathered_is_dropped(db: Connection) -> None:
    world(db)
    press_on(db, "2024-03-31")
    db.execute(update(task).values(state="submitted"))
    assert make_digests(db, day_on=worlds.day("2024-03-31"), at=worlds.at("2024-03-31")) == []
    assert db.scalar(select(func.count()).where(notice.c.dropped_at.is_(None))) == 0
    db.execute(update(task).values(state="returned"))
    # A dropped reminder stays dropped; only the steps that come later are said.
    gather(db, "2024-04-01")
    found = contents(db, first_for(db, "a@phuong.example"), "2024-04-01")
    assert [one.step for one in found.reminded] == ["don-doc"]
    assert found.reminded[0].is_returned


def test_what_was_moved_before_it_was_gathered_is_dropped(db: Connection) -> None:
    world(db)
    press_on(db, "2024-03-31")
    db.execute(update(task).values(due_on=worlds.day("2024-06-30")))
    assert make_digests(db, day_on=worlds.day("2024-03-31"), at=worlds.at("2024-03-31")) == []


def test_what_was_settled_before_it_was_written_is_not_said(db: Connection) -> None:
    world(db)
    gather(db, "2024-03-31")
    a_id = db.scalar(select(unit_table.c.id).where(unit_table.c.key == "a"))
    db.execute(update(task).where(task.c.unit_id == a_id).values(state="accepted"))
    settled = first_for(db, "a@phuong.example")
    assert digest_contents(db, settled, at=worlds.at("2024-03-31")) is None
    assert contents(db, first_for(db, "b@phuong.example"), "2024-03-31").reminded


def test_a_letter_under_way_never_changes(db: Connection) -> None:
    """What comes up after the digest of the day waits for the next one."""
    world(db, LADDER[1], LadderStep(code="lanh-dao", days=0, to=Addressee.LEADER))
    gather(db, "2024-03-31")
    before = contents(db, first_for(db, "a@phuong.example"), "2024-03-31")
    officer(db, "leader", "a@phuong.example")
    assert gather(db, "2024-03-31") == []
    assert contents(db, before.id, "2024-03-31") == before
    press_on(db, "2024-04-01")
    ids = make_digests(db, day_on=worlds.day("2024-04-01"), at=worlds.at("2024-04-01"))
    (found,) = (contents(db, one, "2024-04-01") for one in ids)
    assert {one.unit for one in found.reminded} == {"Đơn vị a", "Đơn vị b"}


def test_a_digest_is_written_until_it_is_sent(db: Connection) -> None:
    world(db)
    (one, _) = gather(db, "2024-03-31")
    assert contents(db, one, "2024-03-31").message_id == contents(db, one, "2024-04-02").message_id
    mark_sent(db, [one], at=worlds.at("2024-03-31"))
    mark_sent(db, [one], at=worlds.at("2024-04-05"))
    assert db.scalar(select(digest.c.sent_at).where(digest.c.id == one)) == worlds.at("2024-03-31")
    assert digest_contents(db, one, at=worlds.at("2024-03-31")) is None
    assert digest_contents(db, one + 1000, at=worlds.at("2024-03-31")) is None


def test_a_message_id_hides_the_address_and_names_the_day(db: Connection) -> None:
    world(db)
    ids = gather(db, "2024-03-31")
    found = {contents(db, one, "2024-03-31").message_id for one in ids}
    assert len(found) == 2
    for message_id in found:
        assert message_id.startswith("<20240331.")
        assert message_id.endswith("@camket.localhost>")
        assert "phuong" not in message_id


def test_a_digest_is_in_the_language_of_its_reader(db: Connection) -> None:
    world(db, LadderStep(code="lanh-dao", days=0, to=Addressee.LEADER))
    officer(db, "leader", "Visitor@x.example")
    db.execute(update(person).values(lang="en"))
    (one,) = gather(db, "2024-03-31")
    assert contents(db, one, "2024-03-31").lang == "en"


def test_nobody_without_an_address_gets_a_digest(db: Connection) -> None:
    world(db, LadderStep(code="lanh-dao", days=0, to=Addressee.LEADER))
    assert gather(db, "2024-03-31") == []
    assert db.scalars(select(notice.c.addressee).distinct()).all() == [""]


days_apart = st.lists(st.integers(min_value=1, max_value=25), min_size=1, max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=days_apart)
def test_every_reminder_is_in_exactly_one_digest_however_long_nothing_ran(
    db: Connection, gaps: list[int]
) -> None:
    """Whatever the days of the rounds: nothing is left behind, nothing is gathered twice."""
    if db.scalar(select(func.count()).select_from(task)) == 0:
        world(db, *LADDER[:3])
    trial = db.begin_nested()
    day = "2024-03-15"
    said: list[tuple[int, str, str]] = []
    for gap in gaps:
        day = worlds.days_later(day, gap)
        for one in gather(db, day):
            found = contents(db, one, day)
            query = select(notice.c.task_id, notice.c.step).where(notice.c.digest_id == one)
            rows = db.execute(query).all()
            said += [(row.task_id, row.step, found.mail) for row in rows]
            # A task with several steps is told of once.
            told = [reminded.task for reminded in found.reminded]
            assert sorted(told) == sorted({row.task_id for row in rows})
    assert len(said) == len(set(said))
    written = db.execute(select(notice.c.task_id, notice.c.step, notice.c.addressee)).all()
    assert set(said) == {tuple(row) for row in written}
    trial.rollback()


def test_whoever_wants_letters_on_mondays_gets_that_of_the_week_then(db: Connection) -> None:
    world(db)
    for key, chosen in (("a", "weekly"), ("b", "never")):
        officer(db, "unit_officer", f"{key}@phuong.example", unit=key)
        put_preference(db, _person(db, key), keys="letters", reminders=chosen)
    # 29/4/2024 is a Monday, and what came up on the Tuesday before is still owed then.
    assert gather(db, "2024-04-23") == []
    (made,) = gather(db, "2024-04-29")
    assert made == first_for(db, "a@phuong.example")
    assert contents(db, made, "2024-04-29").overdue
    # Whoever changes their mind gets what is still owed; nothing was lost by waiting.
    put_preference(db, _person(db, "b"), keys="letters", reminders="daily")
    (late,) = gather(db, "2024-04-30")
    assert late == first_for(db, "b@phuong.example")
    assert contents(db, late, "2024-04-30").overdue


def _person(db: Connection, of: str) -> int:
    return int(db.execute(select(person.c.id).where(person.c.key == of)).scalar_one())
