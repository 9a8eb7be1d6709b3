"""Words, numbers and days as people read them, in Vietnamese and in English.

Knows the catalogs and the written form of a number, a rate and a day. Refuses to know
which sentence belongs to which code (that is ``labels``), and to guess a language: it is
an argument.

A catalog is the sum of the PO files in ``locale/<language>/parts``; the English text is
the key. They are read directly, because compiling them first costs more than the whole
start of the command (Babel: 0.2 s for 800 sentences).
"""

from __future__ import annotations

import json
import string
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LANGUAGES: Final = ("vi", "en")
DEFAULT_LANGUAGE: Final = "vi"
DEFAULT_ZONE: Final = "Asia/Ho_Chi_Minh"
LOCALE: Final = Path(__file__).parent / "locale"


def N_(message: str) -> str:  # noqa: N802 - gettext's own name, which extractors look for
    """Mark a text for the catalogs without translating it here."""
    return message


class Translator:
    """One language: its catalog, and how it writes numbers and days.

    ``zone`` is where instants are told. A text without translation comes back in
    English, so that a missing line is a blemish for the reader and never a failure.
    """

    def __init__(self, lang: str, messages: Mapping[str, str], *, zone: str = DEFAULT_ZONE) -> None:
        self.lang = lang
        self._messages = messages
        self._zone = ZoneInfo(zone)
        self._writer = _Writer(self)

    def gettext(self, message: str, /, **facts: object) -> str:
        """Translate a text and write its facts into it.

        A field may say how its fact is written: ``{count:number}`` 1.234,
        ``{rate:percent}`` 95,7% (from 0.957), ``{due_on:day}`` 31/03/2024 (from a date or
        an ISO text), ``{at:instant}`` 17:00 31/03/2024, ``{state:word}`` for a word of the
        code (``in_review``). Without that, dates, instants, decimals and lists are
        written by their type and everything else as it is.
        Raises ``KeyError`` when a fact is missing.
        """
        text = self._messages.get(message) or message
        return self._writer.written(text, facts) if facts else text

    __call__ = gettext

    def ngettext(self, singular: str, plural: str, count: int, /, **facts: object) -> str:
        """Translate a text that counts; Vietnamese has one form, English two."""
        if self.lang == "en":
            return self.gettext(singular if count == 1 else plural, **facts)
        return self.gettext(singular, **facts)

    def word(self, value: object) -> str:
        """Translate a word of the code, such as a state: ``in_review`` reads ``in review``."""
        return self.gettext(str(value).replace("_", " "))

    def has(self, message: str) -> bool:
        """Whether the catalog holds the text; English holds every text."""
        return self.lang == "en" or bool(self._messages.get(message))

    def number(self, value: float | Decimal | Fraction, *, digits: int | None = None) -> str:
        """Write a number: ``1.234`` and ``2,5`` in Vietnamese, ``1,234`` and ``2.5`` in English.

        ``digits`` after the mark, rounded half up; by default as many as the value has.
        """
        if digits is None and isinstance(value, int):
            # Nearly all that is written are counts.
            text = f"{value:,d}"
            return text.replace(",", ".") if self.lang == "vi" else text
        exact = _decimal(value)
        if digits is not None:
            exact = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        text = f"{exact:,f}"
        return text.translate(_SWAPPED) if self.lang == "vi" else text

    def percent(self, ratio: float | Decimal | Fraction, *, digits: int = 1) -> str:
        """Write a ratio as a percentage: 0.957 is ``95,7%``."""
        return f"{self.number(_decimal(ratio) * 100, digits=digits)}%"

    def day(self, day: date) -> str:
        """Write a day: ``31/03/2024`` in Vietnamese, ``2024-03-31`` in English."""
        return f"{day:%d/%m/%Y}" if self.lang == "vi" else day.isoformat()

    def instant(self, at: datetime) -> str:
        """Write an instant to the minute, as the clock on the wall shows it."""
        local = at.astimezone(self._zone)
        if self.lang == "vi":
            return f"{local:%H:%M} {self.day(local.date())}"
        return f"{self.day(local.date())} {local:%H:%M}"

    def in_zone(self, zone: str) -> Translator:
        """The same language, telling instants in another zone."""
        return Translator(self.lang, self._messages, zone=zone)


@cache
def translator(lang: str) -> Translator:
    """The translator of a language; what is not ``vi`` or ``en`` raises ``ValueError``.

    Read once in a process.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}")
    messages: dict[str, str] = {}
    for part in sorted((LOCALE / lang / "parts").glob("*.po")):
        messages.update(_entries(part))
    return Translator(lang, messages)


def official_day(day: date) -> str:
    """Write a day as a signed document does: ``ngày 05 tháng 01 năm 2026``.

    Days below 10 and the months 1 and 2 get a zero, so that none can be altered by hand
    (Nghị định 30/2020/NĐ-CP, phụ lục I).
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)  # noqa: PLR2004 - the rule
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


_SWAPPED: Final = str.maketrans(",.", ".,")


def _decimal(value: float | Decimal | Fraction) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    # A float is taken as it prints: 0.1 means one tenth.
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


class _Writer(string.Formatter):
    """Writes facts into a text by their type or by the word after the colon."""

    def __init__(self, language: Translator) -> None:
        self._by_name: Final[dict[str, Callable[[Any], str]]] = {
            "number": language.number,
            "percent": language.percent,
            "day": lambda value: language.day(_as_day(value)),
            "word": language.word,
            "instant": lambda value: language.instant(_as_instant(value)),
        }
        self._language = language

    def written(self, text: str, facts: Mapping[str, object]) -> str:
        """The text with its facts; what it consists of is taken apart once."""
        return "".join(
            one if isinstance(one, str) else self.format_field(facts[one[0]], one[1])
            for one in _parts(text)
        )

    def format_field(self, value: object, format_spec: str) -> str:
        if format_spec in self._by_name:
            return self._by_name[format_spec](value)
        if format_spec:
            return str(super().format_field(value, format_spec))
        if isinstance(value, list | tuple | set | frozenset):
            items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return ", ".join(self._by_type(item) for item in items)
        return self._by_type(value)

    def _by_type(self, value: object) -> str:
        if isinstance(value, datetime):
            return self._language.instant(value)
        if isinstance(value, date):
            return self._language.day(value)
        if isinstance(value, float | Decimal | Fraction):
            return self._language.number(value)
        return str(value)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str | tuple[str, str], ...]:
    """What a text consists of, in its order: as it stands, or a fact's name and how it is written.

    Of what Python's own formatting offers, texts use names and what follows the colon.
    """
    found: list[str | tuple[str, str]] = []
    for literal, name, how, _ in string.Formatter().parse(text):
        if literal:
            found.append(literal)
        if name is not None:
            found.append((name, how or ""))
    return tuple(found)


def _as_day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _as_instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _entries(part: Path) -> Iterator[tuple[str, str]]:
    """The texts of a PO file and their translations, without header and fuzzy ones.

    Reads the subset that this house writes: no contexts, one plural form, an empty line
    between entries. Its tests hold it to what Babel reads from the same files.
    """
    texts: dict[str, str] = {}
    field = ""
    is_fuzzy = False
    for line in [*part.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith('"'):
            texts[field] += json.loads(line)
        elif line.startswith("msg"):
            field, _, quoted = line.partition(" ")
            texts[field] = json.loads(quoted)
        elif line.startswith("#,"):
            is_fuzzy = "fuzzy" in line
        elif not line.strip():
            translation = texts.get("msgstr", texts.get("msgstr[0]", ""))
            if texts.get("msgid") and translation and not is_fuzzy:
                yield texts["msgid"], translation
            texts, is_fuzzy = {}, False
