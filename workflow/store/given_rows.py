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

    from sqlalchemy import Connection, Subquery
    from sqlalchemy.types import TypeEngine


def given_rows(
    db: Connection,
    name: str,
    columns: Mapping[str, TypeEngine[Any]],
    rows: Iterable[Sequence[object]],
) -> Subquery:
    """A subquery ``name`` with the columns in their order, over the rows given.

    Values may be None, bool, int, text, days and instants; a row has a value
    for each column. On PostgreSQL the rows are read once and kept
    (``MATERIALIZED``), so that the planner never re-parses them.
    """
    payload = json.dumps([[_plain(value) for value in row] for row in rows], ensure_ascii=False)
    if db.dialect.name == "postgresql":
        element = func.jsonb_array_elements(cast(bindparam(None, payload, Text), JSONB))
        source = element.table_valued("value", name=f"{name}_given")
        text_of = [source.c.value.op("->>")(index) for index in range(len(columns))]
        return (
            select(
                *(
                    cast(text, kind).label(label)
                    for text, (label, kind) in zip(text_of, columns.items(), strict=True)
                )
            )
            .select_from(source)
            .cte(f"{name}_rows")
            .prefix_with("MATERIALIZED")
            .select()
            .subquery(name)
        )
    source = func.json_each(bindparam(None, payload, Text)).table_valued(
        column("value", JSON), name=f"{name}_given"
    )
    return (
        select(
            *(
                func.json_extract(
                    literal_column(f"{name}_given.value"), f"$[{index}]", type_=kind
                ).label(label)
                for index, (label, kind) in enumerate(columns.items())
            )
        )
        .select_from(source)
        .subquery(name)
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        # The form in which SQLite keeps an instant, which PostgreSQL reads as well.
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return value
