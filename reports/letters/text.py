"""The words of a letter that presses a unit: from its value to a document of its profile.

Knows how an office presses in writing: what it is about, what is owed, by when it is asked
for, who signs and who gets a copy. Refuses to reckon and to know any format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from reports.documents.document import (
    Align,
    Cell,
    Closing,
    Column,
    Document,
    Head,
    Row,
    Section,
    Table,
    Text,
    Tone,
)
from reports.documents.profiles import profile_on
from reports.documents.telling import Speaker, capital
from workflow.domain.lifecycle import State
from workflow.domain.timeliness import day_of
from workflow.i18n import N_, official_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reports.documents.profiles import Profile
    from reports.letters.letter import Lack, Letter, Owed

#: What the kinds of checks ask for, where an agreement gives a requirement no title.
_CHECKS: Final = {
    "article": N_("Published article"),
    "attachment": N_("File"),
    "attendance": N_("Attendance list"),
    "invoice": N_("E-invoice (XML file)"),
    "letter": N_("Official letter"),
    "minutes": N_("Minutes"),
    "quantity": N_("Number or table of copies"),
    "statement": N_("Written statement"),
}
#: A sign of the office that wrote a letter; a name in words is none.
_SIGN: Final = re.compile(r"[A-ZĐĂÂÊÔƠƯ0-9.]{1,12}")
_BLANK: Final = "\u2007"


def letter_document(letter: Letter) -> Document:
    """The whole letter in its language, ready for any format."""
    say = Speaker(zone=letter.zone, lang=letter.lang)
    profile = letter_profile(letter)
    said, _ = letter.letterhead, say.gettext
    title = _("Re: carrying out {title}", title=letter.agreement.title)
    return Document(
        lang=letter.lang,
        profile=profile,
        head=Head(
            superior=said.superior.upper(),
            body=said.body.upper(),
            number=profile.letter_numbered(
                letter.number,
                sign=said.sign,
                drafter=said.archive if _SIGN.fullmatch(said.archive) else "",
            ),
            motto=tuple(line for line, _ in profile.motto),
            place_and_day=_place_and_day(letter),
            subject=title,
        ),
        title="",
        subtitle="",
        mark=_("SIMULATED DATA") if letter.is_simulated else "",
        footer="",
        sections=(
            Section(blocks=(*_opening(say, letter), _table(say, letter), *_end(say, letter))),
        ),
        closing=_closing(letter, profile),
        address_title="Kính gửi:",
        address=letter.unit_name,
    )


def letter_profile(letter: Letter) -> Profile:
    """The rules of form on the day of the letter, or else on the day as of which it speaks."""
    return profile_on(letter.letterhead.issuer, letter.issued_on or _drawn_on(letter))


def letter_fields(told: Document) -> Mapping[str, Any]:
    """The values of the fields of a letter's Word template."""
    head, closing = told.head, told.closing
    return {
        "superior": head.superior,
        "body": head.body,
        "number": head.number,
        "subject": head.subject,
        "place_and_day": head.place_and_day,
        "mark": told.mark,
        "footer": told.footer,
        "address_title": told.address_title,
        "address": told.address,
        "authority": list(closing.authority),
        "post": closing.post,
        "signer": closing.signer,
        "recipients_title": closing.recipients_title,
        "recipients": list(closing.recipients),
    }


def _drawn_on(letter: Letter) -> date:
    from zoneinfo import ZoneInfo

    return day_of(letter.as_of, ZoneInfo(letter.zone))


def _place_and_day(letter: Letter) -> str:
    place = letter.letterhead.place
    if letter.issued_on is not None:
        day = official_day(letter.issued_on)
    else:
        # Left open: whoever numbers the letter writes it in.
        day = f"ngày {_BLANK * 4} tháng {_BLANK * 4} năm {_drawn_on(letter).year}"
    return f"{place}, {day}" if place else capital(day)


# --- the text --------------------------------------------------------------------


def _opening(say: Speaker, letter: Letter) -> tuple[Text, ...]:
    _, under = say.gettext, letter.agreement
    facts = {
        "title": under.title,
        "number": under.number,
        "signed_on": under.signed_on,
        "unit": letter.unit_name,
        "count": len(letter.owed),
        "as_of": letter.as_of,
    }
    if under.number and under.signed_on:
        ground = _("Under {title}, No. {number}, signed on {signed_on:day};", **facts)
    elif under.signed_on:
        ground = _("Under {title}, signed on {signed_on:day};", **facts)
    else:
        ground = _("Under {title};", **facts)
    found = say.say.ngettext(
        "on following what was carried out, as of {as_of:instant} {unit} has not done"
        " {count:number} task whose due day has passed, as follows:",
        "on following what was carried out, as of {as_of:instant} {unit} has not done"
        " {count:number} tasks whose due day has passed, as follows:",
        len(letter.owed),
        **{name: facts[name] for name in ("as_of", "unit", "count")},
    )
    return (Text(text=f"{ground} {found}"),)


def _table(say: Speaker, letter: Letter) -> Table:
    _ = say.gettext
    return Table(
        caption=_("Tasks overdue as of {as_of:instant}", as_of=letter.as_of),
        columns=(
            Column(title=_("#"), width=0.5, align=Align.CENTRE),
            Column(title=_("Task"), width=3.5),
            Column(title=_("For"), width=1.7),
            Column(title=_("Due day"), width=1.45, align=Align.CENTRE),
            Column(title=_("Days overdue"), width=1.0, align=Align.RIGHT),
            Column(title=_("How it stands, and what is missing"), width=3.4),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=say.say.number(place)),
                    Cell(text=_duty(say, one)),
                    Cell(text=_occasion(say, one)),
                    Cell(text=say.day(one.due_on)),
                    Cell(text=say.say.number(one.days), tone=Tone.OVERDUE),
                    Cell(text=_standing(say, one)),
                )
            )
            for place, one in enumerate(letter.owed, 1)
        ),
    )


def _duty(say: Speaker, one: Owed) -> str:
    if one.clause_place:
        where = say.gettext("clause {clause} ({place})", clause=one.clause, place=one.clause_place)
    else:
        where = say.gettext("clause {clause}", clause=one.clause)
    return f"{one.title} ({where})" if one.clause else one.title


def _occasion(say: Speaker, one: Owed) -> str:
    if one.event and one.event_on is not None:
        return f"{one.event} ({say.day(one.event_on)})"
    return say.occasion(one.occasion)


def _standing(say: Speaker, one: Owed) -> str:
    """The state, why it was given back, and what is missing as proof."""
    _ = say.gettext
    state = _("Not handed in") if one.state is State.OPEN else capital(say.say.word(one.state))
    returned = "; ".join(say.reason(reason) for reason in one.returned)
    said = f"{state} ({returned})" if returned else state
    if one.is_free:
        rest = _("what was done is to be reported, for confirmation")
    elif one.lacks:
        rest = _("missing: {what}", what="; ".join(_lack(say, lack) for lack in one.lacks))
    else:
        rest = _("all proof is there, it only has to be handed in")
    return f"{said}; {rest}"


def _lack(say: Speaker, lack: Lack) -> str:
    _ = say.gettext
    name = lack.title or (_(_CHECKS[lack.check]) if lack.check in _CHECKS else lack.check)
    if lack.quantity:
        return _("{name}, {quantity:number} copies short", name=name, quantity=lack.quantity)
    if lack.items > 1:
        return _("{name} ({count:number})", name=name, count=lack.items)
    return name


def _end(say: Speaker, letter: Letter) -> tuple[Text, ...]:
    _ = say.gettext
    body, unit = letter.letterhead.body, letter.unit_name
    return (
        Text(
            text=_(
                "{body} asks {unit} to carry out the tasks above and hand in their proof before"
                " the end of {answer_by:day}; where something hinders it, to give the reason in"
                " writing by that day.",
                body=body,
                unit=unit,
                answer_by=letter.answer_by,
            )
        ),
        Text(
            text=_(
                "The day named here does not extend the due days: the tasks count as overdue until"
                " they are done. What was handed in after {as_of:instant} is not taken into"
                " account.",
                as_of=letter.as_of,
            )
        ),
        Text(text=_("{body} asks {unit} to see to it in earnest.", body=body, unit=unit)),
    )


def _closing(letter: Letter, profile: Profile) -> Closing:
    said = letter.letterhead
    authority = [
        form.format(name=name).upper()
        for form, name in (
            (profile.on_behalf_form, said.on_behalf),
            (profile.acting_form, said.acting_for),
        )
        if name
    ]
    archive = profile.archive_form.format(archive=said.archive).rstrip(", ")
    recipients = ["- Như trên;", *(f"- {name};" for name in letter.copies), f"- {archive}."]
    return Closing(
        authority=tuple(authority),
        post=said.post.upper() if profile.post.is_upper else said.post,
        signer=letter.signer,
        recipients_title="Nơi nhận:",
        recipients=tuple(recipients),
    )
