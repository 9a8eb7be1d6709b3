"""The facts that a check is told, and their JSON."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.specimens import CITY, facts
from workflow.domain.errors import Refusal
from workflow.evidence.check import Body, Publication, TaskFacts

texts = st.text(min_size=1, max_size=20)
bodies = st.builds(
    Body,
    key=texts,
    name=texts,
    aliases=st.lists(texts, max_size=2).map(tuple),
    tax_code=st.none() | texts,
    budget_code=st.none() | texts,
)


@given(
    st.builds(
        TaskFacts,
        unit=bodies,
        paid_by=st.lists(bodies, max_size=2).map(tuple),
        beneficiary=st.none() | bodies,
        publications=st.lists(
            st.builds(Publication, code=texts, name=texts, quota=st.none() | st.integers(0, 99)),
            max_size=2,
        ).map(tuple),
        topic_words=st.lists(texts, max_size=2).map(tuple),
        event_on=st.none() | st.dates(),
        days_off=st.lists(st.dates(), max_size=3).map(tuple),
        weekly_off=st.sampled_from([(), (7,), (6, 7)]),
    )
)
def test_facts_survive_json(told: TaskFacts) -> None:
    assert TaskFacts.from_json(told.to_json()) == told


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{}", "unit"),
        ('{"unit": {"name": ""}}', "unit.name"),
        ('{"unit": {"name": "A", "mst": "1"}}', "unit.mst"),
        ('{"unit": {"name": "A"}, "event_on": "12/03/2024"}', "event_on"),
        ('{"unit": {"name": "A"}, "event_on": 5}', "event_on"),
        ('{"unit": {"name": "A"}, "publications": [{"code": "b", "name": "B", "quota": -1}]}', ""),
        ('{"unit": {"name": "A"}, "period_from": "2024-01-01"}', ""),
        (
            '{"unit": {"name": "A"}, "period_from": "2024-02-01", "period_until": "2024-02-01"}',
            "",
        ),
        ('{"unit": {"name": "A"}, "zone": "Mars/Olympus"}', ""),
        ('{"unit": {"name": "A"}, "zone": "../../etc/passwd"}', ""),
        ('{"unit": {"name": "A"}, "weekly_off": [8]}', ""),
        ("[]", ""),
        ("{", ""),
    ],
)
def test_wrong_facts_are_refused_with_their_place(text: str, path: str) -> None:
    with pytest.raises(Refusal) as refused:
        TaskFacts.from_json(text)
    assert refused.value.code == "facts.invalid"
    assert refused.value.facts["problems"][0]["path"].startswith(path)
    assert refused.value.facts["detail"]


FRIDAY, TUESDAY = date(2024, 3, 8), date(2024, 3, 12)


@pytest.mark.parametrize(
    ("day", "event", "changes", "expected"),
    [
        (FRIDAY, TUESDAY, {}, 2),
        (date(2024, 3, 9), TUESDAY, {}, 1),
        (TUESDAY, TUESDAY, {}, 0),
        (date(2024, 3, 13), TUESDAY, {}, 0),
        (FRIDAY, TUESDAY, {"days_off": (FRIDAY,)}, 1),
        (FRIDAY, TUESDAY, {"days_worked": (date(2024, 3, 9),)}, 3),
        (FRIDAY, TUESDAY, {"weekly_off": (7,)}, 3),
    ],
)
def test_working_days_before_an_event(
    day: date, event: date, changes: dict[str, Any], expected: int
) -> None:
    assert facts(**changes).working_days_before(day, event) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_a_day_earlier_is_never_a_shorter_lead(day: date, gap: int) -> None:
    told = facts()
    event = day + timedelta(days=gap)
    lead = told.working_days_before(day, event)
    assert told.working_days_before(day - timedelta(days=1), event) - lead in {0, 1}


def test_a_name_is_needed_and_comes_first() -> None:
    assert CITY.names == ("UBND thành phố Từ Sơn",)
    assert Body(name="A", aliases=("B",)).names == ("A", "B")
