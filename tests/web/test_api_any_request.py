"""Any request that the description allows, and many that it does not: never broken, always said.

What comes back is declared for its operation, status and form, or the test fails; a broken
request (500) is declared for none.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.factories import accepted, duty, handed_in, living, says, task_of
from tests.web.api import V1, program
from tests.worlds import at, obligation
from workflow.domain.evidence import Outcome
from workflow.domain.triggers import Event as OnEvent
from workflow.domain.units import Selector

if TYPE_CHECKING:
    from schemathesis import Case

    from tests.web.conftest import Web

pytestmark = pytest.mark.long
#: What ids and codes of the address become: things that are there.
THERE: dict[str, tuple[object, ...]] = {
    "task_id": (1, 2, 3, 4),
    "item_id": (1, 2),
    "event_id": (1,),
    "report_id": (1,),
    "code": ("ct-01",),
    "key": ("phuong-a", "can-bo-a", "kiem-toan"),
    "doubt_id": (1,),
    "webhook_id": (1, 2),
    "message_id": (1, 2),
    "day_on": ("2024-05-20",),
    "number": (1, 2, 3),
}


@pytest.fixture
def town(web: Web) -> Web:
    """A city with something of everything, at a later day."""
    wards = Selector(kinds=frozenset({"phuong"}))
    for db in web.founding(f"{__name__}.town"):
        living(db, duty(), obligation("du-hop", trigger=OnEvent(kind="hop"), bearer=wards))
        accepted(db, task_of(db))
        undecided = says(Outcome.UNDECIDED, code="evidence.nothing_given")
        handed_in(db, task_of(db, "phuong-b"), who="can-bo-b", verdict=undecided)
    web.clock.move_to(at("2024-04-06"))
    return web


def test_no_request_breaks_the_api(town: Web) -> None:
    client = program(town, "quan-tri")
    schema = schemathesis.openapi.from_dict(client.described.said)
    chance, seen = random.Random(7), Counter[int]()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in GenerationMode:

            @settings(
                max_examples=20,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: Case[Any]) -> None:
                for name in case.path_parameters or {}:
                    if name in THERE and chance.random() < 0.7:
                        case.path_parameters[name] = chance.choice(THERE[name])
                given_: dict[str, Any] = case.as_transport_kwargs(base_url="http://testserver")
                address = given_.pop("url").removeprefix(f"http://testserver{V1}")
                method = given_.pop("method")
                given_.pop("cookies", None)
                given_.pop("timeout", None)
                if isinstance(given_.get("data"), (bytes, str)):
                    given_["content"] = given_.pop("data")
                seen[client.send(method, address, **given_).status_code] += 1

            send()
    # It went in everywhere: what was meant to be done was done, and what not was refused.
    assert {200, 201, 404, 422} <= set(seen)
    assert seen[200] > 100
