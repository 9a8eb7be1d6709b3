"""Agreements for properties: anything that the file form can say and that makes sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from workflow.domain.agreement import (
    Addressee,
    Agreement,
    AllOf,
    AnyOf,
    Channel,
    Clause,
    Count,
    Due,
    DueFrom,
    Fixed,
    FixedDay,
    Joiners,
    JudgedBy,
    LadderStep,
    Obligation,
    Party,
    Proof,
    Quantity,
    Quota,
    Requirement,
    Roll,
    Settings,
    Title,
    Topic,
)
from workflow.domain.folding import tidied
from workflow.domain.periods import ReportingYear, reporting_year
from workflow.domain.triggers import (
    After,
    CalendarKind,
    Day,
    Event,
    Every,
    FollowsFrom,
    Length,
    Once,
    Trigger,
    When,
)
from workflow.domain.units import Selector

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

FIRST, END = date(2023, 4, 11), date(2026, 1, 1)

codes = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,15}\Z")
# Words that YAML would take for something else belong to any text.
traps = st.sampled_from(
    [
        "true",
        "yes",
        "null",
        "~",
        "2024-01-01",
        "12",
        "0x1F",
        "1e3",
        "09367",
        "- x",
        "a: b",
        "#",
        "*a",
    ]
)
texts = st.one_of(
    traps,
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
    .map(tidied)
    .filter(bool),
    st.sampled_from(
        ["Từ Sơn", "Chỉ thị 11-CT/TW", "đọc báo: “buổi” đầu tháng", "Hội nghị\u2028lần 2"]
    ).map(tidied),
)
days = st.dates(FIRST, END - timedelta(days=1))


def few(
    of: SearchStrategy[Any], *, least: int = 0, most: int = 3
) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, min_size=least, max_size=most, unique=True).map(tuple)


selectors = st.builds(
    Selector,
    kinds=st.frozensets(codes, max_size=2),
    tags=st.frozensets(codes, max_size=2),
    under=st.frozensets(codes, max_size=2),
    keys=st.frozensets(codes, max_size=3),
    except_keys=st.frozensets(codes, max_size=1),
    except_tags=st.frozensets(codes, max_size=1),
    everyone=st.booleans(),
).filter(lambda selector: selector.has_conditions or bool(selector.keys))

yearly_days = st.one_of(
    st.builds(
        lambda day, before, after: Day(month=day.month, day=day.day, before=before, after=after),
        st.dates(date(2024, 1, 1), date(2024, 12, 31)),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    st.builds(
        Day,
        month=st.integers(1, 12),
        day=st.integers(1, 30),
        calendar=st.just(CalendarKind.LUNAR),
        before=st.integers(0, 30),
    ),
)
triggers: SearchStrategy[Trigger] = st.one_of(
    st.builds(Every, period=st.sampled_from(Length)),
    st.just(Every(rule="FREQ=DAILY", starts=FIRST)),
    yearly_days,
    st.builds(Event, kind=codes),
    st.builds(
        When,
        figure=codes,
        period=st.sampled_from(Length),
        below=st.decimals(Decimal("0.001"), 10**6, places=3).map(Decimal.normalize),
        evaluated_after=st.integers(0, 60),
        per_unit=st.booleans(),
        missing_is_short=st.booleans(),
    ),
)
dues = st.builds(
    Due,
    reckoned=st.sampled_from(DueFrom),
    offset=st.integers(-60, 60),
    count=st.sampled_from(Count),
    roll=st.sampled_from(Roll),
    opens=st.none() | st.integers(0, 60),
    report_by=st.none() | st.integers(0, 60),
) | st.builds(
    Due,
    fixed=st.builds(FixedDay, day=st.integers(1, 31), month=st.integers(-12, 12)),
    roll=st.sampled_from(Roll),
)
plain = st.recursive(
    texts
    | st.integers(-(10**17), 10**17)
    | st.booleans()
    | st.floats(-1e9, 1e9).map(lambda x: round(x, 6)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(codes, inner, max_size=2),
    max_leaves=4,
)
ladders = st.lists(
    st.builds(
        LadderStep,
        code=codes,
        days=st.integers(-30, 60),
        to=st.sampled_from(Addressee),
        channel=st.sampled_from(Channel),
    ),
    max_size=4,
    unique_by=lambda step: step.code,
).map(lambda steps: tuple(sorted(steps, key=lambda step: step.days)))


@st.composite
def proofs(draw: DrawFn, titles: tuple[str, ...]) -> Proof:
    quantities: SearchStrategy[Quantity | None] = st.none() | st.builds(
        Fixed, amount=st.integers(1, 500)
    )
    if titles:
        quantities |= st.builds(Quota, title=st.sampled_from(titles))
    count = draw(st.integers(1, 3))
    leaves: list[Proof] = [
        Requirement(
            code=code,
            check=draw(codes),
            params=draw(st.dictionaries(codes, plain, max_size=2)),
            minimum=draw(st.integers(1, 9)),
            quantity=draw(quantities),
            title=draw(st.just("") | texts),
        )
        for code in draw(st.lists(codes, min_size=count, max_size=count, unique=True))
    ]
    if len(leaves) == 1 and draw(st.booleans()):
        return leaves[0]
    parts = tuple(leaves)
    if len(leaves) > 2 and draw(st.booleans()):
        return AllOf(parts=(leaves[0], AnyOf(parts=tuple(leaves[1:]))))
    return AllOf(parts=parts) if draw(st.booleans()) else AnyOf(parts=parts)


@st.composite
def obligations(
    draw: DrawFn,
    code: str,
    *,
    clauses: tuple[str, ...],
    topics: tuple[str, ...],
    titles: tuple[str, ...],
    year: ReportingYear,
) -> list[Obligation]:
    """All versions of one obligation: each differs in some of what an amendment may change."""
    version = Obligation(
        code=code,
        title=draw(texts),
        clause=draw(st.sampled_from(clauses)),
        bearer=draw(selectors),
        trigger=draw(triggers),
        due=draw(dues),
        effective_from=FIRST,
    )
    # Periods of every length begin on these days, so that a version may change the length.
    boundaries = [FIRST, *(each.from_on for each in year.periods_between(FIRST, END, Length.YEAR))]
    begins = sorted(draw(st.lists(st.sampled_from(boundaries), max_size=3, unique=True)))
    versions = []
    for index, begin in enumerate(begins or [FIRST]):
        changes: dict[str, Any] = {
            "title": texts,
            "topic": st.none() | st.sampled_from(topics) if topics else st.none(),
            "weight": st.integers(1, 9),
            "cooperating": st.none() | selectors,
            "trigger": triggers,
            "due": dues,
            "judged_by": st.sampled_from(JudgedBy),
            "proof": st.none() | proofs(titles),
            "needs_person": st.booleans(),
            "allows_nothing": st.booleans(),
            "ladder": ladders,
            "joiners": st.sampled_from(Joiners),
        }
        chosen = draw(st.sets(st.sampled_from(sorted(changes)), max_size=4))
        until = begins[index + 1] if index + 1 < len(begins) else None
        if until is None and draw(st.booleans()):
            until = draw(st.dates(begin + timedelta(days=1), END))
        elif until is not None and draw(st.booleans()):
            until -= timedelta(days=1)
        version = replace(
            version,
            effective_from=begin,
            effective_until=until,
            **{name: draw(changes[name]) for name in sorted(chosen)},
        )
        versions.append(version)
    return versions


@st.composite
def agreements(draw: DrawFn) -> Agreement:
    clauses = draw(few(codes, least=1))
    topics, titles, parties = draw(few(codes)), draw(few(codes)), draw(few(codes, least=1))
    names = draw(few(codes, least=1, most=4))
    reporting = draw(
        st.sampled_from(
            [
                "calendar",
                "nd09",
                "custom:20:-1",
                "cut-off:20",
                "cut-off:20,28,31,30,20,20,20,20,20,20,1,31",
            ]
        )
    )
    year = reporting_year(reporting)
    written = [
        version
        for name in names
        for version in draw(
            obligations(name, clauses=clauses, topics=topics, titles=titles, year=year)
        )
    ]
    last = written[-1]
    if len(names) > 1 and draw(st.booleans()):
        follows = After(
            obligation=names[0],
            days=draw(st.integers(0, 30)),
            reckoned=draw(st.sampled_from(FollowsFrom)),
            same_unit=draw(st.booleans()),
        )
        written[-1] = replace(last, trigger=follows, beneficiary=draw(st.sampled_from(parties)))
    elif last.effective_until is None and draw(st.booleans()):
        written[-1] = replace(
            last, trigger=Once(on=draw(st.dates(last.effective_from, END - timedelta(days=1))))
        )
    return Agreement(
        code=draw(codes),
        title=draw(texts),
        starts_on=FIRST,
        ends_on=END,
        tracked_from=draw(days),
        parties=tuple(
            Party(code=code, name=draw(texts), members=draw(selectors)) for code in parties
        ),
        clauses=tuple(
            Clause(code=code, text=draw(texts), place=draw(st.just("") | texts)) for code in clauses
        ),
        obligations=tuple(written),
        topics=tuple(
            Topic(code=code, title=draw(texts), words=draw(few(texts))) for code in topics
        ),
        titles=tuple(
            Title(code=code, name=draw(texts), aliases=draw(few(texts)), sellers=draw(few(texts)))
            for code in titles
        ),
        settings=draw(
            st.builds(
                Settings,
                zone=st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin"]),
                country=st.sampled_from(["VN", "LA"]),
                reporting=st.just(reporting),
                calendars=st.dictionaries(codes, codes, max_size=2),
                correction_days=st.integers(0, 30),
                review_days=st.integers(0, 30),
            )
        ),
        signed_on=draw(st.none() | days),
        number=draw(st.just("") | texts),
        source=draw(st.just("") | texts),
        illustrative=draw(st.just("") | texts),
    )
