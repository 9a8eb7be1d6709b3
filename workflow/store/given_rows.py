"""Rows that a statement brings along, as one parameter whatever their number.

A thousand rows are one JSON text and one bind parameter, so a statement's text,
its plan and the number of statements do not depend on how many rows there are.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Text, bindparam, cast, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import CTE, ColumnElement, Connection
    from sqlalchemy.types import TypeEngine


def given_rows(
    db: Connection,
    name: str,
    columns: Mapping[str, TypeEngine[Any]],
    rows: Iterable[Sequence[object]],
) -> CTE:
    """A table ``name`` for one statement, with the columns in their order, over the rows given.

    Values may be None, bool, int, text, days and instants; a row has a value
    for each column. The rows are read once and kept (``MATERIALIZED``):
    otherwise the text would be taken apart anew for every row of a join.
    """
    payload = json.dumps([[_plain(value) for value in row] for row in rows], ensure_ascii=False)
    values: list[ColumnElement[Any]]
    text = bindparam(None, payload, Text)
    if db.dialect.name == "postgresql":
        source = func.jsonb_array_elements(cast(text, JSONB)).table_valued(
            "value", name=f"{name}_given"
        )
        values = [
            cast(source.c.value.op("->>")(index), kind)
            for index, kind in enumerate(columns.values())
        ]
    else:
        source = func.json_each(text).table_valued(column("value", JSON), name=f"{name}_given")
        element: ColumnElement[Any] = literal_column(f"{name}_given.value")
        values = [
            func.json_extract(element, f"$[{index}]", type_=kind)
            for index, kind in enumerate(columns.values())
        ]
    labelled = (value.label(label) for label, value in zip(columns, values, strict=True))
    return select(*labelled).select_from(source).cte(name).prefix_with("MATERIALIZED")


def as_json(db: Connection, text: ColumnElement[str]) -> ColumnElement[Any]:
    """A text of given rows that was written as JSON, as the value of a JSON column."""
    return cast(text, JSONB) if db.dialect.name == "postgresql" else text


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        # The form in which SQLite keeps an instant, which PostgreSQL reads as well.
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return value
