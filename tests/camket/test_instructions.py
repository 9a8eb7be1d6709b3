"""Instructions on the command line: given, listed, shown, found as tasks, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.camket.conftest import Shell

ON = "2024-03-05T09:00"
GIVE = [
    *("instruct", "give", "--agreement", "ct-01", "--text", "Chấn chỉnh ngay việc đặt báo"),
    *("--unit", "phuong-a", "--unit", "phuong-b", "--ground", "Kết luận 15"),
]
LINE = ["--obligation", "mua-bao", "--occasion", "2024-Q1", "--of-unit", "phuong-a"]


def test_given_listed_shown_and_taken_back(shell: Shell) -> None:
    role = ["--role", "leader:agreement=ct-01:party=tp"]
    shell(["user", "add", "lanh-dao", "--name", "L", "--no-password", *role])
    as_leader = ["--as", "lanh-dao"]
    weekend = ["--due", "2024-03-16", "--proof", "letter", *LINE]
    given = shell([*GIVE, *weekend, *as_leader, "--json"], at=ON).data
    assert (given["code"], given["tasks"], given["states"]) == ("YK-2024-001", 2, {"open": 2})
    assert given["next_working_day"] == "2024-03-18"
    assert given["about"] == {
        "obligation": "mua-bao",
        "occasion": "2024-Q1",
        "unit": "phuong-a",
        "period": None,
    }
    said = shell([*GIVE, "--due", "16/03/2024", *as_leader], at=ON).out
    assert "YK-2024-002 is given: 2 tasks" in said
    assert "2024-03-16 is a day off; the working day after it is 2024-03-18" in said
    why = [one for one in shell("task list --json", at=ON).data if "YK-2024-001" in one["key"]]
    told = shell(f"task why {why[0]['task_id']}", at=ON).out
    assert "YK-2024-001: Chấn chỉnh ngay việc đặt báo" in told
    assert "Given by: lanh-dao, 2024-03-05" in told
    back = ["instruct", "withdraw", "YK-2024-002", "--agreement", "ct-01", "--reason", "trùng"]
    assert "open tasks cancelled: 2" in shell([*back, *as_leader], at=ON).out
    assert "taken back" in shell(["instruct", "list", *as_leader], at=ON).out
    shown = shell("instruct show YK-2024-002 --agreement ct-01", at=ON).out
    assert "Taken back: trùng" in shown
    assert "Ground: Kết luận 15" in shown
    (first, second) = shell("instruct list --agreement ct-01 --json", at=ON).data
    assert (first["stage"], second["stage"]) == ("taken_back", "running")
    assert shell("instruct show YK-2024-001 --agreement ct-01 --json", at=ON).data == second
    again = shell([*back, "--json"], at=ON, code=2)
    assert "was taken back on 2024-03-05" in again.err
    shell("coverage", at=ON)


def test_whoever_may_not_is_told_so(shell: Shell) -> None:
    for who in ("can-bo-a", "tham-dinh", "bao-tham-dinh", "nguoi-la"):
        said = shell([*GIVE, "--due", "2024-03-20", "--as", who], at=ON, code=2)
        assert "may not" in said.err or "not allowed" in said.err, said.err
    assert shell("instruct list --json", at=ON).data == []
    assert "passed already" in shell([*GIVE, "--due", "2024-03-04"], at=ON, code=2).err
