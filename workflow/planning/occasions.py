"""Writing down every occasion that makes an obligation owed, before any task is made.

Knows the four sources: the rule's own schedule, events, fulfilments that are
followed, and figures that fall short. What is desired is computed whole and
compared with what is written, so that order and repetition do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workflow.domain.planning import Occasion, foreseen, of_event
from workflow.domain.triggers import After, Event, FollowsFrom, When
from workflow.store import occasions as stored
from workflow.store.past import keep_past_occasions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.catalogue import Kept, Version
    from workflow.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An owed occasion as it now stands: its row's id, its version, and what came before.

    ``is_moved`` where its cause was moved in this run; ``digest`` is what its
    tasks were last planned from.
    """

    id: int
    version: Version
    says: Occasion
    only_unit_id: int | None
    is_moved: bool
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An occasion whose cause is gone: the obligation it was one of, and its row's facts."""

    id: int
    obligation_id: int
    key: str
    is_event: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desired:
    version: Version
    says: Occasion
    status: str = "owed"
    only_unit_id: int | None = None
    event_id: int | None = None
    source_task_id: int | None = None
    caused_at: datetime | None = None


def write_occasions(
    db: Connection, agreement: Kept, selections: Mapping[int, int], *, until: date, act: Act
) -> tuple[list[Written], list[Gone]]:
    """Bring the occasions before ``until`` up to date; give the owed ones and those now gone.

    ``selections`` gives the selection of each version's bearers. An occasion whose
    cause is gone is cancelled, never deleted. Fulfilments and evaluations are
    recorded once and stay.
    """
    known = {(row.obligation_id, row.key): row for row in stored.occasions_of(db, agreement.id)}
    desired = {
        (one.version.obligation_id, one.says.key): one
        for one in _desired(db, agreement, known, selections, until=until, act=act)
    }
    added = [one for key, one in desired.items() if key not in known]
    stored.add_occasions(db, (_row(agreement.id, one, act) for one in added))
    changed = [
        (known[key].id, one)
        for key, one in desired.items()
        if key in known and _differs(known[key], one)
    ]
    keep_past_occasions(db, [id_ for id_, _ in changed], at=act.at)
    stored.change_occasions(db, ((id_, *_changing(one)) for id_, one in changed))
    lasting = ("acceptance", "evaluation")
    gone = [
        row
        for key, row in known.items()
        if key not in desired
        and row.source not in lasting
        and row.status != "cancelled"
        and (row.source == "event" or row.anchor_on < until)
    ]
    keep_past_occasions(db, [row.id for row in gone], at=act.at)
    stored.cancel_occasions(db, [row.id for row in gone], at=act.at)
    return list(_written(db, agreement, desired, known)), [
        Gone(
            id=row.id,
            obligation_id=row.obligation_id,
            key=row.key,
            is_event=row.source == "event",
        )
        for row in gone
    ]


def _written(
    db: Connection,
    agreement: Kept,
    desired: dict[tuple[int, str], _Desired],
    before: dict[tuple[int, str], Row[Any]],
) -> Iterator[Written]:
    versions = {version.id: version for version in agreement.versions}
    keys = stored.unit_keys(db)
    for row in stored.occasions_of(db, agreement.id):
        earlier = before.get((row.obligation_id, row.key))
        version = versions.get(row.version_id)
        is_desired = (row.obligation_id, row.key) in desired
        lasts = row.source in {"acceptance", "evaluation"}
        # What was recorded once keeps its version, also when that was superseded since.
        if row.status != "owed" or version is None or not (is_desired or lasts):
            continue
        wanted = desired.get((row.obligation_id, row.key))
        yield Written(
            id=row.id,
            version=version,
            says=wanted.says if wanted else _occasion(row, keys, agreement),
            only_unit_id=row.only_unit_id,
            is_moved=earlier is not None and earlier.anchor_on != row.anchor_on,
            digest=row.planned_digest,
        )


# --- what is desired ---------------------------------------------------------


def _desired(
    db: Connection,
    agreement: Kept,
    known: dict[tuple[int, str], Row[Any]],
    selections: Mapping[int, int],
    *,
    until: date,
    act: Act,
) -> Iterator[_Desired]:
    for version in agreement.versions:
        match version.says.trigger:
            case Event():
                yield from _from_events(db, agreement, version)
            case After():
                yield from _from_fulfilments(db, agreement, version, act=act)
            case When():
                selection_id = selections[version.id]
                yield from _from_figures(db, agreement, version, known, selection_id, act=act)
            case _:
                yield from _from_schedule(agreement, version, until=until)


def _from_schedule(agreement: Kept, version: Version, *, until: date) -> Iterator[_Desired]:
    for one in foreseen(version.says, agreement.says, last_until=agreement.last_until, until=until):
        yield _Desired(version=version, says=one)


def _from_events(db: Connection, agreement: Kept, version: Version) -> Iterator[_Desired]:
    trigger = version.says.trigger
    assert isinstance(trigger, Event)  # noqa: S101 - the caller matched it; this tells mypy
    for row in stored.events_held(db, kind=trigger.kind):
        key = f"{row.nature}:{row.id}"
        in_force = agreement.version_on(version.says.code, row.first_on)
        if in_force is None or in_force.id != version.id:
            continue
        if not agreement.says.starts_on <= row.happens_on < agreement.last_until:
            continue
        says = of_event(
            key,
            row.happens_on,
            judged_on=row.first_on,
            caused_on=agreement.day_of(row.changed_at),
            only_unit=row.addressed_key,
        )
        yield _Desired(
            version=version,
            says=says,
            only_unit_id=row.addressed_id,
            event_id=row.id,
            caused_at=row.changed_at,
        )


def _from_fulfilments(
    db: Connection, agreement: Kept, version: Version, *, act: Act
) -> Iterator[_Desired]:
    trigger = version.says.trigger
    assert isinstance(trigger, After)  # noqa: S101 - the caller matched it; this tells mypy
    for row in stored.fulfilments_unserved(
        db, agreement.id, followed=trigger.obligation, obligation_id=version.obligation_id
    ):
        is_sequence = trigger.reckoned is FollowsFrom.SEQUENCE
        fulfilled_on = row.original_due_on if is_sequence else row.done_on
        anchor_on = _later(fulfilled_on, trigger.days)
        in_force = agreement.version_on(version.says.code, anchor_on)
        if in_force is None or in_force.id != version.id:
            continue
        yield _Desired(
            version=version,
            says=Occasion(
                key=f"after:{trigger.obligation}:{row.occasion_key}:{row.unit_key}",
                source="acceptance",
                anchor_on=anchor_on,
                judged_on=anchor_on,
                from_on=min(fulfilled_on, anchor_on),
                until_on=_next(max(fulfilled_on, anchor_on)),
                only_unit=row.unit_key if trigger.same_unit else None,
                caused_on=agreement.day_of(act.at),
            ),
            only_unit_id=row.unit_id if trigger.same_unit else None,
            source_task_id=row.id,
            caused_at=act.at,
        )


def _from_figures(
    db: Connection,
    agreement: Kept,
    version: Version,
    known: dict[tuple[int, str], Row[Any]],
    selection_id: int,
    *,
    act: Act,
) -> Iterator[_Desired]:
    trigger = version.says.trigger
    assert isinstance(trigger, When)  # noqa: S101 - the caller matched it; this tells mypy
    today = agreement.day_of(act.at)
    for one in foreseen(
        version.says, agreement.says, last_until=agreement.last_until, until=_next(today)
    ):
        if (version.obligation_id, one.key) in known:
            continue
        says = replace(one, caused_on=today)
        figures = stored.figures_of(db, key=trigger.figure, period=one.key)
        if not trigger.per_unit:
            value = figures.get(None)
            is_short = trigger.missing_is_short if value is None else value < trigger.below
            yield _Desired(
                version=version,
                says=says,
                status="owed" if is_short else "not_owed",
                caused_at=act.at,
            )
            continue
        # The period's own row says that it has been evaluated; each short unit has one besides.
        yield _Desired(version=version, says=says, status="not_owed", caused_at=act.at)
        for key, id_ in stored.member_units(db, selection_id, on=one.anchor_on):
            value = figures.get(id_)
            is_short = trigger.missing_is_short if value is None else value < trigger.below
            if is_short:
                yield _Desired(
                    version=version,
                    says=replace(says, key=f"{one.key}@{key}", only_unit=key),
                    only_unit_id=id_,
                    caused_at=act.at,
                )


# --- between rows and values -------------------------------------------------


def _row(agreement_id: int, one: _Desired, act: Act) -> tuple[object, ...]:
    says = one.says
    return (
        agreement_id,
        one.version.obligation_id,
        one.version.id,
        says.key,
        says.source,
        says.anchor_on,
        says.judged_on,
        says.from_on,
        says.until_on,
        one.status,
        one.only_unit_id,
        one.event_id,
        one.source_task_id,
        act.at,
        one.caused_at or act.at,
    )


def _changing(one: _Desired) -> tuple[object, ...]:
    says = one.says
    return (one.version.id, says.anchor_on, says.from_on, says.until_on, one.caused_at)


def _differs(row: Row[Any], one: _Desired) -> bool:
    says = one.says
    return (
        row.status == "cancelled"
        or row.version_id != one.version.id
        or (row.anchor_on, row.from_on, row.until_on)
        != (says.anchor_on, says.from_on, says.until_on)
    )


def _occasion(row: Row[Any], keys: dict[int, str], agreement: Kept) -> Occasion:
    return Occasion(
        key=row.key,
        source=row.source,
        anchor_on=row.anchor_on,
        judged_on=row.judged_on,
        from_on=row.from_on,
        until_on=row.until_on,
        only_unit=keys[row.only_unit_id] if row.only_unit_id else None,
        caused_on=None if row.source == "schedule" else agreement.day_of(row.caused_at),
    )


def _next(day: date) -> date:
    return _later(day, 1)


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)
