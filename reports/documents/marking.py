"""Counting headings in the form of a profile: I. 1. a) or I- 1- a)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reports.documents.document import Heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.documents.document import Block
    from reports.documents.profiles import Marks

_LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
_ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def counted(blocks: Iterable[Block], marks: Marks) -> tuple[Block, ...]:
    """The same blocks with a mark on each heading; a heading begins its lower levels anew."""
    forms = (marks.first, marks.second, marks.third)
    places = [0] * len(forms)
    made: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            level = block.level - 1
            places[level] += 1
            places[level + 1 :] = [0] * (len(places) - level - 1)
            made.append(replace(block, mark=_said(forms[level], places[level])))
        else:
            made.append(block)
    return tuple(made)


def roman(number: int) -> str:
    """A number from 1 on in Roman digits, as chapters and annexes are counted."""
    said = ""
    for value, digits in _ROMAN:
        while number >= value:
            said += digits
            number -= value
    return said


def _said(form: str, number: int) -> str:
    letter = _LETTERS[(number - 1) % len(_LETTERS)]
    return form.format(roman=roman(number), arabic=number, letter=letter)
