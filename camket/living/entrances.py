"""A sign-in for each role of the example, so that the demonstration can be walked through.

Knows which account shows what. Refuses to serve any folder but a demonstration's: the
password is made anew at each start and shown on the terminal.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.living.founding import (
    AUDITOR,
    COORDINATOR,
    DEPUTY,
    LEADER,
    PAPERS_DESK,
    REVIEWER,
)
from workflow.accounts import change_password
from workflow.journal import Act
from workflow.store import people

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

#: A ward, a school's worth of duties; what most people are: somebody at a unit.
_UNITS: Final = ("phuong-dong-ngan", "bao-bac-ninh")
_KEYS: Final = (COORDINATOR, DEPUTY, REVIEWER, PAPERS_DESK, LEADER, AUDITOR, *_UNITS)
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """An account that can be signed in to, its first role and whose it is."""

    key: str
    role: str
    name: str


def open_entrances(engine: Engine, *, at: datetime) -> tuple[str, tuple[Entrance, ...]]:
    """Give the accounts that show the roles one new password, and give it with them."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    with engine.begin() as db:
        found = tuple(
            entrance
            for key in _KEYS
            for entrance in [_opened(db, key, password=password, at=at)]
            if entrance is not None
        )
    return password, found


def _opened(db: Connection, key: str, *, password: str, at: datetime) -> Entrance | None:
    person = people.person_by_key(db, key)
    if person is None:
        return None
    change_password(db, password=password, act=Act(by=key, at=at))
    held = people.grants_held(db, person.id)
    return Entrance(key=key, role=held[0].role if held else "", name=person.name)
