"""A weekly schedule on the command line: listed first, recorded by the entries that are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.worlds import day
from workflow.examples.schedules import ScheduleEntry, SchedulePaper, schedule_xlsx

if TYPE_CHECKING:
    from pathlib import Path

    from tests.camket.conftest import Shell

ADD = "meeting add --kind hop --convener thanh-pho --title Giao-ban --on 2024-01-01"


@pytest.fixture
def file(tmp_path: Path, shell: Shell) -> Path:
    shell(ADD)
    paper = SchedulePaper(
        office="Ủy ban nhân dân",
        number=8,
        from_on=day("2024-02-19"),
        last_on=day("2024-02-25"),
        entries=tuple(
            ScheduleEntry(on=day(f"2024-02-{number}"), hour=8, content=content)
            for number, content in ((19, "Giao ban"), (20, "Tiếp công dân"), (21, "Đi cơ sở"))
        ),
    )
    path = tmp_path / "tuan-8.xlsx"
    path.write_bytes(schedule_xlsx(paper))
    return path


def days(shell: Shell) -> list[str]:
    return [one["on"] for one in shell("meeting list --from 2024-02-01 --json").data]


def test_entries_are_listed_and_nothing_is_recorded(shell: Shell, file: Path) -> None:
    said = shell(f"meeting import {file}").out
    assert "hop (likely)" in said
    assert "Nothing is recorded yet" in said
    assert days(shell) == []
    listed = shell(f"meeting import {file} --json").data
    assert [(one["likeness"], one["effect"]) for one in listed["entries"]] == [
        ("likely", "added"),
        ("none", "nothing"),
        ("none", "nothing"),
    ]


def test_the_likely_ones_are_recorded_once(shell: Shell, file: Path) -> None:
    assert "added" in shell(f"meeting import {file} --rows likely").out
    assert "unchanged" in shell(f"meeting import {file} --rows likely").out
    assert days(shell) == ["2024-02-19"]


def test_entries_named_by_number_take_what_was_given(shell: Shell, file: Path) -> None:
    shell("meeting add --kind hop --convener thanh-pho --on 2024-02-23")
    said = shell(f"meeting import {file} --rows 2,3 --kind hop --convener thanh-pho").out
    assert said.count("added") == 2
    assert "leaves out No. 2 of 2024-02-23" in said.replace("23/02/2024", "2024-02-23")
    assert days(shell) == ["2024-02-20", "2024-02-21", "2024-02-23"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("--rows x", "no choice of entries"),
        ("--rows 2", "Choose the kind"),
        ("--rows 2 --kind hop", "Name the unit"),
        ("--rows 1 --as can-bo-a", "may not"),
    ],
)
def test_a_wrong_choice_records_nothing(shell: Shell, file: Path, rows: str, text: str) -> None:
    assert text in shell(f"meeting import {file} {rows}", code=2).err
    assert days(shell) == []


def test_an_entry_without_a_day_is_said_and_refused(shell: Shell, tmp_path: Path) -> None:
    from workflow.examples.office_files import sheet_file

    path = tmp_path / "lich.xlsx"
    path.write_bytes(sheet_file([("LỊCH CÔNG TÁC",), ("Ngày", "Nội dung"), ("Cả tuần", "Họp")]))
    assert "cannot be told" in shell(f"meeting import {path}").out
    wanted = f"meeting import {path} --rows 1 --kind hop --convener thanh-pho"
    assert "by hand" in shell(wanted, code=2).err
