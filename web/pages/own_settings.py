"""What a person sets for themselves: the language, how keys act, and when letters remind."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.cookies import keep_lang
from web.visit import Visit, reads, writes
from workflow.domain.preferences import Keys, Preferences, Reminders
from workflow.enrolling import known
from workflow.i18n import LANGUAGES, N_
from workflow.preferences import choose, own_preferences

router: Final = APIRouter(include_in_schema=False)
Word = Annotated[str, Form(max_length=20)]
_KEYS: Final = {
    Keys.LETTERS: N_("By the letter alone"),
    Keys.ALT: N_("By Alt and the letter"),
    Keys.OFF: N_("Not at all"),
}
_REMINDERS: Final = {
    Reminders.DAILY: N_("Every day on which there is something"),
    Reminders.WEEKLY: N_("On Mondays, for the whole week"),
    Reminders.NEVER: N_("Never: I look here myself"),
}


@router.get("/account/settings")
@reads
def settings_page(visit: Visit) -> Response:
    """One's own settings, and what else belongs to an account."""
    found = known(visit.db, visit.by)
    return visit.page(
        "account/settings.html.j2",
        chosen=own_preferences(visit.db, act=visit.act()),
        own_lang=found.lang,
        mail=found.mail or "",
        keys=_KEYS,
        reminders=_REMINDERS,
    )


@router.post("/account/settings")
@writes
def keep_settings(
    visit: Visit, lang: Word = "vi", key_mode: Word = "letters", reminders: Word = "daily"
) -> Response:
    """Keep one's own settings; this device speaks the chosen language from now on."""
    spoken = lang if lang in LANGUAGES else visit.lang
    present = own_preferences(visit.db, act=visit.act())
    preferred = Preferences(
        keys=next((one for one in Keys if one == key_mode), present.keys),
        reminders=next((one for one in Reminders if one == reminders), present.reminders),
    )
    choose(visit.db, preferred, lang=spoken, act=visit.act())
    visit.tell(N_("Your settings are kept."))
    response = visit.go("/account/settings")
    keep_lang(response, spoken, visit.premises.settings)
    return response
