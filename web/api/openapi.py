"""What the API says of itself at ``/api/openapi.json``: every route, answer and refusal.

Knows that every operation can be refused in the same ways, each a problem of one form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.openapi.utils import get_openapi

from web.api.shapes import MEDIA_OF_PROBLEMS, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

_SUMMARY: Final = """\
What the pages can do, for programs. Bring a token as `Authorization: Bearer …`: it acts as
the person who made it on their account page, with that person's own roles, and a token for
reading changes nothing. What lies outside the person's scope is answered as not there.

Lists are paged: `next` of an answer is the `cursor` of the following request. A write that
carries an `Idempotency-Key` is done once, however often it is sent within 24 hours.
A token may send so many requests a minute (1,200 where the installation sets nothing else);
one more is answered 429. Refusals are problem details (RFC 9457) with a permanent `code`.
Words are in Vietnamese or English as `Accept-Language` asks. Instants are UTC; a day is a
day of the agreement's zone, and where a range of days is asked for, the last one is the
first day after.
"""
#: How any request may be refused, whatever it asks for.
_REFUSALS: Final[Mapping[str, str]] = {
    "400": "What was sent is no request that can be read.",
    "401": "No token, or one that was revoked, has expired or never was.",
    "403": "The token or its person may not do this.",
    "404": "There is no such thing within this person's scope.",
    "422": "It was understood, and is not possible; `code` says why.",
    "429": "The token sends too many requests; `Retry-After` says for how many seconds to wait.",
}
_OF_WRITES: Final[Mapping[str, str]] = {"413": "More was sent than is taken."}
#: Of the addresses under /api/v1; what is added to them changes it not.
_VERSION: Final = "1"
_VERBS: Final = frozenset({"get", "post", "put", "patch", "delete"})


def described(app: FastAPI) -> dict[str, Any]:
    """The description of an application's API; made once, and the same from then on."""
    if app.openapi_schema is None:
        said = get_openapi(
            title="Cam Kết",
            version=_VERSION,
            summary="Agreements, what they make owed, and what proves it.",
            description=_SUMMARY,
            routes=app.routes,
            tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        )
        schemas = said["components"]["schemas"]
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs")
        schemas["Problem"] = problem
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path in said["paths"].values():
            for verb, operation in path.items():
                if verb in _VERBS:
                    _declare(operation, is_writing=verb != "get")
        app.openapi_schema = said
    return app.openapi_schema


_TAGS: Final = {
    "me": "Who a token acts as.",
    "agreements": "What was agreed, its figures and the proof that nothing is missing.",
    "definitions": "Agreements and successions of units, as files that are tried and kept.",
    "units": "Who owes, as each is called on a day.",
    "tasks": "What is owed, by whom and when; evidence and submissions.",
    "decisions": "Reviews and doubts; more time, waivers and rests; what is given back.",
    "instructions": "What leaders ask on top of what was agreed, and what came of it.",
    "meetings": "Meetings and requests that make duties owed.",
    "calendar": "Days that depart from the week, and days laid over them.",
    "reports": "Periodic reports and their files.",
    "letters": "Letters that press units for what is overdue.",
    "people": "Accounts and their roles.",
    "journal": "What everybody did, and that it stands as it was written.",
    "jobs": "Work that waits or was parked.",
    "webhooks": "Other systems that are told what was done.",
}


def _declare(operation: dict[str, Any], *, is_writing: bool) -> None:
    """Say how an operation may be refused, in place of the usual words for it."""
    refusals = {**_REFUSALS, **(_OF_WRITES if is_writing else {})}
    for status, text in refusals.items():
        operation["responses"][status] = {
            "description": text,
            "content": {MEDIA_OF_PROBLEMS: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"]["429"]["headers"] = {
        "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
    }
    if is_writing:
        for status, said in operation["responses"].items():
            if status.startswith("2"):
                said["headers"] = {
                    "Idempotency-Replayed": {
                        "description": "“true” where the request had been answered before.",
                        "schema": {"type": "string", "enum": ["true"]},
                    }
                }
