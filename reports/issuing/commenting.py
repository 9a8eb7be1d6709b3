"""Comments on a draft: what leaders and other readers want to have looked at again.

Knows that a comment is kept and journaled, and names the draft that it speaks of. It is no
part of the report: nothing of it is frozen.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reports.drafting import ensure_state, locked_report, record
from reports.reading import report_listed
from workflow import access
from workflow.domain.errors import Refusal
from workflow.store import people
from workflow.store import report_papers as stored

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.journal import Act

LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment with its writer's name; ``is_of_now`` where the draft is still as it was then."""

    id: int
    by: str
    name: str
    at: datetime
    text: str
    sha256: str
    is_of_now: bool


def comment_on(db: Connection, report_id: int, *, text: str, act: Act) -> int:
    """Comment on a draft that one may read, and give the comment's number.

    Raises ``Refusal``: ``report.unknown``, also where it is not for this person to know,
    ``report.not_draft``, ``access.person_only``, ``report.comment_missing``,
    ``report.comment_too_long``.
    """
    if access.is_rule(act.by):
        raise Refusal("access.person_only", by=act.by)
    report_listed(db, report_id, by=act.by)
    row = locked_report(db, report_id)
    ensure_state(row, "draft")
    said = unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())
    if not said:
        raise Refusal("report.comment_missing", report=report_id)
    if len(said) > LONGEST:
        raise Refusal("report.comment_too_long", length=len(said), most=LONGEST)
    number = stored.add_comment(
        db,
        {
            "report_id": report_id,
            "sha256": row.sha256,
            "text": said,
            "by": act.by,
            "at": act.at,
        },
    )
    record(
        db,
        row,
        "report.commented",
        act,
        after={"comment": number, "text": said, "sha256": row.sha256},
    )
    return number


def comments_read(db: Connection, report_id: int, *, by: str) -> tuple[Comment, ...]:
    """The comments on a report, the first first. Raises ``Refusal("report.unknown")``."""
    report = report_listed(db, report_id, by=by)
    rows = stored.comments_of(db, report_id)
    if not rows:
        return ()
    names = people.names_of(db, {row.by for row in rows})
    return tuple(
        Comment(
            id=row.id,
            by=row.by,
            name=names.get(row.by, row.by),
            at=row.at,
            text=row.text,
            sha256=row.sha256,
            is_of_now=row.sha256 == report.sha256,
        )
        for row in rows
    )
