"""A quarter of the shipped example through the command line alone, to an issued report."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING

from tests.camket.conftest import Shell
from tests.sources import ROOT
from workflow.examples.specimens import attendance_xlsx

if TYPE_CHECKING:
    from pathlib import Path

TU_SON = ROOT / "workflow" / "examples" / "tu-son"
CODE = "TS-BBN-2023"
APRIL = "2024-04-02T09:00"
WHICH = f"--agreement {CODE} --period 2024-Q1"


def test_from_an_empty_folder_to_a_verified_report(tmp_path: Path) -> None:
    shell = Shell(folder=tmp_path / "data")
    shell.plain(f"migrate --simulated --data {shell.folder}")
    agreement_comes_into_force(shell)
    a_meeting_is_answered(shell, tmp_path)
    the_quarter_is_reported(shell, tmp_path)
    what_was_issued_is_held_to(shell, tmp_path)


def agreement_comes_into_force(shell: Shell) -> None:
    """January: units and agreement are loaded, and a second person activates."""
    assert shell(f"units import {TU_SON / 'units.csv'} --dry-run --json").data["is_dry_run"]
    assert shell("units list --json").data == []
    loaded = shell(f"units import {TU_SON / 'units.csv'} --json").data
    assert (len(loaded["added"]) > 60, loaded["changed"]) == (True, [])
    shell(f"agreement import {TU_SON / 'agreement.yaml'}")
    for key, role in {
        "quan-tri": "administrator",
        "bao": "unit_officer:unit=bao-bac-ninh",
        "tham-dinh": "reviewer",
        "lanh-dao": f"leader:agreement={CODE}",
    }.items():
        shell(["user", "add", key, "--name", key, "--no-password", "--role", role])
    assert "another person" in shell(f"agreement activate {CODE}", code=2).err
    assert "created" in shell(f"agreement activate {CODE} --as quan-tri").out
    assert "nothing had to be changed" in shell("plan").out


def a_meeting_is_answered(shell: Shell, folder: Path) -> None:
    """February: a meeting is announced, then moved, and the paper sends a reporter."""
    meeting = "meeting add --kind hop-ubnd --convener ubnd --on 2024-02-20 --json"
    added = shell(meeting, at="2024-02-01T09:00").data
    (event,) = added["events"]
    assert event["outcome"] == "added"
    moved = shell(f"meeting move {event['id']} --to 2024-02-22 --json", at="2024-02-05T09:00").data
    assert moved["planned"][0]["shifted"] == 2
    key = f"cu-pv-ubnd/meeting:{event['id']}/bao-bac-ninh"
    tasks = {one["key"]: one for one in shell("task list --json --limit 9999").data}
    assert tasks[key]["due_on"] == "2024-02-22"
    number = tasks[key]["task_id"]
    sheet = folder / "diem-danh.xlsx"
    sheet.write_bytes(
        attendance_xlsx(
            meeting="Phiên họp thường kỳ tháng 2 của Ủy ban nhân dân thành phố",
            event_on=date(2024, 2, 22),
            delegates=(
                ("Phóng viên", "Phóng viên", "Báo Bắc Ninh"),
                ("Chánh Văn phòng", "Chánh Văn phòng", "Văn phòng HĐND và UBND thành phố"),
            ),
        )
    )
    evening = "2024-02-22T18:00"
    shell(f"task evidence add {number} {sheet} --as bao", at=evening)
    shell("work --until-idle", at=evening)
    (item,) = shell(f"task show {number} --json", at=evening).data["items"]
    assert item["verdict"]["outcome"] == "passed", item["verdict"]
    shell(f"task submit {number} --as bao", at=evening)
    shell("work --until-idle", at=evening)
    state = shell(f"task show {number} --json", at=evening).data["task"]["state"]
    if state == "in_review":
        shell(f"review confirm {number} --as tham-dinh", at="2024-02-23T09:00")
    line = shell(f"task show {number} --json", at="2024-02-23T09:00").data["task"]
    assert (line["state"], line["timeliness"], line["done_on"]) == (
        "accepted",
        "on_time",
        "2024-02-22",
    )
    clause = shell(f"task why {number} --json", at=evening).data["clause"]
    assert clause["code"] == "du-ubnd"

    # The news follows what the paper did, planned by the work that acceptance asked for.
    shell("work --until-idle", at="2024-02-23T09:00")
    assert shell("coverage --json", at="2024-02-23T09:00").data[0]["is_whole"]


def the_quarter_is_reported(shell: Shell, folder: Path) -> None:
    """April: the quarter is cut off, reported, approved by a leader and issued."""
    april = APRIL
    assert shell(f"report draft {WHICH}", at="2024-03-30T09:00", code=2).err
    drafted = shell(f"report draft {WHICH} --json", at=april).data
    assert drafted["state"] == "draft"
    shell(
        ["report", "write", *WHICH.split(), "--place", "strengths", "--text", "Nộp sớm."], at=april
    )
    composed = shell(f"report sentences {WHICH} --json", at=april).data
    assert {"results.units", "plans.coming"} <= {one["key"] for one in composed}
    told = shell(f"report sentences {WHICH} --take results.units --confirm results", at=april).out
    assert "results.units [taken]" in told
    left = "--put-back results.units --leave-out plans.coming"
    assert "plans.coming [left out]" in shell(f"report sentences {WHICH} {left}", at=april).out
    assert shell(f"report sentences {WHICH} --take x", at=april, code=2).err
    assert shell(f"report draft {WHICH}", at=april).out.count("draft") == 1
    assert "docx" in shell(f"report show {WHICH} --format odt --out x", at=april, code=2).err
    preview = shell(
        ["report", "show", *WHICH.split(), "--format", "html", "--out", str(folder / "xem")],
        at=april,
    )
    (html,) = (folder / "xem").iterdir()
    assert str(html) in preview.out
    assert "Nộp sớm." in html.read_text(encoding="utf-8")
    assert shell(f"report approve {WHICH}", at=april, code=2).err
    shell(f"report approve {WHICH} --as lanh-dao", at=april)
    shell(f"report send-back {WHICH} --reason x --as lanh-dao", at=april)
    shell(f"report approve {WHICH} --as lanh-dao", at=april)
    out = folder / "ra"
    issued = shell(
        ["report", "issue", *WHICH.split(), "--format", "html,json", "--out", str(out), "--json"],
        at=april,
    ).data
    assert issued["state"] == "issued"
    assert issued["number"]
    (content,) = out.glob("*.json")
    assert hashlib.sha256(content.read_bytes()).hexdigest() == issued["sha256"]
    assert json.loads(content.read_text(encoding="utf-8"))["is_simulated"] is True
    assert sorted(str(one) for one in out.iterdir()) == sorted(issued["files"])
    assert "is what was issued" in shell(f"report verify {WHICH}", at=april).out
    assert issued["number"] in shell("report list", at=april).out
    listed = shell("report list --json", at=april).data
    assert [one["state"] for one in listed] == ["issued"]
    shown = shell(f"report show {WHICH} --edition 1", at=april).out
    assert f"Number {issued['number']}, SHA-256 {issued['sha256']}." in shown
    assert "no report" in shell(f"report show {WHICH} --edition 2", at=april, code=2).err
    made_again(shell, folder, issued["sha256"])
    shell(f"report draft {WHICH}", at=april, code=2)
    added = shell(["report", "draft", *WHICH.split(), "--ground", "Bổ sung"], at=april).out
    assert "edition 2: draft" in added


def made_again(shell: Shell, folder: Path, sha256: str) -> None:
    """From the dated rows the issued report is made again: equal, or each difference is named."""
    again = f"report regenerate {WHICH}"
    assert "It is equal to edition 1." in shell(f"{again} --compare 1", at=APRIL).out
    out = folder / "lap-lai"
    said = shell(f"{again} --compare 1 --format json --out {out} --json", at=APRIL).data
    assert (said["is_equal"], said["has_proof"], said["sha256"]) == (True, True, sha256)
    (content,) = out.iterdir()
    assert hashlib.sha256(content.read_bytes()).hexdigest() == sha256
    early = "2024-04-01T00:00"
    other = shell(f"{again} --compare 1 --as-of {early}", at=APRIL, code=1).out
    assert "as_of: " in other
    shell(f"{again} --compare 1 --tree as_it_is", at=APRIL, code=2)
    alone = shell(f"{again} --as-of {early} --tree as_it_is --json", at=APRIL).data
    assert (alone["is_equal"], alone["edition"], alone["differences"]) == (None, None, [])
    assert "SHA-256" in shell(f"{again} --as-of {early}", at=APRIL).out


def what_was_issued_is_held_to(shell: Shell, folder: Path) -> None:
    """The journal vouches for all of it, and a file that is touched is found out."""
    april, out = APRIL, folder / "ra"
    refused = shell(f"report show {WHICH} --edition 1 --format pdf --out {out}", at=april, code=2)
    assert "never made anew" in refused.err
    shell(f"report show {WHICH} --edition 1 --format html --out {folder / 'lai'}", at=april)
    shell("work --until-idle", at=april)
    verified = shell("journal verify --json", at=april).data
    assert (verified["is_intact"], verified["is_simulated"]) == (True, True)
    assert verified["unsealed"] == 0
    frozen = next((shell.folder / "reports").rglob("*.html"))
    frozen.chmod(0o600)
    frozen.write_text("khác", encoding="utf-8")
    altered = shell(f"report verify {WHICH} --edition 1", at=april, code=1)
    assert frozen.name in altered.out
    problems = shell(f"report verify {WHICH} --edition 1 --json", at=april, code=1).data["problems"]
    assert [one["code"] for one in problems] == ["report.file_altered"]


def test_the_restructuring_is_tried_then_done_then_known(tmp_path: Path) -> None:
    shell = Shell(folder=tmp_path / "data")
    shell.plain(f"migrate --simulated --data {shell.folder}")
    shell(f"units import {TU_SON / 'units.csv'}")
    shell(f"agreement import {TU_SON / 'agreement.yaml'}")
    shell("user add quan-tri --name Q --role administrator --no-password")
    shell(f"agreement activate {CODE} --as quan-tri", at="2025-01-02T09:00")
    july = "2025-07-01T09:00"
    succeed = f"units succeed {TU_SON / 'succession-2025-07-01.yaml'}"
    before = shell("units list --on 2025-07-02 --json", at=july).data
    tried = shell(f"{succeed} --dry-run --json", at=july).data
    assert tried["is_dry_run"]
    assert shell("units list --on 2025-07-02 --json", at=july).data == before
    assert "Nothing was written." in shell(f"{succeed} --dry-run", at=july).out
    done = shell(f"{succeed} --json", at=july).data
    assert (done["ended"], done["opened"]) == (tried["ended"], tried["opened"])
    assert [one["fate"] for one in done["tasks"]] == [one["fate"] for one in tried["tasks"]]
    assert done["tasks"]
    after = {one["key"] for one in shell("units list --on 2025-07-02 --json", at=july).data}
    assert not after & set(done["ended"])
    assert shell("coverage --json", at=july).data[0]["is_whole"]
    assert "was recorded before" in shell(succeed, at=july).out
    # A shipped amendment of a later day still applies.
    amend = f"agreement amend {TU_SON / 'amendment-2025.yaml'} --json"
    assert shell(amend, at=july).data
    assert shell("coverage --json", at=july).data[0]["is_whole"]
