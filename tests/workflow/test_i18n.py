"""Words, numbers and days as they are read in Vietnam, and the English beside them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from workflow import i18n
from workflow.i18n import N_, official_day, translator

if TYPE_CHECKING:
    from pathlib import Path

VI, EN = translator("vi"), translator("en")


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1234, "1.234", "1,234"),
        (-1234567, "-1.234.567", "-1,234,567"),
        (2.5, "2,5", "2.5"),
        (0.1, "0,1", "0.1"),
        (Decimal("1234.50"), "1.234,50", "1,234.50"),
        (Fraction(1, 4), "0,25", "0.25"),
    ],
)
def test_numbers(value: float | Decimal | Fraction, vietnamese: str, english: str) -> None:
    assert (VI.number(value), EN.number(value)) == (vietnamese, english)


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        (Fraction(535, 559), "95,7%"),  # the post office's own example of a rate
        (Fraction(2501, 2723), "91,8%"),
        (Fraction(13119, 15533), "84,5%"),
        (Fraction(1), "100,0%"),
        (Decimal("0.9565"), "95,7%"),  # half goes up, as people round
        (0, "0,0%"),
    ],
)
def test_rates(ratio: Fraction | Decimal, written: str) -> None:
    assert VI.percent(ratio) == written
    assert EN.percent(ratio) == written.replace(",", ".")


def test_a_rate_may_have_other_digits() -> None:
    assert VI.percent(Fraction(13119, 15533), digits=2) == "84,46%"
    assert VI.percent(Fraction(1, 2), digits=0) == "50%"


@given(st.decimals(-(10**12), 10**12, places=2))
def test_numbers_are_what_cldr_writes(value: Decimal) -> None:
    for say in (VI, EN):
        expected = format_decimal(value, format="#,##0.00", locale=say.lang)
        assert say.number(value) == expected.replace("-0,00", "0,00") or value == 0


@given(st.integers(0, 1000))
def test_rates_are_what_cldr_writes(thousandths: int) -> None:
    ratio = Decimal(thousandths) / 1000
    assert VI.percent(ratio) == format_percent(ratio, format="#,##0.0%", locale="vi")


def test_days_and_instants() -> None:
    day, at = date(2024, 3, 31), datetime(2024, 3, 31, 17, 5, tzinfo=UTC)
    assert (VI.day(day), EN.day(day)) == ("31/03/2024", "2024-03-31")
    assert (VI.instant(at), EN.instant(at)) == ("00:05 01/04/2024", "2024-04-01 00:05")
    assert VI.in_zone("UTC").instant(at) == "17:05 31/03/2024"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2025, 12, 31), "ngày 31 tháng 12 năm 2025"),
    ],
)
def test_the_day_of_a_signed_document(day: date, written: str) -> None:
    assert official_day(day) == written


@pytest.mark.parametrize(
    ("template", "fact", "written"),
    [
        ("{x}", 2024, "2024"),
        ("{x:number}", 2024, "2.024"),
        ("{x:percent}", 0.957, "95,7%"),
        ("{x}", date(2024, 3, 31), "31/03/2024"),
        ("{x:day}", "2024-03-31", "31/03/2024"),
        ("{x:day}", date(2024, 3, 31), "31/03/2024"),
        ("{x}", "2024-03-31", "2024-03-31"),
        ("{x}", datetime(2024, 3, 31, 17, tzinfo=UTC), "00:00 01/04/2024"),
        ("{x:instant}", "2024-03-31T17:00:00+00:00", "00:00 01/04/2024"),
        ("{x}", Decimal("2.5"), "2,5"),
        ("{x}", ["a", date(2024, 3, 31)], "a, 31/03/2024"),
        ("{x}", {"b", "a"}, "a, b"),
        ("{x}", None, "None"),
        ("{x:>4}", "a", "   a"),
    ],
)
def test_a_fact_is_written_by_its_type_or_as_the_text_asks(
    template: str, fact: object, written: str
) -> None:
    assert VI.gettext(template, x=fact) == written


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(KeyError):
        VI.gettext("{there} {missing}", there=1)


def test_braces_stay_where_a_text_has_no_facts() -> None:
    assert VI.gettext("{as it is}") == "{as it is}"


def test_a_text_is_translated_and_an_unknown_one_stays_english() -> None:
    assert VI(N_("line {line}"), line=7) == "dòng 7"
    assert EN(N_("line {line}"), line=7) == "line 7"
    assert VI("no such text") == "no such text"
    assert EN.has("no such text")
    assert not VI.has("no such text")


def test_vietnamese_has_one_form_and_english_two() -> None:
    count = ("{n} task", "{n} tasks")
    assert [EN.ngettext(*count, n, n=n) for n in (0, 1, 2)] == ["0 tasks", "1 task", "2 tasks"]
    assert [VI.ngettext(*count, n, n=n) for n in (1, 2)] == ["1 task", "2 task"]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no such language"):
        translator("fr")


def test_a_catalog_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "vi" / "parts"
    folder.mkdir(parents=True)
    (folder / "some.po").write_text(
        'msgid ""\nmsgstr "Language: vi\\n"\n\n'
        '# a remark\n#: some/place.py:3\nmsgid "one"\nmsgstr "một"\n\n'
        'msgid ""\n"two "\n"and \\"three\\"\\n"\nmsgstr ""\n"hai "\n"và \\"ba\\"\\n"\n\n'
        '#, fuzzy\nmsgid "four"\nmsgstr "năm"\n\n'
        'msgid "five"\nmsgstr ""\n\n'
        '#, python-brace-format\nmsgid "{n} task"\nmsgid_plural "{n} tasks"\n'
        'msgstr[0] "{n} nhiệm vụ"\n\n'
        '#~ msgid "gone"\n#~ msgstr "mất"\n',
        encoding="utf-8",
    )
    assert dict(i18n._entries(folder / "some.po")) == {
        "one": "một",
        'two and "three"\n': 'hai và "ba"\n',
        "{n} task": "{n} nhiệm vụ",
    }
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    say = translator.__wrapped__("vi")
    assert say.ngettext("{n} task", "{n} tasks", 2, n=2) == "2 nhiệm vụ"
    assert say("four") == "four"


def test_speaking_costs_no_heavy_import() -> None:
    # The command answers --help in Vietnamese within 0.3 s; Babel alone takes half of it.
    program = (
        "import sys; from workflow.i18n import translator; translator('vi');"
        "print(sorted({'babel', 'pydantic', 'sqlalchemy', 'celery'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_word_of_the_code_is_read_as_words() -> None:
    say = i18n.Translator("vi", {"in review": "đang xem xét"})
    assert say("{state:word}", state="in_review") == "đang xem xét"
    assert EN("{state:word}", state="in_review") == "in review"
