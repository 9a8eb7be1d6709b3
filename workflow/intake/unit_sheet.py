"""Units from a sheet: permanent keys, dated names and codes, the tree, quotas, who pays.

A unit that changes stands on several rows, the later ones saying from which day on and what
is new; an empty cell leaves a fact as it was, a lone dash ends it. Refuses to know which
units exist elsewhere, but for those it is told, and writes nothing anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.folding import fold
from workflow.domain.tax_codes import is_tax_code
from workflow.domain.units import FOREVER, Dated, Span, Unit, UnitQuota
from workflow.intake.cells import Cells
from workflow.intake.form import FIRST_DAY
from workflow.intake.sheet import Row, read_sheet
from workflow.intake.unit_tree import tree_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

_HEADINGS: Final = {
    "key": "key", "khoa": "key", "ma dinh danh": "key",
    "kind": "kind", "loai": "kind", "loai don vi": "kind",
    "name": "name", "ten": "name", "ten don vi": "name",
    "code": "code", "ma": "code", "ma so": "code", "ma don vi": "code",
    "parent": "parent", "truc thuoc": "parent", "cap tren": "parent", "don vi cap tren": "parent",
    "tags": "tags", "nhan": "tags", "nhom": "tags",
    "from": "from", "tu ngay": "from", "hieu luc tu": "from",
    "opened": "opened", "ngay thanh lap": "opened", "thanh lap": "opened",
    "closed": "closed", "ngay giai the": "closed", "giai the": "closed", "ngay ket thuc": "closed",
    "tax code": "tax_code", "mst": "tax_code", "ma so thue": "tax_code",
    "budget code": "budget_code", "mdvqhnsach": "budget_code", "ma qhns": "budget_code",
    "paid by": "paid_by", "don vi chi tra": "paid_by", "don vi thanh toan": "paid_by",
    "mail": "mail", "email": "mail", "thu dien tu": "mail",
}  # fmt: skip
_PER_TITLE: Final = {
    "quota": "quota", "dinh muc": "quota", "so to": "quota",
    "mandatory": "mandatory", "bat buoc": "mandatory",
    "funds": "funds", "nguon kinh phi": "funds",
}  # fmt: skip
_DATED: Final = ("name", "code", "parent", "tags")
#: In a cell by itself: what held until now holds no longer.
_ENDED: Final = "-"
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_TAX_CODE: Final = re.compile(r"[0-9]{10}(?:-[0-9]{3})?|[0-9]{12}")
_BUDGET_CODE: Final = re.compile(r"[0-9A-Za-z]{7}")
_TAX_DIGITS: Final = 10

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSheet:
    """Units in the order of their first rows, and what deserves a second look."""

    units: tuple[Unit, ...]
    warnings: tuple[Problem, ...] = ()


def read_units(
    source: Path | bytes, *, history: Path | bytes | None = None, known: Iterable[Unit] = ()
) -> UnitSheet:
    """Read units from .xlsx or .csv; ``history`` may hold their later rows.

    ``known`` are units that exist already and that the sheet may name. Raises
    ``InvalidFile`` with every problem at its row and column, and loads nothing then.
    """
    rows = list(read_sheet(source, named=_named, needed=("key", "name")))
    if history is not None:
        label = history.name if isinstance(history, Path) else "history"
        later = read_sheet(history, named=_named, needed=("key", "name"))
        rows += (replace(row, sheet=label) for row in later)
    problems: list[Problem] = []
    warnings: list[Problem] = []
    by_key: dict[str, list[_Said]] = {}
    for row in rows:
        said = _said(Cells(row, problems), warnings)
        if said is not None:
            by_key.setdefault(said.key, []).append(said)
    units = [_unit(history_of, problems) for history_of in by_key.values()]
    found = [unit for unit in units if unit is not None]
    places = {key: said[0].row for key, said in by_key.items()}
    wrong, odd = tree_problems(found, known=known, places=places)
    problems += wrong
    if problems:
        name = source.name if isinstance(source, Path) else ""
        raise InvalidFile(sorted(problems, key=_reading_order), file=name)
    return UnitSheet(
        units=tuple(found), warnings=tuple(sorted((*warnings, *odd), key=_reading_order))
    )


def _reading_order(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0


def _named(heading: str) -> str | None:
    name, colon, title = heading.partition(":")
    folded = fold(name.replace("_", " "))
    if colon:
        return f"{_PER_TITLE[folded]}:{title.strip()}" if folded in _PER_TITLE else None
    return _HEADINGS.get(folded)


# --- what a row says -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What one row says of a unit: only what stands in it; ``None`` is what it ends.

    ``refused`` names the columns that could not be read: what they say is not missing.
    """

    key: str
    row: Row
    from_on: date | None
    lasting: Mapping[str, Any]
    facts: Mapping[str, Any]
    refused: Collection[str]


def _said(cells: Cells, warnings: list[Problem]) -> _Said | None:
    row = cells.row
    key = cells.code("key", needed=True)
    lasting = {
        "kind": cells.code("kind", limit=32),
        "opened": cells.day("opened"),
        "closed": cells.day("closed"),
        "tax_code": _tax_code(cells, warnings),
        "budget_code": _budget_code(cells),
        "paid_by": cells.code("paid_by"),
        "mail": _mail(cells),
    }
    facts: dict[str, Any] = {}
    for name in (*_DATED, *(each for each in row.columns if ":" in each)):
        if row.text(name) == _ENDED:
            facts[name] = () if name == "tags" else None
        elif row.text(name):
            facts[name] = _fact(cells, name)
    if row.is_number("code"):
        warnings.append(row.problem("code", "units.code_is_number", given=row.text("code")))
    from_on = cells.day("from")
    if key is None:
        return None
    return _Said(
        key=key,
        row=row,
        from_on=from_on,
        lasting={name: value for name, value in lasting.items() if value is not None},
        facts={name: value for name, value in facts.items() if name not in cells.refused},
        refused=cells.refused,
    )


def _fact(cells: Cells, name: str) -> object:
    about = name.partition(":")[0]
    match about:
        case "quota":
            return cells.whole(name)
        case "mandatory":
            return cells.truth(name)
        case "tags":
            return cells.codes(name)
        case "parent":
            return cells.code(name)
    return cells.text(name, limit=64 if about == "code" else 500)


def _tax_code(cells: Cells, warnings: list[Problem]) -> str | None:
    text = cells.text("tax_code")
    if text is None:
        return None
    if text.isdigit() and len(text) == _TAX_DIGITS - 1:
        # A spreadsheet that takes the code for a number drops the zero of provinces 01 to 09.
        text = f"0{text}"
    if _TAX_CODE.fullmatch(text) is None:
        cells.refuse("tax_code", "units.tax_code_form", given=text[:40])
        return None
    if not is_tax_code(text):
        warnings.append(cells.row.problem("tax_code", "units.tax_code_check", given=text))
    return text


def _budget_code(cells: Cells) -> str | None:
    text = cells.text("budget_code")
    if text is None:
        return None
    if _BUDGET_CODE.fullmatch(text) is None:
        cells.refuse("budget_code", "units.budget_code_form", given=text[:40])
        return None
    return text


def _mail(cells: Cells) -> str | None:
    text = cells.text("mail", limit=254)
    if text is not None and _MAIL.fullmatch(text) is None:
        cells.refuse("mail", "units.mail_form", given=text[:40])
        return None
    return text


# --- from rows to a unit -------------------------------------------------------------


def _unit(rows: Sequence[_Said], problems: list[Problem]) -> Unit | None:
    first = rows[0]
    count = len(problems)
    lasting = _lasting(rows, problems)
    opened = lasting.get("opened", FIRST_DAY)
    life_until = lasting.get("closed", FOREVER)
    if life_until <= opened:
        problems.append(first.row.problem("closed", "units.closes_before_opening"))
        return None
    if "kind" not in lasting and not any("kind" in said.refused for said in rows):
        problems.append(first.row.problem("kind", "sheet.needed"))
    life = Span(from_on=opened, until_on=life_until)
    changes = _changes(rows, life, problems)
    if len(problems) > count or any(said.refused for said in rows):
        return None
    return Unit(
        key=first.key,
        kind=lasting["kind"],
        life=life,
        names=_dated(changes, "name", life),
        codes=_dated(changes, "code", life),
        parents=_dated(changes, "parent", life),
        tags=_tags(changes, life),
        quotas=_quotas(changes, life),
        tax_code=lasting.get("tax_code"),
        budget_code=lasting.get("budget_code"),
        paid_by=lasting.get("paid_by"),
        mail=lasting.get("mail"),
    )


def _lasting(rows: Sequence[_Said], problems: list[Problem]) -> dict[str, Any]:
    """What holds for life: said once, or the same each time."""
    lasting: dict[str, Any] = {}
    for said in rows:
        for name, value in said.lasting.items():
            if lasting.setdefault(name, value) != value:
                problems.append(said.row.problem(name, "units.not_dated", key=said.key))
    return lasting


#: A day and everything that holds from it on, until the next one.
_States = list[tuple["date", dict[str, Any]]]


def _changes(rows: Sequence[_Said], life: Span, problems: list[Problem]) -> _States:
    """What holds from which day on, each row added to the rows before it."""
    by_day: dict[date, _Said] = {}
    for index, said in enumerate(rows):
        if "from" in said.refused:
            continue
        day = said.from_on or (life.from_on if index == 0 else None)
        if day is None or day in by_day:
            facts = {"key": said.key, "first_row": rows[0].row.number}
            problems.append(said.row.problem("key", "units.key_twice", **facts))
        elif not life.covers(day) or (index == 0 and day != life.from_on):
            code = "units.first_row_later" if index == 0 else "units.outside_life"
            problems.append(said.row.problem("from", code))
        else:
            by_day[day] = said
    states: _States = []
    state: dict[str, Any] = {}
    for day in sorted(by_day):
        said = by_day[day]
        state = {**state, **said.facts}
        is_named = state.get("name") is not None or "name" in said.refused
        if not is_named and (not states or "name" in said.facts):
            problems.append(said.row.problem("name", "sheet.needed"))
        problems += _quota_problems(said, state)
        states.append((day, state))
    return states


def _quota_problems(said: _Said, state: Mapping[str, Any]) -> Iterator[Problem]:
    for column, value in said.facts.items():
        about, _, title = column.partition(":")
        if (
            about in {"mandatory", "funds"}
            and value is not None
            and not state.get(f"quota:{title}")
        ):
            yield said.row.problem(column, "units.quota_missing", title=title)


def _spans(
    states: _States, life: Span, of: Callable[[dict[str, Any]], V | None]
) -> list[tuple[V, Span]]:
    """The values that hold, each with its days; equal neighbours are one."""
    spans: list[tuple[V, Span]] = []
    for (day, state), (until, _) in pairwise([*states, (life.until_on, {})]):
        value = of(state)
        if value is None:
            continue
        continues = bool(spans) and spans[-1][0] == value and spans[-1][1].until_on == day
        from_on = spans.pop()[1].from_on if continues else day
        spans.append((value, Span(from_on=from_on, until_on=until)))
    return spans


def _dated(states: _States, name: str, life: Span) -> tuple[Dated, ...]:
    return tuple(
        Dated(value=value, span=span)
        for value, span in _spans(states, life, lambda state: state.get(name))
    )


def _tags(states: _States, life: Span) -> tuple[Dated, ...]:
    every = sorted({tag for _, state in states for tag in state.get("tags", ())})
    return tuple(
        Dated(value=tag, span=span)
        for each in every
        for tag, span in _spans(states, life, partial(_tag, each))
    )


def _tag(tag: str, state: Mapping[str, Any]) -> str | None:
    return tag if tag in state.get("tags", ()) else None


def _quotas(states: _States, life: Span) -> tuple[UnitQuota, ...]:
    titles = sorted(
        {column.partition(":")[2] for _, state in states for column in state if ":" in column}
    )
    return tuple(
        UnitQuota(title=title, copies=copies, span=span, is_mandatory=is_mandatory, funds=funds)
        for title in titles
        for (copies, is_mandatory, funds), span in _spans(states, life, partial(_quota, title))
    )


def _quota(title: str, state: Mapping[str, Any]) -> tuple[int, bool, str] | None:
    copies = state.get(f"quota:{title}")
    if not copies:
        return None
    is_mandatory = state.get(f"mandatory:{title}")
    return copies, is_mandatory is not False, state.get(f"funds:{title}") or ""
