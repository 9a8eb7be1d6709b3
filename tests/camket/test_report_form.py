"""Letterhead, template and fields on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx

if TYPE_CHECKING:
    from pathlib import Path

    from tests.camket.conftest import Shell


def test_an_office_sets_its_letterhead_word_by_word(shell: Shell) -> None:
    which = "report letterhead --agreement ct-01"
    assert "issuer: state" in shell(which).out
    shell([*which.split(), "--issuer", "party", "--body", "Thành ủy", "--recipient", "Tỉnh ủy"])
    said = shell([*which.split(), "--sign", "TU", "--json"]).data
    assert (said["issuer"], said["body"], said["sign"]) == ("party", "Thành ủy", "TU")
    assert said["recipients"] == ["Tỉnh ủy"]
    assert shell([*which.split(), "--body", "x" * 301], code=2).err


def test_a_template_is_taken_changed_set_and_given_up(shell: Shell, tmp_path: Path) -> None:
    which = ["report", "template", "--agreement", "ct-01"]
    ours, wrong = tmp_path / "ours.docx", tmp_path / "wrong.docx"
    assert "Built-in template." in shell([*which, "--out", str(ours)]).out
    own = docx.Document(str(ours))
    own.paragraphs[0].text = "{{ titel }}"
    own.save(str(wrong))
    said = shell([*which, "--use", str(wrong)], code=2).err
    assert "titel" in said
    assert "title" in said
    assert "own template." in shell([*which, "--use", str(ours)]).out
    again = tmp_path / "again.docx"
    shell([*which, "--out", str(again)])
    assert again.read_bytes() == ours.read_bytes()
    assert "Built-in template." in shell([*which, "--built-in"]).out


def test_the_fields_are_listed_in_both_languages(shell: Shell) -> None:
    data = shell.plain("report fields --json").data
    assert {"report_text", "annexes", "units"} <= {one["name"] for one in data}
    assert "{{ number }}" in shell.plain("report fields").out
    assert "Toàn bộ phụ lục" in shell.plain("report fields --json", lang="vi").out
