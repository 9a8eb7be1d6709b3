"""In what two written reports differ, each difference by its path.

Pure, over JSON as it was read. What stands in a list is known by its own name (a task by
its number, a unit by its key), so that one line too many is one difference and not a
hundred. Refuses to know what a report is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: What names an item of a list: the first of these that every item of both lists has, and
#: no two alike.
_NAMES: Final = (
    ("id",),
    ("obligation", "unit"),
    ("task", "kind"),
    ("code",),
    ("key",),
    ("party", "key"),
    ("to",),
    ("title",),
    ("place", "key", "figure"),
)


class Stands(StrEnum):
    """Where something stands."""

    OTHERWISE = "otherwise"
    ONLY_BEFORE = "only_before"
    ONLY_AFTER = "only_after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where two texts differ, such as ``tasks[17].state``."""

    path: str
    stands: Stands
    before: Any = None
    after: Any = None


def differing(before: object, after: object, *, path: str = "") -> Iterator[Difference]:
    """Every place where two values read from JSON differ, in the order of the first."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _both(before, after, named=lambda key: f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list):
        names = _named_by(before, after)
        was, now = _by_name(before, names), _by_name(after, names)
        yield from _both(was, now, named=lambda key: f"{path}[{key}]")
        if was.keys() == now.keys() and [*was] != [*now]:
            # The same items in another order.
            yield Difference(path=f"{path}[]", stands=Stands.OTHERWISE, before=[*was], after=[*now])
    elif before != after or type(before) is not type(after):
        yield Difference(path=path, stands=Stands.OTHERWISE, before=before, after=after)


def _both(
    before: Mapping[str, Any], after: Mapping[str, Any], *, named: Callable[[str], str]
) -> Iterator[Difference]:
    for key, was in before.items():
        if key in after:
            yield from differing(was, after[key], path=named(key))
        else:
            yield Difference(path=named(key), stands=Stands.ONLY_BEFORE, before=was)
    for key, now in after.items():
        if key not in before:
            yield Difference(path=named(key), stands=Stands.ONLY_AFTER, after=now)


def _named_by(*lists: Sequence[Any]) -> tuple[str, ...]:
    """By what the items of these lists are known; nothing where only their places tell them."""
    for names in _NAMES:
        if all(
            all(isinstance(one, dict) and set(names) <= set(one) for one in some)
            and len({_name(one, names) for one in some}) == len(some)
            for some in lists
        ):
            return names
    return ()


def _by_name(items: Sequence[Any], names: tuple[str, ...]) -> dict[str, Any]:
    if not names:
        return {str(place): one for place, one in enumerate(items)}
    return {_name(one, names): one for one in items}


def _name(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return "/".join(str(item[name]) for name in names)
