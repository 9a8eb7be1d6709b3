"""Who may do what, and where: six roles, each with a scope.

Knows what a role gives within its scope, and in which capacities of the
task's table a person may act. Refuses to know accounts, sessions and queries;
``conferring`` says which grants a query has to be scoped by.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import Action, Who, capacities_for

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """What a person is to the product."""

    ADMINISTRATOR = "administrator"
    REVIEWER = "reviewer"
    UNIT_OFFICER = "unit_officer"
    HEAD_OF_UNIT = "head_of_unit"
    LEADER = "leader"
    AUDITOR = "auditor"


class Deed(StrEnum):
    """What can be done besides the actions of a task's table.

    ``define`` loads and amends agreements, units, calendars and figures;
    ``activate`` is for another person than who loaded; ``record_event`` enters
    meetings. Reviewers file requests and contest for the party that receives.
    ``instruct`` asks something of units on top of what was agreed: a leader of the party
    that they answer for, or an administrator who writes down what a leader said.
    """

    READ = "read"
    DEFINE = "define"
    ACTIVATE = "activate"
    DECIDE_SUCCESSION = "decide_succession"
    RECORD_EVENT = "record_event"
    FILE_REQUEST = "file_request"
    CONTEST = "contest"
    RAISE_DOUBT = "raise_doubt"
    SETTLE_DOUBT = "settle_doubt"
    ASK_CONCESSION = "ask_concession"
    DRAFT_REPORT = "draft_report"
    APPROVE_REPORT = "approve_report"
    ISSUE_REPORT = "issue_report"
    INSTRUCT = "instruct"
    READ_JOURNAL = "read_journal"
    MANAGE_PEOPLE = "manage_people"
    RUN_JOBS = "run_jobs"


#: Roles of people who do what their own unit owes.
UNIT_ROLES: Final = frozenset({Role.UNIT_OFFICER, Role.HEAD_OF_UNIT})
#: Roles whose party may stand on either side of a duty: to owe it or to receive it.
EITHER_SIDE: Final = frozenset({Role.REVIEWER, Role.LEADER, Role.AUDITOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role within a scope; each None means everywhere, a unit means its subtree.

    A unit officer and a head of unit always name their unit
    (``Refusal("grant.unit_missing")``).
    """

    role: Role
    agreement: str | None = None
    party: str | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        if self.role in UNIT_ROLES and self.unit is None:
            raise Refusal("grant.unit_missing", role=self.role.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a deed happens; None where it has no such side.

    ``unit`` is the answerable unit, ``above`` every unit above it as the tree
    stands, in any order. ``party`` owes, ``beneficiary`` receives. What has no
    agreement, party or unit is reached only by grants without that limit.
    ``is_instructed``: what is owed there was asked by a leader.
    """

    agreement: str | None = None
    party: str | None = None
    beneficiary: str | None = None
    unit: str | None = None
    above: frozenset[str] = frozenset()
    is_instructed: bool = False


EVERYWHERE: Final = Place()

DEEDS: Final = {
    Role.ADMINISTRATOR: frozenset(Deed) - {Deed.CONTEST, Deed.APPROVE_REPORT},
    Role.REVIEWER: frozenset(
        {
            Deed.READ,
            Deed.FILE_REQUEST,
            Deed.CONTEST,
            Deed.RAISE_DOUBT,
            Deed.SETTLE_DOUBT,
            Deed.DRAFT_REPORT,
        }
    ),
    Role.UNIT_OFFICER: frozenset({Deed.READ, Deed.ASK_CONCESSION}),
    Role.HEAD_OF_UNIT: frozenset({Deed.READ, Deed.ASK_CONCESSION}),
    Role.LEADER: frozenset({Deed.READ, Deed.INSTRUCT, Deed.APPROVE_REPORT}),
    Role.AUDITOR: frozenset({Deed.READ, Deed.READ_JOURNAL}),
}


def covers(grant: Grant, place: Place) -> bool:
    """Whether a place lies within a grant's scope.

    The party of a reviewer, leader or auditor may be the one that owes or the
    one that receives; of any other role it is the one that owes.
    """
    sides = {place.party}
    if grant.role in EITHER_SIDE:
        sides.add(place.beneficiary)
    return (
        grant.agreement in {None, place.agreement}
        and (grant.party is None or grant.party in sides)
        and (grant.unit is None or grant.unit in {place.unit, *place.above})
    )


def capacities(grants: Iterable[Grant], place: Place) -> frozenset[Who]:
    """In which capacities of the task's table these grants let a person act there.

    A person of the unit itself acts as the unit, one of a unit above it as its
    superior, which hands in on its behalf; of what was instructed, who may instruct the
    unit acts as the assigner.
    """
    mine = tuple(grants)
    found = set[Who]()
    if place.is_instructed and may(mine, Deed.INSTRUCT, place=place):
        found.add(Who.ASSIGNER)
    for grant in mine:
        if covers(grant, place):
            nearest = Who.UNIT if grant.unit == place.unit else Who.SUPERIOR
            found |= {nearest} if grant.role in UNIT_ROLES else _CAPACITIES[grant.role]
    return frozenset(found)


def conferring(grants: Iterable[Grant], deed: Deed | Action) -> tuple[Grant, ...]:
    """The grants that give a deed, each within its own scope: what a query is scoped by."""
    return tuple(grant for grant in grants if _gives(grant, deed))


def may(grants: Iterable[Grant], deed: Deed | Action, *, place: Place) -> bool:
    """Whether some grant gives the deed there.

    For an action of a task this says that the person has a capacity there to
    which the table gives it; the table then decides by state.
    """
    if isinstance(deed, Action):
        return bool(capacities(grants, place) & capacities_for(deed))
    return any(
        covers(grant, place) and _is_on_its_side(grant, deed, place)
        for grant in conferring(grants, deed)
    )


def ensure_may(grants: Iterable[Grant], deed: Deed | Action, *, place: Place) -> None:
    """Raise ``Refusal("act.not_allowed")`` unless some grant gives the deed there."""
    if not may(grants, deed, place=place):
        raise Refusal("act.not_allowed", deed=deed.value)


def acting_as(grants: Iterable[Grant], action: Action, *, place: Place) -> Who:
    """The capacity in which a person does an action of a task.

    The nearest to the task is taken: the unit before its superior, and either
    before an administrator or reviewer, so that nobody hands in on behalf of
    the own unit. Raises ``Refusal("act.not_allowed")``.
    """
    mine = capacities(grants, place) & capacities_for(action)
    for who in Who:
        if who in mine:
            return who
    raise Refusal("act.not_allowed", deed=action.value)


def _gives(grant: Grant, deed: Deed | Action) -> bool:
    if isinstance(deed, Deed):
        return deed in DEEDS[grant.role]
    return bool(_CAPACITIES[grant.role] & capacities_for(deed))


def _is_on_its_side(grant: Grant, deed: Deed, place: Place) -> bool:
    """Whether a deed is done for the right side.

    A reviewer's request or contest is made for the party that receives, and nobody
    instructs the units of another party.
    """
    if deed is Deed.INSTRUCT:
        return grant.party in {None, place.party}
    if deed not in _RECEIVERS or grant.role is not Role.REVIEWER:
        return True
    return grant.party is not None and grant.party == place.beneficiary


#: What a reviewer does only for the party that receives.
_RECEIVERS: Final = frozenset({Deed.FILE_REQUEST, Deed.CONTEST})

_CAPACITIES: Final = {
    Role.ADMINISTRATOR: frozenset({Who.ADMINISTRATOR}),
    Role.REVIEWER: frozenset({Who.REVIEWER}),
    Role.UNIT_OFFICER: frozenset({Who.UNIT, Who.SUPERIOR}),
    Role.HEAD_OF_UNIT: frozenset({Who.UNIT, Who.SUPERIOR}),
    Role.LEADER: frozenset[Who](),
    Role.AUDITOR: frozenset[Who](),
}
