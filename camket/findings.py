"""What somebody who looks a thing over may find: good, doubtful or broken, by code and facts.

Knows the shape of a finding. Refuses to know what is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Health(StrEnum):
    """How a thing stands; only what is broken makes the answer no."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BROKEN = "broken"


MARKS: Final = {Health.GOOD: "✓", Health.DOUBTFUL: "!", Health.BROKEN: "✗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: a code and facts, as in a refusal."""

    health: Health
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def good(code: str, /, **facts: object) -> Finding:
    """All is well with a thing."""
    return Finding(health=Health.GOOD, code=code, facts=facts)


def doubtful(code: str, /, **facts: object) -> Finding:
    """A thing works, and deserves a look."""
    return Finding(health=Health.DOUBTFUL, code=code, facts=facts)


def broken(code: str, /, **facts: object) -> Finding:
    """A thing does not work."""
    return Finding(health=Health.BROKEN, code=code, facts=facts)
