"""Sentences on leading: instructions that were given, meetings that were held, reviews.

Knows what is on record. Refuses to know what was said elsewhere: people write that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.narrating.phrases import Said
from reports.narrating.sentences import Figure
from reports.quarterly import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.narrating.circumstances import Circumstances
    from reports.narrating.phrases import Phrases

#: So many instructions or meetings are told one by one.
_TOLD: Final = 8


def direction(say: Phrases, known: Circumstances) -> Iterator[Said]:
    """What is on record of leading: instructions, meetings, reviews; or that there is none."""
    _ = say.gettext
    period = say.period_within(say.report.period)
    told = [*_instructions(say, known, period), *_meetings(say, known), *_reviews(say, known)]
    if told:
        yield from told
        return
    text = _("In {period} neither instructions nor meetings are on record", period=period)
    yield Said(key="direction.none", place=Paragraph.DIRECTION, text=say.sentence(text), figures=())


def _instructions(say: Phrases, known: Circumstances, period: str) -> Iterator[Said]:
    _ = say.gettext
    given = known.instructions
    if not given:
        return
    items = [
        _(
            "{title} ({units}, due on {due_on:day})",
            title=one.title,
            units=say.units_counted(one.units),
            due_on=one.due_on,
        )
        for one in given[:_TOLD]
    ]
    if len(given) > _TOLD:
        items.append(_("and {count:number} more", count=len(given) - _TOLD))
    head = say.say.ngettext(
        "In {period} leaders gave {count:number} instruction",
        "In {period} leaders gave {count:number} instructions",
        len(given),
        period=period,
        count=len(given),
    )
    yield Said(
        key="direction.instructions",
        place=Paragraph.DIRECTION,
        text=say.sentence(f"{head}: {'; '.join(items)}"),
        figures=(
            Figure(of="instructions", key="", name="given", value=len(given)),
            *(
                Figure(of="instruction", key=one.code, name="units", value=one.units)
                for one in given
            ),
        ),
    )


def _meetings(say: Phrases, known: Circumstances) -> Iterator[Said]:
    _ = say.gettext
    if held := known.meetings:
        items = [
            _("{title} on {day:day}", title=one.title or _("meeting"), day=one.happens_on)
            for one in held[:_TOLD]
        ]
        if len(held) > _TOLD:
            items.append(_("and {count:number} more", count=len(held) - _TOLD))
        head = say.say.ngettext(
            "{count:number} meeting was held",
            "{count:number} meetings were held",
            len(held),
            count=len(held),
        )
        yield Said(
            key="direction.meetings",
            place=Paragraph.DIRECTION,
            text=say.sentence(f"{head}: {'; '.join(items)}"),
            figures=(Figure(of="meetings", key="", name="held", value=len(held)),),
        )
    if known.requests:
        text = say.say.ngettext(
            "{count:number} request of the other party was received",
            "{count:number} requests of the other party were received",
            known.requests,
            count=known.requests,
        )
        yield Said(
            key="direction.requests",
            place=Paragraph.DIRECTION,
            text=say.sentence(text),
            figures=(Figure(of="requests", key="", name="received", value=known.requests),),
        )


def _reviews(say: Phrases, known: Circumstances) -> Iterator[Said]:
    _ = say.gettext
    counts = (known.received, known.confirmed, known.returned)
    if not any(counts):
        return
    received, confirmed, returned = counts
    clauses = [
        say.say.ngettext(
            "Units handed in {count:number} submission",
            "Units handed in {count:number} submissions",
            received,
            count=received,
        ),
        _("{count:number} were confirmed", count=confirmed),
        _("{count:number} were returned to be completed", count=returned)
        if returned
        else _("none was returned"),
    ]
    yield Said(
        key="direction.reviews",
        place=Paragraph.DIRECTION,
        text=say.sentence(*clauses),
        figures=tuple(
            Figure(of="reviews", key="", name=name, value=number)
            for name, number in zip(("received", "confirmed", "returned"), counts, strict=True)
        ),
    )
