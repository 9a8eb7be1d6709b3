"""The parameters of a check as fields, made from the check's own model.

Knows which kind of field serves which kind of parameter. Refuses to know any check: one that
came from elsewhere is shown like those of the house, and what no field can hold is left to
the definition's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin

from workflow.evidence.registry import checks
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.writing.fields import Fields, Said


class Asks(StrEnum):
    """How a parameter is asked for."""

    TRUTH = "truth"
    WHOLE = "whole"
    TEXT = "text"
    LINES = "lines"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: its name in the file, what it is called, and how it is asked for."""

    name: str
    label: str
    asks: Asks
    options: tuple[str, ...] = ()
    default: str = ""


_LABELS: Final = {
    "kinds": N_("Kinds of file that are accepted"),
    "most_bytes": N_("Largest file, in bytes"),
    "least_pages": N_("Least number of pages (PDF)"),
    "dated": N_("When it must be dated"),
    "days_before": N_("Days before the span that still count"),
    "days_after": N_("Days after the span that still count"),
    "addressees": N_("Addressees, one of which must be named"),
    "mentions_all": N_("Words that must all stand in it"),
    "mentions_any": N_("Words of which one must stand in it"),
    "issued_by_unit": N_("The unit's name must stand in the head"),
    "lead_working_days": N_("Working days before the event at the latest"),
    "names_event_day": N_("It must name the event's day"),
    "names_unit": N_("It must name the unit"),
    "titles": N_("Publications (codes)"),
    "at_least": N_("How much is enough"),
    "issues": N_("Issues in the period"),
    "sellers": N_("Sellers, by tax code or name"),
    "figure": N_("Name of the figure that is typed"),
    "title": N_("Publication (code)"),
    "minimum": N_("Least number"),
    "column": N_("Heading of the column to read"),
    "names_period": N_("The table must name the period"),
    "of": N_("Whose people are counted"),
    "also_named": N_("Other names that count as well"),
    "phrases": N_("Wordings of reading, one of which must stand in it"),
    "names_publication": N_("It must name the publication"),
    "topics": N_("Words of the subject, besides those of the topic"),
    "least_topics": N_("How many of these words must stand in it"),
    "publishers": N_("Publishers, by name or host"),
    "least_words": N_("Least number of words"),
}


def parameters(check: str) -> list[Parameter]:
    """The parameters of a check that a field can hold; none for a check that there is not."""
    known = checks()
    if check not in known:
        return []
    found: list[Parameter] = []
    for name, info in known[check].params.model_fields.items():
        kind = _asked(info.annotation)
        if kind is not None:
            asks, options = kind
            found.append(
                Parameter(
                    name=name,
                    label=_LABELS.get(name, name),
                    asks=asks,
                    options=options,
                    default=_written(info.default),
                )
            )
    return found


def shown_params(check: str, params: Mapping[str, object], *, prefix: str) -> Fields:
    """What a requirement tells its check, as fields."""
    fields: Fields = {}
    for one in parameters(check):
        value = params.get(one.name)
        if value is None:
            continue
        name = f"{prefix}.{one.name}"
        if isinstance(value, list):
            texts = [str(each) for each in value]
            fields[name] = texts if one.asks is Asks.CHOICES else ["\n".join(texts)]
        else:
            fields[name] = [_written(value)]
    return fields


def said_params(said: Said, check: str, *, prefix: str, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - plain data of the file
    """The parameters that fields say; what is left empty is left to the check."""
    params: dict[str, object] = {}
    for one in parameters(check):
        name, place = f"{prefix}.{one.name}", (*path, one.name)
        value: object
        match one.asks:
            case Asks.TRUTH:
                value = {"yes": True, "no": False}.get(said.text(name, *place))
            case Asks.WHOLE:
                value = said.whole(name, *place)
            case Asks.LINES:
                value = said.lines(name, *place)
            case Asks.CHOICES:
                value = said.many(name, *place)
            case _:
                value = said.text(name, *place)
        if value is not None and value not in ("", []):
            params[one.name] = value
    return params


def _asked(annotation: Any) -> tuple[Asks, tuple[str, ...]] | None:  # noqa: ANN401 - any type
    """How a value of a type is asked for, and its words where it has few."""
    if get_origin(annotation) in (Union, UnionType):
        some = [one for one in get_args(annotation) if one is not type(None)]
        return _asked(some[0]) if len(some) == 1 else None
    if get_origin(annotation) is tuple:
        match get_args(annotation):
            case (inner, dots) if dots is Ellipsis and inner is str:
                return Asks.LINES, ()
            case (inner, dots) if dots is Ellipsis and _is_words(inner):
                return Asks.CHOICES, tuple(one.value for one in inner)
        return None
    if _is_words(annotation):
        return Asks.CHOICE, tuple(one.value for one in annotation)
    simple = {bool: Asks.TRUTH, int: Asks.WHOLE, str: Asks.TEXT}
    return (simple[annotation], ()) if annotation in simple else None


def _is_words(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, StrEnum)


def _written(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple() | list():
            return ", ".join(str(one) for one in value)
        case None:
            return ""
    return str(value)
