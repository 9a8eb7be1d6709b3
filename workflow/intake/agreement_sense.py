"""Whether the parts of an agreement fit together: references, days, rules, chains, ladders.

Works on the plain data of a file, so that one badly written value does not hide what is
wrong elsewhere: each part is read by itself and judged if it can be read. Refuses to know
text and lines, and any check: whoever knows the checks passes ``check_params``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import TypeAdapter, ValidationError

from workflow.domain.amendment import missed_boundary
from workflow.domain.errors import Problem, Refusal
from workflow.domain.periods import CALENDAR, ReportingYear, reporting_year
from workflow.domain.repetition import check_rule, rule_days
from workflow.intake.agreement_form import SettingsForm
from workflow.intake.form import Date, Form, day_after
from workflow.intake.obligation_form import DueForm, LadderStepForm
from workflow.intake.places import node_path
from workflow.intake.proof_form import QuotaForm, RequirementForm
from workflow.intake.trigger_form import RuleForm, TriggerForm

if TYPE_CHECKING:
    from datetime import date

    from workflow.intake.places import NodePath

#: Says what is wrong with a check's parameters, by the check's name. The path of each
#: problem is relative to the parameters; without one, the check itself is meant.
CheckParams = Callable[[str, Mapping[str, object]], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Nonsense:
    """One thing that does not fit: where, which code, and the facts."""

    path: NodePath
    code: str
    facts: Mapping[str, Any]


_LISTS: Final = ("parties", "titles", "topics", "clauses", "obligations")
_DATES: Final[TypeAdapter[date]] = TypeAdapter(Date)
AnyForm = TypeVar("AnyForm", bound=Form)


def nonsense(data: object, *, check_params: CheckParams | None = None) -> Iterator[Nonsense]:
    """Say everything that does not fit together in the plain data of an agreement."""
    whole = _Whole(data if isinstance(data, Mapping) else {})
    yield from _repeated(whole)
    yield from _days(whole)
    yield from _settings(whole)
    for name, steps in mapping(whole.data.get("ladders")).items():
        yield from _ladder(("ladders", name), steps)
    for index, obligation in enumerate(items(whole.data, "obligations")):
        yield from _obligation(whole, ("obligations", index), obligation, check_params)
    yield from _chains(whole)


class _Whole:
    """What the parts are held against."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.codes = {
            name: {code for each in items(data, name) if isinstance(code := each.get("code"), str)}
            for name in _LISTS
        }
        self.ladders = set(mapping(data.get("ladders")))
        self.starts_on = _date(data.get("from"))
        through = _date(data.get("through"))
        self.ends_on = None if through is None else day_after(through)
        self.year: ReportingYear = CALENDAR
        # An unknown one is said where the settings are judged; the calendar year stands in.
        with suppress(Refusal):
            self.year = reporting_year(_reporting(mapping(data.get("settings"))))


def _reporting(settings: Mapping[str, Any]) -> str:
    read = _read(SettingsForm, {"cut_off_days": settings.get("cut_off_days", [])})
    if read is not None and read.cut_off_days:
        return read.value().reporting
    return str(settings.get("reporting"))


def items(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Give the mappings of a list; what is no mapping is an empty one, and keeps its index."""
    listed = data.get(name)
    return [mapping(each) for each in listed] if isinstance(listed, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """Give a value that is a mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def _date(value: object) -> date | None:
    try:
        return _DATES.validate_python(value)
    except ValidationError:
        return None


def _read(form: type[AnyForm], value: object) -> AnyForm | None:
    try:
        return form.model_validate(value)
    except ValidationError:
        return None


def _repeated(whole: _Whole) -> Iterator[Nonsense]:
    for name in _LISTS:
        seen: set[str] = set()
        for index, each in enumerate(items(whole.data, name)):
            code = each.get("code")
            if isinstance(code, str) and code in seen:
                yield Nonsense((name, index, "code"), "agreement.code_twice", {"code": code})
            seen.add(str(code))


def _days(whole: _Whole) -> Iterator[Nonsense]:
    starts, ends = whole.starts_on, whole.ends_on
    tracked = _date(whole.data.get("tracked_from"))
    if starts is None or ends is None:
        return
    if ends <= starts:
        yield Nonsense(("through",), "agreement.ends_before_start", {"from": starts.isoformat()})
    elif tracked is not None and not starts <= tracked <= ends:
        facts = {"given": tracked.isoformat()}
        yield Nonsense(("tracked_from",), "agreement.tracked_outside", facts)


def _settings(whole: _Whole) -> Iterator[Nonsense]:
    settings = mapping(whole.data.get("settings"))
    reporting, zone = settings.get("reporting"), settings.get("zone")
    if isinstance(reporting, str):
        if "cut_off_days" in settings:
            yield Nonsense(("settings", "cut_off_days"), "reporting_year.said_twice", {})
        try:
            reporting_year(reporting)
        except Refusal as refused:
            yield Nonsense(("settings", "reporting"), refused.code, refused.facts)
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield Nonsense(("settings", "zone"), "agreement.unknown_zone", {"given": zone})


def _ladder(path: NodePath, steps: object) -> Iterator[Nonsense]:
    listed = steps if isinstance(steps, list) else []
    codes: set[str] = set()
    last: int | None = None
    for index, each in enumerate(listed):
        step = _read(LadderStepForm, each)
        if step is None:
            continue
        if step.code in codes:
            yield Nonsense((*path, index, "code"), "ladder.code_twice", {"code": step.code})
        if last is not None and step.days < last:
            facts = {"days": step.days, "before": last}
            yield Nonsense((*path, index, "days"), "ladder.out_of_order", facts)
        codes.add(step.code)
        last = step.days


# --- one obligation ------------------------------------------------------------------

_REFERENCES: Final = (
    ("clause", "clauses", "agreement.unknown_clause"),
    ("topic", "topics", "agreement.unknown_topic"),
    ("beneficiary", "parties", "agreement.unknown_party"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """What one version says itself, what holds with all that it inherits, and its days."""

    path: NodePath
    own: Mapping[str, Any]
    whole: Mapping[str, Any]
    from_on: date | None
    until_on: date | None

    def place(self, key: str) -> NodePath:
        """Where a value stands: here, or the version as a whole if it is inherited."""
        return (*self.path, key) if key in self.own else self.path


def _versions(whole: _Whole, path: NodePath, obligation: Mapping[str, Any]) -> list[_Version]:
    parts = [obligation, *items(obligation, "versions")]
    paths: list[NodePath] = [path, *((*path, "versions", index) for index in range(len(parts) - 1))]
    starts = [_date(part.get("from")) for part in parts]
    starts[0] = starts[0] or whole.starts_on
    said: Mapping[str, Any] = {}
    versions: list[_Version] = []
    for index, part in enumerate(parts):
        said = {**said, **part}
        through = _date(part.get("through"))
        following = starts[index + 1] if index + 1 < len(parts) else whole.ends_on
        versions.append(
            _Version(
                path=paths[index],
                own=part,
                whole=said,
                from_on=starts[index],
                until_on=day_after(through) if through else following,
            )
        )
    return versions


def _obligation(
    whole: _Whole,
    path: NodePath,
    obligation: Mapping[str, Any],
    check_params: CheckParams | None,
) -> Iterator[Nonsense]:
    before: _Version | None = None
    for version in _versions(whole, path, obligation):
        yield from _span(whole, version)
        yield from _references(whole, version)
        yield from _trigger(whole, version)
        yield from _due(version)
        yield from _proof(whole, version, check_params)
        if before is not None:
            yield from _succeeds(whole, before, version)
        before = version


def _span(whole: _Whole, version: _Version) -> Iterator[Nonsense]:
    starts, ends = whole.starts_on, whole.ends_on
    if version.from_on is None or starts is None or ends is None:
        return
    if not starts <= version.from_on < ends:
        yield Nonsense(version.place("from"), "obligation.outside_agreement", {})
    through = _date(version.own.get("through"))
    if through is not None and through < version.from_on:
        facts = {"from": version.from_on.isoformat()}
        yield Nonsense(version.place("through"), "obligation.ends_before_start", facts)
    elif through is not None and through >= ends:
        yield Nonsense(version.place("through"), "obligation.outside_agreement", {})


def _succeeds(whole: _Whole, before: _Version, version: _Version) -> Iterator[Nonsense]:
    """Judge a version against the one before it: later, apart, and on a common boundary."""
    if before.from_on is None or version.from_on is None:
        return
    through = _date(before.own.get("through"))
    if version.from_on <= before.from_on:
        facts = {"from": before.from_on.isoformat()}
        yield Nonsense(version.place("from"), "obligation.versions_out_of_order", facts)
    elif through is not None and version.from_on <= through:
        facts = {"through": through.isoformat()}
        yield Nonsense(version.place("from"), "obligation.versions_overlap", facts)
    earlier = _read(TriggerForm, before.whole.get("trigger"))
    later = _read(TriggerForm, version.whole.get("trigger"))
    if earlier is not None and later is not None:
        boundary = missed_boundary(
            earlier.value(), later.value(), on=version.from_on, year=whole.year
        )
        if boundary is not None:
            facts = {"boundary": boundary.isoformat()}
            yield Nonsense(version.place("trigger"), "obligation.length_changes_within", facts)


def _references(whole: _Whole, version: _Version) -> Iterator[Nonsense]:
    for key, group, code in _REFERENCES:
        given = version.own.get(key)
        if isinstance(given, str) and given not in whole.codes[group]:
            yield _unknown((*version.path, key), code, given, whole.codes[group])
    ladder = version.own.get("ladder")
    if isinstance(ladder, str) and ladder not in whole.ladders:
        yield _unknown((*version.path, "ladder"), "agreement.unknown_ladder", ladder, whole.ladders)
    yield from _ladder((*version.path, "ladder"), ladder)


def _unknown(path: NodePath, code: str, given: str, known: Collection[str]) -> Nonsense:
    """Say that a reference leads nowhere, naming the nearest of what there is."""
    near = get_close_matches(given, known, n=3, cutoff=0.5) or sorted(known)[:5] or ["–"]
    return Nonsense(path, code, {"given": given, "known": near})


def _trigger(whole: _Whole, version: _Version) -> Iterator[Nonsense]:
    written = mapping(version.own.get("trigger"))
    trigger = _read(TriggerForm, written)
    path = (*version.path, "trigger")
    if trigger is None or version.from_on is None or version.until_on is None:
        return
    if trigger.once is not None and not version.from_on <= trigger.once < version.until_on:
        yield Nonsense((*path, "once"), "trigger.day_outside", {"given": trigger.once.isoformat()})
    if trigger.after is not None and trigger.after.obligation not in whole.codes["obligations"]:
        yield _unknown(
            (*path, "after", "obligation"),
            "agreement.unknown_obligation",
            trigger.after.obligation,
            whole.codes["obligations"],
        )
    if isinstance(trigger.every, RuleForm):
        yield from _rule(
            (*path, "every", "rule"),
            trigger.every,
            from_on=version.from_on,
            until_on=version.until_on,
        )


def _rule(
    path: NodePath, written: RuleForm, *, from_on: date, until_on: date
) -> Iterator[Nonsense]:
    try:
        check_rule(written.rule, written.starts)
    except Refusal as refused:
        yield Nonsense(path, refused.code, refused.facts)
        return
    if not rule_days(written.rule, written.starts, from_on=from_on, until_on=until_on):
        yield Nonsense(path, "trigger.rule_gives_nothing", {"rule": written.rule})


def _due(version: _Version) -> Iterator[Nonsense]:
    written = mapping(version.own.get("due"))
    due = _read(DueForm, written)
    if due is not None and due.fixed is not None and {"from", "days"} & written.keys():
        yield Nonsense((*version.path, "due", "fixed"), "due.fixed_and_offset", {})


def _proof(
    whole: _Whole, version: _Version, check_params: CheckParams | None
) -> Iterator[Nonsense]:
    codes: set[str] = set()
    for path, written in _leaves((*version.path, "proof"), version.own.get("proof")):
        requirement = _read(RequirementForm, written)
        if requirement is None:
            continue
        value = requirement.value()
        if value.code in codes:
            place = (*path, "code") if requirement.code else path
            yield Nonsense(place, "proof.code_twice", {"code": value.code})
        codes.add(value.code)
        quantity = requirement.quantity
        if isinstance(quantity, QuotaForm) and quantity.quota not in whole.codes["titles"]:
            titles = whole.codes["titles"]
            place = (*path, "quantity", "quota")
            yield _unknown(place, "agreement.unknown_title", quantity.quota, titles)
        for problem in check_params(value.check, value.params) if check_params else ():
            within = ("params", *node_path(problem.path)) if problem.path else ("check",)
            yield Nonsense((*path, *within), problem.code, problem.facts)
    if version.whole.get("auto_submit") is True and version.whole.get("proof") is None:
        place = version.place("auto_submit" if "auto_submit" in version.own else "proof")
        yield Nonsense(place, "obligation.nothing_to_submit", {})


def _leaves(path: NodePath, proof: object) -> Iterator[tuple[NodePath, object]]:
    if isinstance(proof, list):
        for index, part in enumerate(proof):
            yield from _leaves((*path, index), part)
    elif isinstance(proof, Mapping) and "any" in proof:
        yield from _leaves((*path, "any"), proof["any"])
    else:
        yield path, proof


def _chains(whole: _Whole) -> Iterator[Nonsense]:
    """Name every obligation of each circle of obligations that wait for one another."""
    follows: dict[str, set[str]] = {}
    places: dict[str, NodePath] = {}
    for index, each in enumerate(items(whole.data, "obligations")):
        for version in _versions(whole, ("obligations", index), each):
            trigger = _read(TriggerForm, version.own.get("trigger"))
            if trigger is not None and trigger.after is not None:
                code = str(each.get("code"))
                follows.setdefault(code, set()).add(trigger.after.obligation)
                places.setdefault(code, (*version.path, "trigger", "after", "obligation"))
    while circle := _circle(follows):
        for code in dict.fromkeys(circle):
            yield Nonsense(places[code], "obligation.waits_for_itself", {"circle": circle})
            del follows[code]


def _circle(follows: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(follows).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []
