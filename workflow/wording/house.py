"""What is said about files as a whole, settings, and the database."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "database.newer": N_(
        "The database is at revision {found}, which this release (up to {newest}) does not"
        " know. Install the release that made it, or a later one."
    ),
    "database.reference_broken": N_(
        "The upgrade was undone: a row of {table} refers to a row of {to} that does not exist."
    ),
    "database.unable": N_("The database cannot do this now: {detail}"),
    "file.invalid": N_("{file}: nothing was loaded; problems found: {count:number}."),
    "settings.address_kind": N_("{name} must begin with one of: {expected}."),
    "settings.allowance_form": N_(
        "{name}: “{entry}” is neither a network such as 10.1.0.0/16, an address nor a host name."
    ),
    "settings.data_folder": N_("The data folder {folder} cannot be used: {detail}."),
    "settings.file_missing": N_("CAMKET_CONFIG names {file}, which does not exist."),
    "settings.journal_key_form": N_(
        "{name} must be written as VERSION:KEY, the older keys following after commas"
        " (2:…,1:…), each version once."
    ),
    "settings.keys_broken": N_(
        "{file} does not hold both secrets. Restore it from a copy: with new ones the"
        " journal's seal could not be verified."
    ),
    "settings.keys_lost": N_(
        "{file} is missing although the database {database} exists. Restore it from a copy,"
        " or set CAMKET_SECRET_KEY and CAMKET_JOURNAL_KEY."
    ),
    "settings.name_unknown": N_("There is no setting {name}."),
    "settings.not_toml": N_("The file is not valid TOML: {detail}."),
    "settings.secret_missing": N_(
        "Not set: {names}. With PostgreSQL the secrets are given from outside and never made"
        " here; make one with: openssl rand -hex 32"
    ),
    "settings.secret_short": N_("{name} must have at least {least} characters."),
    "settings.value_wrong": N_("{name} is wrong: {detail}."),
    "settings.zone_unknown": N_("{name} names no time zone; an example is Asia/Ho_Chi_Minh."),
}
