"""A person's own settings: language, keys, and when letters remind.

Knows that each is one's own alone and journaled. Refuses to know pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from workflow import journal
from workflow.domain.preferences import Keys, Preferences, Reminders
from workflow.enrolling import known
from workflow.store import preferences
from workflow.store.people import person

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.journal import Act


def own_preferences(db: Connection, *, act: Act) -> Preferences:
    """What whoever acts chose. Raises ``Refusal("account.unknown")``."""
    return _chosen(db, int(known(db, act.by).id))


def choose(db: Connection, preferred: Preferences, *, lang: str, act: Act) -> None:
    """Keep what whoever acts chooses; the same again changes nothing.

    Raises ``Refusal("account.unknown")``.
    """
    found = known(db, act.by)
    before = _said(_chosen(db, int(found.id)), found.lang)
    after = _said(preferred, lang)
    if before == after:
        return
    preferences.put_preference(
        db, found.id, keys=preferred.keys.value, reminders=preferred.reminders.value
    )
    db.execute(update(person).where(person.c.id == found.id).values(lang=lang))
    subject = ("person", int(found.id))
    journal.record(
        db, act=act, verb="account.settings_chosen", subject=subject, before=before, after=after
    )


def _chosen(db: Connection, person_id: int) -> Preferences:
    row = preferences.preference_of(db, person_id)
    if row is None:
        return Preferences()
    return Preferences(keys=Keys(row.keys), reminders=Reminders(row.reminders))


def _said(preferred: Preferences, lang: str) -> dict[str, str]:
    return {
        "lang": lang,
        "keys": preferred.keys.value,
        "reminders": preferred.reminders.value,
    }
