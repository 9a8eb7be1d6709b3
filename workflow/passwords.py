"""What a password costs whoever tries one, and whether it is the right one.

Knows the hash and that nobody learns from the time it takes whether an account exists.
Refuses to know who may set a password and what a session is.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import update

from workflow.store import people
from workflow.store.people import person

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The least that OWASP advises for argon2id.
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: For what we drew ourselves: nobody tries 79 bits through, and hundreds are made at once.
DRAWN: Final = PasswordHasher(time_cost=1, memory_cost=4_096, parallelism=1)
#: Longer ones are no safer, and hashing them costs whoever is asked.
LONGEST: Final = 1024


def verified(db: Connection, key: str, *, password: str, hasher: PasswordHasher = HASHER) -> bool:
    """Whether this is the password of an account that is not disabled.

    Takes as long for an unknown key as for a wrong password. A hash made at a lower
    cost is made anew.
    """
    found = people.person_by_key(db, key)
    kept = None if found is None or found.disabled_at is not None else found.password_hash
    try:
        hasher.verify(kept or _nobodys(hasher), password[:LONGEST])
    except (VerificationError, ValueError):
        # What is no hash of ours opens nothing either.
        return False
    if found is None or kept is None:
        return False
    if hasher.check_needs_rehash(kept):
        again = hasher.hash(password)
        db.execute(update(person).where(person.c.id == found.id).values(password_hash=again))
    return True


@lru_cache(maxsize=4)
def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has, to spend the same time on an account that is not there."""
    return hasher.hash(secrets.token_hex(32))
