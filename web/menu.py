"""What each person finds in the menu: the places where their grants give them something to do.

Knows the order and the words. Refuses to protect anything: each page refuses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workflow.domain.roles import Deed, Role
from workflow.i18n import N_
from workflow.received import receivers

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.visit import Visit

UNIT_ROLES: Final = (Role.UNIT_OFFICER, Role.HEAD_OF_UNIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place in the menu: its address and its name in English, the key of its translation."""

    address: str
    name: str


def entries(visit: Visit) -> list[Entry]:
    """The menu of whoever is signed in, in the order of a working day; empty for nobody."""
    if visit.who is None:
        return []
    return [Entry(address=address, name=name) for address, name, shows in _MENU if shows(visit)]


def home(visit: Visit) -> str:
    """Where a person's day begins."""
    if visit.is_any(*UNIT_ROLES):
        return "/work"
    if receivers(visit.grants):
        return "/received"
    if visit.is_any(Role.REVIEWER):
        return "/review"
    return "/board"


def _with(deed: Deed) -> Callable[[Visit], bool]:
    return lambda visit: visit.may_somewhere(deed)


_MENU: Final[tuple[tuple[str, str, Callable[[Visit], bool]], ...]] = (
    ("/work", N_("Our tasks"), lambda visit: visit.is_any(*UNIT_ROLES)),
    ("/received", N_("Done for us"), lambda visit: bool(receivers(visit.grants))),
    ("/board", N_("Overview"), _with(Deed.READ)),
    ("/tasks", N_("Tasks"), _with(Deed.READ)),
    (
        "/review",
        N_("Review"),
        lambda visit: visit.is_any(Role.REVIEWER, Role.ADMINISTRATOR),
    ),
    ("/instructions", N_("Instructions"), _with(Deed.INSTRUCT)),
    ("/meetings", N_("Meetings and requests"), _with(Deed.READ)),
    ("/reports", N_("Reports"), _with(Deed.READ)),
    ("/agreements", N_("Agreements"), _with(Deed.READ)),
    ("/units", N_("The units"), _with(Deed.READ)),
    ("/people", N_("Accounts"), _with(Deed.MANAGE_PEOPLE)),
    ("/journal", N_("Journal"), _with(Deed.READ_JOURNAL)),
    ("/jobs", N_("System"), _with(Deed.RUN_JOBS)),
)
