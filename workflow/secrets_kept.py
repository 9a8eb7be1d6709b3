"""Secrets that must be read again, kept in the database so that a copy of it reveals none.

Knows how a secret is encrypted under a key of the installation, and that a ciphertext
belongs to one place: moved to another row it cannot be read. Refuses to know whose
secrets these are. What need not be read again is kept as a hash, elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workflow.domain.errors import Refusal

#: How a ciphertext of this form begins, so that another form may follow it one day.
_FORM: Final = "1."
_NONCE: Final = 12
_KEY: Final = 32


def encrypt(secret: str, *, key: bytes, place: str) -> str:
    """Encrypt a secret for one place, such as ``webhook:7``; each time another text.

    ``key`` is the installation's (``Settings.session_secret``); what encrypts is derived
    from it (HKDF, RFC 5869; AES-256-GCM) and used for nothing else.
    """
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_derived(key)).encrypt(nonce, secret.encode(), place.encode())
    return _FORM + base64.b64encode(nonce + sealed).decode()


def decrypt(kept: str, *, key: bytes, place: str) -> str:
    """The secret that was encrypted for this place.

    Raises ``Refusal("secret.unreadable")`` where the key is another, or the text was
    changed, cut or brought here from another place.
    """
    try:
        sealed = base64.b64decode(kept.removeprefix(_FORM), validate=True)
        found = AESGCM(_derived(key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise Refusal("secret.unreadable", place=place) from None
    return found.decode()


def _derived(key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=b"camket kept secrets").derive(key)
