"""Units as a sheet that reads back as the same units.

Writes a row for each day on which something about a unit changes, and in later rows only
what changed. Refuses to know files.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from workflow.domain.units import FOREVER, value_on
from workflow.intake.form import FIRST_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from workflow.domain.units import Unit

_COLUMNS: Final = (
    "key", "kind", "name", "code", "parent", "tags", "from", "opened", "closed",
    "tax_code", "budget_code", "paid_by", "mail",
)  # fmt: skip
_ENDED: Final = "-"
#: How a cell begins that a spreadsheet would reckon, or that was kept from it before.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


def write_units(units: Iterable[Unit]) -> str:
    """Write units as CSV text; ``read_units`` gives equal units again."""
    listed = list(units)
    titles = sorted({quota.title for unit in listed for quota in unit.quotas})
    columns = [*_COLUMNS, *(f"{about}:{title}" for title in titles for about in _QUOTA)]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for unit in listed:
        for row in _rows(unit, titles):
            writer.writerow({name: _harmless(value) for name, value in row.items()})
    return stream.getvalue()


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; reading takes the sign away again."""
    return f"'{text}" if text != _ENDED and _FORMULA.match(text) else text


_QUOTA: Final = ("quota", "mandatory", "funds")


def _rows(unit: Unit, titles: Sequence[str]) -> Iterable[dict[str, str]]:
    before: dict[str, str] = {}
    for index, day in enumerate(_days(unit)):
        now = _state(unit, titles, day)
        said = {
            name: value or _ENDED for name, value in now.items() if value != before.get(name, "")
        }
        lasting = _lasting(unit) if index == 0 else {"from": day.isoformat()}
        yield {"key": unit.key, **lasting, **said}
        before = now


def _days(unit: Unit) -> list[date]:
    """The days on which something about the unit begins or ends, while it lives."""
    dated = (*unit.names, *unit.codes, *unit.parents, *unit.tags)
    spans = [*(fact.span for fact in dated), *(quota.span for quota in unit.quotas)]
    days = {day for span in spans for day in (span.from_on, span.until_on)}
    return sorted({unit.life.from_on, *(day for day in days if unit.life.covers(day))})


def _lasting(unit: Unit) -> dict[str, str]:
    opened, closed = unit.life.from_on, unit.life.until_on
    return {
        "kind": unit.kind,
        "opened": "" if opened == FIRST_DAY else opened.isoformat(),
        "closed": "" if closed == FOREVER else closed.isoformat(),
        "tax_code": unit.tax_code or "",
        "budget_code": unit.budget_code or "",
        "paid_by": unit.paid_by or "",
        "mail": unit.mail or "",
    }


def _state(unit: Unit, titles: Sequence[str], day: date) -> dict[str, str]:
    tags = [fact.value for fact in unit.tags if fact.span.covers(day)]
    state = {
        "name": value_on(unit.names, day) or "",
        "code": value_on(unit.codes, day) or "",
        "parent": value_on(unit.parents, day) or "",
        "tags": " ".join(tags),
    }
    for title in titles:
        quota = next(
            (each for each in unit.quotas if each.title == title and each.span.covers(day)), None
        )
        state[f"quota:{title}"] = str(quota.copies) if quota else ""
        state[f"mandatory:{title}"] = "" if quota is None or quota.is_mandatory else "no"
        state[f"funds:{title}"] = quota.funds if quota else ""
    return state
