"""The letter that tells whose account it is what was changed in it, as plain text and as HTML.

Knows the words. Refuses to carry a password, a code, a token or an address, and to send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasks.delivery.letters import Letter, environment
from workflow.i18n import N_, translator
from workflow.owner_letters import Change

if TYPE_CHECKING:
    from workflow.owner_letters import ToOwner

SAID: Final = {
    Change.PASSWORD: N_("The password was changed."),
    Change.PASSWORD_BY_LINK: N_("A new password was set by the link of a letter."),
    Change.PASSWORD_GIVEN: N_("An administrator gave the account a new password."),
    Change.MAIL: N_(
        "The mail address was changed. This letter goes to the old address and to the new one."
    ),
    Change.FACTOR_ON: N_("Two-step sign-in was switched on."),
    Change.FACTOR_OFF: N_("Two-step sign-in was switched off: the password alone opens it now."),
    Change.FACTOR_RESET: N_(
        "An administrator switched two-step sign-in off: the password alone opens it now."
    ),
    Change.CODES_DRAWN: N_("New recovery codes were drawn; the old ones open nothing any more."),
    Change.CODE_USED: N_("Somebody signed in with a recovery code."),
    Change.TOKEN: N_("A token was made, with which a program or a calendar acts for the account."),
}


def owner_letter(told: ToOwner, *, base_url: str, host: str, zone: str, contact: str) -> Letter:
    """Write the letter of a change; ``host`` is the right-hand side of its Message-ID."""
    say = translator(told.lang).in_zone(zone)
    facts = {
        "told": told,
        "what": say(SAID[told.what]),
        "address": f"{base_url.rstrip('/')}/account",
        "contact": contact,
        "lang": told.lang,
        "_": say.gettext,
    }
    return Letter(
        to=told.mail,
        message_id=f"<{told.name_of_message}@{host}>",
        subject=say(N_("[Cam Kết] Something was changed in the account {key}"), key=told.key),
        text=environment().get_template("owner.txt.j2").render(facts),
        html=environment().get_template("owner.html.j2").render(facts),
    )
