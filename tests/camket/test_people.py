"""Accounts on the command line: who acts, with which role, and who manages people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.camket.conftest import Shell


def test_a_named_local_administrator_acts_by_default(new: Shell) -> None:
    (local,) = new("user list --json").data
    assert local["key"] == "local"
    assert local["name"]
    assert [one["grant"]["role"] for one in local["grants"]] == ["administrator"]


def test_an_account_is_added_with_a_password_shown_once(new: Shell) -> None:
    line = ["user", "add", "can-bo", "--name", "Cán bộ", "--role", "reviewer", "--json"]
    first = new(line).data["password"]
    assert len(first) >= 16
    assert "exists" in new(line, code=2).err or "already" in new(line, code=2).err
    second = new("user reset can-bo --json").data["password"]
    assert first != second
    assert second not in new("user list").out
    assert "sign in with" in new("user reset can-bo").out


def test_roles_are_given_and_taken_away(shell: Shell) -> None:
    given = shell("user grant nguoi-la reviewer:agreement=ct-01")
    assert "nguoi-la holds the role reviewer:agreement=ct-01 (grant " in given.out
    number = given.out.rsplit("grant ", 1)[1].split(")")[0]
    assert "reviewer:agreement=ct-01" in shell("user list").out
    assert len(shell("task list --json --as nguoi-la").data) == 10
    shell(f"user revoke nguoi-la {number}")
    assert shell("task list --json --as nguoi-la").data == []
    assert shell(f"user revoke nguoi-la {number}", code=2).err


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("king", "is no role"),
        ("reviewer:agreement", "is no role"),
        ("reviewer:agreement=", "is no role"),
        ("reviewer:place=x", "is no role"),
        ("reviewer:agreement=a:agreement=b", "is no role"),
        ("unit_officer", "has to name a unit"),
        ("reviewer:agreement=khong-co", "no agreement khong-co"),
        ("unit_officer:unit=khong-co", "no unit khong-co"),
        ("reviewer:agreement=ct-01:party=khong-co", "khong-co"),
    ],
)
def test_a_wrong_role_is_refused(shell: Shell, role: str, said: str) -> None:
    assert said in shell(f"user grant nguoi-la {role}", code=2).err


def test_a_disabled_account_does_nothing_more(shell: Shell) -> None:
    assert "is disabled" in shell("user disable can-bo-a").out
    refused = shell("task list --as can-bo-a", code=2)
    assert "can-bo-a" in refused.err
    assert "yes" in shell("user list").out
    shell("user disable quan-tri")
    assert "administrator" in shell("user disable local", code=2).err


@pytest.mark.parametrize(
    "line",
    [
        "user add x --name X",
        "user list",
        "user grant nguoi-la administrator",
        "user revoke quan-tri 2",
        "user disable quan-tri",
        "user reset quan-tri",
        "jobs list",
        "jobs retry",
        "journal verify",
        "journal export",
        "work --until-idle",
        "units list",
        "meeting list",
        "coverage",
    ],
)
def test_a_stranger_is_refused(shell: Shell, line: str) -> None:
    assert "may not do this here" in shell(f"{line} --as nguoi-la", code=2).err


def test_two_step_sign_in_of_who_lost_the_telephone_is_reset(shell: Shell) -> None:
    assert "not on" in shell("user reset-two-step nguoi-la", code=2).err
    assert "no account" in shell("user reset-two-step khong-co", code=2).err
