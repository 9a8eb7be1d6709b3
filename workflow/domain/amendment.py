"""What an amendment changes from a day on, as values, and the agreement that results.

Knows that an amendment is a new version from a date and never touches an earlier one.
Refuses to know how an amendment is written, and what becomes of tasks: planning does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.periods import reporting_year
from workflow.domain.triggers import Every

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from workflow.domain.agreement import Agreement, Clause, Obligation, Title, Topic
    from workflow.domain.periods import ReportingYear
    from workflow.domain.triggers import Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changes in one obligation: attributes of ``Obligation`` and their new values."""

    code: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Changes, endings and additions from a day on, with the ground for them.

    Added obligations begin on ``from_on``; clauses, topics and titles are only added.
    """

    agreement: str
    from_on: date
    ground: str
    changes: tuple[Change, ...] = ()
    ends: tuple[str, ...] = ()
    adds: tuple[Obligation, ...] = ()
    clauses: tuple[Clause, ...] = ()
    topics: tuple[Topic, ...] = ()
    titles: tuple[Title, ...] = ()


def amended(agreement: Agreement, amendment: Amendment) -> Agreement:
    """Give the agreement with new versions from the amendment's day on.

    Versions before that day stay as they are, but for the day on which they end.
    Raises ``InvalidFile`` with everything that ``amendment_problems`` finds.
    """
    problems = tuple(amendment_problems(agreement, amendment))
    if problems:
        raise InvalidFile(problems)
    changes = {change.code: change.fields for change in amendment.changes}
    obligations: list[Obligation] = []
    last = {version.code: version for version in agreement.obligations}
    for version in agreement.obligations:
        if version is not last[version.code] or version.code not in {*changes, *amendment.ends}:
            obligations.append(version)
            continue
        obligations.append(replace(version, effective_until=amendment.from_on))
        if version.code in changes:
            fields = changes[version.code]
            obligations.append(replace(version, effective_from=amendment.from_on, **fields))
    return replace(
        agreement,
        obligations=(*obligations, *amendment.adds),
        clauses=(*agreement.clauses, *amendment.clauses),
        topics=(*agreement.topics, *amendment.topics),
        titles=(*agreement.titles, *amendment.titles),
    )


def amendment_problems(agreement: Agreement, amendment: Amendment) -> Iterator[Problem]:
    """Say why the amendment cannot be applied; paths are those of the amendment's file."""
    if amendment.agreement != agreement.code:
        facts = {"given": amendment.agreement, "code": agreement.code}
        yield Problem(code="amendment.other_agreement", path="agreement", facts=facts)
    if not agreement.starts_on < amendment.from_on < agreement.ends_on:
        facts = {"given": amendment.from_on.isoformat()}
        yield Problem(code="amendment.outside_agreement", path="from", facts=facts)
    yield from _problems_of_additions(agreement, amendment)
    last = {version.code: version for version in agreement.obligations}
    named: set[str] = set()
    for path, code in _named(amendment):
        if code in named:
            yield Problem(code="amendment.named_twice", path=path, facts={"code": code})
        elif code not in last:
            yield Problem(code="amendment.unknown_obligation", path=path, facts={"code": code})
        else:
            yield from _problems_of_day(last[code], amendment.from_on, path=path)
        named.add(code)
    year = reporting_year(agreement.settings.reporting)
    for index, change in enumerate(amendment.changes):
        if change.code in last:
            boundary = missed_boundary(
                last[change.code].trigger,
                change.fields.get("trigger", last[change.code].trigger),
                on=amendment.from_on,
                year=year,
            )
            if boundary is not None:
                facts = {"boundary": boundary.isoformat()}
                path = f"obligations[{index}].trigger"
                yield Problem(code="obligation.length_changes_within", path=path, facts=facts)


def _named(amendment: Amendment) -> Iterator[tuple[str, str]]:
    for index, change in enumerate(amendment.changes):
        yield f"obligations[{index}].code", change.code
    for index, code in enumerate(amendment.ends):
        yield f"end[{index}]", code


def _problems_of_day(last: Obligation, day: date, *, path: str) -> Iterator[Problem]:
    if last.effective_until is not None and last.effective_until <= day:
        facts = {"code": last.code, "until": last.effective_until.isoformat()}
        yield Problem(code="amendment.ended_before", path=path, facts=facts)
    elif day <= last.effective_from:
        facts = {"code": last.code, "from": last.effective_from.isoformat()}
        yield Problem(code="amendment.later_version", path=path, facts=facts)


def _problems_of_additions(agreement: Agreement, amendment: Amendment) -> Iterator[Problem]:
    """Say which additions take a code that is taken, or begin before the amendment."""
    begins: dict[str, date] = {}
    for added in amendment.adds:
        begins.setdefault(added.code, added.effective_from)
    for index, begin in enumerate(begins.values()):
        if begin < amendment.from_on:
            facts = {"from": amendment.from_on.isoformat()}
            yield Problem(code="amendment.begins_earlier", path=f"add[{index}].from", facts=facts)
    asked = [one.code for one in agreement.instructions]
    groups = {
        "add": ([*_codes(agreement.obligations), *asked], begins),
        "clauses": ([*_codes(agreement.clauses), *asked], _codes(amendment.clauses)),
        "topics": (_codes(agreement.topics), _codes(amendment.topics)),
        "titles": (_codes(agreement.titles), _codes(amendment.titles)),
    }
    for group, (taken, added_codes) in groups.items():
        for index, code in enumerate(added_codes):
            if code in taken:
                path = f"{group}[{index}].code"
                yield Problem(code="amendment.code_taken", path=path, facts={"code": code})


def _codes(named: Sequence[Obligation | Clause | Topic | Title]) -> list[str]:
    return [each.code for each in named]


def missed_boundary(
    earlier: Trigger, later: Trigger, *, on: date, year: ReportingYear
) -> date | None:
    """Give the day on which a change of period length should take effect, if ``on`` is not one.

    Both lengths must begin a period on that day, so that no day is owed twice or never
    (engine rule 3.4). None where the lengths are equal or the day is a boundary.
    """
    match earlier, later:
        case Every(period=first), Every(period=second) if first and second and first != second:
            boundary = year.common_boundary(on, first, second)
            return None if boundary == on else boundary
    return None
