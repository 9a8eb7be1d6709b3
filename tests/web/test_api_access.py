"""Who gets an answer of the API: tokens, scopes, and that every route refuses the same."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.factories import by, living, task_of
from tests.web.api import V1, Description, Program, description, program, token_of
from workflow.accounts import disable_user
from workflow.store.people import role_grant
from workflow.store.tokens import api_token
from workflow.tokens import PREFIX, Scope, own_tokens, revoke_token

if TYPE_CHECKING:
    from tests.web.conftest import Web


@pytest.fixture
def town(web: Web) -> Web:
    """A web on a living city."""
    for db in web.founding(f"{__name__}.town"):
        living(db)
    return web


def filled(path: str) -> str:
    """An address of a route in which every thing asked for has the number 1."""
    for name, value in (
        ("code", "ct-01"),
        ("key", "phuong-a"),
        ("kind", "waiver"),
        ("format", "json"),
        ("day_on", "2024-05-20"),
        ("agreement", "ct-01"),
    ):
        path = path.replace(f"{{{name}}}", value)
    path = re.sub(r"{\w+}", "1", path)
    return path.removeprefix(V1)


def every_operation(found: Description) -> list[tuple[str, str]]:
    return sorted((verb, filled(path)) for verb, path in found.operations)


def test_every_route_asks_for_a_token(town: Web) -> None:
    nobody = program(town)
    for verb, address in every_operation(nobody.described):
        answer = nobody.send(verb, address)
        assert (answer.status_code, answer.json()["code"]) == (401, "token.missing"), address
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic Y2FuLWJvLWE6eA==", "Bearer", "Bearer  ", "camket_x"])
def test_what_is_no_bearer_token_is_none(town: Web, header: str) -> None:
    answer = program(town).get("/me", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "token.missing")


def test_a_token_that_never_was_is_refused(town: Web) -> None:
    answer = Program(town, PREFIX + "x" * 43).get("/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token.not_valid")


def test_a_session_cookie_opens_nothing(town: Web) -> None:
    from tests.web.conftest import with_password

    with town.engine.begin() as db:
        with_password(db, "quan-tri")
    browser = town.signed_in("quan-tri")
    assert browser.get(f"{V1}/me").status_code == 401


def test_a_token_of_a_program_says_who_it_is(town: Web) -> None:
    said = program(town, "can-bo-a", scope=Scope.READ).get("/me").json()
    assert (said["key"], said["scope"]) == ("can-bo-a", "read")
    assert said["grants"] == [
        {"role": "unit_officer", "agreement": None, "party": None, "unit": "phuong-a"}
    ]
    assert said["expires_at"] == "2025-01-02T02:00:00Z"


def test_a_token_for_reading_changes_nothing(town: Web) -> None:
    reader = program(town, "quan-tri", scope=Scope.READ)
    written = [one for one in every_operation(reader.described) if one[0] != "GET"]
    assert len(written) >= 12
    for verb, address in written:
        answer = reader.send(verb, address, **plausible(verb, address))
        assert (answer.status_code, answer.json()["code"]) == (403, "token.narrow"), address


def plausible(verb: str, address: str) -> dict[str, Any]:
    """A body that a route understands, so that it is the token that is refused."""
    if verb == "DELETE" or address.endswith("/evidence"):
        return {}
    if address == "/letters":
        # Its days are a number, not days of a calendar.
        return {"json": {"agreement": "ct-01", "answer_by": "2024-05-20"}}
    return {
        "json": {
            "agreement": "ct-01",
            "number": "12",
            "issued_on": "2024-05-20",
            "kind": "raised" if address.endswith("/doubts") else "waiver",
            "convener": "thanh-pho",
            "happens_on": "2024-02-01",
            "to": "2024-02-02",
            "reason": "x",
            "outcome": "kept",
            "days": [{"day_on": "2024-05-20", "kind": "off"}],
            "key": "moi",
            "name": "x",
            "role": "auditor",
            "address": "https://receiver.example/",
            "events": ["task.accepted"],
            "text": "x",
            "units": ["phuong-a"],
            "due_on": "2024-05-20",
            "on": "2024-05-20",
            "period": "2024-Q1",
            "seen": "x",
            "paragraphs": {},
            "ground": "x",
            "lang": "vi",
            "keys": "off",
            "reminders": "never",
            "moment": "issue",
            "place": "direction",
            "use": "taken",
            "starts_on": "2024-01-01",
            "issuer": "state",
            "first": 1,
        }
    }


def test_a_calendars_token_opens_no_route(town: Web) -> None:
    calendar = Program(town, token_of(town, "quan-tri", scope=Scope.CALENDAR))
    for address in ("/me", "/tasks"):
        answer = calendar.get(address)
        assert (answer.status_code, answer.json()["code"]) == (403, "token.narrow")


def test_a_revoked_token_is_refused_from_then_on(town: Web) -> None:
    client = program(town, "can-bo-a")
    assert client.get("/me").status_code == 200
    with town.engine.begin() as db:
        (row,) = own_tokens(db, act=by("can-bo-a", "2024-01-02"))
        revoke_token(db, row.id, act=by("can-bo-a", "2024-01-02"))
    answer = client.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token.not_valid")


def test_a_token_expires(town: Web) -> None:
    client = Program(town, token_of(town, "can-bo-a", days=30))
    town.clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert client.get("/me").status_code == 200
    town.clock.advance(timedelta(seconds=1))
    assert client.get("/me").status_code == 401


def test_a_disabled_person_has_no_tokens(town: Web) -> None:
    client = program(town, "can-bo-a")
    with town.engine.begin() as db:
        disable_user(db, "can-bo-a", act=by("quan-tri", "2024-01-02"))
    assert client.get("/me").status_code == 401


def test_a_token_has_the_grants_of_its_person_as_they_are_now(town: Web) -> None:
    client = program(town, "can-bo-a")
    assert len(client.get("/tasks").json()["items"]) == 2
    with town.engine.begin() as db:
        db.execute(update(role_grant).values(revoked_at=town.clock.now()))
    assert client.get("/tasks").json() == {"items": [], "next": None}


def test_the_last_use_is_noted_every_few_minutes(town: Web) -> None:
    client = program(town, "can-bo-a")

    def used_at() -> object:
        with town.engine.begin() as db:
            return db.scalar(select(api_token.c.used_at))

    assert used_at() is None
    client.get("/me")
    first = used_at()
    assert first == town.clock.now()
    town.clock.advance(timedelta(minutes=4))
    client.get("/me")
    assert used_at() == first
    town.clock.advance(timedelta(minutes=1))
    client.get("/me")
    assert used_at() == town.clock.now()


def test_only_the_hash_of_a_token_is_kept(town: Web) -> None:
    token = token_of(town, "can-bo-a")
    with town.engine.begin() as db:
        assert token not in str(db.execute(select(api_token)).all())


@pytest.mark.parametrize("who", ["can-bo-b", "nguoi-la"])
def test_what_lies_outside_is_answered_as_what_is_not_there(town: Web, who: str) -> None:
    with town.engine.begin() as db:
        number = task_of(db, "phuong-a")
    client = program(town, who)
    for verb, path in sorted(client.described.operations):
        if "{task_id}" not in path:
            continue
        address = filled(path.replace("{task_id}", str(number)))
        foreign = client.send(verb, address, **plausible(verb, address))
        missing = client.send(
            verb, filled(path.replace("{task_id}", "987654321")), **plausible(verb, address)
        )
        assert (foreign.status_code, foreign.json()["code"]) == (404, "task.unknown"), address
        assert (missing.status_code, missing.json()["code"]) == (404, "task.unknown"), address


def test_an_agreement_of_others_is_not_there(town: Web) -> None:
    client = program(town, "nguoi-la")
    assert client.get("/agreements").json()["items"] == []
    for rest in ("", "/obligations", "/figures?period=2024-Q1", "/coverage"):
        answer = client.get(f"/agreements/ct-01{rest}")
        assert (answer.status_code, answer.json()["code"]) == (404, "agreement.unknown")
    assert client.get("/units").json()["items"] == []
    assert client.get("/units/phuong-a").status_code == 404


def test_coverage_is_for_whoever_reads_the_whole_agreement(town: Web) -> None:
    answer = program(town, "can-bo-a").get("/agreements/ct-01/coverage")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.denied")
    assert program(town, "kiem-toan").get("/agreements/ct-01/coverage").json()["is_whole"]


@pytest.mark.parametrize(
    ("said", "words"),
    [("en-GB,vi;q=0.5", "There is no task"), ("vi", "nhiệm vụ"), ("fr, en;q=0.3", "There is no")],
)
def test_a_refusal_speaks_the_callers_language(town: Web, said: str, words: str) -> None:
    answer = program(town, "can-bo-a").get("/tasks/99999", headers={"Accept-Language": said})
    assert words in answer.json()["detail"]
    assert answer.json()["facts"] == {"task": "99999"}


def test_other_addresses_and_methods_are_refused_as_problems(town: Web) -> None:
    client = TestClient(town.app, base_url="http://testserver")
    answer = client.get(f"{V1}/khong-co")
    assert (answer.status_code, answer.json()["code"]) == (404, "http.404")
    answer = client.put(f"{V1}/tasks")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_much_is_refused_as_a_problem(town: Web) -> None:
    client = program(town, "can-bo-a")
    answer = client.send("POST", "/tasks/1/submit", content=b"x" * (2 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "http.413")


def test_every_route_of_the_application_is_described(town: Web) -> None:
    found = description(town)
    assert len(found.operations) >= 30
    assert all(operation["security"] == [{"token": []}] for operation in found.operations.values())
    assert found.said["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for key, operation in found.operations.items():
        assert operation["summary"], key
        assert operation["description"], key
        assert {"401", "403", "404", "422"} <= set(operation["responses"]), key
    assert "HTTPValidationError" not in str(found.said)
