"""Putting a report together: what is asked of the database, and how it becomes the value.

Knows which windows a report has and who stands where in it. Refuses to know words,
pages and whether anybody may read it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import dropwhile
from typing import TYPE_CHECKING, Final

from reports import quarterly as value
from reports.cast import Cast
from reports.contents.publishing import articles_of
from reports.contents.subscribing import When, subscriptions
from reports.figures import NOTHING, Line, Table, added, grouped, tables
from reports.grouping import units_grouped
from reports.letterheads import letterhead_words
from reports.lines import duty_lines, unit_lines
from reports.listing import doubts_listed, tasks_listed
from reports.narrating.narrative import narrated
from reports.narrating.noticing import Around, circumstances_known, next_period
from reports.unit_groups import Tree
from reports.windows import FIRST_DAY, days_counted, period_of
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.periods import Cumulative, reporting_year
from workflow.domain.timeliness import first_instant
from workflow.domain.triggers import Length
from workflow.store.tallies import Window, tallied

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.coverage import Coverage
    from workflow.domain.periods import Period, ReportingYear
    from workflow.store.tallies import Tally

#: So many periods before this one are shown beside it.
_STEPS: Final = 7
#: So many gaps are named; a report is no place for thousands, and their number is told.
_GAPS_NAMED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """The two instants of a report: submissions and days at one, verdicts at the other."""

    cut_off: datetime
    as_of: datetime


def usual_cut_off(kept: Kept, period: str) -> datetime:
    """The first instant after a period: where it is cut off unless somebody says otherwise.

    Raises ``Refusal``: ``period.bad_key``, ``report.period_outside``.
    """
    return first_instant(period_of(kept, period).until_on, kept.zone)


def compose(
    db: Connection,
    kept: Kept,
    *,
    period: str,
    at: Instants,
    coverage: Coverage | value.CoverageLine,
    is_simulated: bool,
    edition: int = 1,
    paragraphs: Mapping[value.Paragraph, str] | None = None,
    tree: Tree = Tree.AS_IT_WAS,
) -> value.Report:
    """The report on a period as it stands at its two instants.

    A fixed number of statements. Raises ``Refusal``: ``period.bad_key``,
    ``report.period_outside``, ``report.cut_off_outside``.
    """
    return _Composing(db, kept, period, at).report(
        coverage=coverage,
        is_simulated=is_simulated,
        edition=edition,
        paragraphs=dict(paragraphs or {}),
        tree=tree,
    )


class _Composing:
    def __init__(self, db: Connection, now: Kept, key: str, at: Instants) -> None:
        self._db = db
        kept = catalogue.kept_then(db, now, as_of=at.as_of)
        self._kept = kept
        self._at = at
        self._year: ReportingYear = reporting_year(kept.says.settings.reporting)
        self._period = period_of(kept, key)
        # Every cut-off stands to its period's end as this one does.
        self._lag = at.cut_off - first_instant(self._period.until_on, kept.zone)
        if at.cut_off <= first_instant(self._period.from_on, kept.zone):
            raise Refusal("report.cut_off_outside", period=key, cut_off=at.cut_off.isoformat())
        self._cast = Cast(db, kept, on=self._period.last_on, as_of=at.as_of)

    def report(
        self,
        *,
        coverage: Coverage | value.CoverageLine,
        is_simulated: bool,
        edition: int,
        paragraphs: Mapping[value.Paragraph, str],
        tree: Tree,
    ) -> value.Report:
        window = self._window(self._period)
        previous = self._window(self._year.previous(self._period))
        table, before = tables(self._tallied([window, previous]), windows=2)
        tasks = tasks_listed(self._db, self._kept, self._cast, window=window, as_of=self._at.as_of)
        if len(tasks) != table.total.boxes.total + _outside(table.total):
            raise ValueError("the tasks listed are not the tasks counted")
        says = self._kept.says
        comparisons, course = self._beside()
        units = unit_lines(table.by_unit, cast=self._cast)
        report = value.Report(
            form=value.FORM,
            edition=edition,
            agreement=value.Ground(
                code=says.code,
                title=says.title,
                number=says.number,
                signed_on=says.signed_on,
                starts_on=says.starts_on,
                ends_on=says.ends_on,
                parties=tuple(party.name for party in says.parties),
                illustrative=says.illustrative,
            ),
            period=_said(self._period),
            zone=says.settings.zone,
            cut_off=self._at.cut_off,
            as_of=self._at.as_of,
            previous_cut_off=window.previous_cut_off,
            is_simulated=is_simulated,
            total=table.total,
            sides=self._sides(table),
            topics=self._topics(table),
            duties=tuple(self._lines(table.pairs)),
            units=units,
            pairs=self._pairs(table),
            comparisons=comparisons,
            tasks=tasks,
            doubts=doubts_listed(
                self._db,
                self._kept,
                self._cast,
                before=days_counted(self._period)[1],
                as_of=self._at.as_of,
            ),
            coverage=covered(coverage),
            grouping=units_grouped(
                self._db,
                self._kept,
                self._cast,
                units,
                tree=tree,
                last_on=self._period.last_on,
                as_of=self._at.as_of,
            ),
            paragraphs=paragraphs,
            course=course,
            articles=articles_of(
                self._db, says, self._cast, tasks=tasks, window=window, as_of=self._at.as_of
            ),
            subscriptions=subscriptions(self._db, self._kept, self._cast, when=self._when()),
            letterhead=letterhead_words(self._db, self._kept.id, as_of=self._at.as_of),
            circumstances=circumstances_known(
                self._db,
                self._kept,
                self._cast,
                around=Around(
                    period=self._period,
                    year=self._year,
                    cut_off=self._at.cut_off,
                    as_of=self._at.as_of,
                ),
                now=table,
                before=None if self._is_before(previous, before) else before,
            ),
        )
        return replace(
            report, sentences=narrated(report, following=next_period(self._year, self._period))
        )

    def _when(self) -> When:
        return When(period=self._period, year=self._year, lag=self._lag, as_of=self._at.as_of)

    # --- windows -------------------------------------------------------------

    def _window(self, period: Period, *, from_on: date | None = None) -> Window:
        begins, until_on = days_counted(period)
        begins = from_on or begins
        return Window(
            from_on=begins,
            until_on=until_on,
            previous_cut_off=self._cut_off(begins),
            cut_off=self._cut_off(period.until_on),
            zone=self._kept.zone,
        )

    def _cut_off(self, on: date) -> datetime:
        # Nothing belongs to a time before the first day there is.
        return first_instant(max(on, FIRST_DAY), self._kept.zone) + self._lag

    def _tallied(self, windows: Sequence[Window], *, by_unit: bool = True) -> Sequence[Tally]:
        return tallied(
            self._db, self._kept.id, windows=windows, as_of=self._at.as_of, by_unit=by_unit
        )

    def _beside(self) -> tuple[tuple[value.Comparison, ...], tuple[value.Step, ...]]:
        """What the period is compared with, and the periods before it: all by one statement."""
        spans = self._spans()
        before = self._before()
        windows = [window for _, _, window in spans] + [self._window(one) for one in before]
        counted = tables(self._tallied(windows, by_unit=False), windows=len(windows))
        starts_on = self._kept.says.starts_on
        comparisons = (
            value.Comparison(
                to=to,
                period=_said(period) if period else None,
                from_on=max(window.from_on, starts_on) if period is None else window.from_on,
                until_on=window.until_on,
                cut_off=window.cut_off,
                line=None if self._is_before(window, table) else table.total,
                by_obligation={
                    self._cast.duties[key].code: line for key, line in table.by_obligation.items()
                },
            )
            for (to, period, window), table in zip(spans, counted, strict=False)
        )
        steps = (
            value.Step(period=_said(period), line=table.total)
            for period, table in zip(before, counted[len(spans) :], strict=True)
        )
        # Periods before anything was owed say nothing.
        course = dropwhile(lambda step: not step.line.boxes.total, steps)
        return tuple(comparisons), tuple(course)

    def _spans(self) -> list[tuple[value.Compared, Period | None, Window]]:
        if self._period.length is Cumulative.PROGRAMME:
            # Nothing went before it, and nothing goes beyond it.
            return []
        previous = self._year.previous(self._period)
        last_year = self._year.same_last_year(self._period)
        to_date = self._year.year_to_date(self._period)
        beside = [
            (value.Compared.PREVIOUS, previous),
            (value.Compared.SAME_LAST_YEAR, last_year),
            (value.Compared.YEAR_TO_DATE, to_date),
        ]
        # Of a year, and of the months to date, the period before is that of last year.
        if previous == last_year:
            del beside[0 if isinstance(self._period.length, Cumulative) else 1]
        return [
            *((to, period, self._window(period)) for to, period in beside),
            (
                value.Compared.PROGRAMME,
                None,
                # What is due before the agreement begins is counted with it.
                self._window(self._period, from_on=FIRST_DAY),
            ),
        ]

    def _before(self) -> list[Period]:
        """The periods of this length before this one, since the agreement began, in order.

        Of the programme, its years.
        """
        found: list[Period] = []
        starts_on = self._kept.says.starts_on
        one = self._year.previous(self._period)
        if self._period.length is Cumulative.PROGRAMME:
            one = self._year.period_containing(self._period.last_on, Length.YEAR)
        while len(found) < _STEPS and one.until_on > starts_on:
            found.insert(0, one)
            one = self._year.previous(one)
        return found

    def _is_before(self, window: Window, table: Table) -> bool:
        return window.until_on <= self._kept.says.starts_on and table.total == NOTHING

    # --- lines ---------------------------------------------------------------

    def _sides(self, table: Table) -> tuple[value.Side, ...]:
        parties = [(party.code, party.name) for party in self._kept.says.parties]
        sides = []
        for code, name in [*parties, ("", "")]:
            pairs = {pair: line for pair, line in table.pairs.items() if self._side(pair) == code}
            if pairs or code:
                sides.append(
                    value.Side(
                        code=code,
                        name=name,
                        line=added(pairs.values()),
                        duties=tuple(self._lines(pairs)),
                    )
                )
        return tuple(sides)

    def _side(self, pair: tuple[int, int]) -> str:
        return self._cast.side(self._cast.unit_keys[pair[1]])

    def _lines(self, pairs: Mapping[tuple[int, int], Line]) -> list[value.Duty]:
        return duty_lines(pairs, cast=self._cast, says=self._kept.says)

    def _topics(self, table: Table) -> tuple[value.TopicLine, ...]:
        lines = grouped(table.by_obligation, lambda key: self._cast.duties[key].topic or "")
        titles = {topic.code: topic.title for topic in self._kept.says.topics}
        if not titles:
            return ()
        known = [code for code in titles if code in lines]
        rest = sorted(code for code in lines if code not in titles)
        return tuple(
            value.TopicLine(code=code, title=titles.get(code, ""), line=lines[code])
            for code in [*known, *rest]
        )

    def _pairs(self, table: Table) -> tuple[value.Pair, ...]:
        found = [
            value.Pair(
                obligation=self._cast.duties[obligation_id].code,
                unit=self._cast.unit_keys[unit_id],
                line=line,
            )
            for (obligation_id, unit_id), line in table.pairs.items()
        ]
        return tuple(sorted(found, key=lambda pair: (pair.obligation, pair.unit)))


def _said(period: Period) -> value.Period:
    label, facts = period.label
    return value.Period(
        key=period.key,
        label=label,
        facts=facts,
        from_on=period.from_on,
        until_on=period.until_on,
    )


def _outside(line: Line) -> int:
    return line.boxes.cancelled + line.boxes.history


def covered(coverage: Coverage | value.CoverageLine) -> value.CoverageLine:
    """What a report says of a proof, or has said of it."""
    if isinstance(coverage, value.CoverageLine):
        return coverage
    return value.CoverageLine(
        until=coverage.until,
        occasions=coverage.occasions,
        tasks=coverage.tasks,
        gap_count=len(coverage.gaps),
        gaps=tuple(
            value.GapLine(
                code=gap.code,
                obligation=gap.obligation,
                occasion=gap.occasion,
                unit=gap.unit,
                expected=gap.expected,
                found=gap.found,
            )
            for gap in coverage.gaps[:_GAPS_NAMED]
        ),
    )
