"""What every file form shares: strict keys, kinds of values, and errors as problems.

Knows how a value in a file may be written and turns what pydantic says into codes
with facts and places. Refuses to know any particular form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    Strict,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from workflow.domain.folding import tidied

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from _typeshed import DataclassInstance

    from workflow.domain.errors import Problem
    from workflow.intake.places import Document, NodePath

#: Days outside these are slips of the pen; the lunar table ends there as well.
FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)

_DAY_FIRST: Final = re.compile(r"\s*([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})\s*")
_YEAR_FIRST: Final = re.compile(r"\s*([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})\s*")
_TRUTH_WORDS: Final = {
    "yes": "true", "on": "true", "y": "true", "có": "true",
    "no": "false", "off": "false", "n": "false", "không": "false",
}  # fmt: skip


def suggested_day(text: str) -> date | None:
    """Give the day that a text in another notation (``31/12/2025``) most likely means."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(group) for group in found.groups())
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(group) for group in found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(value: object) -> object:
    if not isinstance(value, date) or isinstance(value, datetime):
        text = value if isinstance(value, str) else ""
        try:
            value = date.fromisoformat(text) if "-" in text else None
        except ValueError:
            value = None
    if not isinstance(value, date):
        meant = suggested_day(text)
        if meant is not None:
            facts = {"given": text, "meant": meant.isoformat()}
            raise PydanticCustomError("form.day_written_otherwise", "{given}", facts)
        raise PydanticCustomError("form.expected_day", "a day", {"given": text[:40]})
    if not FIRST_DAY <= value <= LAST_DAY:
        facts = {
            "given": value.isoformat(),
            "first": FIRST_DAY.isoformat(),
            "last": LAST_DAY.isoformat(),
        }
        raise PydanticCustomError("form.day_out_of_range", "{given}", facts)
    return value


def _truth(value: object) -> object:
    if isinstance(value, str) and value.casefold() in _TRUTH_WORDS:
        facts = {"given": value, "meant": _TRUTH_WORDS[value.casefold()]}
        raise PydanticCustomError("form.truth_written_otherwise", "{given}", facts)
    return value


def _written(value: str) -> str:
    value = tidied(value)
    if not value:
        raise PydanticCustomError("form.empty_text", "empty")
    for character in value:
        if unicodedata.category(character) in {"Cc", "Cs"}:
            facts = {"character": f"U+{ord(character):04X}"}
            raise PydanticCustomError("form.control_character", "{character}", facts)
    return value


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("form.expected_number", "a number")
    return value


CODE_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

#: A permanent name inside the files: Latin letters, digits, ``.``, ``_`` and ``-``.
Code = Annotated[str, Field(pattern=CODE_PATTERN, max_length=64)]
#: A kind of unit or the name of a working calendar.
Kind = Annotated[str, Field(pattern=CODE_PATTERN, max_length=32)]
#: One line of text for people, kept in NFC with single spaces.
Text = Annotated[str, Field(max_length=500), AfterValidator(_written)]
#: A paragraph for people, kept like ``Text``.
LongText = Annotated[str, Field(max_length=5000), AfterValidator(_written)]
Whole = Annotated[int, Strict()]
Truth = Annotated[bool, Strict(), BeforeValidator(_truth, json_schema_input_type=bool)]
Date = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
Days = Annotated[Whole, Field(ge=-366, le=366)]
DaysOnward = Annotated[Whole, Field(ge=0, le=366)]
NotTruth = BeforeValidator(_number)


def day_after(last_day: date) -> date:
    """Give the exclusive end of what is written with its last day."""
    return last_day + timedelta(days=1)


def day_before(until: date) -> date:
    """Give the last day of what ends, exclusively, on a day."""
    return until - timedelta(days=1)


class Form(BaseModel):
    """A mapping of a file. Unknown keys are refused, with the nearest known one named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def known_keys(cls) -> tuple[str, ...]:
        """Keys that the form knows, as they are written."""
        return tuple(info.alias or name for name, info in cls.model_fields.items())

    @model_validator(mode="wrap")
    @classmethod
    def _names_unknown_keys(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            details = [_with_known_keys(each, cls.known_keys()) for each in error.errors()]
            raise ValidationError.from_exception_data(cls.__name__, details) from error

    @classmethod
    def naming(cls, **values: Any) -> Self:
        """Make a form by the names of its fields, saying everything that is given."""
        return cls.model_validate(values, by_alias=False, by_name=True)

    @classmethod
    def saying(cls, **values: Any) -> Self:
        """Make a form by the names of its fields, saying only what differs from its defaults."""
        known = cls.model_fields
        return cls.naming(
            **{name: value for name, value in values.items() if value != known[name].default}
        )

    def written(self) -> dict[str, Any]:
        """Give the mapping to write: what is said, under the file's keys."""
        return self.model_dump(by_alias=True, exclude_unset=True)


_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(form: type[Form], *, title: str) -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a file that a form describes."""
    return {"$schema": _DIALECT, **form.model_json_schema(by_alias=True), "title": title}


def attributes(value: DataclassInstance) -> dict[str, Any]:
    """Give the attributes of a domain value by name, without unfolding what they hold."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _with_known_keys(error: ErrorDetails, keys: Collection[str]) -> InitErrorDetails:
    kind: str | PydanticCustomError = error["type"]
    loc, context = error["loc"], error.get("ctx", {})
    if kind == "extra_forbidden" and len(loc) == 1:
        kind = _unknown_key(str(loc[0]), keys)
    elif "." in error["type"]:
        kind = PydanticCustomError(error["type"], "refused", context)
    return InitErrorDetails(type=kind, loc=loc, input=error["input"], ctx=context)


def _unknown_key(key: str, keys: Collection[str]) -> PydanticCustomError:
    near = nearest(key, keys)
    if near is None:
        return PydanticCustomError("form.unknown_key", "key", {"key": key, "keys": list(keys)})
    return PydanticCustomError("form.unknown_key_near", "key", {"key": key, "nearest": near})


def nearest(word: str, words: Collection[str]) -> str | None:
    """Give the known word that a wrong one most resembles, or nothing when none is near."""
    folded = {known.casefold().replace("-", "_"): known for known in words}
    close = get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


# --- errors as problems --------------------------------------------------------------

_Facts = dict[str, Any]
_ALLOWED: Final = re.compile(r"'([^']*)'")


def _one_of(error: Mapping[str, Any]) -> _Facts:
    allowed = _ALLOWED.findall(error["ctx"]["expected"])
    given = str(error["input"])[:40]
    return {"given": given, "allowed": allowed}


def _bound(error: Mapping[str, Any]) -> _Facts:
    context = error["ctx"]
    limit = next(context[name] for name in ("ge", "gt", "le", "lt") if name in context)
    return {"given": str(error["input"])[:40], "limit": str(limit)}


def _nothing(_error: Mapping[str, Any]) -> _Facts:
    return {}


_KINDS: Final[dict[str, tuple[str, Callable[[Mapping[str, Any]], _Facts]]]] = {
    "missing": ("form.missing_key", lambda error: {"key": str(error["loc"][-1])}),
    "string_type": ("form.expected_text", lambda error: {"given": str(error["input"])[:40]}),
    "string_too_long": ("form.text_too_long", lambda error: {"limit": error["ctx"]["max_length"]}),
    "string_pattern_mismatch": ("form.bad_code", lambda error: {"given": error["input"][:40]}),
    "int_type": ("form.expected_whole_number", _nothing),
    "int_from_float": ("form.expected_whole_number", _nothing),
    "int_parsing_size": ("form.expected_whole_number", _nothing),
    "bool_type": ("form.expected_truth", _nothing),
    "decimal_type": ("form.expected_number", _nothing),
    "decimal_parsing": ("form.expected_number", _nothing),
    "finite_number": ("form.expected_number", _nothing),
    "list_type": ("form.expected_list", _nothing),
    "dict_type": ("form.expected_mapping", _nothing),
    "model_type": ("form.expected_mapping", _nothing),
    "enum": ("form.unknown_word", _one_of),
    "literal_error": ("form.unknown_word", _one_of),
    "greater_than": ("form.must_be_over", _bound),
    "greater_than_equal": ("form.too_small", _bound),
    "less_than_equal": ("form.too_large_number", _bound),
    "too_short": ("form.list_too_short", lambda error: {"limit": error["ctx"]["min_length"]}),
    "too_long": ("form.list_too_long", lambda error: {"limit": error["ctx"]["max_length"]}),
}


def problems_of(error: ValidationError, *, source: Document) -> Iterator[Problem]:
    """Say each thing that pydantic found as a problem with its place in the file."""
    for each in error.errors():
        if "." in each["type"]:
            code, facts = each["type"], each.get("ctx", {})
        else:
            code, facts_of = _KINDS.get(each["type"], ("form.bad_value", _nothing))
            facts = facts_of(each)
        is_about_key = code.startswith("form.unknown_key")
        yield source.problem(code, _path(each["loc"], source.data), at_key=is_about_key, **facts)


def _path(loc: tuple[int | str, ...], data: object) -> NodePath:
    """Give the path as it stands in the file.

    Tags of alternatives (``<rule>``) and keys that a short form leaves out are no part of it.
    """
    path: list[str | int] = []
    for step in loc:
        if isinstance(step, str) and step.startswith("<"):
            continue
        if isinstance(data, Mapping if isinstance(step, str) else list):
            path.append(step)
            data = _within(data, step)
    return tuple(path)


def _within(data: object, step: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) else None
