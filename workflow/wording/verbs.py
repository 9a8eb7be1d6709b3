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
    "doctor.alive": N_("Alive: {names}."),
    "doctor.broker": N_("The broker answers."),
    "doctor.broker_down": N_("The relay last found the broker {detail}."),
    "doctor.broker_forgets": N_(
        "The broker throws messages away when its memory is full (maxmemory-policy {policy});"
        " set it to noeviction."
    ),
    "doctor.broker_memory": N_("Jobs run within one process (memory://): camket up."),
    "doctor.broker_unreachable": N_("The broker does not answer: {detail}."),
    "doctor.clock": N_("This machine and the database agree about the time."),
    "doctor.clocks_apart": N_(
        "This machine's clock and the database's are {seconds:number} s apart."
    ),
    "doctor.database": N_("The database ({kind}) is up to date, at revision {revision}."),
    "doctor.database_unreachable": N_("The database cannot be used: {detail}."),
    "doctor.evidence": N_("Files can be written to {folder} and read back."),
    "doctor.evidence_apart": N_(
        "A worker does not find in its folder of evidence what was written to {folder} here: all"
        " parts need one folder that they share."
    ),
    "doctor.evidence_shared": N_("A worker has read back what was written here."),
    "doctor.evidence_unwritable": N_("Nothing can be written to {folder}: {detail}."),
    "doctor.fonts": N_("Reports are set in {name}."),
    "doctor.fonts_embedded": N_(
        "Reports are set in {name}, which is built in; official documents ask for one of: {better}."
    ),
    "doctor.fonts_missing": N_("None of the fonts for reports is there: {names}."),
    "doctor.keys": N_("The keys are there; versions of the journal's key: {versions}."),
    "doctor.mail": N_("Letters are sent as {sender}."),
    "doctor.mail_unset": N_("No letter is sent, since CAMKET_SMTP_URL is not set."),
    "doctor.not_up": N_("Nothing runs here now ({names}); start it with: camket up."),
    "doctor.parked": N_(
        "Rows that failed too often: {count:number} ({kinds}); see camket jobs list."
    ),
    "doctor.silent": N_("No sign of life for a minute: {names}."),
    "doctor.simulated": N_("This data folder is simulated: its clock may be set by hand."),
    "doctor.space": N_("Free space for {folder}: {free:number} MB."),
    "doctor.triggers": N_("The database keeps its journal from being changed."),
    "doctor.triggers_missing": N_(
        "Triggers that protect the journal are missing: {names}. Run camket migrate."
    ),
    "doctor.work": N_(
        "Work that is due: {due:number}, in hand: {held:number}, for later: {later:number}."
    ),
    "doctor.worker_busy": N_(
        "No worker has read the folder of evidence within {seconds:number} s."
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
    "journal.heads_unreadable": N_("{file} does not hold the journal's heads."),
    "report.format_not_frozen": N_(
        "The report was not issued as {format}, only as {frozen}; what was issued is never made"
        " anew."
    ),
    "report.none": N_("There is no report of {agreement} on the period {period}."),
    "simulation.not_simulated": N_(
        "--at is only for a data folder that was created with migrate --simulated; {folder} was"
        " not."
    ),
    "simulation.too_late": N_(
        "Something has been written here in real time; simulate in a new data folder."
    ),
    "work.not_parked": N_("These rows are not parked: {numbers}."),
}
