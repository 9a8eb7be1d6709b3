"""What planning did, told after whatever changed what is owed.

Knows the words and the data of one such outcome. Refuses to plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.showing import print_json, state_facts
from camket.speaking import speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from workflow.owing import BroughtUp


_OWED = N_("{agreement} is planned until {until:day}: {done}.")
_NOTHING = N_("{agreement} is planned until {until:day}: nothing had to be changed.")


def print_owed(done: list[BroughtUp], *, as_json: bool) -> None:
    """Say what was planned, agreement by agreement."""
    if as_json:
        print_json([owed_data(one) for one in done])
        return
    for one in done:
        data = owed_data(one)
        counts = {name: n for name, n in data.items() if isinstance(n, int)}
        words = state_facts(counts)
        click.echo(
            speak()(
                _OWED if words else _NOTHING, agreement=one.agreement, until=one.until, done=words
            )
        )


def owed_data(one: BroughtUp) -> dict[str, Any]:
    """What was planned, as data."""
    planned = one.planned
    return {
        "agreement": one.agreement,
        "until": one.until,
        "created": planned.created,
        "shifted": planned.shifted,
        "cancelled": planned.cancelled,
        "reinstated": planned.reinstated,
        "doubts": planned.doubts,
        "succeeded": len(one.settled.changes),
        "by_obligation": planned.by_obligation,
    }
