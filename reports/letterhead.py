"""Whose report it is: the body that issues it, and what it sets around a text.

Knows the words of a letterhead, a signature and a list of recipients. Refuses to know how
they are set: profiles do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Issuer(StrEnum):
    """Under whose rules of form a body issues its documents."""

    STATE = "state"
    PARTY = "party"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What an office says of itself; an empty word is left out, never invented.

    ``sign`` stands for the body in a document's number (``UBND``, ``TU``). ``on_behalf`` and
    ``acting_for`` are whom the signer signs for (``TM.``/``T/M`` and ``KT.``/``K/T`` are set
    by the profile), ``post`` the signer's own. ``recipients`` come in their order, ``archive``
    is where a copy stays.
    """

    issuer: Issuer = Issuer.STATE
    superior: str = ""
    body: str = ""
    sign: str = ""
    place: str = ""
    on_behalf: str = ""
    acting_for: str = ""
    post: str = ""
    recipients: tuple[str, ...] = ()
    archive: str = ""
