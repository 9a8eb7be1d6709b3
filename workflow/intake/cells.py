"""Values in the rows of a table: text, codes, days, numbers and yes or no, as offices write them.

What cannot be read is noted as a problem at its row and column and gives nothing, so that
one wrong cell does not hide the next. Refuses to know what any column means.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from workflow.domain.folding import fold
from workflow.intake.form import CODE_PATTERN, FIRST_DAY, LAST_DAY, suggested_day

if TYPE_CHECKING:
    from workflow.domain.errors import Problem
    from workflow.intake.sheet import Row

_CODE: Final = re.compile(CODE_PATTERN)
_APART: Final = re.compile(r"[;,\s]+")
_SERIAL: Final = re.compile(r"[3-7][0-9]{4}")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
# 1.234 and 1 234 are a thousand and more; 12,5 and 12.5 are twelve and a half.
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[. \u00a0][0-9]{3})+(?:,[0-9]{1,4})?")
_AMOUNT: Final = re.compile(r"[0-9]{1,14}(?:[.,][0-9]{1,4})?")
# A spreadsheet's day 1 is 1 January 1900, and it counts a 29 February 1900.
_SERIAL_ZERO: Final = date(1899, 12, 30)
_TRUTHS: Final = {
    "yes": True, "true": True, "x": True, "1": True, "co": True, "bat buoc": True,
    "no": False, "false": False, "0": False, "khong": False, "khuyen khich": False,
}  # fmt: skip
_GIVEN: Final = 40


class Cells:
    """Reads one row; problems go to the list that all rows share.

    ``refused`` names the columns whose values could not be read.
    """

    def __init__(self, row: Row, problems: list[Problem]) -> None:
        self.row = row
        self.refused: set[str] = set()
        self._problems = problems

    def refuse(self, name: str, code: str, /, **facts: Any) -> None:
        """Note a problem with the value of a column."""
        self.refused.add(name)
        self._problems.append(self.row.problem(name, code, **facts))

    def text(self, name: str, *, limit: int = 500, needed: bool = False) -> str | None:
        """Give the text of a cell, or nothing for an empty one."""
        text = self.row.text(name)
        if not text:
            if needed:
                self.refuse(name, "sheet.needed")
            return None
        if len(text) > limit:
            self.refuse(name, "form.text_too_long", limit=limit)
            return None
        if text.startswith("="):
            self.refuse(name, "sheet.formula_as_text")
            return None
        for character in text:
            if unicodedata.category(character) in {"Cc", "Cs"}:
                self.refuse(name, "form.control_character", character=f"U+{ord(character):04X}")
                return None
        return text

    def code(self, name: str, *, limit: int = 64, needed: bool = False) -> str | None:
        """Give a code of ours: unmarked letters, digits, dots and dashes."""
        text = self.text(name, limit=limit, needed=needed)
        return None if text is None else self._code(name, text)

    def codes(self, name: str) -> tuple[str, ...]:
        """Give codes that stand in one cell, apart by commas, semicolons or spaces; each once."""
        text = self.text(name) or ""
        parts = [self._code(name, part) for part in _APART.split(text) if part]
        return tuple(dict.fromkeys(part for part in parts if part is not None))

    def _code(self, name: str, text: str) -> str | None:
        if _CODE.search(text) is None:
            self.refuse(name, "form.bad_code", given=text[:_GIVEN])
            return None
        return text

    def day(self, name: str, *, needed: bool = False) -> date | None:
        """Give a day: a spreadsheet's day or its serial number, 2025-12-31 or 31/12/2025."""
        text = self.text(name, needed=needed)
        if text is None:
            return None
        day = suggested_day(text)
        if day is None and _SERIAL.fullmatch(text):
            day = _SERIAL_ZERO + timedelta(days=int(text))
        if day is None:
            self.refuse(name, "form.expected_day", given=text[:_GIVEN])
            return None
        if not FIRST_DAY <= day <= LAST_DAY:
            facts = {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
            self.refuse(name, "form.day_out_of_range", given=day.isoformat(), **facts)
            return None
        return day

    def whole(self, name: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
        """Give a whole number within bounds."""
        text = self.text(name)
        if text is None:
            return None
        amount = _amount(text)
        if amount is None or amount != amount.to_integral_value():
            self.refuse(name, "form.expected_whole_number")
            return None
        if not least <= amount <= most:
            code = "form.too_small" if amount < least else "form.too_large_number"
            limit = str(least if amount < least else most)
            self.refuse(name, code, given=text[:_GIVEN], limit=limit)
            return None
        return int(amount)

    def amount(self, name: str, *, needed: bool = False) -> Decimal | None:
        """Give a quantity that is not negative, with at most four decimals."""
        text = self.text(name, needed=needed)
        amount = None if text is None else _amount(text)
        if text is not None and amount is None:
            self.refuse(name, "form.expected_number")
        return amount

    def truth(self, name: str) -> bool | None:
        """Give yes or no, in either language."""
        text = self.text(name)
        if text is None:
            return None
        truth = _TRUTHS.get(fold(text))
        if truth is None:
            self.refuse(name, "sheet.expected_yes_or_no", given=text[:_GIVEN])
        return truth


def _amount(text: str) -> Decimal | None:
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[. \u00a0]", "", text)
    elif _AMOUNT.fullmatch(text) is None:
        return None
    return Decimal(text.replace(",", "."))
