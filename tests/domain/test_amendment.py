from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workflow.domain.agreement import (
    Agreement,
    Clause,
    Due,
    Obligation,
    Party,
    Settings,
    Title,
    Topic,
)
from workflow.domain.amendment import (
    Amendment,
    Change,
    amended,
    amendment_problems,
    missed_boundary,
)
from workflow.domain.errors import InvalidFile
from workflow.domain.periods import CALENDAR, ND09
from workflow.domain.triggers import Event, Every, Length
from workflow.domain.units import Selector

ALL = Selector(everyone=True)
QUARTERLY = Obligation(
    code="mua",
    title="Mua báo",
    clause="c",
    bearer=ALL,
    trigger=Every(period=Length.QUARTER),
    due=Due(),
    effective_from=date(2024, 1, 1),
)
MEETING = replace(QUARTERLY, code="tin", trigger=Event(kind="hoi-nghi"))
AGREEMENT = Agreement(
    code="A",
    title="Chương trình",
    starts_on=date(2024, 1, 1),
    ends_on=date(2027, 1, 1),
    tracked_from=date(2024, 1, 1),
    parties=(Party(code="p", name="Bên", members=ALL),),
    clauses=(Clause(code="c", text="Điều"),),
    topics=(Topic(code="t", title="Chủ đề"),),
    titles=(Title(code="bbn", name="Báo"),),
    obligations=(QUARTERLY, MEETING),
)
JULY = date(2024, 7, 1)


def amendment(**what: object) -> Amendment:
    return replace(Amendment(agreement="A", from_on=JULY, ground="Biên bản số 3"), **what)  # type: ignore[arg-type]  # tests name what they change


def codes(changed: Amendment, agreement: Agreement = AGREEMENT) -> list[tuple[str, str]]:
    found = [(each.code, each.path) for each in amendment_problems(agreement, changed)]
    if found:
        with pytest.raises(InvalidFile) as refused:
            amended(agreement, changed)
        assert [(each.code, each.path) for each in refused.value.problems] == found
    return found


def test_a_change_is_a_new_version_beside_the_old_one() -> None:
    result = amended(AGREEMENT, amendment(changes=(Change(code="mua", fields={"weight": 5}),)))
    before, after, other = result.obligations
    assert before == replace(QUARTERLY, effective_until=JULY)
    assert after == replace(QUARTERLY, effective_from=JULY, weight=5)
    assert other == MEETING
    assert replace(result, obligations=AGREEMENT.obligations) == AGREEMENT


def test_a_change_keeps_the_day_on_which_the_obligation_ends() -> None:
    ending = replace(AGREEMENT, obligations=(replace(QUARTERLY, effective_until=date(2025, 1, 1)),))
    result = amended(ending, amendment(changes=(Change(code="mua", fields={"weight": 5}),)))
    assert [each.effective_until for each in result.obligations] == [JULY, date(2025, 1, 1)]


def test_only_the_latest_version_changes() -> None:
    first = replace(QUARTERLY, effective_until=date(2024, 4, 1))
    second = replace(QUARTERLY, effective_from=date(2024, 4, 1))
    result = amended(
        replace(AGREEMENT, obligations=(first, second)),
        amendment(changes=(Change(code="mua", fields={"weight": 5}),)),
    )
    assert [each.effective_from.month for each in result.obligations] == [1, 4, 7]
    assert result.obligations[0] == first


def test_an_obligation_may_end() -> None:
    result = amended(AGREEMENT, amendment(ends=("mua",)))
    assert result.obligations == (replace(QUARTERLY, effective_until=JULY), MEETING)


def test_obligations_clauses_topics_and_titles_may_be_added() -> None:
    new = replace(QUARTERLY, code="doc", effective_from=JULY)
    extra = amendment(
        adds=(new,),
        clauses=(Clause(code="d", text="Đọc"),),
        topics=(Topic(code="u", title="Khác"),),
        titles=(Title(code="nd", name="Nhân Dân"),),
    )
    result = amended(AGREEMENT, extra)
    assert result.obligations == (QUARTERLY, MEETING, new)
    assert [each.code for each in result.clauses] == ["c", "d"]
    assert [each.code for each in result.topics] == ["t", "u"]
    assert [each.code for each in result.titles] == ["bbn", "nd"]


def test_it_must_be_of_this_agreement_and_within_it() -> None:
    assert codes(amendment(agreement="B")) == [("amendment.other_agreement", "agreement")]
    for day in (AGREEMENT.starts_on, AGREEMENT.ends_on):
        assert codes(amendment(from_on=day)) == [("amendment.outside_agreement", "from")]
    assert codes(amendment(from_on=date(2026, 12, 31))) == []


def test_it_names_each_obligation_once_and_only_those_that_there_are() -> None:
    wrong = amendment(changes=(Change(code="mua"), Change(code="moi")), ends=("tin", "mua"))
    assert codes(wrong) == [
        ("amendment.unknown_obligation", "obligations[1].code"),
        ("amendment.named_twice", "end[1]"),
    ]


def test_it_must_come_after_the_latest_version_and_before_its_end() -> None:
    change = amendment(changes=(Change(code="mua"),))
    for begin, found in ((JULY, "amendment.later_version"), (date(2024, 6, 30), None)):
        agreement = replace(AGREEMENT, obligations=(replace(QUARTERLY, effective_from=begin),))
        assert codes(change, agreement) == ([(found, "obligations[0].code")] if found else [])
    for until, found in ((JULY, "amendment.ended_before"), (date(2024, 7, 2), None)):
        agreement = replace(AGREEMENT, obligations=(replace(QUARTERLY, effective_until=until),))
        assert codes(change, agreement) == ([(found, "obligations[0].code")] if found else [])


def test_what_is_added_has_a_code_of_its_own_and_begins_with_it() -> None:
    early = replace(QUARTERLY, code="doc", effective_from=date(2024, 6, 30))
    taken = replace(QUARTERLY, effective_from=JULY)
    wrong = amendment(
        adds=(early, replace(early, effective_from=JULY), taken),
        clauses=(Clause(code="c", text="Lại"),),
        topics=(Topic(code="t", title="Lại"),),
        titles=(Title(code="bbn", name="Lại"),),
    )
    assert codes(wrong) == [
        ("amendment.begins_earlier", "add[0].from"),
        ("amendment.code_taken", "add[1].code"),
        ("amendment.code_taken", "clauses[0].code"),
        ("amendment.code_taken", "topics[0].code"),
        ("amendment.code_taken", "titles[0].code"),
    ]


def test_a_new_period_length_begins_where_both_begin() -> None:
    yearly = (Change(code="mua", fields={"trigger": Every(period=Length.YEAR)}),)
    (problem,) = amendment_problems(AGREEMENT, amendment(changes=yearly))
    assert (problem.code, problem.path) == (
        "obligation.length_changes_within",
        "obligations[0].trigger",
    )
    assert problem.facts == {"boundary": "2025-01-01"}
    assert codes(amendment(changes=yearly, from_on=date(2025, 1, 1))) == []
    decree = replace(AGREEMENT, settings=Settings(reporting="nd09"))
    assert codes(amendment(changes=yearly, from_on=date(2024, 12, 15)), decree) == []


def test_the_boundary_is_that_of_the_longer_period_in_either_direction() -> None:
    month, quarter = Every(period=Length.MONTH), Every(period=Length.QUARTER)
    for earlier, later in ((month, quarter), (quarter, month)):
        day = date(2024, 5, 1)
        assert missed_boundary(earlier, later, on=day, year=CALENDAR) == JULY
        assert missed_boundary(earlier, later, on=day, year=ND09) == date(2024, 6, 15)
        assert missed_boundary(earlier, later, on=JULY, year=CALENDAR) is None
    rule = Every(rule="FREQ=DAILY", starts=JULY)
    for earlier, later in ((month, month), (month, rule), (rule, month)):
        assert missed_boundary(earlier, later, on=date(2024, 5, 2), year=CALENDAR) is None
    assert missed_boundary(month, MEETING.trigger, on=date(2024, 5, 2), year=CALENDAR) is None
