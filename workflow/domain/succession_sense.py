"""What is wrong with a succession, seen from the units that there are.

Knows what has to hold before a succession may be recorded, and names every
place where it does not. Refuses to know files: a path names a value's part.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workflow.domain.errors import Problem
from workflow.domain.succession import Fate
from workflow.domain.units import value_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from workflow.domain.succession import Decision, Succession, Successor
    from workflow.domain.units import Roster

_A_DAY = timedelta(days=1)


def problems(succession: Succession, roster: Roster) -> tuple[Problem, ...]:
    """Everything that keeps a succession from being recorded, with its place.

    Paths: ``successors[0].replaces[1]``, ``dissolved[0]``, ``decisions[2].to[0]``.
    """
    return tuple(_Examination(succession, roster).problems())


class _Examination:
    def __init__(self, succession: Succession, roster: Roster) -> None:
        self._says = succession
        self._known = roster.units
        self._on = succession.happens_on
        self._eve = succession.happens_on - _A_DAY
        self._ended = frozenset(succession.ended)
        self._named = {one.key for one in succession.successors}

    def problems(self) -> Iterator[Problem]:
        says = self._says
        if not says.successors and not says.dissolved:
            yield Problem(code="succession.says_nothing")
        seen: set[str] = set()
        for index, successor in enumerate(says.successors):
            path = f"successors[{index}]"
            if successor.key in seen:
                yield _problem("succession.named_twice", f"{path}.key", unit=successor.key)
            seen.add(successor.key)
            yield from self._of_successor(successor, path)
        for index, key in enumerate(says.dissolved):
            yield from self._of_dissolved(key, f"dissolved[{index}]")
        for index, decision in enumerate(says.decisions):
            yield from self._of_decision(decision, f"decisions[{index}]")
        yield from self._undecided()
        yield from self._codes()

    def _of_successor(self, says: Successor, path: str) -> Iterator[Problem]:
        yield from self._key(says, path)
        for index, key in enumerate(says.replaces):
            yield from self._before(key, f"{path}.replaces[{index}]")
        for part in ("parent", "paid_by"):
            key = getattr(says, part)
            if key is not None:
                yield from self._afterwards(key, f"{path}.{part}")
        titles = [one.title for one in says.quotas or ()]
        for index, title in enumerate(titles):
            if title in titles[:index]:
                yield _problem("succession.title_twice", f"{path}.quotas[{index}]", title=title)
        if says.quotas is None:
            yield from self._unshared(says, f"{path}.quotas")

    def _key(self, says: Successor, path: str) -> Iterator[Problem]:
        unit = self._known.get(says.key)
        if unit is None:
            if not says.name:
                yield _problem("succession.name_missing", f"{path}.name", unit=says.key)
            if not says.kind:
                yield _problem("succession.kind_missing", f"{path}.kind", unit=says.key)
        elif not unit.life.covers(self._on):
            yield self._not_there(says.key, f"{path}.key", self._on)
        elif says.kind not in {None, unit.kind}:
            yield _problem("succession.kind_fixed", f"{path}.kind", unit=says.key, kind=unit.kind)

    def _unshared(self, says: Successor, path: str) -> Iterator[Problem]:
        """Copies are added by themselves only where all of them go to one unit."""
        for key in says.replaces:
            unit = self._known.get(key)
            is_shared = key in self._named or len(self._says.successors_of(key)) > 1
            if unit is None or key == says.key or not is_shared:
                continue
            if any(quota.span.covers(self._eve) for quota in unit.quotas):
                yield _problem("succession.quotas_unshared", path, unit=says.key, replaced=key)

    def _of_dissolved(self, key: str, path: str) -> Iterator[Problem]:
        yield from self._before(key, path)
        if key in self._named or self._says.successors_of(key):
            yield _problem("succession.dissolved_and_going_on", path, unit=key)

    def _of_decision(self, says: Decision, path: str) -> Iterator[Problem]:
        for index, key in enumerate(says.units):
            if key not in self._ended:
                yield _problem("succession.does_not_end", f"{path}.units[{index}]", unit=key)
        for index, key in enumerate(says.to):
            yield from self._afterwards(key, f"{path}.to[{index}]")
            if key in says.to[:index]:
                yield _problem("succession.named_twice", f"{path}.to[{index}]", unit=key)
        if says.fate is Fate.CANCEL:
            if says.to:
                yield _problem("succession.cancel_names_successor", f"{path}.to")
            return
        for unit in says.units or sorted(self._ended):
            count = len(says.to or self._says.successors_of(unit))
            if says.fate is Fate.TRANSFER and count != 1:
                yield _problem("succession.transfer_to_one", f"{path}.to", unit=unit, count=count)
            elif says.fate is Fate.SPLIT and count < 2:  # noqa: PLR2004 - one is not a split
                yield _problem("succession.split_to_several", f"{path}.to", unit=unit, count=count)

    def _undecided(self) -> Iterator[Problem]:
        for unit in sorted(self._ended):
            heirs = self._says.successors_of(unit)
            is_decided = any(
                decision.is_general and (not decision.units or unit in decision.units)
                for decision in self._says.decisions
            )
            if len(heirs) > 1 and not is_decided:
                yield _problem(
                    "succession.undecided", "decisions", unit=unit, successors=list(heirs)
                )
        yield from self._seatless()

    def _seatless(self) -> Iterator[Problem]:
        """Whoever stands below a unit that was split has to be told where it stands now."""
        told = {one.key for one in self._says.successors if one.parent}
        for key, unit in sorted(self._known.items()):
            above = value_on(unit.parents, self._on)
            if above is None or above not in self._ended or not unit.life.covers(self._on):
                continue
            if key in told or key in self._ended or len(self._says.successors_of(above)) <= 1:
                continue
            yield _problem("succession.parent_undecided", "successors", unit=key, parent=above)

    def _codes(self) -> Iterator[Problem]:
        """A code with a day names one unit."""
        taken: dict[str, str] = {}
        given = {one.key: one.code for one in self._says.successors if one.code}
        for key, unit in sorted(self._known.items()):
            code = value_on(unit.codes, self._on)
            if code and unit.life.covers(self._on) and key not in {*given, *self._ended}:
                taken.setdefault(code, key)
        for index, one in enumerate(self._says.successors):
            if one.code and taken.setdefault(one.code, one.key) != one.key:
                yield _problem(
                    "succession.code_taken",
                    f"successors[{index}].code",
                    unit_code=one.code,
                    unit=taken[one.code],
                )

    def _before(self, key: str, path: str) -> Iterator[Problem]:
        unit = self._known.get(key)
        if unit is None:
            yield _problem("unit.unknown", path, unit=key)
        elif not unit.life.covers(self._eve):
            yield self._not_there(key, path, self._eve)

    def _afterwards(self, key: str, path: str) -> Iterator[Problem]:
        if key in self._named:
            return
        unit = self._known.get(key)
        if unit is None:
            yield _problem("unit.unknown", path, unit=key)
        elif key in self._ended or not unit.life.covers(self._on):
            yield self._not_there(key, path, self._on)

    @staticmethod
    def _not_there(key: str, path: str, on: date) -> Problem:
        return _problem("succession.not_there", path, unit=key, on=on.isoformat())


def _problem(code: str, path: str, **facts: object) -> Problem:
    return Problem(code=code, path=path, facts=facts)
