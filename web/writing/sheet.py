"""What an editor's template asks: what stands in a field, what is wrong with it, what to offer.

Knows fields, choices and sentences. Refuses to know any page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from web.writing import choices
from web.writing.check_fields import Asks, Parameter, parameters
from web.writing.fields import Said, rows
from web.writing.proof_fields import GROUPS
from workflow import labels
from workflow.domain.triggers import Event, When
from workflow.store.selected import words_in_use

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.visit import Visit
    from web.writing.fields import Fields
    from workflow.directory import Listed
    from workflow.domain.agreement import Obligation
    from workflow.domain.errors import Problem

#: More names than these are typed without being offered: the page stays light.
_MOST_OFFERED: Final = 400
_PARAGRAPHS: Final = re.compile(r"[0-9]{1,5}")
_LONGEST_QUOTE: Final = 160


class Filled:
    """The fields of a form as its template asks for them, with what is wrong at each."""

    def __init__(self, lang: str, fields: Fields, wrongs: Mapping[str, Sequence[Problem]]) -> None:
        self._lang = lang
        self.fields = fields
        self.problems = [one for name in sorted(wrongs) for one in wrongs[name]]
        self._wrongs = wrongs

    def value(self, name: str, otherwise: str = "") -> str:
        """What stands in a field."""
        return next(iter(self.fields.get(name, ())), otherwise)

    def many(self, name: str) -> list[str]:
        """Every value that is chosen."""
        return self.fields.get(name, [])

    def has(self, name: str, value: str) -> bool:
        """Whether a value is chosen."""
        return value in self.fields.get(name, ())

    def rows(self, group: str) -> list[int]:
        """The numbers of a group's rows."""
        return rows(self.fields, group)

    def wrong(self, name: str) -> list[str]:
        """What is wrong with a field, in sentences."""
        return [self.sentence(one) for one in self._wrongs.get(name, ())]

    def sentence(self, problem: Problem) -> str:
        """A problem in words."""
        return labels.sentence_for(problem.code, problem.facts, self._lang)

    def field_of(self, problem: Problem) -> str:
        """The field at which a problem is said."""
        return next((name for name, some in self._wrongs.items() if problem in some), "")

    def parameters(self, check: str) -> list[Parameter]:
        """What a check asks to be told."""
        return parameters(check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Everything that an obligation's form lets people choose from."""

    kinds: list[str]
    tags: list[str]
    units: list[Listed]
    names: dict[str, str]
    events: list[str]
    figures: list[str]
    checks: choices.Choices
    months: choices.Choices


def choices_of(visit: Visit, duties: Sequence[Obligation], units: Sequence[Listed]) -> Offered:
    """What this installation knows, and the agreement that holds these obligations."""
    living = [one for one in units if not one.is_closed]
    known = {one.trigger.kind for one in duties if isinstance(one.trigger, Event)}
    tags, recorded = words_in_use(visit.db, on=visit.today)
    return Offered(
        kinds=sorted({one.kind for one in living}),
        tags=tags,
        units=living if len(living) <= _MOST_OFFERED else [],
        names={one.key: one.name for one in units},
        events=sorted(known | set(recorded)),
        figures=sorted({one.trigger.figure for one in duties if isinstance(one.trigger, When)}),
        checks=choices.check_choices(),
        months=choices.months(visit.say),
    )


def passage(fields: Fields) -> str:
    """The place in the source that was chosen: paragraphs, and the words where some were."""
    said = Said(fields)
    numbers = sorted(int(one) for one in said.many("passage") if _PARAGRAPHS.fullmatch(one))
    if not numbers:
        return ""
    first, last = numbers[0], numbers[-1]
    place = f"Đoạn {first}" if first == last else f"Đoạn {first}–{last}"
    words = " ".join(said.text("quote").split())
    if len(words) > _LONGEST_QUOTE:
        words = words[:_LONGEST_QUOTE].rpartition(" ")[0] + "…"
    return f"{place}: “{words}”" if words else place


def constants() -> dict[str, Any]:
    """The words that templates offer, by name."""
    return {
        "TRIGGERS": choices.TRIGGERS,
        "EVERY": choices.EVERY,
        "LENGTHS": choices.LENGTHS,
        "CALENDARS": choices.CALENDARS,
        "FOLLOWS": choices.FOLLOWS,
        "DUES": choices.DUES,
        "BASES": choices.BASES,
        "SIDES": choices.SIDES,
        "COUNTS": choices.COUNTS,
        "ROLLS": choices.ROLLS,
        "JUDGED": choices.JUDGED,
        "JOINERS": choices.JOINERS,
        "PROOFS": choices.PROOFS,
        "ADDRESSEES": choices.ADDRESSEES,
        "CHANNELS": choices.CHANNELS,
        "REPORTING": choices.REPORTING,
        "TRUTH": choices.TRUTH,
        "WORDS": choices.WORDS,
        "GROUPS": GROUPS,
        "ASKS": Asks,
    }
