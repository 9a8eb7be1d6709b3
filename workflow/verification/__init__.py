"""Evidence is checked on arrival and submissions are settled by what the checks found.

The checks themselves run between two transactions, in a worker: ``items_to_verify``
says what to run, ``record_verdicts`` keeps what came of it, ``settle_submissions``
and ``submit_automatically`` draw the conclusions.
"""

from __future__ import annotations

from workflow.verification.facts import ToVerify, facts_for, items_to_verify
from workflow.verification.judging import (
    Judged,
    ask_again,
    record_unverifiable,
    record_verdict,
    record_verdicts,
)
from workflow.verification.settling import (
    settle_submission,
    settle_submissions,
    submit_automatically,
)

__all__ = [
    "Judged",
    "ToVerify",
    "ask_again",
    "facts_for",
    "items_to_verify",
    "record_unverifiable",
    "record_verdict",
    "record_verdicts",
    "settle_submission",
    "settle_submissions",
    "submit_automatically",
]
