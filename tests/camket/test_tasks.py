"""A task's life on the command line: evidence, submission, decisions, doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.camket.conftest import task_number

if TYPE_CHECKING:
    from pathlib import Path

    from tests.camket.conftest import Shell

KEY = "mua-bao/2024-Q1/phuong-a"
LATER = "2024-01-10T09:00"


@pytest.fixture
def number(shell: Shell) -> str:
    return task_number(shell, KEY)


@pytest.fixture
def waiting(shell: Shell, number: str, files: Path) -> str:
    """A task that was handed in on its unit's behalf, so that a person decides."""
    shell(f"task evidence add {number} {files / 'paper.txt'}")
    shell(["task", "submit", number, "--for", "phuong-a", "--ground", "Công văn 15"])
    shell("work --until-idle")
    return number


def state(shell: Shell, number: str) -> str:
    found: str = shell(f"task show {number} --json").data["task"]["state"]
    return found


def test_a_list_is_narrowed(shell: Shell) -> None:
    everything = shell("task list --json").data
    assert len(everything) == 10
    assert everything[0]["key"] == KEY
    assert everything[0]["due_on"] == "2024-03-31"
    for narrowed, count in (
        ("--unit phuong-a", 5),
        ("--obligation du-hop", 0),
        ("--agreement ct-01", 10),
        ("--state accepted", 0),
        ("--due-until 2024-04-01", 2),
        ("--due-from 2024-04-01", 8),
        ("--overdue", 0),
        ("--limit 3", 3),
        ("--as can-bo-a", 5),
        ("--as nguoi-la", 0),
    ):
        assert len(shell(f"task list --json {narrowed}").data) == count, narrowed
    assert len(shell("task list --json --overdue", at="2024-04-02T00:00").data) == 2
    shown = shell("task list --limit 3")
    assert "Đơn vị phuong-a\tmua-bao\t2024-Q1\t2024-03-31\topen\tin time" in shown.out
    assert "There are more" in shown.err


def test_why_goes_back_to_the_clause(shell: Shell, number: str) -> None:
    data = shell(f"task why {number} --json").data
    assert data["clause"] == {"code": "d1", "text": "Điều một", "place": ""}
    assert data["cause"]["key"] == "2024-Q1"
    assert data["is_as_reckoned"] is True
    shown = shell(f"task why {number}").out
    assert "Clause: d1: Điều một" in shown
    assert "Owed because of: schedule 2024-Q1" in shown


def test_nobody_reads_what_lies_outside_their_scope(shell: Shell) -> None:
    theirs = task_number(shell, "mua-bao/2024-Q1/phuong-b")
    for verb in ("show", "why", "evidence add", "submit", "withdraw", "resume"):
        refused = shell(f"task {verb} {theirs} --as nguoi-la", code=2)
        assert refused.err
    assert "no task" in shell(f"task show {theirs} --as can-bo-a", code=2).err
    assert "no task 9999" in shell("task show 9999", code=2).err


def test_a_unit_hands_in_and_the_checks_accept(shell: Shell, number: str, files: Path) -> None:
    added = shell(f"task evidence add {number} {files / 'paper.txt'} --as can-bo-a --json").data
    assert added["requirement"] == "giay"
    shell("work --until-idle")
    shown = shell(f"task show {number} --json").data
    assert [item["verdict"]["outcome"] for item in shown["items"]] == ["passed"]
    said = shell(f"task submit {number} --as can-bo-a")
    assert "is now: submitted" in said.out
    assert "Nothing is due any more" in shell("work --until-idle").out
    assert state(shell, number) == "accepted"
    table = shell(f"task show {number}").out
    for text in ("State: accepted, on time", "paper.txt", "passed", "Progress: 1/1"):
        assert text in table


def test_evidence_is_taken_back(shell: Shell, number: str, files: Path) -> None:
    (item,) = shell(f"task evidence add {number} {files / 'paper.txt'} --json").data["items"]
    assert "was removed" in shell(f"task evidence remove {item}").out
    assert shell(f"task show {number} --json").data["items"] == []
    assert "removed already" in shell(f"task evidence remove {item}", code=2).err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("--requirement khac", "has no requirement “khac”"),
        ("", "a file, or figures, or both"),
        ("--figures [1]", "JSON object"),
        ("--figures {", "--figures"),
        ("/no/such/file", "cannot be read"),
        ("/", "cannot be read"),
    ],
)
def test_wrong_evidence_is_refused(shell: Shell, number: str, more: str, said: str) -> None:
    assert said in shell(f"task evidence add {number} {more}", code=2).err
    assert shell(f"task show {number} --json").data["items"] == []


def test_the_same_file_twice_is_refused_and_adds_nothing(
    shell: Shell, number: str, files: Path
) -> None:
    twice = f"{files / 'paper.txt'} {files / 'paper.txt'}"
    assert "added to the task already" in shell(f"task evidence add {number} {twice}", code=2).err
    assert shell(f"task show {number} --json").data["items"] == []


def test_on_behalf_needs_a_ground_and_another_pair_of_eyes(shell: Shell, waiting: str) -> None:
    (row,) = shell("review list --json --as tham-dinh").data
    assert (row["task_id"], bool(row["is_own"])) == (int(waiting), False)
    assert bool(row["is_on_behalf"])
    assert "phuong-a" in shell("review list --as tham-dinh").out
    refused = shell(f"review confirm {waiting}", code=2)
    assert refused.err
    assert "is now: accepted" in shell(f"review confirm {waiting} --as tham-dinh").out


def test_a_submission_is_withdrawn_by_its_unit(shell: Shell, number: str, files: Path) -> None:
    shell(f"task evidence add {number} {files / 'paper.txt'} --as can-bo-a")
    shell(f"task submit {number} --as can-bo-a")
    assert "may not do this" in shell(f"task withdraw {number} --as nguoi-la", code=2).err
    assert "is now: open" in shell(f"task withdraw {number} --as can-bo-a").out


def test_a_return_needs_a_reason_and_gives_a_term(shell: Shell, waiting: str) -> None:
    assert "--reason" in shell(f"review return {waiting} --as tham-dinh", code=2).err
    line = ["review", "return", waiting, "--reason", "Thiếu chữ ký", "--as", "tham-dinh"]
    assert "is now: returned" in shell(line).out
    shown = shell(f"task show {waiting} --json").data
    assert shown["submissions"][0]["outcome"] == "returned"
    assert "Thiếu chữ ký" in shell(f"task show {waiting}").out
    again = shell(f"review correct {waiting} --as tham-dinh", code=2)
    assert "only one" in again.err or "correction" in again.err


def test_many_are_decided_each_for_itself(shell: Shell, waiting: str) -> None:
    other = task_number(shell, "mua-bao/2024-Q1/phuong-b")
    said = shell(f"review confirm {waiting} {other} --as tham-dinh", code=1)
    assert f"Task {waiting} is now: accepted" in said.out
    assert said.err.startswith(f"{other}: ")


def test_more_time_is_asked_and_granted_by_another(shell: Shell, number: str) -> None:
    ask = f"extension ask {number} --until 2024-04-15 --reason x --as can-bo-a"
    assert "another person decides" in shell(ask).out
    (row,) = shell("extension list --json").data
    assert (row["task_id"], row["until_on"]) == (int(number), "2024-04-15")
    assert "can-bo-a" in shell("extension list").out
    assert shell("waiver list --json").data == []
    shell(f"extension grant {number} --until 2024-04-10 --as quan-tri")
    line = shell(f"task show {number} --json").data["task"]
    assert (line["due_on"], line["original_due_on"]) == ("2024-04-10", "2024-03-31")
    assert "Extended until 2024-04-15" in shell(f"task why {number}").out


def test_more_time_is_refused(shell: Shell, number: str) -> None:
    shell(f"extension ask {number} --until 2024-04-15 --reason x --as can-bo-a")
    refused = f"extension refuse {number} --reason y"
    assert "may not do this" in shell(f"{refused} --as can-bo-a", code=2).err
    assert "is refused" in shell(f"{refused} --as quan-tri").out


def test_a_task_is_waived(shell: Shell, number: str) -> None:
    shell(f"waiver ask {number} --reason x --as can-bo-a")
    assert "is now: waived" in shell(f"waiver grant {number} --as quan-tri").out
    assert "Nobody has asked" in shell(f"waiver refuse {number} --reason x", code=2).err


def test_a_task_rests_and_goes_on(shell: Shell, number: str) -> None:
    assert "is asked for" in shell(f"task suspend {number} --reason x --as can-bo-a").out
    assert "is now: suspended" in shell(f"task suspend {number} --reason x --as quan-tri").out
    assert "is now: open" in shell(f"task resume {number}").out


def test_a_task_is_cancelled_for_a_reason(shell: Shell, number: str) -> None:
    assert "--reason" in shell(f"task cancel {number}", code=2).err
    assert "is now: cancelled" in shell(f"task cancel {number} --reason x").out


def test_a_doubt_is_raised_and_settled(shell: Shell, waiting: str) -> None:
    shell(f"review confirm {waiting} --as tham-dinh")
    assert "Doubt 1 is raised" in shell(f"doubt raise {waiting} --reason x --as tham-dinh").out
    (row,) = shell("doubt list --json").data
    assert row["task_id"] == int(waiting)
    assert "tham-dinh: x" in shell("doubt list").out
    assert "kept" in shell("doubt settle 1 --outcome kept --reason y --as tham-dinh").out
    contest = f"doubt raise {waiting} --contest --reason z --as bao-tham-dinh"
    assert "Doubt 2" in shell(contest).out
    settle = "doubt settle 2 --outcome reopened --reason y --correction --as tham-dinh"
    assert "reopened" in shell(settle).out
    assert state(shell, waiting) == "returned"
    assert "Doubts: 2" in shell(f"task show {waiting}").out


def test_a_task_is_reopened(shell: Shell, waiting: str) -> None:
    shell(f"review confirm {waiting} --as tham-dinh")
    assert "is now: returned" in shell(f"task reopen {waiting} --reason x --as quan-tri").out


def test_nothing_to_report_where_the_obligation_does_not_allow_it(
    shell: Shell, number: str
) -> None:
    refused = shell(f"task submit {number} --nothing --as can-bo-a", code=2)
    assert "does not allow a declaration" in refused.err
