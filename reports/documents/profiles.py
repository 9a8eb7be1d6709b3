"""How documents look: the rules of form of each kind of body, as data with a source.

Knows measures and set phrases, and which rules hold on a day. Refuses to know figures,
files and the words of one office. Sizes are points, lengths millimetres.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from reports.letterhead import Issuer

#: Set in the first that is there; the last one is always at hand for PDF.
FONTS: Final = ("Times New Roman", "Tinos", "Libertinus Serif")
#: Width and height of A4.
PAPER: Final = (210, 297)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """How a line is lettered."""

    size: float
    is_bold: bool = False
    is_italic: bool = False
    is_upper: bool = False
    is_underlined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """The margins of a page."""

    top: float = 20
    bottom: float = 20
    left: float = 30
    right: float = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """How running text is set; ``line`` is the pitch of its lines, ``is_exact`` or at least."""

    size: float
    indent: float
    line: float
    is_exact: bool
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What stands before a heading of each level, by its place: ``I.`` or ``I-``."""

    first: str
    second: str
    third: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The rules of form that hold from a day on, until another's begin.

    ``motto_rule`` is as long as the last line of the motto; ``star`` stands under the body
    where there is no rule. Where ``is_verified`` is not set, the rules are known from
    secondary sources only.
    """

    key: str
    issuer: Issuer
    source: str
    from_on: date
    is_verified: bool
    motto: tuple[tuple[str, Lettering], ...]
    motto_rule: float
    superior: Lettering
    body: Lettering
    star: str
    number: Lettering
    number_form: str
    place: Lettering
    title: Lettering
    subject: Lettering
    subject_opening: str
    has_subject_rule: bool
    text: Body
    marks: Marks
    heading: Lettering
    on_behalf_form: str
    acting_form: str
    authority: Lettering
    post: Lettering
    signer: Lettering
    recipients_title: Lettering
    recipients: Lettering
    archive_form: str
    annex: Lettering
    #: A letter has no title: what it is about stands under its number, and to whom above its text.
    letter_number_form: str
    letter_subject: Lettering
    address_title: Lettering
    address: Lettering
    margins: Margins = Margins()
    page_number: float = 14

    def numbered(self, number: str | None, *, sign: str) -> str:
        """The number as it stands on paper; a blank to be filled in where there is none.

        A number of the own series (``3/2024``) or without letters takes the profile's form;
        any other is the office's own and stands as it was entered.
        """
        given = (number or "").strip()
        found = _PLAIN.fullmatch(given)
        if given and found is None:
            return self.number_form.partition("{number}")[0] + given
        place = f"{int(found[1]):02}" if found else _BLANK
        return self.number_form.format(number=place, kind=_KIND, sign=sign).rstrip("-/")

    def letter_numbered(self, number: str | None, *, sign: str, drafter: str) -> str:
        """The number of a letter as it stands on paper; a blank where there is none.

        ``drafter`` is the sign of the office that wrote it, which a State body's letter bears.
        """
        given = (number or "").strip()
        found = _PLAIN.fullmatch(given)
        if given and found is None:
            return self.letter_number_form.partition("{number}")[0] + given
        place = f"{int(found[1]):02}" if found else _BLANK
        said = self.letter_number_form.format(number=place, sign=sign, drafter=drafter)
        return said.replace("/-", "/").rstrip("-/")


_PLAIN: Final = re.compile(r"(\d{1,6})(?:/\d{4})?", re.ASCII)
#: Room for a number that is written in by hand.
_BLANK: Final = "\u2007" * 6
_KIND: Final = "BC"

_STATE: Final = Profile(
    key="nd30_2020",
    issuer=Issuer.STATE,
    source="Nghị định 30/2020/NĐ-CP",
    from_on=date(2020, 3, 5),
    is_verified=True,
    motto=(
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Lettering(size=12, is_bold=True)),
        ("Độc lập - Tự do - Hạnh phúc", Lettering(size=13, is_bold=True)),
    ),
    motto_rule=56,
    superior=Lettering(size=12, is_upper=True),
    body=Lettering(size=12, is_upper=True, is_bold=True),
    star="",
    number=Lettering(size=13),
    number_form="Số: {number}/{kind}-{sign}",
    place=Lettering(size=14, is_italic=True),
    title=Lettering(size=14, is_bold=True, is_upper=True),
    subject=Lettering(size=14, is_bold=True),
    subject_opening="",
    has_subject_rule=True,
    text=Body(size=14, indent=10, line=18, is_exact=False, after=6),
    marks=Marks(first="{roman}.", second="{arabic}.", third="{letter})"),
    heading=Lettering(size=14, is_bold=True),
    on_behalf_form="TM. {name}",
    acting_form="KT. {name}",
    authority=Lettering(size=14, is_bold=True, is_upper=True),
    post=Lettering(size=14, is_bold=True, is_upper=True),
    signer=Lettering(size=14, is_bold=True),
    recipients_title=Lettering(size=12, is_bold=True, is_italic=True),
    recipients=Lettering(size=11),
    archive_form="Lưu: VT, {archive}",
    annex=Lettering(size=14, is_bold=True),
    letter_number_form="Số: {number}/{sign}-{drafter}",
    letter_subject=Lettering(size=12),
    address_title=Lettering(size=14),
    address=Lettering(size=14),
)
_PARTY: Final = Profile(
    key="hd36_2018",
    issuer=Issuer.PARTY,
    source="Hướng dẫn 36-HD/VPTW (2018)",
    from_on=date(2018, 4, 3),
    is_verified=True,
    motto=(("ĐẢNG CỘNG SẢN VIỆT NAM", Lettering(size=15, is_bold=True)),),
    motto_rule=73,
    superior=Lettering(size=14, is_upper=True),
    body=Lettering(size=14, is_upper=True, is_bold=True),
    star="*",
    number=Lettering(size=14),
    number_form="Số {number}-{kind}/{sign}",
    place=Lettering(size=14, is_italic=True),
    title=Lettering(size=16, is_bold=True, is_upper=True),
    subject=Lettering(size=15, is_bold=True),
    subject_opening="về ",
    has_subject_rule=False,
    text=Body(size=14, indent=10, line=20, is_exact=True, after=6),
    marks=Marks(first="{roman}-", second="{arabic}-", third="{letter})"),
    heading=Lettering(size=14, is_bold=True),
    on_behalf_form="T/M {name}",
    acting_form="K/T {name}",
    authority=Lettering(size=14, is_bold=True, is_upper=True),
    post=Lettering(size=14, is_upper=True),
    signer=Lettering(size=14, is_bold=True),
    recipients_title=Lettering(size=14, is_underlined=True),
    recipients=Lettering(size=12),
    archive_form="Lưu {archive}",
    annex=Lettering(size=14, is_bold=True),
    letter_number_form="Số {number}-CV/{sign}",
    letter_subject=Lettering(size=12, is_italic=True),
    address_title=Lettering(size=14, is_italic=True),
    address=Lettering(size=14),
)
#: Every profile; of one kind of body, the one that began last holds.
PROFILES: Final = (
    _STATE,
    _PARTY,
    # What it changes is known from secondary sources only: the measures of 2018 stand in.
    replace(
        _PARTY,
        key="hd05_2026",
        source="Hướng dẫn 05-HD/VPTW (2026)",
        from_on=date(2026, 5, 27),
        is_verified=False,
    ),
)


def profile_on(issuer: Issuer, on: date) -> Profile:
    """The rules of form for what a body issues on a day; the first ones before any began."""
    of_body = [one for one in PROFILES if one.issuer is issuer]
    begun = [one for one in of_body if one.from_on <= on]
    return max(begun, key=lambda one: one.from_on) if begun else of_body[0]


def profile_named(key: str) -> Profile:
    """The profile of a key. Raises ``KeyError``."""
    return {one.key: one for one in PROFILES}[key]
