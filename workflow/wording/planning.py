"""The words of agreements, events, units and the coverage proof."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "agreement.unknown": N_("There is no agreement {code}."),
    "agreement.not_active": N_(
        "The agreement {agreement} is not active ({state}): nothing is planned for it."
    ),
    "agreement.not_draft": N_(
        "The agreement {agreement} is no longer a draft ({state}); change it by an amendment."
    ),
    "agreement.second_person": N_(
        "{by} loaded the agreement {agreement}, so another person must activate it."
    ),
    "agreement.end_outside": N_("{on:day} is not a day of the agreement {agreement}."),
    "calendar.unknown": N_("There is no working calendar {calendar}; there are: {known}."),
    "calendar.country_unknown": N_("The public holidays of the country {country} are not known."),
    "coverage.occasion_missing": N_(
        "{obligation}: the occasion {occasion} ({expected}) was never written down."
    ),
    "coverage.occasion_superfluous": N_(
        "{obligation}: the occasion {occasion} ({found}) has no cause."
    ),
    "coverage.occasion_wrong": N_(
        "{obligation}: the occasion {occasion} is written as {found} instead of {expected}."
    ),
    "coverage.task_missing": N_(
        "{obligation} {occasion}: {unit} owes a task, due {expected}, and has none."
    ),
    "coverage.task_superfluous": N_(
        "{obligation} {occasion}: {unit} has a task that it does not owe."
    ),
    "coverage.task_wrong_due": N_(
        "{obligation} {occasion}: the task of {unit} is due {found} instead of {expected}."
    ),
    "doubt.moved": N_("The event was moved after the task had been accepted."),
    "event.unknown": N_("There is no meeting or request number {event}."),
    "event.already_there": N_("The same meeting already stands on {on:day} (number {event})."),
    "unit.unknown": N_("There is no unit {unit}."),
}
