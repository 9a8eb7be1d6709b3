"""The letter of a day: what is due and what is overdue, in the reader's language.

Knows how a digest is worded and laid out as plain text. Refuses to know whom it concerns
and whether it was sent.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from workflow.i18n import N_, Translator, translator

if TYPE_CHECKING:
    from workflow.notices import Digest, Reminded

_SUBJECT: Final = N_("Cam Kết {day_on:day}: {due:number} due, {overdue:number} overdue")
_OVERDUE: Final = N_("Overdue ({count:number})")
_DUE: Final = N_("Due soon ({count:number})")
_LINE: Final = N_("{obligation} ({occasion}): {unit}")
_LATE: Final = N_("due {due_on:day}, {days:number} days ago")
_TODAY: Final = N_("due today, {due_on:day}")
_LEFT: Final = N_("due {due_on:day}, {days:number} days left")
_RETURNED: Final = N_("It was handed in and has come back.")
_CLAUSE: Final = N_("Why: {clause}")
_CLAUSE_AT: Final = N_("Why: {clause} ({place})")
_WHERE: Final = N_("Your work list: {url}")
_WHO: Final = N_(
    "You receive this letter because your office answers for these tasks. At most one letter"
    " a day is sent."
)


def letter(digest: Digest, *, sender: str, base_url: str) -> EmailMessage:
    """Write a digest as a mail; the same digest gives the same Message-ID each time."""
    say = translator(digest.lang)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = digest.mail
    message["Subject"] = say.gettext(
        _SUBJECT, day_on=digest.day_on, due=len(digest.due), overdue=len(digest.overdue)
    )
    message["Date"] = format_datetime(digest.written_at)
    message["Message-ID"] = digest.message_id
    # No out-of-office note comes back to a machine.
    message["Auto-Submitted"] = "auto-generated"
    parts = []
    for title, some in ((_OVERDUE, digest.overdue), (_DUE, digest.due)):
        if some:
            parts.append(say.gettext(title, count=len(some)))
            parts += [_paragraph(one, say) for one in some]
    parts.append(say.gettext(_WHERE, url=base_url))
    parts.append(say.gettext(_WHO))
    message.set_content("\n\n".join(parts) + "\n")
    return message


def _paragraph(one: Reminded, say: Translator) -> str:
    when = _LATE if one.days_left < 0 else _LEFT if one.days_left else _TODAY
    clause = _CLAUSE_AT if one.place else _CLAUSE
    lines = [
        say.gettext(_LINE, obligation=one.obligation, occasion=one.occasion, unit=one.unit),
        say.gettext(when, due_on=one.due_on, days=abs(one.days_left)),
        say.gettext(clause, clause=one.clause, place=one.place),
    ]
    if one.is_returned:
        lines.append(say.gettext(_RETURNED))
    first, *rest = (re.sub(r"\s+", " ", line).strip() for line in lines)
    return "\n".join([f"- {first}", *(f"  {line}" for line in rest)])
