"""One thing in the world proves so much and no more: dividing proofs among the tasks.

A proof with a capacity (an invoice of ten copies) is divided among all tasks and
units until nothing is left. A proof whose use needs the whole of it (an article)
serves each duty once, whoever offers it: another period or unit comes too late. Rows of
``proof`` are locked in the order of their identities while they are divided.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workflow.evidence.verdict import Findings
from workflow.proving import FREE
from workflow.store import evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.moves import Taken
    from workflow.proving import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an item asks of a proof.

    ``base`` is the identity without its part: what a replacement makes void.
    ``is_firm`` where the item passed; otherwise it only learns what is left.
    """

    item_id: int
    task_id: int
    occasion_id: int
    obligation_id: int
    requirement: str
    identity: str
    base: str
    wanted: int
    capacity: int | None
    is_firm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a claim got: ``quantity`` of what it wanted, 0 where nothing was left.

    ``used_by`` is the task that has it; ``is_joint`` where that is another unit's for
    the same occasion, which may be rightly so (minutes that both sides signed), so
    that a person decides. ``is_twice`` where the same task offers the same thing for
    the same requirement again, ``replaced_by`` is the proof that voids it.
    """

    quantity: int
    used_by: int | None = None
    is_joint: bool = False
    is_twice: bool = False
    replaced_by: str | None = None

    @property
    def is_granted(self) -> bool:
        """Whether it is a share of its own, to be written down."""
        return bool(self.quantity) and not self.is_joint and not self.is_twice


def claim_of(row: Row[Any], taken: Taken, said: Findings, *, is_firm: bool) -> Claim | None:
    """The claim of an item by what a check found in it; None where it names no proof.

    What is only attached for a reviewer proves nothing, and claims nothing.
    """
    if said.identity is None or row.requirement == FREE:
        return None
    return Claim(
        item_id=row.id,
        task_id=row.task_id,
        occasion_id=taken.row.occasion_id,
        obligation_id=taken.row.obligation_id,
        requirement=row.requirement,
        identity=said.identity.text,
        base=replace(said.identity, part="").text,
        wanted=max(said.quantity or 1, 1),
        capacity=said.capacity,
        is_firm=is_firm,
    )


def claim_confirmed(db: Connection, held: Held, *, at: datetime) -> None:
    """Give what a person confirmed its share of each proof that the checks left undecided.

    Where nothing is left the person's word stands, without a share.
    """
    verdicts = evidence.latest_verdicts(db, [row.id for row in held.rows])
    claims = []
    for row in held.rows:
        if row.outcome == "undecided" and row.id in verdicts:
            said = Findings.from_json(verdicts[row.id].read)
            claim = claim_of(row, held.taken, said, is_firm=True)
            claims += [] if claim is None else [claim]
    divide(db, claims, at=at)


def divide(db: Connection, claims: Sequence[Claim], *, at: datetime) -> dict[int, Share]:
    """Give each claim its share, in the order of arrival, and write what firm ones got.

    What the items had before must have been given back: a claim made again then gets
    the same unless others came between.
    """
    if not claims:
        return {}
    evidence.add_proofs(
        db, {claim.identity: claim.capacity for claim in claims if claim.is_firm}, at=at
    )
    proofs = evidence.locked_proofs(
        db, {name for claim in claims for name in (claim.identity, claim.base)}
    )
    used: defaultdict[str, list[_Use]] = defaultdict(list)
    for row in evidence.allocations_of(db, {claim.identity for claim in claims}):
        used[row.identity].append(_Use.of(row, row.quantity))
    shares: dict[int, Share] = {}
    written: list[tuple[Claim, int]] = []
    for claim in sorted(claims, key=lambda one: one.item_id):
        share = _share(claim, used[claim.identity], proofs)
        shares[claim.item_id] = share
        if claim.is_firm and share.is_granted:
            used[claim.identity].append(_Use.of(claim, share.quantity))
            written.append((claim, share.quantity))
    evidence.allocate(
        db,
        [
            (one.identity, one.task_id, one.requirement, one.item_id, quantity)
            for one, quantity in written
        ],
        at=at,
    )
    return shares


@dataclass(frozen=True, slots=True)
class _Use:
    task_id: int
    occasion_id: int
    duty: tuple[int, str]
    quantity: int

    @classmethod
    def of(cls, one: Row[Any] | Claim, quantity: int) -> _Use:
        return cls(one.task_id, one.occasion_id, (one.obligation_id, one.requirement), quantity)


def _share(claim: Claim, uses: Sequence[_Use], proofs: Mapping[str, Row[Any]]) -> Share:
    for name in (claim.identity, claim.base):
        if name in proofs and proofs[name].replaced_by not in {None, claim.identity}:
            return Share(quantity=0, replaced_by=proofs[name].replaced_by)
    duty = (claim.obligation_id, claim.requirement)
    for use in uses:
        if (use.task_id, use.duty) == (claim.task_id, duty):
            return Share(quantity=use.quantity, is_twice=True)
    if claim.capacity is None:
        return _whole(claim, [use for use in uses if use.duty == duty])
    left = max(claim.capacity - sum(use.quantity for use in uses), 0)
    quantity = min(claim.wanted, left)
    last = uses[-1].task_id if uses and quantity < claim.wanted else None
    return Share(quantity=quantity, used_by=last)


def _whole(claim: Claim, uses: Sequence[_Use]) -> Share:
    """The share in a proof that serves a duty once."""
    if not uses:
        return Share(quantity=claim.wanted)
    if all(use.occasion_id == claim.occasion_id for use in uses):
        return Share(quantity=claim.wanted, used_by=uses[0].task_id, is_joint=True)
    return Share(quantity=0, used_by=uses[0].task_id)
