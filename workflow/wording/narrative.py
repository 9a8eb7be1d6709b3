"""What is said about composed sentences, and about words whose figures have changed."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "report.sentence_unknown": N_("The report has no composed sentence {key}."),
    "report.words_outdated": N_(
        "Figures differ under {count:number} sentences that words of report {report} stand on."
        " Somebody confirms or rewrites them, or the leader approves knowing it."
    ),
    "report.taken": N_("taken"),
    "report.left_out": N_("left out"),
    "report.cited": N_("cited"),
}
