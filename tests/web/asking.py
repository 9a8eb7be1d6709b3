"""How much a page asks of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Web


def statements_of(web: Web, visit: Callable[[], object]) -> int:
    """How many statements a visit sends; what is read once in a process is read before."""
    visit()
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(web.engine, "before_cursor_execute", note)
    try:
        visit()
    finally:
        event.remove(web.engine, "before_cursor_execute", note)
    return len(sent)
