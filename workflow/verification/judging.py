"""Keeping what the checks found: verdicts, the shares of proofs, and doubts.

A verdict is pinned to the bytes and to the check's version that gave it, and is
never changed: a later one stands beside it. On an accepted task it changes nothing
but opens a doubt when it is worse. Refuses to run checks and to settle anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from workflow import journal
from workflow.dividing import Claim, Share, claim_of, divide
from workflow.domain.lifecycle import IN_HAND, State
from workflow.evidence.check import Outcome, Reason, Verdict, undecided
from workflow.journal import Entry
from workflow.moves import take_each
from workflow.store import doubts, evidence
from workflow.store.evidence import among, evidence_item, evidence_verdict
from workflow.store.tasks import task
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from workflow.journal import Act
    from workflow.moves import Taken

#: From best to worst.
_ORDER: Final = (Outcome.PASSED, Outcome.UNDECIDED, Outcome.FAILED)
_DOUBT_OF: Final = {"evidence.used_elsewhere": "duplicate", "evidence.replaced": "replaced"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a check said of an item whose file has this hash (None without a file)."""

    item_id: int
    sha256: str | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A verdict as it is kept, after its proof was divided."""

    item: Row[Any]
    taken: Taken
    verdict: Verdict
    share: Share | None

    @property
    def is_of_accepted(self) -> bool:
        return self.taken.state is State.ACCEPTED


def record_verdict(
    db: Connection, item_id: int, verdict: Verdict, *, sha256: str | None, act: Act
) -> None:
    """Keep one verdict; see ``record_verdicts``."""
    record_verdicts(db, [Judged(item_id=item_id, sha256=sha256, verdict=verdict)], act=act)


def record_verdicts(db: Connection, results: Sequence[Judged], *, act: Act) -> None:
    """Keep what checks said of items, and ask for the conclusions to be drawn.

    At most 100 at a time; the number of statements does not depend on how many.
    Locks the tasks, then the proofs. A proof that is used up elsewhere, or was
    replaced, makes a passed item fail with the reason. Items removed meanwhile, and
    verdicts on other bytes than an item has, are passed over.
    """
    given = {one.item_id: one for one in results}
    taken = take_each(db, _tasks_of(db, given))
    pairs = [
        (row, given[row.id].verdict)
        for row in _items(db, given)
        if row.sha256 == given[row.id].sha256
    ]
    replaced = _replacements(pairs)
    evidence.replace_proofs(db, replaced, at=act.at)
    kept = _divided(db, pairs, taken, act=act)
    _write(db, kept, act=act)
    _doubt(db, kept, act=act)
    if replaced:
        again = evidence.items_of_replaced(replaced)
        put_work(db, kind="verify_item", subjects=again, due_at=act.at)
    _ask_conclusions(db, taken.values(), act=act)


def record_unverifiable(db: Connection, item_ids: Iterable[int], *, error: str, act: Act) -> None:
    """Say of items that could not be checked that a person decides.

    For whoever parks their work: their submissions go on to a reviewer.
    """
    rows = _items(db, item_ids)
    verdict = undecided("", "check.gave_up", error=error)
    record_verdicts(
        db, [Judged(item_id=row.id, sha256=row.sha256, verdict=verdict) for row in rows], act=act
    )


def ask_again(db: Connection, agreement_id: int, *, act: Act, check: str | None = None) -> None:
    """Have the items of an agreement checked anew: a new version, alias or trusted signer.

    ``check`` limits it to what that check judged last.
    """
    query = (
        select(evidence_item.c.id)
        .join(task, task.c.id == evidence_item.c.task_id)
        .where(task.c.agreement_id == agreement_id, evidence_item.c.removed_at.is_(None))
    )
    if check is not None:
        query = query.where(
            evidence_item.c.id.in_(
                select(evidence_verdict.c.item_id).where(evidence_verdict.c.check == check)
            )
        )
    put_work(db, kind="verify_item", subjects=query, due_at=act.at)
    journal.record(
        db,
        act=act,
        verb="evidence.asked_again",
        agreement=agreement_id,
        subject=("agreement", agreement_id),
        after={"check": check},
    )


def _tasks_of(db: Connection, item_ids: Iterable[int]) -> list[int]:
    query = select(evidence_item.c.task_id).where(evidence_item.c.id.in_(among(db, item_ids)))
    return list(db.scalars(query.distinct()))


def _items(db: Connection, item_ids: Iterable[int]) -> list[Row[Any]]:
    query = select(evidence_item).where(
        evidence_item.c.id.in_(among(db, item_ids)), evidence_item.c.removed_at.is_(None)
    )
    return list(db.execute(query.order_by(evidence_item.c.id)))


def _replacements(pairs: Iterable[tuple[Row[Any], Verdict]]) -> dict[str, str]:
    """What passed proofs say that they replace: the old one by the new one."""
    found = {}
    for _, verdict in pairs:
        said = verdict.findings
        if verdict.outcome is Outcome.PASSED and said.replaces and said.identity:
            found[said.replaces.text] = said.identity.text
    return {old: new for old, new in found.items() if old != new}


def _divided(
    db: Connection,
    pairs: Sequence[tuple[Row[Any], Verdict]],
    taken: Mapping[int, Taken],
    *,
    act: Act,
) -> list[_Kept]:
    claims = [
        claim
        for row, verdict in pairs
        if (claim := _claim(row, verdict, taken[row.task_id])) is not None
    ]
    # An accepted task keeps its share while a doubt about it is open.
    firm = {claim.item_id for claim in claims if claim.is_firm}
    giving_back = [
        row.id
        for row, _ in pairs
        # What no check has spoken of yet has no share to give back.
        if row.outcome is not None
        and (row.id in firm or taken[row.task_id].state is not State.ACCEPTED)
    ]
    released = evidence.release_items(db, giving_back) if giving_back else set()
    shares = divide(db, claims, at=act.at)
    freed = released - {claim.identity for claim in claims if claim.is_firm}
    if freed:
        again = evidence.items_offering(db, freed).where(
            evidence_item.c.id.not_in([row.id for row, _ in pairs])
        )
        put_work(db, kind="verify_item", subjects=again, due_at=act.at)
    return [
        _Kept(
            item=row,
            taken=taken[row.task_id],
            verdict=_shared(verdict, shares.get(row.id)),
            share=shares.get(row.id),
        )
        for row, verdict in pairs
    ]


def _claim(row: Row[Any], verdict: Verdict, taken: Taken) -> Claim | None:
    is_firm = verdict.outcome is Outcome.PASSED
    if verdict.outcome is Outcome.FAILED or _is_over(taken):
        return None
    if taken.state is State.ACCEPTED and not is_firm:
        return None
    return claim_of(row, taken, verdict.findings, is_firm=is_firm)


def _is_over(taken: Taken) -> bool:
    """Whether nothing is owed any more, so that its items claim no share of any proof.

    What the planner cancelled it may bring back, with all that was offered for it.
    """
    is_gone = taken.state is State.CANCELLED and taken.row.cancel_cause != "unowed"
    return is_gone or taken.state is State.WAIVED


def _shared(verdict: Verdict, share: Share | None) -> Verdict:
    """The verdict with what the division of its proof adds."""
    if share is None:
        return verdict
    if share.replaced_by is not None:
        reason = Reason(code="evidence.replaced", facts={"proof": share.replaced_by})
        return _at_best(verdict, Outcome.FAILED, reason)
    if share.is_joint or not share.quantity:
        reason = Reason(code="evidence.used_elsewhere", facts={"task": share.used_by})
        return _at_best(verdict, Outcome.UNDECIDED if share.is_joint else Outcome.FAILED, reason)
    if share.is_twice:
        return _noted(verdict, Reason(code="evidence.offered_twice"))
    if share.used_by is not None:
        facts = {"quantity": share.quantity, "task": share.used_by}
        return _noted(verdict, Reason(code="evidence.partly_used", facts=facts))
    return verdict


def _at_best(verdict: Verdict, outcome: Outcome, reason: Reason) -> Verdict:
    """The verdict made worse, for a reason that goes before its own."""
    worst = max(outcome, verdict.outcome, key=_ORDER.index)
    return replace(verdict, outcome=worst, reasons=(reason, *verdict.reasons))


def _noted(verdict: Verdict, reason: Reason) -> Verdict:
    return replace(verdict, reasons=(*verdict.reasons, reason))


def _write(db: Connection, kept: Sequence[_Kept], *, act: Act) -> None:
    """The verdicts, what of them is noted with the items, and the journal."""
    evidence.add_verdicts(
        db,
        [
            {
                "item_id": one.item.id,
                "check": one.verdict.check,
                "version": one.verdict.version,
                "sha256": one.item.sha256,
                "outcome": one.verdict.outcome.value,
                "reasons": [reason.to_json() for reason in one.verdict.reasons],
                "read": dict(one.verdict.read),
            }
            for one in kept
        ],
        at=act.at,
    )
    evidence.cache_verdicts(db, [_cached(one) for one in kept], at=act.at)
    journal.record_each(
        db,
        [
            Entry(
                verb="evidence.judged",
                subject=("task", one.item.task_id),
                agreement=one.taken.row.agreement_id,
                before={"outcome": one.item.outcome},
                after={
                    "item": one.item.id,
                    "outcome": one.verdict.outcome.value,
                    "check": one.verdict.check,
                    "version": one.verdict.version,
                    "sha256": one.item.sha256,
                    "reasons": [reason.code for reason in one.verdict.reasons],
                },
            )
            for one in kept
        ],
        act=act,
    )


def _cached(one: _Kept) -> tuple[object, ...]:
    """What is noted with an item; what an accepted task was judged by stays as it is."""
    item, said = one.item, one.verdict.findings
    outcome = one.verdict.outcome.value
    if one.is_of_accepted and one.verdict.outcome is not Outcome.PASSED:
        return (item.id, outcome, item.quantity, item.performed_on, item.identity)
    quantity = said.quantity if one.share is None else one.share.quantity
    identity = None if said.identity is None else said.identity.text
    return (item.id, outcome, quantity, said.performed_on, identity)


def _doubt(db: Connection, kept: Sequence[_Kept], *, act: Act) -> None:
    """Open a doubt on each accepted task of which an item is judged worse than before."""
    rows = []
    for one in kept:
        before = Outcome(one.item.outcome or Outcome.UNDECIDED)
        if one.is_of_accepted and _ORDER.index(one.verdict.outcome) > _ORDER.index(before):
            codes = [reason.code for reason in one.verdict.reasons]
            kind = _DOUBT_OF.get(codes[0] if codes else "", "recheck")
            reason = {
                "code": "doubt.judged_worse",
                "outcome": one.verdict.outcome.value,
                "because": codes,
            }
            rows.append((one.item.task_id, one.item.id, kind, json.dumps(reason)))
    if not rows:
        return
    agreements = {one.taken.id: one.taken.row.agreement_id for one in kept}
    journal.record_each(
        db,
        [
            Entry(
                verb="doubt.raised",
                subject=("task", row.task_id),
                agreement=agreements[row.task_id],
                after={"doubt": row.id},
            )
            for row in doubts.raise_doubts(db, rows, by=act.by, at=act.at)
        ],
        act=act,
    )


def _ask_conclusions(db: Connection, taken: Iterable[Taken], *, act: Act) -> None:
    waiting, by_themselves = [], []
    for one in taken:
        if one.state is State.SUBMITTED and one.submission is not None:
            waiting.append(one.submission.id)
        elif one.state in IN_HAND and one.says.auto_submit:
            by_themselves.append(one.id)
    put_work(db, kind="settle_submission", subjects=waiting, due_at=act.at)
    put_work(db, kind="submit_automatically", subjects=by_themselves, due_at=act.at)
