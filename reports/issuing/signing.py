"""Who signed a report on paper, where that is not simply the leader who approved it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: The form of a report's value since which it says who signed.
SIGNED_SINCE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The name under a report and the post above it; an empty post is the letterhead's."""

    name: str
    post: str = ""
