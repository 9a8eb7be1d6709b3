"""What a document says of itself: which report it shows, when, for whom and how it is set.

Knows the instants, hashes, rules of form and fonts. Refuses to know figures.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reports.documents.profiles import Profile
    from reports.documents.telling import Teller

#: Stands for the font until whoever sets the document knows which one it is.
FONT: Final = "\ue000font\ue001"


def colophon(tell: Teller, profile: Profile) -> tuple[tuple[str, str], ...]:
    """Labels with their values. ``FONT`` is to be replaced by the font that is used."""
    report, _ = tell.report, tell.gettext
    pairs = [
        (
            _("Reporting period"),
            _(
                "{name} ({from_on:day} – {last_on:day})",
                name=tell.period(report.period),
                from_on=report.period.from_on,
                last_on=report.period.until_on - timedelta(days=1),
            ),
        ),
        (_("Parties"), "; ".join(report.agreement.parties)),
        (_("Figures cut off at"), tell.say.instant(report.cut_off)),
        (_("Verdicts and decisions known at"), tell.say.instant(report.as_of)),
        (_("Time zone"), report.zone),
    ]
    if report.issue is not None:
        issue = report.issue
        pairs += [
            (_("Number"), issue.number),
            (_("Issued on"), tell.say.day(issue.issued_on)),
            *([(_("Signed by"), report.signature.name)] if report.signature else []),
            (
                _("Approved by"),
                _("{name}, {day:day}", name=issue.approved_by, day=issue.approved_on),
            ),
            (_("Hash of what was approved (SHA-256)"), issue.approved_sha256),
            (_("Head of the journal when issued"), issue.journal_head),
        ]
    rules = profile.source
    if not profile.is_verified:
        rules = _("{rules}, known from secondary sources only", rules=rules)
    return (*pairs, (_("Rules of form"), f"{rules} ({profile.key})"), (_("Font"), FONT))
