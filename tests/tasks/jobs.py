"""Jobs for tests: each thing that is done is an entry in the journal, so it can be counted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tasks.job import Job
from workflow import journal
from workflow.journal import Act
from workflow.store.journal import journal_entry
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Engine

    from tasks.workplace import Workplace

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
VERB = "probe.done"


def ask(engine: Engine, subjects: Iterable[int], *, kind: str = "probe") -> None:
    with engine.begin() as db:
        put_work(db, kind=kind, subjects=subjects, due_at=LONG_AGO)


def done(engine: Engine) -> Counter[int]:
    """How often each subject was done."""
    with engine.connect() as db:
        found = select(journal_entry.c.subject_id).where(journal_entry.c.verb == VERB)
        return Counter(db.scalars(found))


def note(_place: Workplace, db: Connection, subject: int, at: datetime) -> None:
    journal.record(db, act=Act(by="system:test", at=at), verb=VERB, subject=("probe", subject))


def note_all(place: Workplace, db: Connection, results: Mapping[int, Any], at: datetime) -> None:
    for subject in results:
        note(place, db, subject, at)


def probe(
    *,
    perform: Callable[[int], Any] | None = None,
    keep: Callable[[Workplace, Connection, Mapping[int, Any], datetime], None] = note_all,
    **settings: Any,
) -> Job:
    """A job of kind ``probe`` that notes its subjects; ``perform`` gets the subject."""
    if perform is not None:
        do = perform

        def gather(
            _place: Workplace, _db: Connection, subjects: Sequence[int], _at: datetime
        ) -> dict[int, int]:
            return {subject: subject for subject in subjects}

        settings = {"gather": gather, **settings, "perform": lambda _place, one: do(one)}
    return Job(**{"kind": "probe", "name": "probes.do_probe", "keep": keep, **settings})
