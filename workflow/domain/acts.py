"""An act: who does something, when, for whom and why. Every change of state is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something, at which business instant, for whom and why.

    ``by`` is a person's key, or ``system:<name>`` for what rules do by
    themselves; ``at`` is aware and in UTC. ``on_behalf`` is a unit's key.
    """

    by: str
    at: datetime
    on_behalf: str | None = None
    reason: str | None = None
