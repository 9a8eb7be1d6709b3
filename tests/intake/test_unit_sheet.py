# A table is read by its rows.
# ruff: noqa: E501

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.units import FOREVER, Dated, Span, Unit, UnitQuota
from workflow.intake.form import FIRST_DAY
from workflow.intake.unit_sheet import UnitSheet, read_units
from workflow.intake.unit_sheet_writing import write_units
from workflow.labels import describe

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import DrawFn

SHEET = """\
key,kind,name,code,parent,tags,opened,closed,from,tax_code,budget_code,paid_by,mail,quota:bbn,funds:bbn
tu-son,thanh-pho,Thành phố Từ Sơn,261,,cap-huyen,,2025-07-01,,0100109106,1234567,,a@b.invalid,,
dong-ngan,phuong,Phường Đông Ngàn,09367,tu-son,noi-thi mua-bao,2008-09-24,,,,,tu-son,,5,ngân sách
dong-ngan,,Phường Từ Sơn,,-,,,,2025-07-01,,,,,12,
"""


def read(content: str | bytes, **more: Any) -> UnitSheet:
    return read_units(content if isinstance(content, bytes) else content.encode(), **more)


def problems(content: str | bytes, **more: Any) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InvalidFile) as refused:
        read(content, **more)
    return [said(each) for each in refused.value.problems]


def said(problem: Problem) -> tuple[str, int | None, str]:
    assert describe(problem, "en") != describe(problem, "vi")
    return problem.code, problem.line, problem.path


def workbook(*rows: tuple[Any, ...], **sheets: list[tuple[Any, ...]]) -> bytes:
    book = Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_unit_is_read_with_its_history() -> None:
    city, ward = read(SHEET).units
    assert city.life == Span(from_on=FIRST_DAY, until_on=date(2025, 7, 1))
    assert (city.tax_code, city.budget_code, city.mail) == (
        "0100109106",
        "1234567",
        "a@b.invalid",
    )
    before, after = (
        Span(from_on=date(2008, 9, 24), until_on=date(2025, 7, 1)),
        Span(from_on=date(2025, 7, 1)),
    )
    whole = Span(from_on=date(2008, 9, 24))
    assert ward == Unit(
        key="dong-ngan",
        kind="phuong",
        life=whole,
        names=(
            Dated(value="Phường Đông Ngàn", span=before),
            Dated(value="Phường Từ Sơn", span=after),
        ),
        codes=(Dated(value="09367", span=whole),),
        tags=(Dated(value="mua-bao", span=whole), Dated(value="noi-thi", span=whole)),
        parents=(Dated(value="tu-son", span=before),),
        quotas=(
            UnitQuota(title="bbn", copies=5, span=before, funds="ngân sách"),
            UnitQuota(title="bbn", copies=12, span=after, funds="ngân sách"),
        ),
        paid_by="tu-son",
    )
    assert read(SHEET).warnings == ()


def test_a_fact_may_pause_and_come_back() -> None:
    rows = "key,kind,name,from,quota:bbn\na,k,A,,5\na,,,2023-01-01,-\na,,,2024-01-01,5\n"
    (unit,) = read(rows).units
    assert [(each.copies, each.span.until_on) for each in unit.quotas] == [
        (5, date(2023, 1, 1)),
        (5, FOREVER),
    ]


def test_headings_may_be_vietnamese_and_stand_below_a_title() -> None:
    content = workbook(
        ("DANH SÁCH ĐƠN VỊ", None),
        (),
        ("STT", "Mã định danh", "Tên đơn vị", "LOẠI", "Trực thuộc", "Nhãn", "Ngày thành lập", "MST", "MĐVQHNSach", "Định mức: bbn", "Bắt buộc:bbn", "Ghi chú"),
        (1, "ubnd", "Ủy ban  nhân dân", "co-quan", None, None, datetime(2008, 9, 24), 100109106, 1023456, 3, "không", "x"),
        (2, "p-td", "Phòng Tư pháp", "co-quan", "ubnd", "a; b,c", "24/09/2008", "0100109106", "ABC1234", "4.0", None, None),
        (3, "p-nv", "Phòng Nội vụ", "co-quan", "ubnd", None, 39715, None, None, 0, None, None),
    )  # fmt: skip
    committee, justice, interior = read(content).units
    assert committee.life.from_on == justice.life.from_on == date(2008, 9, 24)
    assert interior.life.from_on == date(2008, 9, 24)
    assert (committee.tax_code, committee.budget_code) == ("0100109106", "1023456")
    assert committee.names[0].value == "Ủy ban nhân dân"
    assert [tag.value for tag in justice.tags] == ["a", "b", "c"]
    assert [(each.copies, each.is_mandatory) for each in committee.quotas] == [(3, False)]
    assert [(each.copies, each.is_mandatory) for each in justice.quotas] == [(4, True)]
    assert interior.quotas == ()


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_separators_marks_and_forms_of_letters_are_recognised(separator: str) -> None:
    decomposed = "key,kind,name\na,k,Đông Ngàn\n".replace(",", separator)
    content = b"\xef\xbb\xbf" + decomposed.replace("\n", "\r\n").encode()
    assert read(content).units[0].names[0].value == "Đông Ngàn"


def test_later_rows_may_stand_in_a_sheet_or_a_file_of_their_own(tmp_path: Path) -> None:
    first, later = ("key", "kind", "name"), ("key", "name", "from")
    content = workbook(
        first, ("a", "k", "Cũ"), History=[later, ("a", "Mới", "2024-01-01")], Notes=[("x",)]
    )
    units = read(content).units
    main, history = tmp_path / "units.csv", tmp_path / "doi-ten.csv"
    main.write_text("key,kind,name\na,k,Cũ\n")
    history.write_text("key,name,from\na,Mới,2024-01-01\n")
    assert read_units(main, history=history).units == units
    assert [each.value for each in units[0].names] == ["Cũ", "Mới"]
    history.write_text("key,name,from\na,Mới,2024-02-30\n")
    with pytest.raises(InvalidFile) as refused:
        read_units(main, history=history)
    assert [said(each) for each in refused.value.problems] == [
        ("form.expected_day", 2, "doi-ten.csv from")
    ]


def test_hidden_sheets_are_passed_over() -> None:
    book = Workbook()
    hidden = book.create_sheet("old")
    hidden.sheet_state = "hidden"
    for sheet, key in ((book.active, "a"), (hidden, "b")):
        assert sheet is not None
        sheet.append(("key", "kind", "name"))
        sheet.append((key, "k", "Tên"))
    content = io.BytesIO()
    book.save(content)
    assert [unit.key for unit in read(content.getvalue()).units] == ["a"]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",k,Tên", "sheet.needed", "key"),
        ("đơn vị,k,Tên", "form.bad_code", "key"),
        (f"{'x' * 65},k,Tên", "form.text_too_long", "key"),
        ("a,,Tên", "sheet.needed", "kind"),
        ("a,Cơ quan,Tên", "form.bad_code", "kind"),
        ("a,k,", "sheet.needed", "name"),
        ("a,k,=1+1", "sheet.formula_as_text", "name"),
        ("a,k,T\x08", "form.control_character", "name"),
        ("a,k,T,,x y!", "form.bad_code", "tags"),
        ("a,k,T,,,31/02/2024", "form.expected_day", "opened"),
        ("a,k,T,,,1/1/1900", "form.day_out_of_range", "opened"),
        ("a,k,T,,,2024-01-01,2024-01-01", "units.closes_before_opening", "closed"),
        ("a,k,T,,,2024-01-01,,2024-02-01", "units.first_row_later", "from"),
        ("a,k,T,,,,,,123", "units.tax_code_form", "tax_code"),
        ("a,k,T,,,,,,,12345678", "units.budget_code_form", "budget_code"),
        ("a,k,T,,,,,,,,b", "units.unknown_unit", "paid_by"),
        ("a,k,T,,,,,,,,,no-at", "units.mail_form", "mail"),
        ("a,k,T,,,,,,,,,,1.5", "form.expected_whole_number", "quota:bbn"),
        ("a,k,T,,,,,,,,,,-1", "form.expected_whole_number", "quota:bbn"),
        ("a,k,T,,,,,,,,,,1000001", "form.too_large_number", "quota:bbn"),
        ("a,k,T,,,,,,,,,,,maybe", "sheet.expected_yes_or_no", "mandatory:bbn"),
        ("a,k,T,,,,,,,,,,,no", "units.quota_missing", "mandatory:bbn"),
        ("a,k,T,b", "units.unknown_unit", "parent"),
        ("a,k,T,a", "units.circle", "parent"),
        ("a,k,T\na,k,T", "units.key_twice", "key"),
        ("a,k,T\na,,,,,,,2024-01-01\na,,,,,,,2024-01-01", "units.key_twice", "key"),
        ("a,k,T\na,other,,,,,,2024-01-01", "units.not_dated", "kind"),
        ("a,k,T,,,2024-01-01\na,,,,,,,2023-01-01", "units.outside_life", "from"),
        ("a,k,T,,,,2024-01-01\na,,,,,,,2024-01-01", "units.outside_life", "from"),
        ("a,k,T\na,,-,,,,,2024-01-01", "sheet.needed", "name"),
    ],
)
def test_each_mistake_is_named_by_row_and_column(row: str, code: str, column: str) -> None:
    heading = "key,kind,name,parent,tags,opened,closed,from,tax_code,budget_code,paid_by,mail,quota:bbn,mandatory:bbn"
    with pytest.raises(InvalidFile) as refused:
        read(f"{heading}\nb0,k,Đúng\n{row}\n")
    (problem,) = refused.value.problems
    assert said(problem) == (code, 3 + row.count("\n"), column)
    assert problem.column == heading.split(",").index(column) + 1


def test_all_mistakes_are_named_at_once() -> None:
    found = problems("key,kind,name,mail\nđ,k,,x\na,,T,\na,,,y\n")
    assert found == [
        ("form.bad_code", 2, "key"),
        ("units.mail_form", 2, "mail"),
        ("sheet.needed", 3, "kind"),
        ("units.key_twice", 4, "key"),
        ("units.mail_form", 4, "mail"),
    ]


def test_a_circle_is_found_on_the_day_on_which_it_closes() -> None:
    rows = "key,kind,name,parent,from\na,k,A,\nb,k,B,a\nc,k,C,b\na,,,c,2024-01-01\n"
    with pytest.raises(InvalidFile) as refused:
        read(rows)
    (problem,) = refused.value.problems
    assert said(problem)[0] == "units.circle"
    assert problem.facts == {"circle": ["a", "c", "b", "a"]}


def test_units_that_exist_already_may_be_named() -> None:
    rows = "key,kind,name,parent,paid_by\nb,k,B,a,a\n"
    assert problems(rows) == [
        ("units.unknown_unit", 2, "parent"),
        ("units.unknown_unit", 2, "paid_by"),
    ]
    (above,) = read("key,kind,name\na,k,A\n").units
    assert read(rows, known=[above]).units[0].parents[0].value == "a"


def test_what_is_odd_is_a_warning() -> None:
    sheet = read(
        workbook(
            ("key", "kind", "name", "code", "parent", "tax_code", "opened", "closed"),
            ("a", "k", "A", 9367, None, "0101234567", None, "2024-01-01"),
            ("b", "k", "B", None, "a", None, "2020-01-01", None),
        )
    )
    assert [said(each) for each in sheet.warnings] == [
        ("units.code_is_number", 2, "code"),
        ("units.tax_code_check", 2, "tax_code"),
        ("units.parent_not_alive", 3, "parent"),
    ]


def test_a_code_names_one_unit_on_a_day_and_may_be_used_again_later() -> None:
    heading = "key,kind,name,code,opened,closed\n"
    assert len(read(f"{heading}a,k,A,1,,2024-01-01\nb,k,B,1,2024-01-01,\n").units) == 2
    assert problems(f"{heading}a,k,A,1,,2024-01-02\nb,k,B,1,2024-01-01,\n") == [
        ("units.code_shared", 2, "code"),
        ("units.code_shared", 3, "code"),
    ]
    (known,) = read(f"{heading}a,k,A,1,,\n").units
    assert problems(f"{heading}b,k,B,1,,\n", known=[known]) == [("units.code_shared", 2, "code")]


def test_formulas_count_by_the_value_that_was_reckoned() -> None:
    assert problems(workbook(("key", "kind", "name"), ("a", "k", "=1+1"))) == [
        ("sheet.formula_without_value", 2, "Sheet")
    ]


def test_cells_of_several_rows_must_not_be_merged() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Danh sách", None),
        (None, None),
        ("key", "kind", "name"),
        ("a", "k", "A"),
        ("b", None, "B"),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:B2")
    sheet.merge_cells("B4:B5")
    content = io.BytesIO()
    book.save(content)
    found = problems(content.getvalue())
    assert ("sheet.merged", 5, "Sheet") in found
    assert [line for code, line, _ in found if code == "sheet.merged"] == [5]


def test_a_workbook_that_claims_a_wrong_size_is_read_whole() -> None:
    content = workbook(("key", "kind", "name"), ("a", "k", "A"), ("b", "k", "B"))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'ref="A1:C3"', b'ref="A1:A1"'))
    assert len(read(changed.getvalue()).units) == 2


def test_entities_are_never_expanded() -> None:
    content = workbook(("key", "kind", "name"), ("a", "k", "A"))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part.endswith("sheet1.xml"):
                text = b'<!DOCTYPE x [<!ENTITY e "boom">]>' + text
            new.writestr(part, text)
    assert problems(changed.getvalue()) == [("sheet.unreadable", None, "")]


def test_old_and_locked_workbooks_are_named_as_such() -> None:
    assert problems(b"\xd0\xcf\x11\xe0" + b"x" * 500) == [("sheet.old_format", None, "")]


# --- writing -------------------------------------------------------------------------

keys = st.sampled_from(["a", "b", "c", "d"])
changes = st.sampled_from([FIRST_DAY, date(2020, 1, 1), date(2023, 7, 1), date(2024, 3, 15)])


@st.composite
def spans(
    draw: DrawFn, values: st.SearchStrategy[Any], life: Span, *, gaps: bool
) -> list[tuple[Any, Span]]:
    days = sorted({life.from_on, *draw(st.sets(changes.filter(life.covers)))})
    found: list[tuple[Any, Span]] = []
    for begin, end in zip(days, [*days[1:], life.until_on], strict=True):
        value = draw(values | st.none() if gaps else values)
        if value is None:
            continue
        if found and found[-1][0] == value and found[-1][1].until_on == begin:
            begin = found.pop()[1].from_on  # noqa: PLW2901 - equal neighbours are one
        found.append((value, Span(from_on=begin, until_on=end)))
    return found


@st.composite
def units(draw: DrawFn, key: str, above: list[str]) -> Unit:
    names = st.sampled_from(["Phường Đông Ngàn", 'Trường "A"', "UBND, HĐND", "Chi bộ 1"])
    opened = draw(st.sampled_from([FIRST_DAY, date(2020, 1, 1)]))
    life = Span(from_on=opened, until_on=draw(st.sampled_from([FOREVER, date(2025, 7, 1)])))

    def dated(values: st.SearchStrategy[str], *, gaps: bool = True) -> tuple[Dated, ...]:
        drawn = draw(spans(values, life, gaps=gaps))
        return tuple(Dated(value=value, span=span) for value, span in drawn)

    quota = st.tuples(st.integers(1, 50), st.booleans(), st.sampled_from(["", "ngân sách"]))
    return Unit(
        key=key,
        kind=draw(st.sampled_from(["co-quan", "truong"])),
        life=life,
        names=dated(names, gaps=False),
        codes=dated(st.just(f"0936{key}")),
        tags=tuple(tag for name in ("x", "y") for tag in dated(st.just(name))),
        parents=dated(st.sampled_from(above)) if above else (),
        quotas=tuple(
            UnitQuota(title=title, copies=copies, span=span, is_mandatory=mandatory, funds=funds)
            for title in ("bbn", "nd")
            for (copies, mandatory, funds), span in draw(spans(quota, life, gaps=True))
        ),
        tax_code=draw(st.none() | st.sampled_from(["0100109106", "0314409058-002"])),
        budget_code=draw(st.none() | st.sampled_from(["1023456", "ABC1234"])),
        paid_by=draw(st.none() | st.sampled_from(above)) if above else None,
        mail=draw(st.none() | st.just("a@example.invalid")),
    )


@st.composite
def several(draw: DrawFn) -> list[Unit]:
    found: list[Unit] = []
    for key in draw(st.lists(keys, unique=True, min_size=1)):
        found.append(draw(units(key, [unit.key for unit in found])))
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(several())
def test_writing_and_reading_again_gives_the_same_units(listed: list[Unit]) -> None:
    assert list(read(write_units(listed)).units) == listed


def test_a_unit_that_never_changes_stands_on_one_row() -> None:
    assert write_units(read("key,kind,name\na,k,A\n").units).splitlines() == [
        "key,kind,name,code,parent,tags,from,opened,closed,tax_code,budget_code,paid_by,mail",
        "a,k,A,,,,,,,,,,",
    ]


def test_only_what_changes_stands_on_a_later_row() -> None:
    assert write_units(read(SHEET).units).splitlines()[3] == (
        "dong-ngan,,Phường Từ Sơn,,-,,2025-07-01,,,,,,,12,,"
    )
