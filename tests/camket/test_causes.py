"""What makes duties owed, on the command line: units, days off, meetings, requests, figures."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.camket.conftest import task_number
from tests.factories import duty, offices
from tests.worlds import agreement, obligation
from workflow.domain.agreement import Party
from workflow.domain.triggers import Event, Length, When
from workflow.domain.units import Selector
from workflow.intake.agreement_file import write_agreement
from workflow.intake.unit_sheet_writing import write_units

if TYPE_CHECKING:
    from pathlib import Path

    from tests.camket.conftest import Shell

ADD = "meeting add --kind hop --convener thanh-pho --on 2024-02-20"


@pytest.fixture
def asking(new: Shell, files: Path) -> Shell:
    """A shell where the paper may ask a ward, and where a figure that falls short is chased."""
    parties = (
        Party(code="tp", name="Thành ủy", members=Selector(under=frozenset({"thanh-pho"}))),
        Party(code="bao", name="Báo", members=Selector(kinds=frozenset({"bao"}))),
    )
    said = agreement(
        duty("tra-loi", trigger=Event(kind="de-nghi")),
        obligation(
            "chan-chinh",
            trigger=When(
                figure="ty-le",
                period=Length.QUARTER,
                below=Decimal(100),
                evaluated_after=10,
                per_unit=False,
            ),
            bearer=Selector(keys=frozenset({"thanh-pho"})),
        ),
        parties=parties,
    )
    (files / "asking.yaml").write_text(write_agreement(said), encoding="utf-8")
    new(f"units import {files / 'units.csv'}")
    new(f"agreement import {files / 'asking.yaml'}")
    for key, role in (
        ("quan-tri", "administrator"),
        ("bao", "reviewer:agreement=ct-01:party=bao"),
        ("tp", "reviewer:agreement=ct-01:party=tp"),
    ):
        new(["user", "add", key, "--name", key, "--no-password", "--role", role])
    new("agreement activate ct-01 --as quan-tri")
    return new


def test_units_are_compared_before_they_are_loaded(shell: Shell, files: Path) -> None:
    path = files / "units.csv"
    (path).write_text(
        write_units(offices()).replace("Đơn vị phuong-a", "Phường A")
        + "phuong-c,phuong,Phường C,,thanh-pho,,,2020-01-01,,,,,\n",
        encoding="utf-8",
    )
    tried = shell(f"units import {path} --dry-run")
    assert "Would be added 1, changed 1, unchanged 3; nothing was written." in tried.out
    assert "+ phuong-c" in tried.out
    assert shell("coverage --json").data[0]["tasks"] == 10
    done = shell(f"units import {path} --json").data
    assert (done["added"], done["changed"]) == (["phuong-c"], ["phuong-a"])
    assert done["planned"][0]["created"] == 5
    again = shell(f"units import {path}").out
    assert "added 0, changed 0, unchanged 5" in again
    assert "is planned" not in again
    shown = shell("units list").out
    assert "phuong-c\tphuong\tPhường C\t\tthanh-pho" in shown
    assert shell("coverage --json").data[0]["is_whole"]


def test_a_wrong_unit_sheet_loads_nothing_and_names_every_row(shell: Shell, files: Path) -> None:
    path = files / "units.csv"
    path.write_text("key,kind,name\nphuong-x,phuong,X\nphường y,phuong,Y\n,phuong,Z\n")
    refused = shell(f"units import {path}", code=2).err
    assert f"{path}:3:1 key — " in refused
    assert f"{path}:4:1 key — " in refused
    assert "phuong-x" not in shell("units list").out


def test_warnings_are_told_and_load(shell: Shell, files: Path) -> None:
    path = files / "units.csv"
    path.write_text("key,kind,name,tax_code\nphuong-x,phuong,X,0101234567\n")
    said = shell(f"units import {path}")
    assert f"{path}:2:4 tax_code — " in said.err
    assert "Units added 1" in said.out
    assert shell(f"units import {path} --json").data["warnings"]


def test_a_meeting_is_added_moved_and_cancelled(shell: Shell) -> None:
    added = shell(f"{ADD} --json").data
    assert added["events"] == [{"id": 1, "kind": "hop", "outcome": "added"}]
    assert added["planned"][0]["created"] == 1
    assert "unchanged" in shell(ADD).out
    assert shell(f"{ADD} --json").data["planned"] == []
    assert "moved" in shell("meeting move 1 --to 2024-02-22 --reason x").out
    (listed,) = shell("meeting list --json").data
    assert (listed["on"], listed["first_on"]) == ("2024-02-22", "2024-02-20")
    assert shell("meeting list --from 2024-02-23 --json").data == []
    assert shell("meeting list --until 2024-02-22 --json").data == []
    assert "1\tmeeting\thop\t2024-02-22\theld\tthanh-pho" in shell("meeting list").out
    assert shell("meeting cancel 1 --json").data["planned"][0]["cancelled"] == 1
    number = task_number(shell, "du-hop/meeting:1/bao")
    assert shell(f"task show {number} --json").data["task"]["state"] == "cancelled"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("meeting move 9 --to 2024-02-22", "no meeting or request number 9"),
        ("meeting cancel 9", "no meeting or request number 9"),
        (ADD.replace("thanh-pho", "khong-co"), "no unit khong-co"),
        (f"{ADD} --as can-bo-a", "may not do this"),
        (f"{ADD} --as nguoi-la", "may not do this"),
        (f"{ADD} --as khong-co", "khong-co"),
    ],
)
def test_a_wrong_meeting_is_refused(shell: Shell, line: str, said: str) -> None:
    assert said in shell(line, code=2).err
    assert shell("meeting list --json").data == []


def test_meetings_come_from_a_calendar_and_are_kept_up_to_date(shell: Shell, files: Path) -> None:
    def calendar(day: str, sequence: int, status: str = "CONFIRMED") -> str:
        path = files / "lich.ics"
        path.write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1@tp\r\n"
            f"DTSTART;VALUE=DATE:{day}\r\nSEQUENCE:{sequence}\r\nSTATUS:{status}\r\n"
            "SUMMARY:Phiên họp\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        return f"meeting import {path} --kind hop --convener thanh-pho --json"

    assert shell(calendar("20240220", 0)).data["events"][0]["outcome"] == "added"
    assert shell(calendar("20240222", 1)).data["planned"][0]["shifted"] == 1
    assert shell(calendar("20240220", 0)).data["events"][0]["outcome"] == "unchanged"
    assert shell(calendar("20240222", 2, "CANCELLED")).data["planned"][0]["cancelled"] == 1


def test_a_wrong_meeting_file_loads_nothing(shell: Shell, files: Path) -> None:
    path = files / "hop.csv"
    path.write_text("kind,convener,date\nhop,thanh-pho,2024-02-20\nhop,thanh-pho,mai\n")
    assert f"{path}:3:3 date — " in shell(f"meeting import {path}", code=2).err
    path.write_text("kind,convener,date\nhop,thanh-pho,2024-02-20\nhop,khong-co,2024-02-21\n")
    assert "khong-co" in shell(f"meeting import {path}", code=2).err
    assert shell("meeting list --json").data == []


def test_a_request_is_filed_by_who_receives(asking: Shell) -> None:
    line = "request add --kind de-nghi --by bao --to phuong-a --on 2024-02-20"
    assert "may not do this" in asking(f"{line} --as tp", code=2).err
    assert "created 1" in asking(f"{line} --as bao").out
    (task,) = asking("task list --json --obligation tra-loi").data
    assert (task["occasion"], task["unit"]) == ("request:1", "phuong-a")


def test_a_figure_that_falls_short_is_chased_once(asking: Shell, files: Path) -> None:
    path = files / "so-lieu.csv"
    path.write_text("figure,period,value\nty-le,2024-Q1,95.5\n")
    april = "2024-04-12T09:00"
    done = asking(f"figure import {path} --json", at=april).data
    assert (done["read"], done["changed"], done["planned"][0]["created"]) == (1, 1, 1)
    kept = done["source_sha256"]
    assert (asking.folder / "evidence" / kept[:2] / kept[2:4] / kept).is_file()
    assert "differ from before: 0" in asking(f"figure import {path}", at=april).out
    (task,) = asking("task list --json --obligation chan-chinh", at=april).data
    assert task["occasion"] == "2024-Q1"
    path.write_text("figure,period,value\nty-le,2024-Q5,x\n")
    refused = asking(f"figure import {path}", at=april, code=2).err
    assert f"{path}:2:2 period — " in refused
    assert f"{path}:2:3 value — " in refused


def test_a_day_off_moves_due_days_of_untouched_tasks(shell: Shell, files: Path) -> None:
    shown = shell("calendar show 2026 --json").data
    assert {key: value for key, value in shown[1].items() if key in {"day_on", "is_off"}} == {
        "day_on": "2026-01-02",
        "is_off": True,
    }
    assert "2026-01-10\tworked" in shell("calendar show 2026").out
    path = files / "ngay.csv"
    path.write_text("ngay,loai,ten\n29/03/2024,nghỉ,Ngày nghỉ thử\n")
    done = shell(f"calendar import {path} --json").data
    assert (done["added"], done["changed"]) == (1, 0)
    assert "Days added 0, changed 0, unchanged 1." in shell(f"calendar import {path}").out
    assert "2024-03-29\toff\tNgày nghỉ thử\toverlay" in shell("calendar show 2024").out
    path.write_text("ngay,loai\nhôm qua,nghỉ\n")
    assert f"{path}:2:1 date — " in shell(f"calendar import {path}", code=2).err
    assert "no working calendar x" in shell("calendar show 2024 --calendar x", code=2).err
