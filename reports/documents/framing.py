"""What an office's form puts around a report: head, number, day, signature, recipients.

Knows how a letterhead is said under a profile. Refuses to know figures and how a line is
set on paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.documents.document import Closing, Head
from reports.documents.profiles import profile_on
from reports.letterhead import Letterhead
from workflow.domain.timeliness import day_of
from workflow.i18n import official_day

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from reports.documents.profiles import Profile
    from reports.documents.telling import Teller
    from reports.quarterly import Report


def letterhead_of(report: Report) -> Letterhead:
    """What the report bears, or the name of the first side where no office has set anything."""
    if report.letterhead is not None:
        return report.letterhead
    return Letterhead(body=next(iter(report.agreement.parties), ""))


def profile_of(report: Report) -> Profile:
    """The rules of form on the day of issue; of a draft, on the day as of which it speaks."""
    return profile_on(letterhead_of(report).issuer, _day(report))


def head(tell: Teller, profile: Profile) -> Head:
    """What stands above the title."""
    report, said = tell.report, letterhead_of(tell.report)
    return Head(
        superior=said.superior.upper(),
        body=said.body.upper(),
        number=profile.numbered(report.issue.number if report.issue else None, sign=said.sign),
        motto=tuple(line for line, _ in profile.motto),
        place_and_day=_place_and_day(tell, said.place),
    )


def _place_and_day(tell: Teller, place: str) -> str:
    issue = tell.report.issue
    if issue is None:
        # Left open: whoever numbers the document writes it in.
        blank = "\u2007"
        day = f"ngày {blank * 4} tháng {blank * 4} năm {_day(tell.report).year}"
    else:
        day = official_day(issue.issued_on)
    return f"{place}, {day}" if place else day[:1].upper() + day[1:]


def closing(tell: Teller, profile: Profile) -> Closing:
    """Who signs, for whom, and who gets a copy."""
    report, said = tell.report, letterhead_of(tell.report)
    authority = [
        form.format(name=name).upper()
        for form, name in (
            (profile.on_behalf_form, said.on_behalf),
            (profile.acting_form, said.acting_for),
        )
        if name
    ]
    recipients = [f"- {name};" for name in said.recipients]
    archive = profile.archive_form.format(archive=said.archive).rstrip(", ")
    recipients.append(f"- {archive}.")
    signed = report.signature
    post = signed.post if signed and signed.post else said.post
    return Closing(
        authority=tuple(authority),
        post=post.upper() if profile.post.is_upper else post,
        signer=signed.name if signed else report.issue.approved_by if report.issue else "",
        recipients_title="Nơi nhận:",
        recipients=tuple(recipients),
    )


def numbered_name(tell: Teller, profile: Profile) -> str:
    """The report as its annexes call it: with its number and day once it has them."""
    report, _ = tell.report, tell.gettext
    if report.issue is None:
        return _("(Attached to the report; draft)")
    said = letterhead_of(report)
    number = profile.numbered(report.issue.number, sign=said.sign)
    return _(
        "(Attached to report {number} of {issued_on:day}, {body})",
        number=number.removeprefix("Số").lstrip(": "),
        issued_on=report.issue.issued_on,
        body=said.body,
    )


def _day(report: Report) -> date:
    if report.issue is not None:
        return report.issue.issued_on
    return day_of(report.as_of, _zone(report))


def _zone(report: Report) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(report.zone)
