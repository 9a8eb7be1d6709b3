"""Letters, records and packs on the command line."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.camket.conftest import Shell

APRIL = "2024-04-10T09:00"
OF = ["--agreement", "ct-01"]
QUARTER = [*OF, "--period", "2024-Q1"]


def test_letters_are_drawn_up_numbered_and_listed(shell: Shell, tmp_path: Path) -> None:
    owing = shell(["letter", "owing", *OF, "--json"], at=APRIL).data
    assert [(one["unit"], one["tasks"], one["days"]) for one in owing] == [
        ("phuong-a", 1, 10),
        ("phuong-b", 1, 10),
    ]
    assert "phuong-b" in shell(["letter", "owing", *OF, "--unit", "phuong-b"], at=APRIL).out
    draw = ["letter", "draw", *OF, "--answer-by", "2024-04-20", "--signer", "Nguyễn Văn Mẫu"]
    out = tmp_path / "thu"
    made = shell([*draw, "--out", str(out), "--json"], at=APRIL).data
    first, last = made["letters"]
    assert sorted(one.name for one in out.iterdir()) == [
        "001 Đơn vị phuong-a.docx",
        "001 Đơn vị phuong-a.pdf",
        "002 Đơn vị phuong-b.docx",
        "002 Đơn vị phuong-b.pdf",
        f"{first}-{last}.pdf",
        f"{first}-{last}.zip",
    ]
    with zipfile.ZipFile(out / f"{first}-{last}.zip") as packed:
        assert len(packed.namelist()) == 4
    again = shell([*draw, "--unit", "phuong-a", "--copy", "Thường trực"], at=APRIL).out
    assert "Letters drawn up: 1." in again
    number = ["letter", "number", str(first), "45/UBND-VP", "--on", "2024-04-10"]
    assert "bears number 45/UBND-VP" in shell(number, at=APRIL).out
    assert "already" in shell(number, at=APRIL, code=2).err
    rows = shell(["letter", "list", *OF, "--json"], at=APRIL).data
    assert {one["id"]: one["number"] for one in rows}[first] == "45/UBND-VP"
    assert len(rows) == 3
    assert "45/UBND-VP" in shell("letter list --as can-bo-a", at=APRIL).out
    for who in ("can-bo-a", "nguoi-la"):
        assert shell([*draw, "--as", who], at=APRIL, code=2).err


def test_a_record_and_a_pack_of_an_issued_report(shell: Shell, tmp_path: Path) -> None:
    shell(["user", "add", "lanh-dao", "--name", "L", "--role", "leader", "--no-password"])
    shell(["report", "draft", *QUARTER], at=APRIL)
    shell(["report", "approve", *QUARTER, "--as", "lanh-dao"], at=APRIL)
    shell(["report", "issue", *QUARTER, "--format", "json"], at=APRIL)
    pack = tmp_path / "goi.zip"
    shell(["report", "pack", *QUARTER, "--out", str(pack)], at=APRIL)
    assert shell(
        ["report", "pack", *QUARTER, "--out", str(pack), "--as", "can-bo-a"], at=APRIL, code=2
    ).err
    assert (
        "The pack is whole: report 01/2024" in shell.plain(["report", "verify-pack", str(pack)]).out
    )
    data = shell.plain(["report", "verify-pack", str(pack), "--json"]).data
    assert (data["is_whole"], data["number"]) == (True, "01/2024")
    with zipfile.ZipFile(pack, "a") as more:
        more.writestr("them.txt", b"x")
    assert "them.txt" in shell.plain(["report", "verify-pack", str(pack)], code=1).out
    problems = shell.plain(["report", "verify-pack", str(pack), "--json"], code=1).data["problems"]
    assert [one["code"] for one in problems] == ["pack.file_unlisted"]
    pack.write_bytes(b"khac")
    assert "no pack of evidence" in shell.plain(["report", "verify-pack", str(pack)], code=2).err

    out = tmp_path / "ban-ghi"
    record = ["report", "record", *QUARTER, "--out", str(out), "--format", "json,xlsx"]
    said = shell([*record, "--unit", "phuong-a", "--as", "can-bo-a"], at=APRIL).out
    assert "ct-01-2024-Q1-phuong-a.xlsx" in said
    shell([*record, "--obligation", "mua-bao"], at=APRIL)
    assert (out / "ct-01-2024-Q1-mua-bao.json").exists()
    assert "either a unit or an obligation" in shell(record, at=APRIL, code=2).err
    assert shell([*record, "--unit", "phuong-b", "--as", "can-bo-a"], at=APRIL, code=2).err
