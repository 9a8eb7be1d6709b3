"""What is typed after an option: days, instants, choices, files and JSON.

Knows how each is written and what to say about a wrong one, by code, so that it is said in
the user's language. Refuses to know the verbs.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo

import click

from workflow.domain.errors import Refusal
from workflow.i18n import DEFAULT_ZONE, N_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

F = TypeVar("F", bound="Callable[..., Any]")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 9000
_WRITTEN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class Day(click.ParamType[date]):
    """A day: 2024-03-31, or 31/03/2024 as offices write it."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, _ctx: click.Context | None
    ) -> date:
        """Read a day. Raises ``Refusal("command.day_wrong")``."""
        if isinstance(value, date):
            return value
        text = str(value).strip()
        written = _WRITTEN.fullmatch(text)
        try:
            if written:
                day, month, year = map(int, written.groups())
                return date(year, month, day)
            if _ISO.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise Refusal("command.day_wrong", name=_named(param), given=text[:40])


class Instant(click.ParamType[datetime]):
    """An instant: 2024-03-31T17:00+07:00; without an offset it is told in the local zone."""

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, _ctx: click.Context | None
    ) -> datetime:
        """Read an instant. Raises ``Refusal("command.instant_wrong")``."""
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            at = None
        # A day alone is no instant, and the last centuries leave no room for a zone.
        if at is None or _ISO.fullmatch(text) or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
            raise Refusal("command.instant_wrong", name=_named(param), given=text[:40])
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(DEFAULT_ZONE))).astimezone(UTC)


class OneOf(click.Choice[str]):
    """One of a few words."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Read a word. Raises ``Refusal("command.choice_wrong")``."""
        try:
            found: str = super().convert(value, param, ctx)
        except click.BadParameter:
            raise Refusal(
                "command.choice_wrong",
                name=_named(param),
                given=str(value)[:40],
                known=list(self.choices),
            ) from None
        return found


class Number(click.ParamType[int]):
    """The number of a task, an item or a row, from 1."""

    name = "number"

    def convert(
        self, value: object, param: click.Parameter | None, _ctx: click.Context | None
    ) -> int:
        """Read a number. Raises ``Refusal("command.number_wrong")``."""
        text = str(value)
        if not (text.isascii() and text.isdigit() and 0 < int(text[:19]) <= _LARGEST):
            raise Refusal("command.number_wrong", name=_named(param), given=text[:40])
        return int(text)


_LARGEST: Final = 2**31 - 1
DAY: Final = Day()
INSTANT: Final = Instant()
NUMBER: Final = Number()
FILE: Final = click.Path(path_type=Path)


def file_argument(name: str = "file") -> Callable[[F], F]:
    """A file that is read; what is wrong with it is said by whoever reads it."""
    return click.argument(name, type=FILE)


def json_option(command: F) -> F:
    """``--json``: data for programs instead of words for people."""
    return click.option("--json", "as_json", is_flag=True, help=N_("Print JSON."))(command)


def reason_option(*, required: bool = True) -> Callable[[F], F]:
    """``--reason``, which the journal keeps."""
    return click.option("--reason", required=required, help=N_("Why; it is kept in the journal."))


def object_from(text: str, *, name: str) -> dict[str, Any]:
    """Read a JSON object that was typed. Raises ``Refusal("check.json_invalid")``."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Refusal("check.json_invalid", where=name, error=str(fault)) from None
    if not isinstance(value, dict):
        raise Refusal("command.object_wrong", name=name)
    return value


def one_of(words: Sequence[str]) -> OneOf:
    """A choice among words of the code."""
    return OneOf(list(words))


def _named(param: click.Parameter | None) -> str:
    if isinstance(param, click.Option):
        return param.opts[0]
    return "" if param is None or param.name is None else param.name.upper()
