"""Units that merge, split, are renamed or dissolve: recorded once, foreseen, and seen through."""

from __future__ import annotations

from workflow.succession.foreseeing import Preview, preview_succession
from workflow.succession.recording import Recorded, record_succession
from workflow.succession.settling import Change, Settled, settle_succession

__all__ = [
    "Change",
    "Preview",
    "Recorded",
    "Settled",
    "preview_succession",
    "record_succession",
    "settle_succession",
]
