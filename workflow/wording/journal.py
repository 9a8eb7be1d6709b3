"""The words of the journal's seal: why it cannot be made, and what verifying found."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "journal.key_missing": N_(
        "The journal key of version {version} is not set, so what it sealed cannot be vouched for."
    ),
    "journal.key_outdated": N_(
        "The last seal was made with journal key {last}, and only version {version} is set:"
        " an older key seals nothing."
    ),
    "journal.entry_altered": N_("Journal entry {entry} (seal {seal}) was altered."),
    "journal.entry_removed": N_("Journal entry {entry} (seal {seal}) was removed."),
    "journal.entry_inserted": N_("Journal entry {entry} was inserted into seal {seal}."),
    "journal.columns_differ": N_(
        "Journal entry {entry}: the columns say something else than its sealed text: {columns}."
    ),
    "journal.place_removed": N_(
        "Seal {seal}: place {position} was removed, and with it the entry that stood there."
    ),
    "journal.seal_altered": N_("Seal {seal} was altered, or made again without the key."),
    "journal.seal_removed": N_("Seal {seal} was removed."),
    "journal.seals_cut_off": N_(
        "The seals after {after} were cut off: seal {until} was exported once."
    ),
    "journal.head_differs": N_("Seal {seal} has another head than the one that was exported."),
    "journal.report_head_unknown": N_(
        "Report {number} (row {report}) prints a head of the journal that no seal has."
    ),
}
