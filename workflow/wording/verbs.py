"""What the command line's own refusals say."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "amendment.agreement_missing": N_("The file does not say which agreement it changes."),
    "command.choice_wrong": N_("{name} is one of: {known}. “{given}” is not."),
    "command.day_wrong": N_("“{given}” is no day ({name}). Write 2024-03-31 or 31/03/2024."),
    "command.days_reversed": N_("The days lie the wrong way round: {first:day} and {last:day}."),
    "command.instant_wrong": N_(
        "“{given}” is no instant ({name}). Write 2024-03-31T17:00, with +07:00 or another offset"
        " where it is not Vietnam's time."
    ),
    "command.not_text": N_("{file}, given to {name}, is not text in UTF-8."),
    "command.number_wrong": N_("“{given}” is no number of a row ({name})."),
    "command.object_wrong": N_("{name} has to be a JSON object."),
    "command.role_wrong": N_(
        "“{given}” is no role. Write ROLE[:agreement=CODE][:party=CODE][:unit=KEY], the role"
        " being one of: {known}."
    ),
    "database.not_migrated": N_(
        "The database is at revision {found}, and this release needs {newest}. Run camket migrate"
        " first."
    ),
    "events.convener_missing": N_("No unit convenes this; name it with --convener."),
    "events.day_missing": N_("There is no day on which it takes place (DTSTART)."),
    "events.kind_missing": N_("There is no kind of event; name it with --kind."),
    "events.none": N_("The calendar holds no event."),
    "events.not_a_calendar": N_("The calendar file cannot be read: {detail}."),
    "events.recurring": N_(
        "A recurring event cannot be loaded: write out each day that makes a duty owed."
    ),
    "events.uid_missing": N_("There is no UID by which the event is known again."),
    "evidence.requirement_unsaid": N_(
        "The task asks for several things; say with --requirement which one this proves: {known}."
    ),
    "figures.twice": N_("{figure} of the period {period} stands twice for the same unit."),
    "simulation.not_simulated": N_(
        "--at is only for a data folder that was created with migrate --simulated; {folder} was"
        " not."
    ),
    "simulation.too_late": N_(
        "Something has been written here in real time; simulate in a new data folder."
    ),
}
