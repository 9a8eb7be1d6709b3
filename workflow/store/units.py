"""Units with their dated facts, successions, and the members of each obligation version.

``member`` is a selector's answer, spelled out in days, so that planning is a
join; obligations that bind the same units share it. It is rebuilt by rule and
never edited.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)

from workflow.domain.units import Dated, Roster, Span, Unit, UnitQuota
from workflow.store.engine import Json, UTCDateTime, metadata
from workflow.store.journal import journal_entry
from workflow.store.read_once import read_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import Connection

unit = Table(
    "unit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("opened_on", Date, nullable=False),
    # Exclusive; 9999-12-31 while it lives.
    Column("closed_on", Date, nullable=False),
    Column("tax_code", String(16)),
    Column("budget_code", String(16)),
    Column("paid_by", String(64)),
    Column("mail", String(254)),
    CheckConstraint("closed_on > opened_on", name="life"),
)

unit_fact = Table(
    "unit_fact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    # For a quota, the value is the title's code and ``copies`` the amount.
    Column("fact", String(8), nullable=False),
    Column("value", String, nullable=False),
    Column("copies", Integer),
    Column("is_mandatory", Boolean),
    Column("funds", String),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    CheckConstraint("fact IN ('name', 'code', 'tag', 'parent', 'quota')", name="fact"),
    CheckConstraint("until_on > from_on", name="span"),
    UniqueConstraint("unit_id", "fact", "value", "from_on"),
)

succession = Table(
    "succession",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("happens_on", Date, nullable=False),
    Column("ground", String, nullable=False),
    # The decisions as the file gives them: planning afterwards applies them too.
    Column("definition", Json, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    UniqueConstraint("happens_on", "ground"),
)

succession_link = Table(
    "succession_link",
    metadata,
    Column("succession_id", ForeignKey("succession.id"), primary_key=True),
    Column("predecessor_id", ForeignKey("unit.id"), primary_key=True),
    Column("successor_id", ForeignKey("unit.id"), primary_key=True),
)

selection = Table(
    "selection",
    metadata,
    Column("id", Integer, primary_key=True),
    # Its agreement decides which calendar each kind of unit keeps.
    Column("agreement_id", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    # The state of the units that its members were worked out from.
    Column("members_of", String(48)),
    UniqueConstraint("agreement_id", "digest"),
)

member = Table(
    "member",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("selection_id", ForeignKey("selection.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("calendar", String(32), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    # Its own span is seen from its first day on; what it inherits, from the succession on.
    Column("since_on", Date, nullable=False),
    UniqueConstraint("selection_id", "unit_id", "from_on", "since_on"),
)

# Planning joins a version's occasions with its members of one calendar.
Index("ix_member_selection_calendar", member.c.selection_id, member.c.calendar)


def unit_ids(db: Connection) -> dict[str, int]:
    """Every unit's id by its key."""
    return {row.key: row.id for row in db.execute(select(unit.c.key, unit.c.id))}


def roster(db: Connection) -> Roster:
    """Every unit with its whole history and the units it replaced: two statements."""
    known = every_unit(db)
    replaced: dict[str, set[tuple[str, date]]] = {}
    for link in db.execute(select(succession_link, succession.c.happens_on).join(succession)):
        replaced.setdefault(known[link.successor_id].key, set()).add(
            (known[link.predecessor_id].key, link.happens_on)
        )
    return Roster(
        known.values(),
        {key: frozenset(before) for key, before in replaced.items()},
    )


def every_unit(db: Connection) -> dict[int, Unit]:
    """Every unit with its whole history, by id and in the order of the keys: one statement."""
    return _whole(db, _HISTORIES.order_by(unit.c.key, unit_fact.c.from_on))


def units_by_id(db: Connection, ids: Iterable[int]) -> dict[int, Unit]:
    """These units with their whole history, by id; one statement, none where all were read."""
    return read_once(db, "unit", ids, partial(_units_by_id, db))


def _units_by_id(db: Connection, ids: Sequence[int]) -> dict[int, Unit]:
    if not ids:
        return {}
    query = _HISTORIES.where(unit.c.id.in_(ids))
    return _whole(db, query.order_by(unit.c.id, unit_fact.c.from_on))


#: Each unit beside each of its facts; a unit without any stands alone.
_HISTORIES: Final = select(
    unit, *(one for one in unit_fact.c if one.name not in {"id", "unit_id"})
).outerjoin(unit_fact, unit_fact.c.unit_id == unit.c.id)


def _whole(db: Connection, query: Select[Any]) -> dict[int, Unit]:
    rows: dict[int, list[Row[Any]]] = {}
    for row in db.execute(query):
        rows.setdefault(row.id, []).append(row)
    return {
        unit_id: unit_from(some[0], [one for one in some if one.fact is not None])
        for unit_id, some in rows.items()
    }


def unit_from(row: Any, facts: Sequence[Any]) -> Unit:  # noqa: ANN401 - rows, or what was kept of them
    """A unit from its row and its facts in the order of their days."""
    dated: dict[str, list[Dated]] = {"name": [], "code": [], "tag": [], "parent": []}
    quotas: list[UnitQuota] = []
    for fact in facts:
        span = Span(from_on=fact.from_on, until_on=fact.until_on)
        if fact.fact == "quota":
            quotas.append(
                UnitQuota(
                    title=fact.value,
                    copies=fact.copies,
                    span=span,
                    is_mandatory=bool(fact.is_mandatory),
                    funds=fact.funds or "",
                )
            )
        else:
            dated[fact.fact].append(Dated(value=fact.value, span=span))
    return Unit(
        key=row.key,
        kind=row.kind,
        life=Span(from_on=row.opened_on, until_on=row.closed_on),
        names=tuple(dated["name"]),
        codes=tuple(dated["code"]),
        tags=tuple(dated["tag"]),
        parents=tuple(dated["parent"]),
        quotas=tuple(quotas),
        tax_code=row.tax_code,
        budget_code=row.budget_code,
        paid_by=row.paid_by,
        mail=row.mail,
    )


def write_unit(db: Connection, said: Unit) -> int:
    """Make the stored unit and its history what is said, and give its id.

    A unit is known by its key; its id never changes.
    """
    columns = {
        "kind": said.kind,
        "opened_on": said.life.from_on,
        "closed_on": said.life.until_on,
        "tax_code": said.tax_code,
        "budget_code": said.budget_code,
        "paid_by": said.paid_by,
        "mail": said.mail,
    }
    unit_id = db.execute(
        update(unit).where(unit.c.key == said.key).values(columns).returning(unit.c.id)
    ).scalar()
    if unit_id is None:
        unit_id = db.execute(
            insert(unit).values(key=said.key, **columns).returning(unit.c.id)
        ).scalar_one()
    db.execute(delete(unit_fact).where(unit_fact.c.unit_id == unit_id))
    facts = _facts_of(said)
    if facts:
        db.execute(insert(unit_fact), [{"unit_id": unit_id, **fact} for fact in facts])
    return int(unit_id)


def _facts_of(said: Unit) -> list[dict[str, Any]]:
    simple = (
        ("name", said.names),
        ("code", said.codes),
        ("tag", said.tags),
        ("parent", said.parents),
    )
    rows: list[dict[str, Any]] = [
        {
            "fact": kind,
            "value": dated.value,
            "copies": None,
            "is_mandatory": None,
            "funds": None,
            "from_on": dated.span.from_on,
            "until_on": dated.span.until_on,
        }
        for kind, facts in simple
        for dated in facts
    ]
    rows += [
        {
            "fact": "quota",
            "value": quota.title,
            "copies": quota.copies,
            "is_mandatory": quota.is_mandatory,
            "funds": quota.funds,
            "from_on": quota.span.from_on,
            "until_on": quota.span.until_on,
        }
        for quota in said.quotas
    ]
    return rows


def selection_of(db: Connection, agreement_id: int, digest: str) -> Row[Any]:
    """The selection of a digest within an agreement, made when it is new."""
    query = select(selection).where(
        selection.c.agreement_id == agreement_id, selection.c.digest == digest
    )
    row = db.execute(query).one_or_none()
    if row is None:
        db.execute(insert(selection).values(agreement_id=agreement_id, digest=digest))
        row = db.execute(query).one()
    return row


def history_stamp(db: Connection) -> str:
    """A text that differs once anything is recorded about any unit or succession.

    The count beside the highest number catches an entry that commits late.
    """
    row = db.execute(
        select(func.count(), func.max(journal_entry.c.id)).where(
            journal_entry.c.subject.in_(["unit", "succession"])
        )
    ).one()
    return f"{row[1] or 0}:{row[0]}"
