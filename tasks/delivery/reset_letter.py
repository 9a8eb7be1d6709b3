"""The letter with the link for a forgotten password, as plain text and as HTML.

Knows the words. Refuses to make the link's token, and to send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tasks.delivery.letters import Letter, environment
from workflow.i18n import N_, translator

if TYPE_CHECKING:
    from workflow.forgotten import Link


def reset_letter(link: Link, *, base_url: str, host: str, zone: str) -> Letter:
    """Write the letter of a link; ``host`` is the right-hand side of its Message-ID."""
    say = translator(link.lang).in_zone(zone)
    query = urlencode({"k": link.token})
    facts = {
        "link": link,
        "address": f"{base_url.rstrip('/')}/signin/new-password?{query}",
        "lang": link.lang,
        "_": say.gettext,
    }
    return Letter(
        to=link.mail,
        message_id=f"<{link.name_of_message}@{host}>",
        subject=say(N_("[Cam Kết] A new password for the account {key}"), key=link.key),
        text=environment().get_template("reset.txt.j2").render(facts),
        html=environment().get_template("reset.html.j2").render(facts),
    )
