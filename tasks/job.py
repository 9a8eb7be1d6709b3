"""A job: ids in, one use case for each, the edge commits once.

Knows how a batch of rows is claimed, worked and settled so that one item's failure stays
its own, whatever fails. Refuses to know what is done: each kind of work says that itself.

A batch has three phases. *Gather* reads what all its subjects need; *perform* does for one
subject at a time what must not happen within a transaction (a check, a mail, a PDF);
*keep* writes the results and settles the rows in one transaction. Work that is only a use
case has only the last.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from tasks.workplace import Workplace
from workflow.domain.errors import Refusal
from workflow.store.engine import reading
from workflow.store.work import (
    LARGEST_CLAIM,
    Claimed,
    LeaseLost,
    claim,
    fail,
    give_back,
    settle,
)

# After so many seconds a batch keeps what it has and gives the rest back: no message holds
# a worker for long, and what was done is seen soon.
BUDGET_S: Final = 5.0
# Claiming, gathering and the database's moods.
_MARGIN_S: Final = 15.0
# Nothing of ours takes so long; a batch that does hangs, and its process is ended.
SOFT_LIMIT_S: Final = 270
HARD_LIMIT_S: Final = 300
_LONGEST_ERROR: Final = 500

_log = logging.getLogger(__name__)

Gather = Callable[[Workplace, Connection, Sequence[int], datetime], Mapping[int, Any]]
Perform = Callable[[Workplace, Any], Any]
Keep = Callable[[Workplace, Connection, Mapping[int, Any], datetime], None]
GivenUp = Callable[[Connection, Sequence[int], str, datetime], None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How a kind of work is done.

    ``name`` is ``module.verb_object``, permanent, since messages carry it. ``gather`` gives
    what ``perform`` needs by subject; a subject that it leaves out needs nothing more.
    ``keep`` gets the results by subject (None where nothing is performed); it is called
    for all, and when that fails for each alone. ``slowest_s`` bounds one item's *perform*,
    and the time that *keep* needs for a batch. ``give_up`` is called for what is parked.
    """

    kind: str
    name: str
    keep: Keep
    gather: Gather | None = None
    perform: Perform | None = None
    give_up: GivenUp | None = None
    # So many subjects travel in one message.
    largest: int = LARGEST_CLAIM
    slowest_s: float = 10.0
    budget_s: float = BUDGET_S
    margin_s: float = _MARGIN_S
    is_slow: bool = False
    tries: int = 5
    longest_rest_s: float = 300.0

    @property
    def lease_s(self) -> float:
        """Long enough for a batch that ends with its slowest item, and not much longer."""
        return self.budget_s + self.slowest_s + self.margin_s

    def rest_s(self, attempts: int) -> float:
        """How long to let work be after so many failed attempts: 1, 4, 16, 64 … seconds."""
        return min(self.longest_rest_s, 4.0 ** (attempts - 1))


class Hopeless(Exception):
    """No later attempt can do better: the row is parked at once."""


def each(use_case: Callable[[Workplace, Connection, int, datetime], object]) -> Keep:
    """Keep by one call of a use case for each subject."""

    def keep(place: Workplace, db: Connection, results: Mapping[int, Any], at: datetime) -> None:
        for subject in results:
            use_case(place, db, subject, at)

    return keep


def run_batch(place: Workplace, job: Job, ids: Sequence[int]) -> int:
    """Do what of these rows can be claimed, and say how many that were.

    A row whose work fails rests and is tried again, and is parked after ``job.tries``. When
    the lease on any row was lost, nothing of the batch is kept. A fault of the database
    itself is raised; the rows wait for their leases to run out.
    """
    if not ids:
        return 0
    try:
        with place.engine.begin() as db:
            claimed = claim(
                db,
                ids,
                kind=job.kind,
                now=place.clock.now(),
                lease_s=job.lease_s,
                tries=job.tries,
            )
        if claimed:
            _Batch(place, job, claimed).run()
        return len(claimed)
    finally:
        place.after_batch()


class _Batch:
    def __init__(self, place: Workplace, job: Job, claimed: Sequence[Claimed]) -> None:
        self._place = place
        self._job = job
        self._claimed = {one.subject_id: one for one in claimed}
        self._failed: dict[int, str] = {}
        self._hopeless: set[int] = set()
        self._unreached: list[int] = []

    def run(self) -> None:
        results = self._perform(self._gather())
        try:
            self._keep(results)
        except LeaseLost as lost:
            _log.warning("%s: %s; nothing of the batch is kept", self._job.name, lost)
            with self._place.engine.begin() as db:
                give_back(db, list(self._claimed.values()))

    def _gather(self) -> dict[int, Any]:
        gather = self._job.gather
        if gather is None:
            return dict.fromkeys(self._claimed)
        at = self._place.clock.now()
        with reading(self._place.engine).connect() as db:
            found = self._together_or_alone(
                db, list(self._claimed), lambda some: dict(gather(self._place, db, some, at))
            )
        return {subject: facts for part in found for subject, facts in part.items()}

    def _perform(self, gathered: dict[int, Any]) -> dict[int, Any]:
        perform = self._job.perform
        if perform is None:
            return gathered
        results: dict[int, Any] = {}
        until = time.monotonic() + self._job.budget_s
        for position, (subject, facts) in enumerate(gathered.items()):
            # One at least, so that every batch gets on.
            if position and time.monotonic() >= until:
                self._unreached.append(subject)
                continue
            try:
                results[subject] = perform(self._place, facts)
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is this item's own
                self._note(subject, fault)
        return results

    def _keep(self, results: dict[int, Any]) -> None:
        place, job = self._place, self._job
        with place.engine.begin() as db:
            at = place.clock.now()
            self._together_or_alone(
                db,
                list(results),
                lambda some: job.keep(place, db, {one: results[one] for one in some}, at),
            )
            open_ends = {*self._failed, *self._unreached}
            settle(db, [one for subject, one in self._claimed.items() if subject not in open_ends])
            give_back(db, [self._claimed[subject] for subject in self._unreached])
            for subject, error in self._failed.items():
                self._fail(db, self._claimed[subject], error, at)

    def _fail(self, db: Connection, one: Claimed, error: str, at: datetime) -> None:
        job = self._job
        is_last_try = one.attempts >= job.tries or one.subject_id in self._hopeless
        fail(
            db,
            one,
            error=error,
            rest_s=job.rest_s(one.attempts) if self._place.is_patient else 0.0,
            is_last_try=is_last_try,
        )
        if is_last_try:
            give_up(db, job, [one.subject_id], error, at)

    def _together_or_alone(
        self, db: Connection, subjects: Sequence[int], do: Callable[[Sequence[int]], _T]
    ) -> list[_T]:
        """Do it for all at once; when that fails, for each by itself, and note who fails."""
        if not subjects:
            return []
        try:
            with db.begin_nested():
                return [do(subjects)]
        except Exception as fault:  # noqa: BLE001 - found out below whose it is
            if len(subjects) == 1:
                self._note(subjects[0], fault)
                return []
        done = []
        for subject in subjects:
            try:
                with db.begin_nested():
                    done.append(do([subject]))
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is this item's own
                self._note(subject, fault)
        return done

    def _note(self, subject: int, fault: Exception) -> None:
        said = str(fault) if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}"
        self._failed[subject] = said[:_LONGEST_ERROR]
        if isinstance(fault, Hopeless):
            self._hopeless.add(subject)
        _log.warning("%s: %s: %s", self._job.name, subject, said, exc_info=fault)


def give_up(db: Connection, job: Job, subjects: Sequence[int], error: str, at: datetime) -> None:
    """Let a job say what becomes of subjects whose work was parked; its fault changes nothing."""
    if job.give_up is None:
        return
    try:
        with db.begin_nested():
            job.give_up(db, subjects, error, at)
    except Exception:  # noqa: BLE001 - the row is parked and seen, whatever else fails
        _log.exception("%s: giving up failed", job.name)


def by_kind(jobs: Iterable[Job]) -> dict[str, Job]:
    """The jobs by the kind of work that they do; one job a kind."""
    found: dict[str, Job] = {}
    for job in jobs:
        if job.kind in found:
            raise ValueError(f"two jobs for one kind of work: {job.kind}")
        found[job.kind] = job
    return found
