"""A program for the tests of the API, which holds each answer to what is declared."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from tests import worlds
from workflow.journal import Act
from workflow.tokens import Scope, make_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import Response

    from tests.web.conftest import Web

V1 = "/api/v1"


@dataclass
class Program:
    """A client with a token; an answer that the description does not allow is a failure."""

    web: Web
    token: str = ""
    described: Description = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(self.web.app, base_url="http://testserver")
        self.described = description(self.web)

    def get(self, address: str, **given: Any) -> Response:
        return self.send("GET", address, **given)

    def post(self, address: str, said: dict[str, Any] | None = None, **given: Any) -> Response:
        return self.send("POST", address, json=said, **given)

    def delete(self, address: str, **given: Any) -> Response:
        return self.send("DELETE", address, **given)

    def send(self, method: str, address: str, *, key: str = "", **given: Any) -> Response:
        headers = {**given.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        answer = self.client.request(method, V1 + address, headers=headers, **given)
        self.described.ensure_declared(method, answer)
        return answer

    def walk(self, address: str, *, limit: int) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        joint = "&" if "?" in address else "?"
        cursor = ""
        while True:
            page = self.get(f"{address}{joint}limit={limit}{cursor}").json()
            assert len(page["items"]) <= limit
            yield from page["items"]
            if page["next"] is None:
                return
            assert len(page["items"]) == limit
            cursor = f"&cursor={page['next']}"


class Description:
    """What ``/api/openapi.json`` says, and which of its operations were seen."""

    def __init__(self, text: str) -> None:
        self.said = json.loads(text)
        self.operations = {
            (verb.upper(), path): operation
            for path, verbs in self.said["paths"].items()
            for verb, operation in verbs.items()
        }
        self._patterns = {
            (verb, path): re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
            for verb, path in self.operations
        }

    def ensure_declared(self, method: str, answer: Response) -> None:
        path = answer.request.url.path
        key = next(
            (
                key
                for key, one in self._patterns.items()
                if key[0] == method and one.fullmatch(path)
            ),
            None,
        )
        assert key is not None, f"{method} {path} is not described"
        declared = self.operations[key]["responses"]
        status = str(answer.status_code)
        assert status in declared, f"{key}: {status} is not declared: {answer.text}"
        media = answer.headers["content-type"].partition(";")[0]
        content = declared[status]["content"]
        assert media in content, f"{key}: {media} is not declared for {status}: {answer.text}"
        schema = content[media].get("schema")
        if schema:
            whole = {**schema, "components": self.said["components"]}
            Draft202012Validator(whole).validate(answer.json())


_DESCRIBED: list[Description] = []


def description(web: Web) -> Description:
    """The description of the API: that of every web is the same, and making it takes a second."""
    if not _DESCRIBED:
        client = TestClient(web.app, base_url="http://testserver")
        _DESCRIBED.append(Description(client.get("/api/openapi.json").text))
    return _DESCRIBED[0]


def token_of(web: Web, key: str, *, scope: Scope = Scope.WRITE, days: int | None = 366) -> str:
    """A token that somebody made on the first working day."""
    with web.engine.begin() as db:
        act = Act(by=key, at=worlds.at("2024-01-02"))
        return make_token(db, name="Chương trình", scope=scope, act=act, days=days)


def program(web: Web, key: str = "", *, scope: Scope = Scope.WRITE) -> Program:
    """A program that acts as somebody, or as nobody."""
    return Program(web, token_of(web, key, scope=scope) if key else "")
