"""The source document of an agreement, and where in it each clause stands.

Knows paragraphs by their numbers, as people count them. Refuses to read files: whoever adds a
document brings its text, read under the limits under which evidence is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, update

from workflow import catalogue, journal
from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied
from workflow.intake.kept_form import keep_agreement
from workflow.store.agreements import agreement as agreement_table
from workflow.store.agreements import locked_agreement
from workflow.store.evidence import remember_file
from workflow.store.past import AGREEMENT, keep_past
from workflow.store.sources import agreement_source, source_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.files import Stored
    from workflow.journal import Act

_LONGEST_PLACE: Final = 500
_PLACE: Final = re.compile(
    r"(?:đoạn|paragraphs?)\s+(?:số\s+|thứ\s+)?([0-9]{1,4})(?:\s*[–-]\s*([0-9]{1,4}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document as it is shown: its paragraphs, counted from 1."""

    sha256: str
    name: str
    paragraphs: tuple[str, ...]
    added_by: str
    added_at: datetime


def source_of(db: Connection, agreement_id: int) -> Source | None:
    """The source document of an agreement; None where none was added."""
    row = source_row(db, agreement_id)
    if row is None:
        return None
    return Source(
        sha256=row.sha256,
        name=row.name,
        paragraphs=paragraphs_of(row.text),
        added_by=row.added_by,
        added_at=row.added_at,
    )


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The lines of a text that hold words, tidied; a paragraph's number counts from 1."""
    return tuple(line for raw in text.splitlines() if (line := tidied(raw)))


def paragraph_named(place: str) -> int | None:
    """The first paragraph that a clause's place names, or None where it names none."""
    found = _PLACE.search(place)
    return int(found.group(1)) if found else None


def add_source(
    db: Connection, code: str, *, stored: Stored, name: str, text: str, act: Act
) -> None:
    """Keep a document as the source of an agreement; an earlier one stays on record.

    Raises ``Refusal("agreement.unknown")`` and ``Refusal("source.no_text")``.
    """
    row = locked_agreement(db, code)
    if not paragraphs_of(text):
        raise Refusal("source.no_text", file=name)
    remember_file(db, stored.sha256, size=stored.size, at=act.at)
    db.execute(
        insert(agreement_source).values(
            agreement_id=row.id,
            sha256=stored.sha256,
            name=name,
            text=text,
            added_by=act.by,
            added_at=act.at,
        )
    )
    journal.record(
        db,
        act=act,
        verb="agreement.source_added",
        agreement=row.id,
        subject=("agreement", row.id),
        after={"file": name, "sha256": stored.sha256},
    )


def place_clauses(db: Connection, code: str, *, places: Mapping[str, str], act: Act) -> list[str]:
    """Say where in the source clauses stand, by their codes; give the codes that changed.

    What is owed stays as it is, so that no amendment is needed and a draft keeps who wrote it.
    Raises ``Refusal("agreement.unknown")`` and ``Refusal("source.place_too_long")``.
    """
    kept = catalogue.locked(db, code)
    said = {clause: tidied(place) for clause, place in places.items()}
    for clause, place in said.items():
        if len(place) > _LONGEST_PLACE:
            raise Refusal("source.place_too_long", clause=clause, limit=_LONGEST_PLACE)
    before = {one.code: one.place for one in kept.says.clauses}
    changed = sorted(one for one in said if one in before and said[one] != before[one])
    if not changed:
        return []
    clauses = tuple(replace(one, place=said.get(one.code, one.place)) for one in kept.says.clauses)
    keep_past(db, AGREEMENT, {kept.id: keep_agreement(kept.says)}, at=act.at)
    db.execute(
        update(agreement_table)
        .where(agreement_table.c.id == kept.id)
        .values(definition=keep_agreement(replace(kept.says, clauses=clauses)))
    )
    journal.record(
        db,
        act=act,
        verb="agreement.clauses_placed",
        agreement=kept.id,
        subject=("agreement", kept.id),
        before={one: before[one] for one in changed},
        after={one: said[one] for one in changed},
    )
    return changed
