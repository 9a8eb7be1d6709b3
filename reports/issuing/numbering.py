"""The number of a report: of the own series, or entered from the office's register.

Knows that a number is bound to one report and kept until that one is issued, that no two
reports of a register bear the same, and when a register begins anew: each calendar year
for a State body, each term for a Party one. Refuses to know files and content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from reports.documents.framing import letterhead_of
from reports.drafting import ensure_state, locked_report, record
from reports.letterhead import Issuer
from reports.quarterly import Report, read
from workflow import access, catalogue, journal
from workflow.domain.errors import Refusal
from workflow.domain.folding import fold, tidied
from workflow.domain.roles import Deed, Place
from workflow.store import report_numbers as stored

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Row

    from workflow.catalogue import Kept
    from workflow.journal import Act
    from workflow.store.report_numbers import Register as Place_

LONGEST: Final = 64
#: No office numbers so many reports in a year or term.
MOST: Final = 99_999
_PLAIN: Final = re.compile(r"0*(\d{1,6})(?:/\d{4})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """How an agreement's reports are numbered on a day.

    ``span`` names the register: a year, or the first day of a term. ``terms`` are the first
    days that are set, the earliest first; ``sign`` stands for the body in a number.
    """

    agreement_id: int
    issuer: Issuer
    span: str
    sign: str
    on: date
    terms: tuple[date, ...]

    @property
    def register(self) -> Place_:
        """Which register it is, as the database knows it."""
        return self.agreement_id, self.issuer.value, self.span

    def own(self, number: int) -> str:
        """A number of the own series as it is written: 03/2024."""
        return f"{number:02}/{self.on.year}"

    def key(self, number: str) -> str:
        """What two numbers are the same by: 5, 05/2024 and 05-BC/TU are one."""
        if found := _PLAIN.fullmatch(number):
            return found[1]
        said = re.sub(r"\s*([-/])\s*", r"\1", fold(number))
        for tail in (f"-bc/{fold(self.sign)}", f"/bc-{fold(self.sign)}") if self.sign else ():
            if said.endswith(tail) and (found := _PLAIN.fullmatch(said.removesuffix(tail))):
                return found[1]
        return said.lstrip("0") or "0"


def numbering_on(db: Connection, kept: Kept, on: date, *, report: Report) -> Numbering:
    """How a report would be numbered on a day, by the letterhead that it bears."""
    said = letterhead_of(report)
    terms = tuple(stored.terms_of(db, kept.id))
    return Numbering(
        agreement_id=kept.id,
        issuer=said.issuer,
        span=span_on(on, issuer=said.issuer, terms=terms),
        sign=said.sign,
        on=on,
        terms=terms,
    )


def span_on(on: date, *, issuer: Issuer, terms: tuple[date, ...]) -> str:
    """The register of a day: of a Party body its term, of others and before any term its year."""
    begun = [one for one in terms if one <= on]
    if issuer is Issuer.PARTY and begun:
        return max(begun).isoformat()
    return str(on.year)


def take_number(db: Connection, report_id: int, *, act: Act) -> str:
    """Bind the next number of the own series to an approved report, and give it.

    Asked again it gives the same one, whatever failed meanwhile, until the register begins
    anew: then the old number goes back. Raises ``Refusal``: ``report.unknown``,
    ``report.not_approved``, ``report.series_full``, ``access.denied``.
    """
    row = locked_report(db, report_id)
    access.ensure_may(db, Deed.ISSUE_REPORT, act=act, place=Place(agreement=row.agreement))
    ensure_state(row, "approved")
    kept = catalogue.kept(db, row.agreement)
    how = numbering_on(db, kept, kept.day_of(act.at), report=read(row.content))
    return own_number(db, row, how, kept=kept, act=act)


def own_number(db: Connection, row: Row[Any], how: Numbering, *, kept: Kept, act: Act) -> str:
    """The number of the own series that a report bears in a register. Raises as above."""
    held = _held(db, row, how, act=act)
    if held is not None:
        stored.change_number(db, row.id, {"dated_on": how.on})
        return str(held.number)
    first = stored.lock_series(db, how.register)
    taken = _taken(db, how, kept)
    number = first
    while str(number) in taken:
        number += 1
    if number > MOST:
        raise Refusal("report.series_full", most=MOST)
    text = how.own(number)
    _bind(db, row, how, text, is_own=True, act=act)
    record(db, row, "report.numbered", act, after={"number": text, "register": how.span})
    return text


def entered_number(
    db: Connection, row: Row[Any], how: Numbering, wanted: str, *, kept: Kept, act: Act
) -> str:
    """Bind a number of the office's register to a report, and give it as it is written.

    A number of the own series that was bound before goes back. Raises ``Refusal``:
    ``report.number_wrong``, ``report.number_taken``.
    """
    number = tidied(wanted)
    if not number or len(number) > LONGEST or not number.isprintable():
        raise Refusal("report.number_wrong", number=number[:LONGEST], most=LONGEST)
    held = _held(db, row, how, act=act)
    if held is not None and held.key != how.key(number):
        _release(db, row, held, act=act)
    elif held is not None:
        stored.change_number(db, row.id, {"dated_on": how.on})
        return str(held.number)
    stored.lock_series(db, how.register)
    if how.key(number) in _taken(db, how, kept):
        raise Refusal("report.number_taken", number=number, agreement=kept.says.code)
    _bind(db, row, how, number, is_own=False, act=act)
    return number


def _held(db: Connection, row: Row[Any], how: Numbering, *, act: Act) -> Row[Any] | None:
    """The number that a report is bound to in this register; one of another goes back."""
    held = stored.number_of(db, row.id)
    if held is None or (held.issuer, held.span) == (how.issuer.value, how.span):
        return held
    _release(db, row, held, act=act)
    return None


def _release(db: Connection, row: Row[Any], held: Row[Any], *, act: Act) -> None:
    stored.release_number(db, row.id)
    record(
        db,
        row,
        "report.number_released",
        act,
        before={"number": held.number, "register": held.span},
    )


def _taken(db: Connection, how: Numbering, kept: Kept) -> set[str]:
    """What the numbers of a register are the same by, also those given before there was one."""
    before = {
        how.key(one.number)
        for one in stored.unregistered(db, kept.id)
        if span_on(kept.day_of(one.issued_at), issuer=how.issuer, terms=how.terms) == how.span
    }
    return stored.keys_taken(db, how.register) | before


def _bind(
    db: Connection, row: Row[Any], how: Numbering, number: str, *, is_own: bool, act: Act
) -> None:
    agreement_id, issuer, span = how.register
    stored.bind_number(
        db,
        {
            "report_id": row.id,
            "agreement_id": agreement_id,
            "issuer": issuer,
            "span": span,
            "key": how.key(number),
            "number": number,
            "dated_on": how.on,
            "is_own": is_own,
            "taken_by": act.by,
            "taken_at": act.at,
        },
    )


# --- settings -------------------------------------------------------------------------


def begin_term(db: Connection, *, agreement: str, starts_on: date, act: Act) -> None:
    """Say on which day a term of the issuing body begins: its numbers begin anew there.

    What was numbered since that day belongs to the new term. Raises ``Refusal``:
    ``agreement.unknown``, ``access.denied``, ``report.term_known``, ``report.term_far`` for
    a day more than a year ahead, ``report.term_clash`` where two reports would bear the
    same number within a term.
    """
    kept = _setting(db, agreement, act)
    terms = stored.terms_of(db, kept.id)
    if starts_on in terms:
        raise Refusal("report.term_known", starts_on=starts_on)
    if starts_on > kept.day_of(act.at) + timedelta(days=366):
        raise Refusal("report.term_far", starts_on=starts_on)
    _sort_anew(db, kept, (*terms, starts_on))
    stored.add_term(
        db,
        {"agreement_id": kept.id, "starts_on": starts_on, "set_by": act.by, "set_at": act.at},
    )
    _note(db, kept, "report_term.begun", {"starts_on": starts_on}, act=act)


def _sort_anew(db: Connection, kept: Kept, terms: tuple[date, ...]) -> None:
    """Put every number into the register that is its own under these terms."""
    party = Issuer.PARTY
    rows = stored.numbers_of(db, kept.id, party.value)
    spans = {one.report_id: span_on(one.dated_on, issuer=party, terms=terms) for one in rows}
    found: set[tuple[str, str]] = set()
    for one in rows:
        place = spans[one.report_id], one.key
        if place in found:
            raise Refusal("report.term_clash", number=one.number)
        found.add(place)
    for one in rows:
        if spans[one.report_id] != one.span:
            stored.change_number(db, one.report_id, {"span": spans[one.report_id]})


def begin_series(
    db: Connection, *, agreement: str, issuer: Issuer, on: date, first: int, act: Act
) -> None:
    """Let the own series of the register of a day begin at a number.

    What the office gave on paper before comes before it. Raises ``Refusal``:
    ``agreement.unknown``, ``access.denied``, ``report.series_first_wrong``.
    """
    kept = _setting(db, agreement, act)
    if not 1 <= first <= MOST:
        raise Refusal("report.series_first_wrong", first=first, most=MOST)
    span = span_on(on, issuer=issuer, terms=tuple(stored.terms_of(db, kept.id)))
    stored.begin_series(db, (kept.id, issuer.value, span), first=first)
    _note(db, kept, "report_series.begun", {"register": span, "first": first}, act=act)


def _setting(db: Connection, agreement: str, act: Act) -> Kept:
    kept = catalogue.locked(db, agreement)
    access.ensure_may(db, Deed.ISSUE_REPORT, act=act, place=Place(agreement=agreement))
    return kept


def _note(db: Connection, kept: Kept, verb: str, after: dict[str, Any], *, act: Act) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=kept.id,
        subject=("agreement", kept.id),
        after=after,
    )
