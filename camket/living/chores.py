"""One task as the office that owes it sees it: what is asked for, for which days, of whom.

Knows which requirements of a proof an office sets out to meet, and on which day a paper
must have been written to count. Refuses to know how a paper looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from workflow.domain.agreement import AllOf, AnyOf, Fixed, Quota, Requirement
from workflow.domain.triggers import Day, Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflow.domain.agreement import Agreement, Obligation, Proof, Title, Topic
    from workflow.domain.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """A task with all that its office knows about it.

    ``[from_on, until_on)`` is the occasion's period; ``event_on`` its day, where it is about
    a meeting or an anniversary; ``event`` the title of the meeting. ``state`` is the stored one.
    """

    task_id: int
    duty: Obligation
    occasion: str
    unit: Unit
    from_on: date
    until_on: date
    anchor_on: date
    opens_on: date
    due_on: date
    original_due_on: date
    report_by_on: date | None
    state: str
    event: str = ""

    @property
    def event_on(self) -> date | None:
        """The day of the meeting or anniversary that it is about."""
        return self.anchor_on if isinstance(self.duty.trigger, (Event, Day)) else None

    @property
    def name(self) -> str:
        """The unit's name on the occasion's day."""
        return self.unit.name_on(self.anchor_on)

    @property
    def slack(self) -> int:
        """Days after the due day within which the proof may still be handed in."""
        return 0 if self.report_by_on is None else (self.report_by_on - self.due_on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What every office of the city knows: the agreement and all units."""

    says: Agreement
    units: Mapping[str, Unit]

    def title(self, code: str) -> Title:
        """A publication of the agreement."""
        return next(title for title in self.says.titles if title.code == code)

    def topic(self, duty: Obligation) -> Topic | None:
        """What a duty's articles are about."""
        return next((topic for topic in self.says.topics if topic.code == duty.topic), None)

    def other_party(self, duty: Obligation) -> str:
        """The name of the party to which the duty is owed; empty where it is owed to both."""
        return next((one.name for one in self.says.parties if one.code == duty.beneficiary), "")


def needed(proof: Proof | None, *, choice: int) -> Iterator[Requirement]:
    """The requirements that an office sets out to meet; ``choice`` picks among alternatives."""
    match proof:
        case None:
            return
        case Requirement():
            yield proof
        case AllOf(parts=parts):
            for part in parts:
                yield from needed(part, choice=choice)
        case AnyOf(parts=parts):
            yield from needed(parts[choice % len(parts)], choice=choice)


def copies_of(requirement: Requirement, chore: Chore) -> int:
    """How many copies, or items, a requirement asks of this unit."""
    match requirement.quantity:
        case Fixed(amount=amount):
            return amount
        case Quota(title=title):
            return chore.unit.quota_on(title, chore.anchor_on) or 0
        case None:
            return requirement.minimum


def written_within(requirement: Requirement, chore: Chore) -> tuple[date, date]:
    """The first and the last day on which the paper of a requirement counts.

    The rules of ``workflow.evidence.days_in_text`` and ``letter``, seen from the other side.
    """
    params: Mapping[str, Any] = requirement.params
    dated = params.get("dated") or _usual(requirement.check, chore)
    before, after = params.get("days_before"), params.get("days_after") or 0
    last = chore.until_on - timedelta(days=1)
    event_on = chore.event_on or chore.anchor_on
    match dated:
        case "before_event":
            lead = 2 + (params.get("lead_working_days") or 0)
            return event_on - timedelta(days=21), event_on - timedelta(days=2 * lead)
        case "around_event":
            return event_on - timedelta(days=before or 0), event_on + timedelta(days=after)
        case "in_period":
            if requirement.check in {"letter", "statement"}:
                is_before = chore.original_due_on < chore.from_on
                first = min(chore.opens_on, chore.original_due_on) if is_before else chore.from_on
                return first, max(last, chore.original_due_on)
            return chore.from_on - timedelta(days=before or 0), last + timedelta(days=after)
        case "from_period":
            return chore.from_on, date.max
        case _:
            return date.min, date.max


def _usual(check: str, chore: Chore) -> str:
    is_dated = chore.event_on is not None
    match check:
        case "letter":
            return "before_event" if is_dated else "in_period"
        case "statement" | "attendance":
            return "around_event" if is_dated else "in_period"
        case "minutes" | "article":
            return "in_period"
        case _:
            return "any"
