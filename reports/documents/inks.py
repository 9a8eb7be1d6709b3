"""The colours of what is told, for charts and documents; pages bear the same.

Knows each tone's ink, its soft ground and the pattern that says the same in a grey print.
The values are those of the tokens of the web's pages (a test holds them together): this
is the place for what may not know of pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reports.documents.document import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """How a tone is drawn: ``ink`` on ``soft`` has a contrast of 4.5:1 or more.

    ``pattern`` names how a surface is filled in charts (``reports.documents.charts``).
    """

    ink: str
    soft: str
    pattern: str


INKS: Final = {
    Tone.PLAIN: Ink(ink="#000000", soft="#ffffff", pattern="empty"),
    Tone.DONE: Ink(ink="#1c6b3c", soft="#e2f1e7", pattern="solid"),
    Tone.LATE: Ink(ink="#6b5a00", soft="#f6f0d2", pattern="stripes"),
    Tone.RUNNING: Ink(ink="#1f5c99", soft="#e2edf8", pattern="dots"),
    Tone.OVERDUE: Ink(ink="#a32014", soft="#fbe6e3", pattern="crossed"),
    Tone.IDLE: Ink(ink="#4d5866", soft="#eceef0", pattern="empty"),
}
#: The token that each tone's ink bears on pages; its ground is the same with ``-soft``.
TOKENS: Final = {
    Tone.DONE: "done",
    Tone.LATE: "late",
    Tone.RUNNING: "awaiting",
    Tone.OVERDUE: "overdue",
    Tone.IDLE: "open",
}
#: Lines and grounds that mean nothing by themselves.
RULE: Final = "#807c70"
HEAD: Final = "#ececec"
GROUP: Final = "#f5f5f5"
