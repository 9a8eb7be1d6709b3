"""An agreement's life on the command line, and what planning is told after each step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.sources import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.camket.conftest import Shell

TU_SON = ROOT / "workflow" / "examples" / "tu-son"


def test_a_file_without_problems_is_said_to_be_so(new: Shell, files: Path) -> None:
    said = new.plain(f"agreement check {files / 'agreement.yaml'}")
    assert "no problem found; agreement ct-01, obligations: 2." in said.out
    data = new.plain(f"agreement check {files / 'agreement.yaml'} --json").data
    assert (data["is_valid"], data["obligations"]) == (True, ["du-hop", "mua-bao"])


def test_problems_stand_at_file_line_column_and_path(new: Shell, files: Path) -> None:
    path = files / "agreement.yaml"
    text = path.read_text(encoding="utf-8").replace("event: hop", "evnt: hop")
    path.write_text(text.replace("code: mua-bao", "code: mua bao"), encoding="utf-8")
    english = new.plain(f"agreement check {path}", code=2).err
    vietnamese = new.plain(f"agreement check {path}", code=2, lang="vi").err
    number = next(
        at for at, line in enumerate(path.read_text().splitlines(), 1) if "mua bao" in line
    )
    assert f"{path}:{number}:" in english
    assert "obligations[0].code — " in english
    assert "nothing was loaded" in english
    assert "chưa nạp nội dung nào" in vietnamese
    assert english.count(f"{path}:") == vietnamese.count(f"{path}:") >= 2


def test_problems_as_data(new: Shell, files: Path) -> None:
    path = files / "agreement.yaml"
    path.write_text(path.read_text().replace("clause: d1", "clause: d9"), encoding="utf-8")
    data = new.plain(f"agreement check {path} --json", code=2).data
    assert data["is_valid"] is False
    assert {"code", "line", "column", "path", "message"} <= data["problems"][0].keys()


def test_a_wrong_check_parameter_is_found_in_the_file(new: Shell, files: Path) -> None:
    path = files / "agreement.yaml"
    text = path.read_text().replace("check: attachment", "check: attachmnt")
    path.write_text(text, encoding="utf-8")
    assert "attachmnt" in new.plain(f"agreement check {path}", code=2).err


def test_two_persons_bring_an_agreement_into_force(new: Shell, files: Path) -> None:
    new(f"units import {files / 'units.csv'}")
    new(f"agreement import {files / 'agreement.yaml'}")
    refused = new("agreement activate ct-01", code=2)
    assert "another person must activate it" in refused.err
    new("user add quan-tri --name Q --role administrator --no-password")
    (planned,) = new("agreement activate ct-01 --as quan-tri --json").data
    assert planned["created"] == 10  # two wards, five quarters within 400 days
    assert planned["until"] == "2025-02-05"
    (listed,) = new("agreement list --json").data
    assert (listed["state"], listed["planned_until"]) == ("active", "2025-02-05")
    assert "ct-01\tactive" in new("agreement list").out
    (proof,) = new("coverage --json").data
    assert (proof["is_whole"], proof["tasks"]) == (True, 10)


def test_who_may_not_define_is_refused(shell: Shell, files: Path) -> None:
    for who in ("can-bo-a", "tham-dinh", "nguoi-la"):
        for verb in (
            f"agreement import {files / 'agreement.yaml'}",
            "agreement activate ct-01",
            "agreement end ct-01 --on 2024-06-01",
            f"units import {files / 'units.csv'}",
            "plan",
        ):
            refused = shell(f"{verb} --as {who}", code=2)
            assert "do not give you this" in refused.err or "may not" in refused.err


def test_an_amendment_changes_what_is_owed_from_its_day(shell: Shell, files: Path) -> None:
    path = files / "amendment.yaml"
    path.write_text(
        "agreement: ct-01\nfrom: 2024-07-01\nground: Phụ lục 01\nend: [mua-bao]\n",
        encoding="utf-8",
    )
    (done,) = shell(f"agreement amend {path} --json").data
    assert done["cancelled"] == 6  # the third quarter and later, of two wards
    left = shell("task list --json --state open").data
    assert {one["occasion"] for one in left} == {"2024-Q1", "2024-Q2"}
    text = shell("agreement export ct-01").out
    assert "2024-06-30" in text
    (proof,) = shell("coverage --json").data
    assert proof["is_whole"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from: 2024-07-01\n", "does not say which agreement"),
        ("agreement: ct-09\nfrom: 2024-07-01\nground: x\n", "no agreement ct-09"),
        ("agreement: ct-01\nfrom: 2030-07-01\nground: x\n", "amendment.yaml:2:"),
        ("- 1\n", "does not say which agreement"),
        ("agreement: [\n", "amendment.yaml:"),
    ],
)
def test_a_wrong_amendment_changes_nothing(shell: Shell, files: Path, text: str, said: str) -> None:
    path = files / "amendment.yaml"
    path.write_text(text, encoding="utf-8")
    before = shell("agreement export ct-01").out
    assert said in shell(f"agreement amend {path}", code=2).err
    assert shell("agreement export ct-01").out == before


def test_an_agreement_that_ends_cancels_what_is_not_due(shell: Shell) -> None:
    assert "tasks cancelled: 6" in shell("agreement end ct-01 --on 2024-07-01").out
    assert "is not active (ended)" in shell("plan --agreement ct-01", code=2).err
    assert shell("coverage --json").data == []


def test_what_is_exported_loads_again(shell: Shell, new: Shell, tmp_path: Path) -> None:
    shell(f"agreement export ct-01 --out {tmp_path / 'again.yaml'}")
    shell(f"units export --out {tmp_path / 'units.csv'}")
    new(f"units import {tmp_path / 'units.csv'}")
    new(f"agreement import {tmp_path / 'again.yaml'}")
    assert new("agreement export ct-01").out == shell("agreement export ct-01").out
    assert new("units export").out == shell("units export").out


def test_who_has_no_grant_in_an_agreement_does_not_see_it(shell: Shell) -> None:
    assert shell("agreement list --json --as nguoi-la").data == []
    assert "no agreement ct-01" in shell("agreement export ct-01 --as nguoi-la", code=2).err


def test_the_schema_accepts_what_ships(new: Shell) -> None:
    import jsonschema
    from ruamel.yaml import YAML

    for verb, file in (("", "agreement.yaml"), (" --amendment", "amendment-2025.yaml")):
        schema = new.plain(f"agreement schema{verb}").data
        shipped = YAML(typ="safe").load(TU_SON / file)
        jsonschema.validate(json.loads(json.dumps(shipped, default=str)), schema)


def test_planning_again_changes_nothing_and_a_nearer_day_forgets_nothing(shell: Shell) -> None:
    assert "nothing had to be changed" in shell("plan").out
    (done,) = shell("plan --until 2024-06-01 --json").data
    assert (done["created"], done["cancelled"]) == (0, 0)
    (done,) = shell("plan --until 2025-12-31 --whole --json").data
    assert done["created"] == 6
    assert "no agreement x" in shell("plan --agreement x", code=2).err


def test_coverage_names_a_gap_and_says_no(shell: Shell) -> None:
    import sqlite3

    with sqlite3.connect(shell.folder / "camket.db") as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM task WHERE id = (SELECT min(id) FROM task)")
    said = shell("coverage", code=1)
    assert "gaps 1" in said.out
    assert "mua-bao 2024-Q1: phuong-a owes a task" in said.out
    (proof,) = shell("coverage --json", code=1).data
    assert [gap["code"] for gap in proof["gaps"]] == ["coverage.task_missing"]


def test_a_preview_needs_no_database(new: Shell, files: Path) -> None:
    (files / "meetings.csv").write_text("kind,convener,date\nhop,bao,2024-02-20\n")
    (files / "days.csv").write_text("date,kind,name\n2024-03-29,off,Nghỉ bù\n")
    line = (
        f"preview {files / 'agreement.yaml'} --units {files / 'units.csv'}"
        f" --meetings {files / 'meetings.csv'} --calendar {files / 'days.csv'}"
        " --from 2024-01-01 --until 2024-07-01"
    )
    data = new.plain(f"{line} --json").data
    keys = [one["key"] for one in data["tasks"]]
    assert "mua-bao/2024-Q1/phuong-a" in keys
    assert "du-hop/meeting:1/bao" in keys
    assert len(keys) == 5
    shown = new.plain(line).out
    assert "Tasks: 5." in shown
    assert "week" in shown
    wrong = "--from 2024-07-01 --until 2024-01-01"
    assert "wrong way round" in new.plain(f"preview {files / 'agreement.yaml'} {wrong}", code=2).err


def test_the_shipped_example_can_be_previewed_without_units(new: Shell) -> None:
    data = new.plain(
        f"preview {TU_SON / 'agreement.yaml'} --from 2024-01-01 --until 2024-02-01 --json"
    ).data
    assert {one["unit"] for one in data["tasks"]} == {None}
    assert data["undated"]
    assert any(one["reasons"] for one in data["tasks"])
