"""Comments, numbers, signed copies, recipients and withdrawal on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reports.paper import pdf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.camket.conftest import Shell

LATER = "2024-04-03T09:00"
WHICH = "--agreement ct-01 --period 2024-Q1"


def test_a_report_is_commented_on_numbered_signed_and_withdrawn(
    shell: Shell, tmp_path: Path
) -> None:
    shell("user add lanh-dao --name Leader --role leader --mail ld@example.org")
    shell(f"report draft {WHICH}", at=LATER)
    shell([*f"report comment {WHICH} --as lanh-dao --text".split(), "Làm rõ."], at=LATER)
    assert shell(f"report comment {WHICH} --json", at=LATER).data[0]["text"] == "Làm rõ."
    assert "Làm rõ." in shell(f"report comment {WHICH}", at=LATER).out
    shell(f"report approve {WHICH} --as lanh-dao", at=LATER)
    assert "No. 01/2024 is bound" in shell(f"report number {WHICH}", at=LATER).out
    shell("report recipients --agreement ct-01 --add-role leader")
    how = ["--date", "2024-04-03", "--signer", "Phó chủ tịch", "--format", "json,pdf", "--json"]
    said = shell([*f"report issue {WHICH}".split(), *how], at=LATER).data
    assert (said["number"], said["withdrawn_at"]) == ("01/2024", None)
    scan = tmp_path / "ban-ky.pdf"
    scan.write_bytes(b"no pdf")
    assert "PDF" in shell([*f"report scan {WHICH} --file".split(), str(scan)], code=2, at=LATER).err
    scan.write_bytes(pdf())
    shell([*f"report scan {WHICH} --file".split(), str(scan)], at=LATER)
    (letter,) = shell(f"report letters {WHICH} --json", at=LATER).data
    assert (letter["mail"], "seed" in letter) == ("ld@example.org", False)
    assert "ld@example.org" in shell(f"report letters {WHICH} --send", at=LATER).out
    shell([*f"report withdraw {WHICH}".split(), "--reason", "Sai"], code=2, at=LATER)
    shell([*f"report withdraw {WHICH} --as lanh-dao".split(), "--reason", "Sai"], at=LATER)
    assert shell(f"report show {WHICH} --json", at=LATER).data["withdrawn_for"] == "Sai"
    shell(f"report verify {WHICH}", at=LATER)


def test_recipients_schedule_and_numbering_are_set_and_told(shell: Shell) -> None:
    of = "--agreement ct-01"
    added = ["--add-mail", "vp@example.org", "--name", "Văn phòng", "--letters", "en"]
    shell([*f"report recipients {of}".split(), *added])
    said = shell(f"report recipients {of} --json").data
    assert said["addresses"] == ["vp@example.org"]
    assert "Văn phòng" in shell(f"report recipients {of}").out
    shell(f"report recipients {of} --remove {said['recipients'][0]['id']}")
    assert shell(f"report recipients {of} --json").data["addresses"] == []
    assert shell(f"report recipients {of} --add-mail x", code=2).err
    assert "moment: issue" in shell(f"report schedule {of}").out
    set_ = f"report schedule {of} --moment time --time 07:30 --weekday 0 --json"
    assert shell(set_).data == {"moment": "time", "weekday": 0, "time": "07:30"}
    assert shell(f"report schedule {of} --moment time --time 7", code=2).err
    said = shell(f"report numbering {of} --term-from 2020-08-01 --first 7 --json").data
    assert (said["issuer"], said["register"], said["terms"]) == ("state", "2024", ["2020-08-01"])
    assert "term: 2020-08-01" in shell(f"report numbering {of}").out
    assert shell(f"report numbering {of} --as tham-dinh", code=2).err
