"""How many copies of which title an invoice proves for which days.

Knows how goods lines are worded and in which measures sellers count. Refuses
to know buyer, seller and signature. Every guess is told as a doubt.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from workflow.domain.folding import tone_key
from workflow.evidence.periods_in_text import Periods, Span, covered, occasion_span, periods_in
from workflow.evidence.wordings import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflow.evidence.check import Judgement, Publication, TaskFacts
    from workflow.evidence.invoice_form import Invoice, Line

_GOODS: Final = frozenset({"", "1"})
_PROMOTION, _NOTE = "2", "4"


def _measures(*words: str) -> frozenset[str]:
    return frozenset(map(tone_key, words))


#: Measures that count months of subscription, and of how many months each is.
_MONTHS_OF: Final = {
    **dict.fromkeys(_measures("tháng", "tháng báo"), 1),
    **dict.fromkeys(_measures("quý", "quí", "quý báo"), 3),
    **dict.fromkeys(_measures("năm", "năm báo"), 12),
}
#: Measures that count copies for as long as the line says.
_COPIES: Final = _measures(
    "bộ",
    "suất",
    "gói",
    "phần",
    "hợp đồng",
    "tờ/kỳ",
    "tờ/số",
    "cuốn/kỳ",
    "bản/kỳ",
    "tờ/quý",
    "bộ/quý",
)
# Beyond ten times what is owed, a quantity of sheets is surely copies times issues.
_COPIES_AT_MOST: Final = 10
_DAYS_OF_MONTH: Final = Decimal("30.4375")


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleLine:
    """A goods line that names a publication, with the periods it is for."""

    line: Line
    publication: Publication
    periods: Periods


def title_lines(
    invoice: Invoice, wanted: Sequence[Publication], *, facts: TaskFacts, judgement: Judgement
) -> list[TitleLine]:
    """The goods lines that name one of the wanted publications.

    A line without a period takes it from its vendor notes, else from the
    invoice's notes. Promotional copies are left out with a note.
    """
    notes = "\n".join(
        (invoice.notes, *(line.words for line in invoice.lines if line.kind == _NOTE))
    )
    found: list[TitleLine] = []
    for line in invoice.lines:
        publication = _named_in(line.words, facts.publications)
        if publication is None or publication not in wanted:
            continue
        if line.kind == _PROMOTION:
            judgement.note("invoice.promotion_left_out", words=line.words)
        elif line.kind in _GOODS:
            read = (
                periods_in(text, near=invoice.issued_on) for text in (line.words, line.notes, notes)
            )
            periods = next((periods for periods in read if periods.spans), Periods())
            found.append(TitleLine(line=line, publication=publication, periods=periods))
    return found


def _named_in(words: str, publications: Sequence[Publication]) -> Publication | None:
    """The publication of the longest name in the words.

    The longest wins because one title may begin as another does (``Bắc Ninh``,
    ``Bắc Ninh cuối tuần``).
    """
    wording = Wording(words)
    named = [
        (len(name), publication)
        for publication in publications
        for name in publication.names
        if wording.mentions(name)
    ]
    return max(named, key=lambda pair: pair[0])[1] if named else None


def days_paid_for(facts: TaskFacts) -> Span | None:
    """The days that the task's copies must cover, or None for a task without period.

    Papers are sold by calendar periods, whatever reporting year the agreement
    keeps, so an occasion key that is a period goes before its dates.
    """
    if (span := occasion_span(facts.occasion)) is not None:
        return span
    if facts.period_from is None or facts.period_until is None:
        return None
    return Span(from_on=facts.period_from, until_on=facts.period_until)


def copies_proved(
    lines: Sequence[TitleLine],
    *,
    span: Span | None,
    issues: int | None,
    judgement: Judgement,
) -> dict[str, int]:
    """Copies of each title, by its code, for the whole of ``span``; titles with none are left out.

    Reasons: ``invoice.quantity_missing``, ``invoice.period_unclear``,
    ``invoice.year_assumed``, ``invoice.measure_unclear``,
    ``invoice.period_partial``, ``invoice.period_other``.
    """
    amounts: defaultdict[str, defaultdict[Span | None, int]] = defaultdict(lambda: defaultdict(int))
    for matched in lines:
        spans: tuple[Span | None, ...] = matched.periods.spans or (span,)
        if span is not None and not any(_meet(one, span) for one in spans):
            amounts[matched.publication.code][spans[0]] += 0
            continue
        _tell_doubts(matched, span=span, judgement=judgement)
        count = _copies_of(matched, span=span, issues=issues, judgement=judgement)
        for one in spans:
            amounts[matched.publication.code][one] += count
    copies = {code: _whole(spans, span) for code, spans in amounts.items()}
    if span is not None and amounts and not any(copies.values()):
        _tell_other_period(amounts, span, judgement)
    return {code: count for code, count in copies.items() if count > 0}


def _meet(one: Span | None, other: Span) -> bool:
    return one is not None and one.from_on < other.until_on and other.from_on < one.until_on


def _whole(spans: Mapping[Span | None, int], span: Span | None) -> int:
    if span is None:
        return sum(spans.values())
    return covered({one: count for one, count in spans.items() if one is not None}, whole=span)


def _tell_doubts(matched: TitleLine, *, span: Span | None, judgement: Judgement) -> None:
    if not matched.periods.spans and span is not None:
        judgement.doubt("invoice.period_unclear", words=matched.line.words)
    elif matched.periods.is_year_assumed:
        judgement.doubt("invoice.year_assumed", words=matched.line.words)


def _tell_other_period(
    amounts: Mapping[str, Mapping[Span | None, int]], span: Span, judgement: Judgement
) -> None:
    read = sorted({one for spans in amounts.values() for one in spans if one is not None})
    told = {
        "period_from": span.from_on,
        "period_until": span.until_on,
        "read": [{"from": one.from_on, "until": one.until_on} for one in read],
    }
    if any(_meet(one, span) for one in read):
        if any(sum(spans.values()) for spans in amounts.values()):
            judgement.doubt("invoice.period_partial", **told)
    else:
        judgement.fail("invoice.period_other", **told)


def _copies_of(
    matched: TitleLine, *, span: Span | None, issues: int | None, judgement: Judgement
) -> int:
    """Copies per issue that one line pays for; a fraction of a copy is none."""
    quantity, words = matched.line.quantity, matched.line.words
    if quantity is None or quantity < 1:
        judgement.doubt("invoice.quantity_missing", words=words)
        return 0
    measure = tone_key(matched.line.measure.strip(" ."))
    months = _months(matched.periods.spans or ((span,) if span else ()))
    if measure in _COPIES:
        return int(quantity)
    if measure in _MONTHS_OF:
        return _of_months(quantity * _MONTHS_OF[measure], months, matched, judgement)
    if issues is not None:
        share = months / _months((span,)) if span and months else Decimal(1)
        copies = int(quantity / max(issues * share, Decimal(1)))
        if copies == 0:
            judgement.doubt(
                "invoice.measure_unclear",
                words=words,
                measure=matched.line.measure,
                quantity=str(quantity),
            )
        return copies
    owed = max(matched.publication.quota or 1, 1)
    if quantity <= _COPIES_AT_MOST * owed:
        return int(quantity)
    # Sheets of all issues together: only a person, or ``issues``, can tell the copies.
    judgement.doubt(
        "invoice.measure_unclear", words=words, measure=matched.line.measure, quantity=str(quantity)
    )
    return owed


def _of_months(paid: Decimal, months: Decimal, matched: TitleLine, judgement: Judgement) -> int:
    """Copies where months of subscription are counted: 6 months over a quarter are 2 copies."""
    copies = int((paid / months).to_integral_value()) if months else int(paid)
    if copies == 0 or (months and paid % months):
        judgement.doubt(
            "invoice.measure_unclear",
            words=matched.line.words,
            measure=matched.line.measure,
            quantity=str(matched.line.quantity),
        )
    return copies


def _months(spans: Sequence[Span]) -> Decimal:
    """Whole months of the spans, at least 1; 0 where there are none."""
    days = sum((span.until_on - span.from_on).days for span in spans)
    return max((days / _DAYS_OF_MONTH).to_integral_value(), Decimal(1)) if days else Decimal(0)
