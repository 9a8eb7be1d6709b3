"""The demonstration from an empty folder to verified reports.

Knows what has to hold at its end. Refuses to print: whoever calls tells people.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from camket.living.days import Life
from camket.living.founding import LOADED_ON, clear_folder, found_city, instant
from camket.living.quarters import report_on
from camket.opening import prepare
from tasks.embedded import Embedded, run_until_idle
from tasks.jobs import TICKS
from tasks.keeping import KEEP_FIGURES
from workflow.accounts import LOCAL_ADMINISTRATOR
from workflow.coverage import prove_coverage
from workflow.domain.clock import SteppedClock
from workflow.journal import Act
from workflow.owing import bring_up_to_date
from workflow.sealing import verify
from workflow.settings import load
from workflow.store import offers
from workflow.store.engine import make_engine, reading
from workflow.store.notices import digest, notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from camket.living.quarters import Reported
    from workflow.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What the demonstration did and what was found at its end."""

    agreement: str
    title: str
    units: int
    duties: int
    planned: int
    quarters: tuple[Reported, ...]
    papers: dict[str, int]
    events: dict[str, int]
    desk: dict[str, int]
    figures: dict[str, str]
    notices: int
    digests: int
    unsent: int
    parked: int
    coverage_gaps: int
    tasks: int
    occasions: int
    journal_entries: int
    journal_seals: int
    journal_problems: int
    has_mail: bool
    ended_at: datetime
    seconds: float
    data: Path
    out: Path

    @property
    def is_verified(self) -> bool:
        """Whether nothing is missing, altered or given up."""
        wrong = self.coverage_gaps + self.journal_problems + self.parked
        return not wrong and not any(one.gaps or one.findings for one in self.quarters)


def live_through(
    *,
    data: Path,
    out: Path,
    units: int | None,
    quarters: int,
    lang: str,
    tell: Callable[[date], None],
) -> Lived:
    """Live through the example in a folder of its own, and issue its reports into another.

    ``tell`` is called each time some days have passed. Raises
    ``Refusal("demo.folder_in_use")`` where either folder holds something else.
    """
    begun = time.monotonic()
    clear_folder(data)
    clear_folder(out)
    settings = _embedded(data)
    engine = make_engine(settings.database_url)
    try:
        return _Living(engine, settings, out, lang=lang, begun=begun).live(units, quarters, tell)
    finally:
        engine.dispose()


def _embedded(data: Path) -> Settings:
    """The settings of the embedded default in that folder, whatever the environment says."""
    return load(
        data_dir=data,
        database_url=f"sqlite:///{data.absolute() / 'camket.db'}",
        broker_url="memory://",
    )


class _Living:
    def __init__(
        self, engine: Engine, settings: Settings, out: Path, *, lang: str, begun: float
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._out = out
        self._lang = lang
        self._begun = begun
        self._clock = SteppedClock(instant(LOADED_ON, "08:00"))

    def live(self, units: int | None, quarters: int, tell: Callable[[date], None]) -> Lived:
        engine, clock = self._engine, self._clock
        prepare(engine, at=clock.now(), is_simulated=True)
        city = found_city(engine, by=LOCAL_ADMINISTRATOR, units=units)
        clock.move_to(instant(LOADED_ON, "17:00"))
        with engine.begin() as db:
            act = Act(by="system:planner", at=clock.now())
            owed = bring_up_to_date(db, city.code, act=act)
        reported: list[Reported] = []
        # Nobody looks at a board meanwhile: its figures are counted once, at the end.
        ticks = [tick for tick in TICKS if tick.job != KEEP_FIGURES]
        with Embedded(engine, self._settings, ticks=ticks, clock=clock) as embedded:
            life = Life(engine, embedded, clock, city, self._settings.data_dir)
            since, lap = clock.now(), time.monotonic()
            for day in life.days(quarters):
                tell(day.on)
                if day.reports is None:
                    continue
                reported.append(
                    report_on(
                        engine,
                        embedded,
                        clock,
                        agreement=city.code,
                        period=day.reports,
                        since=since,
                        data_dir=self._settings.data_dir,
                        out=self._out,
                        lang=self._lang,
                        begun=lap,
                    )
                )
                since, lap = clock.now(), time.monotonic()
            # The last acts are sealed a minute later.
            clock.advance(timedelta(minutes=5))
            embedded.until_idle()
        run_until_idle(engine, self._settings, clock)
        with reading(engine).connect() as db:
            found = self._found(db, city.code)
        desk, agenda = life.desk, life.agenda
        return Lived(
            agreement=city.code,
            title=city.world.says.title,
            units=len(city.world.units),
            duties=len({duty.code for duty in city.world.says.obligations}),
            planned=owed.planned.created,
            quarters=tuple(reported),
            papers=dict(sorted(life.offices.handed_in.items())),
            events={
                "recorded": agenda.recorded,
                "moved": agenda.moved,
                "cancelled": agenda.cancelled,
            },
            desk={
                "confirmed": desk.confirmed,
                "returned": desk.returned,
                "granted": desk.granted,
                "refused": desk.refused,
                "contested": desk.contested,
            },
            figures={key: str(value) for key, value in agenda.figures.items()},
            has_mail=self._settings.smtp_url is not None,
            ended_at=self._clock.now(),
            seconds=round(time.monotonic() - self._begun, 1),
            data=self._settings.data_dir,
            out=self._out,
            **found,
        )

    def _found(self, db: Connection, agreement: str) -> dict[str, int]:
        """What is proved and counted when everything has been lived."""
        at = self._clock.now()
        coverage = prove_coverage(db, agreement=agreement, at=at)
        sealed = verify(db, self._settings.journal_keys, at=at)
        count = select(func.count())
        return {
            "coverage_gaps": len(coverage.gaps),
            "tasks": coverage.tasks,
            "occasions": coverage.occasions,
            "journal_entries": sealed.entries,
            "journal_seals": sealed.seals,
            "journal_problems": len(sealed.problems) + sealed.unsealed,
            "notices": db.scalar(count.select_from(notice)) or 0,
            "digests": db.scalar(count.select_from(digest)) or 0,
            "unsent": db.scalar(count.select_from(digest).where(digest.c.sent_at.is_(None))) or 0,
            "parked": len(offers.parked(db)),
        }
