"""Reports made up of any figures that add up: what sentences have to be true of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reports import quarterly as value
from reports.contents.articles import Articles, TopicArticles
from reports.contents.subscriptions import Order, Subscriber, Then, TitleOrders, summed
from reports.figures import Line, added
from reports.narrating.circumstances import Circumstances, Coming, Given, Held, Met
from reports.narrating.narrative import narrated
from workflow.domain.lifecycle import State
from workflow.domain.periods import reporting_year
from workflow.domain.tally import Box, Boxes, Share

if TYPE_CHECKING:
    from reports.quarterly import Report
    from workflow.domain.periods import Period

AT = datetime(2024, 4, 5, 2, tzinfo=UTC)
YEAR = reporting_year("calendar")
QUARTER = YEAR.period_by_key("2024-Q1")
NEXT = YEAR.following(QUARTER)
#: A name may be long, hold a comma, or be no letters at all.
NAMES = ("Phường Ấp Bắc", "Hội Nông dân, Hội Phụ nữ", "Xã Ân Thịnh", "Chi bộ cơ quan")
SMALL = st.integers(0, 3)


def boxed(**boxes: int) -> Line:
    """A line of boxes; all is assigned in the period, and what is overdue is so for long."""
    total = sum(number for name, number in boxes.items() if name != "awaiting_past_due")
    overdue = boxes.get("not_done_overdue", 0)
    return Line(
        boxes=Boxes(total=total, **boxes),
        assigned=total,
        overdue=(overdue // 2, 0, 0, -(-overdue // 2)),
    )


@st.composite
def _lines(draw: st.DrawFn) -> Line:
    awaiting = draw(SMALL)
    names = ("done_on_time", "done_late", "not_done_in_time", "not_done_overdue", "no_due_day")
    return boxed(
        **{name: draw(SMALL) for name in (*names, "suspended", "waived")},
        awaiting=awaiting,
        awaiting_past_due=draw(st.integers(0, awaiting)),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report on a quarter, whose lines add up, with whatever stands around them."""
    units = [f"u{number:02}" for number in range(draw(st.integers(0, 12)))]
    sides = {key: draw(st.sampled_from(("a", "b"))) for key in units}
    duties = draw(st.integers(0, 3))
    pairs = {
        (f"D{number}", key): draw(_lines())
        for number in range(duties)
        for key in units
        if draw(st.booleans())
    }
    return made(
        pairs, sides=sides, known=draw(_known(units)), beside=draw(_beside()), **draw(_more(units))
    )


def made(
    pairs: dict[tuple[str, str], Line],
    *,
    sides: dict[str, str],
    known: Circumstances,
    beside: tuple[value.Comparison, ...] = (),
    **more: Any,
) -> Report:
    """The report of these lines by duty and unit, with its sentences."""
    names = {key: NAMES[number % 4] + f" {key}" for number, key in enumerate(sorted(sides))}
    owing = sorted({key for _, key in pairs})
    report = value.Report(
        form=value.FORM,
        edition=1,
        agreement=value.Ground(
            code="CTPH",
            title="Chương trình phối hợp",
            number="05",
            signed_on=None,
            starts_on=date(2023, 1, 1),
            ends_on=date(2026, 1, 1),
            parties=("Bên A", "Bên B"),
            illustrative="",
        ),
        period=said(QUARTER),
        zone="Asia/Ho_Chi_Minh",
        cut_off=AT,
        as_of=AT,
        previous_cut_off=AT,
        is_simulated=False,
        total=added(pairs.values()),
        sides=tuple(
            value.Side(
                code=side,
                name=f"Bên {side}",
                line=added(line for (_, key), line in pairs.items() if sides[key] == side),
                duties=_duties({at: one for at, one in pairs.items() if sides[at[1]] == side}),
            )
            for side in ("a", "b")
        ),
        topics=(),
        duties=_duties(pairs),
        units=tuple(
            value.UnitLine(
                key=key,
                name=names[key],
                party=sides[key],
                line=added(line for (_, one), line in pairs.items() if one == key),
            )
            for key in owing
        ),
        pairs=tuple(
            value.Pair(obligation=code, unit=key, line=line)
            for (code, key), line in sorted(pairs.items())
        ),
        comparisons=beside,
        tasks=tuple(_tasks(pairs)),
        doubts=(),
        coverage=value.CoverageLine(until=None, occasions=0, tasks=0, gap_count=0, gaps=()),
        paragraphs={},
        circumstances=known,
    )
    report = replace(report, **more)
    return replace(report, sentences=narrated(report, following=NEXT))


def said(period: Period) -> value.Period:
    label, facts = period.label
    return value.Period(
        key=period.key, label=label, facts=facts, from_on=period.from_on, until_on=period.until_on
    )


def _duties(pairs: dict[tuple[str, str], Line]) -> tuple[value.Duty, ...]:
    found = []
    for code in sorted({code for code, _ in pairs}):
        lines = {key: line for (one, key), line in pairs.items() if one == code}
        met = [line.is_met for line in lines.values()]
        found.append(
            value.Duty(
                code=code,
                title="Mua, đọc báo" if code == "D0" else "Đọc báo.",
                clause="1",
                clause_text="",
                clause_place="",
                topic=None,
                line=added(lines.values()),
                units_owing=sum(one is not None for one in met),
                units_met=sum(one is True for one in met),
                defaulters=tuple(
                    key for key, line in sorted(lines.items()) if line.boxes.not_done_overdue
                ),
            )
        )
    return tuple(found)


def _tasks(pairs: dict[tuple[str, str], Line]) -> list[value.TaskLine]:
    found: list[value.TaskLine] = []
    for (code, key), line in sorted(pairs.items()):
        for box in (Box.DONE_LATE, Box.NOT_DONE_OVERDUE):
            for _ in range(getattr(line.boxes, box.value)):
                number = len(found)
                found.append(
                    late_task(number, code, key, box, reason=("", "Chờ hóa đơn.")[number % 2])
                )
    return found


def late_task(number: int, code: str, unit: str, box: Box, *, reason: str) -> value.TaskLine:
    asked = value.Concession(
        kind="extension",
        asked_on=date(2024, 3, 1),
        until_on=None,
        is_late=False,
        reason=reason,
        decision=None,
        answer="",
    )
    return value.TaskLine(
        id=number,
        obligation=code,
        unit=unit,
        answerable=None,
        occasion="2024-Q1",
        state=State.OPEN,
        share=Share.ASSIGNED,
        box=box,
        is_past_due=True,
        original_due_on=None,
        due_on=None,
        report_by_on=None,
        correction_on=None,
        late_notice_on=None,
        submitted_on=None,
        done_on=None,
        is_reported_late=False,
        days_late=0,
        concessions=(asked,) if reason else (),
        returned=(value.Reason(code="person", text="Thiếu dấu"),) if number % 3 == 0 else (),
        evidence=(),
    )


def previous(line: Line | None = None) -> value.Comparison:
    """The quarter before, when the agreement was in force."""
    return value.Comparison(
        to=value.Compared.PREVIOUS,
        period=said(YEAR.previous(QUARTER)),
        from_on=date(2023, 10, 1),
        until_on=date(2024, 1, 1),
        cut_off=AT,
        line=boxed() if line is None else line,
        by_obligation={},
    )


@st.composite
def _known(draw: st.DrawFn, units: list[str]) -> Circumstances:
    shares = st.integers(0, 4).flatmap(
        lambda owing: st.integers(0, owing).map(lambda met: Met(met=met, owing=owing))
    )
    day = date(2024, 4, 1)
    coming = []
    for number in range(draw(SMALL)):
        days = tuple(day + timedelta(days=7 * step) for step in range(draw(st.integers(1, 6))))
        tasks = draw(st.integers(1, 1500))
        units_of = draw(st.integers(1, tasks))
        coming.append(
            Coming(code=f"D{number}", title="Mua báo", tasks=tasks, units=units_of, days=days)
        )
    return Circumstances(
        instructions=tuple(
            Given(code=f"YK-2024-{n:03}", title="Đẩy nhanh", given_on=day, due_on=day, units=n + 1)
            for n in range(draw(st.integers(0, 10)))
        ),
        meetings=tuple(
            Held(title=draw(st.sampled_from(("", "Giao ban"))), happens_on=day)
            for _ in range(draw(st.integers(0, 10)))
        ),
        requests=draw(SMALL),
        received=draw(st.integers(0, 2000)),
        confirmed=draw(SMALL),
        returned=draw(SMALL),
        coming=tuple(coming),
        unreachable=tuple(units[: draw(st.integers(0, len(units)))]),
        met_before={code: draw(shares) for code in ("", "D0", "D1")} if draw(st.booleans()) else {},
    )


@st.composite
def _beside(draw: st.DrawFn) -> tuple[value.Comparison, ...]:
    spans = {
        value.Compared.PREVIOUS: YEAR.previous(QUARTER),
        value.Compared.SAME_LAST_YEAR: YEAR.same_last_year(QUARTER),
        value.Compared.PROGRAMME: None,
    }
    lines = st.one_of(st.none(), _lines(), st.just(boxed()))
    return tuple(
        value.Comparison(
            to=to,
            period=said(period) if period else None,
            from_on=date(2023, 1, 1),
            until_on=date(2024, 1, 1),
            cut_off=AT,
            line=draw(lines),
            by_obligation={},
        )
        for to, period in spans.items()
    )


@st.composite
def _more(draw: st.DrawFn, units: list[str]) -> dict[str, Any]:
    doubts = tuple(
        value.Doubt(
            task=number,
            obligation="D0",
            unit="u00",
            occasion="2024-Q1",
            kind="duplicate",
            reason=value.Reason(code="person", text="Trùng"),
            raised_on=date(2024, 3, 1),
        )
        for number in range(draw(st.integers(0, 7)))
    )
    coverage = value.CoverageLine(until=None, occasions=0, tasks=0, gap_count=draw(SMALL), gaps=())
    return {
        "doubts": doubts,
        "coverage": coverage,
        "subscriptions": tuple(draw(_title(units)) for _ in range(draw(st.integers(0, 1)))),
        "articles": draw(st.none() | _articles()),
    }


@st.composite
def _title(draw: st.DrawFn, units: list[str]) -> TitleOrders:
    subscribers = tuple(
        Subscriber(
            unit=key,
            name=key,
            order=draw(st.sampled_from(Order)),
            owed=draw(st.none() | st.integers(1, 1200)),
            proved=draw(SMALL),
            counted=None,
            occasion="2024-Q1",
            task=1,
        )
        for key in units
    )
    figures = summed(subscribers)
    earlier = draw(st.none() | st.just(figures) | st.just(summed(subscribers[:2])))
    return TitleOrders(
        title="bbn",
        name="Báo Bắc Ninh",
        period="2024-Q2",
        from_on=date(2024, 4, 1),
        until_on=date(2024, 7, 1),
        is_ahead=True,
        figures=figures,
        previous=Then(period="2024-Q1", figures=earlier),
        same_last_year=Then(period="2023-Q2", figures=None),
        units=subscribers,
        besides=(),
        counted_on=None,
        copies_counted=None,
    )


@st.composite
def _articles(draw: st.DrawFn) -> Articles:
    topics = tuple(
        TopicArticles(
            code=f"t{number}",
            title="Tuyên truyền",
            agreed=draw(SMALL),
            lacking=draw(SMALL),
            printed=draw(st.integers(0, 1100)),
            online=draw(SMALL),
            other=draw(SMALL),
            earlier=0,
            waiting=0,
        )
        for number in range(draw(st.integers(0, 2)))
    )
    return Articles(topics=topics, articles=(), distinct=0)
