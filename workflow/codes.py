"""Codes of the second factor: whether one is right, and that none is right twice.

Knows time-based codes (RFC 6238: six digits, 30 seconds, SHA-1, which every
authenticator speaks) and recovery codes. Refuses to know who asks and what a right code
opens: how often one may guess is the business of whoever asks.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import pyotp

from workflow.secrets_kept import decrypt, encrypt
from workflow.store import second_factors

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: How many recovery codes are given at once.
CODES: Final = 10
_STEP_S: Final = 30
#: A clock may be one step off, either way.
_DRIFT: Final = 1
_DIGITS: Final = 6
#: Easy to read from paper: without 0/o, 1/l/i.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP: Final = 5


def new_secret(*, key: bytes, person_id: int) -> str:
    """A secret that nobody chose (160 bits), encrypted for this person alone."""
    return encrypt(pyotp.random_base32(), key=key, place=_place(person_id))


def secret_of(kept: str, *, key: bytes, person_id: int) -> str:
    """The secret as an authenticator takes it. Raises ``Refusal("secret.unreadable")``."""
    return decrypt(kept, key=key, place=_place(person_id))


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """What the QR picture says: the secret with the names under which it is kept."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def is_right(db: Connection, person_id: int, code: str, *, key: bytes, at: datetime) -> bool:
    """Whether a code is one of a person's authenticator, now; it is used up by this.

    Raises ``Refusal("secret.unreadable")`` where the installation's key is another one
    than at the set-up.
    """
    row = second_factors.factor_of(db, person_id)
    given = "".join(code.split())
    if row is None or len(given) != _DIGITS or not (given.isascii() and given.isdigit()):
        return False
    codes = pyotp.HOTP(secret_of(row.secret, key=key, person_id=person_id))
    now = int(at.timestamp()) // _STEP_S
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if hmac.compare_digest(codes.at(step), given):
            return second_factors.take_step(db, person_id, step)
    return False


def is_recovery(db: Connection, person_id: int, code: str, *, key: bytes, at: datetime) -> bool:
    """Whether a code is one of a person's recovery codes; it is used up by this."""
    hashed = _hash(code, key=key, person_id=person_id)
    return second_factors.take_code(db, person_id, hashed, at=at)


def draw_codes(db: Connection, person_id: int, *, key: bytes) -> list[str]:
    """Ten new recovery codes in place of all before them; they are told this once."""
    drawn = ["-".join(_group() for _ in range(2)) for _ in range(CODES)]
    hashes = [_hash(one, key=key, person_id=person_id) for one in drawn]
    second_factors.put_codes(db, person_id, hashes)
    return drawn


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP))


def _hash(code: str, *, key: bytes, person_id: int) -> str:
    """A keyed hash: without the installation's key nobody tries the codes through."""
    plain = "".join(letter for letter in code.lower() if letter in _LETTERS)
    said = f"recovery code:{person_id}:{plain}".encode()
    return hmac.new(key, said, sha256).hexdigest()


def _place(person_id: int) -> str:
    return f"second_factor:{person_id}"
