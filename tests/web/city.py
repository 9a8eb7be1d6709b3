"""The small world of ``tests.factories`` with a web over it, where everybody has a password."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select

from tests import worlds
from tests.factories import GRANTS, living, task_of
from tests.web.conftest import with_password
from workflow.store.evidence import evidence_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import Response
    from sqlalchemy import Engine

    from tests.web.conftest import Web
    from workflow.domain.agreement import Obligation


def peopled(web: Web, *duties: Obligation, **more: Any) -> Web:
    """The world of the factories on the web's database."""
    for db in web.founding(f"{__name__}.peopled {duties} {more}"):
        living(db, *duties, **more)
        for key in GRANTS:
            with_password(db, key)
    return web


def it_is(web: Web, day: str, time: str = "09:00") -> None:
    """Move the clock of the web to a wall-clock time."""
    web.clock.move_to(worlds.at(day, time))


def number_of(web: Web, unit: str = "phuong-a", **more: Any) -> int:
    """The number of a task."""
    with web.engine.begin() as db:
        return task_of(db, unit, **more)


def item_of(web: Web, task_id: int) -> int:
    """The latest item of a task."""
    query = select(evidence_item.c.id).where(evidence_item.c.task_id == task_id)
    with web.engine.begin() as db:
        return int(db.scalars(query.order_by(evidence_item.c.id.desc()).limit(1)).one())


def items_of(web: Web, task_id: int) -> list[Any]:
    """Every item of a task, removed or not, in order."""
    query = select(evidence_item).where(evidence_item.c.task_id == task_id)
    with web.engine.begin() as db:
        return list(db.execute(query.order_by(evidence_item.c.id)))


def says(answer: Response, *texts: str) -> bool:
    """Whether every text stands on a page that was served well."""
    assert answer.status_code == 200, answer.text
    return all(text in answer.text for text in texts)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that an engine sends meanwhile, without those that begin and end."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SET", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
