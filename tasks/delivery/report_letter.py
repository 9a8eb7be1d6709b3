"""The letter that brings a report: a page with its main figures, as plain text and as HTML.

Knows the words for a report, its signed copy and its withdrawal. Refuses to know who gets
it, and to send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.delivering.sending import SIGNED, WITHDRAWN
from reports.delivering.summary import summary
from tasks.delivery.letters import Letter, environment
from workflow.i18n import N_, translator

if TYPE_CHECKING:
    from reports.delivering.sending import Parcel


def report_letter(parcel: Parcel, *, base_url: str, host: str) -> Letter:
    """Write the letter of a parcel; ``host`` is the right-hand side of its Message-ID.

    ``base_url`` leads to the receipt; without it there is no link.
    """
    say = translator(parcel.to.lang).in_zone(parcel.report.zone)
    page = summary(parcel.report, lang=parcel.to.lang)
    facts = {
        "page": page,
        "parcel": parcel,
        "kind": parcel.kind,
        "address": f"{base_url.rstrip('/')}/receipts/{parcel.token}" if base_url else "",
        "lang": parcel.to.lang,
        "_": say.gettext,
        "ngettext": say.ngettext,
        "number": say.number,
    }
    said = {"number": page.number, "period": page.period}
    if parcel.kind == WITHDRAWN:
        subject = say(N_("[Cam Kết] Withdrawn: report No. {number}, {period}"), **said)
    elif parcel.kind == SIGNED:
        subject = say(N_("[Cam Kết] Signed copy of report No. {number}, {period}"), **said)
    elif page.corrects:
        subject = say(
            N_("[Cam Kết] Addendum No. {number} to report No. {corrects}, {period}"),
            **said,
            corrects=page.corrects,
        )
    else:
        subject = say(N_("[Cam Kết] Report No. {number}, {period}"), **said)
    return Letter(
        to=parcel.to.mail,
        message_id=f"<{parcel.name_of_message}@{host}>",
        subject=subject,
        text=environment().get_template("report.txt.j2").render(facts),
        html=environment().get_template("report.html.j2").render(facts),
    )
