"""Whom a step of the ladder reaches: addresses of units, their officers, heads and superiors.

Knows how a unit and the tree above it lead to mail addresses. Refuses to know
reviewers and leaders, whose scopes are questions about tasks (``access``), and
how mail is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow.domain.agreement import Addressee
from workflow.domain.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A unit as a letter reaches it: its own address and the key of the unit above it."""

    mail: str | None = None
    above: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A person of a unit: a unit officer or a head of unit, with a mail address."""

    role: Role
    unit: str
    mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBook:
    """The units by key, and who holds office in them."""

    posts: Mapping[str, Post]
    officers: Iterable[Officer] = ()
    _held: dict[tuple[str, Role], set[str]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for one in self.officers:
            self._held.setdefault((one.unit, one.role), set()).add(as_address(one.mail))

    def reached(self, whom: Addressee, unit: str) -> frozenset[str]:
        """The addresses of a unit, of its head, or of the unit above it; empty where none is known.

        The unit is reached by its own mail and its officers'. Where it has no
        head on record, its own addresses stand for the head. The superior is
        the nearest unit above that can be reached, by its mail and its heads.
        """
        if whom is Addressee.UNIT:
            return self._unit(unit) or self._heads(unit)
        if whom is Addressee.HEAD:
            return self._heads(unit) or self._unit(unit)
        if whom is Addressee.SUPERIOR:
            return self._superior(unit)
        raise ValueError(f"{whom} is not found by the unit")

    def _unit(self, unit: str) -> frozenset[str]:
        return self._mail(unit) | frozenset(self._held.get((unit, Role.UNIT_OFFICER), ()))

    def _heads(self, unit: str) -> frozenset[str]:
        return frozenset(self._held.get((unit, Role.HEAD_OF_UNIT), ()))

    def _mail(self, unit: str) -> frozenset[str]:
        post = self.posts.get(unit)
        return frozenset({as_address(post.mail)} if post and post.mail else ())

    def _superior(self, unit: str) -> frozenset[str]:
        seen = {unit}
        above = self._above(unit)
        while above is not None and above not in seen:
            found = self._mail(above) | self._heads(above)
            if found:
                return found
            seen.add(above)
            above = self._above(above)
        return frozenset()

    def _above(self, unit: str) -> str | None:
        post = self.posts.get(unit)
        return None if post is None else post.above


def as_address(mail: str) -> str:
    """The one spelling of a mail address: whoever is written in two ways gets one digest."""
    return mail.strip().lower()
