"""Whatever is handed in is read or refused with words in both languages; nothing else is raised."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake import test_amendment_file, test_succession_file, test_unit_sheet
from tests.intake.test_agreement_file import TEXT
from workflow.domain.agreement import Agreement
from workflow.domain.errors import InvalidFile
from workflow.intake.agreement_file import agreement_from_data, read_agreement, write_agreement
from workflow.intake.amendment_file import read_amendment
from workflow.intake.kept_form import keep_agreement
from workflow.intake.succession_file import read_succession
from workflow.intake.unit_sheet import read_units
from workflow.labels import describe

if TYPE_CHECKING:
    from collections.abc import Callable

AGREEMENT = read_agreement(TEXT)
PIECES = st.sampled_from(
    ["\t", ": ", "- ", "{", "}", "[", "]", '"', "'", "|", ">", "&a ", "*a", "!!", "?", "#", "---\n",
     "null", "true", "yes", "2024-02-30", "31/12/2025", "99999999999999999999", "1e999", ".inf",
     "\u2028", "\x00", "đ", "\ud7ff", "\n", "\r\n", "  ", "0", "-1", "every", "obligations:",
     "a" * 600]
)  # fmt: skip
UNHURRIED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A sound text in which something was cut out, put in or put twice."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        middle = draw(PIECES | st.text(max_size=5) | st.just(text[start:end] * 2))
        text = text[:start] + middle + text[end:]
    return text


def answer(read: Callable[[], object]) -> object:
    try:
        return read()
    except InvalidFile as refused:
        problems = refused.problems
    assert problems
    for problem in problems:
        assert describe(problem, "vi") != describe(problem, "en")
    return None


def agreement_is_read_or_refused(text: str) -> None:
    found = answer(lambda: read_agreement(text))
    if isinstance(found, Agreement):
        assert read_agreement(write_agreement(found)) == found


def others_are_read_or_refused(amendment: str, succession: str, sheet: str) -> None:
    answer(lambda: read_amendment(amendment, agreement=AGREEMENT))
    answer(lambda: read_succession(succession, roster=test_succession_file.ROSTER))
    answer(lambda: read_units(sheet.encode("utf-8", "surrogatepass")))


OTHERS = (
    damaged(test_amendment_file.GOOD),
    damaged(test_succession_file.TEXT),
    damaged(test_unit_sheet.SHEET),
)


@settings(UNHURRIED, max_examples=60)
@given(damaged(TEXT))
def test_a_damaged_agreement_is_read_or_refused(text: str) -> None:
    agreement_is_read_or_refused(text)


@settings(UNHURRIED, max_examples=60)
@given(*OTHERS)
def test_other_damaged_files_are_read_or_refused(
    amendment: str, succession: str, sheet: str
) -> None:
    others_are_read_or_refused(amendment, succession, sheet)


@pytest.mark.long
@settings(UNHURRIED, max_examples=5000)
@given(damaged(TEXT))
def test_a_damaged_agreement_is_read_or_refused_many_times(text: str) -> None:
    agreement_is_read_or_refused(text)


@pytest.mark.long
@settings(UNHURRIED, max_examples=5000)
@given(*OTHERS)
def test_other_damaged_files_are_read_or_refused_many_times(
    amendment: str, succession: str, sheet: str
) -> None:
    others_are_read_or_refused(amendment, succession, sheet)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**20) | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def junk_within(draw: st.DrawFn) -> dict[str, Any]:
    """The plain data of an agreement in which some values are something else."""
    data: dict[str, Any] = keep_agreement(AGREEMENT)
    for _ in range(draw(st.integers(1, 3))):
        place: Any = data
        while True:
            steps = list(place) if isinstance(place, dict) else list(range(len(place)))
            step = draw(st.sampled_from(steps))
            child = place[step]
            if not isinstance(child, dict | list) or not child or draw(st.booleans()):
                place[step] = draw(JUNK)
                break
            place = child
    return data


@settings(UNHURRIED, max_examples=150)
@given(junk_within())
def test_plain_data_of_any_shape_is_read_or_refused(data: dict[str, Any]) -> None:
    answer(lambda: agreement_from_data(data))


@settings(UNHURRIED, max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for read in (read_agreement, read_succession, read_units):
        with suppress(InvalidFile):
            read(content)
