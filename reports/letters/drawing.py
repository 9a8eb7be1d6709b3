"""Drawing letters up, numbering them, and who may have which.

Knows that a letter which was drawn up stays as it is: its number and day are added once,
as the clerk enters them. Refuses to know what a letter says and how it is made.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from reports.letters.due import Choice, Wording, debtors, drawers_reach, letters_of
from reports.letters.files import keep_files, letter_made
from reports.letters.letter import digest, read, written
from workflow import access, catalogue, journal
from workflow.domain.errors import Refusal
from workflow.store import letters as stored
from workflow.store.letters import letter as letter_table

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection, Row

    from reports.letters.letter import Letter
    from workflow.domain.roles import Grant
    from workflow.journal import Act

#: The longest number, name of a signer or of who gets a copy.
LONGEST: Final = 64
LONGEST_NAME: Final = 300
_MOST_COPIES: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How letters are drawn up: in which words, where their files lie, and how many at most."""

    wording: Wording
    data_dir: Path
    at_most: int | None = None


def draw_letters(
    db: Connection,
    *,
    agreement: str,
    choice: Choice,
    how: Drawing,
    act: Act,
) -> list[int]:
    """Draw up a letter to each unit that owes something of the choice; gives their numbers.

    Each is kept with what it lists and its files. Raises ``Refusal``: ``agreement.unknown``,
    ``access.denied``, ``letter.party_unknown``, ``letter.days_wrong``, ``letter.nobody_owes``,
    ``letter.day_passed``, ``letter.too_many_at_once``, ``letter.too_many_copies``,
    ``letter.too_long``, ``files.*``.
    """
    kept = catalogue.kept(db, agreement)
    wording = _tidied(how.wording)
    if wording.answer_by <= kept.day_of(act.at):
        raise Refusal("letter.day_passed", answer_by=wording.answer_by)
    owing = debtors(db, kept, choice, by=act.by, at=act.at)
    if not owing:
        raise Refusal("letter.nobody_owes", agreement=agreement)
    if how.at_most is not None and len(owing) > how.at_most:
        raise Refusal("letter.too_many_at_once", count=len(owing), most=how.at_most)
    made = [
        _kept(db, kept.id, unit_id, letter, data_dir=how.data_dir, act=act)
        for unit_id, letter in letters_of(db, kept, owing, wording, at=act.at).items()
    ]
    stored.run_together(db, made)
    journal.record(
        db,
        act=act,
        verb="letters.drawn",
        agreement=kept.id,
        subject=("letter", made[0]),
        after={
            "letters": len(made),
            "first": made[0],
            "last": made[-1],
            "answer_by": wording.answer_by,
        },
    )
    return made


def number_letter(
    db: Connection,
    letter_id: int,
    *,
    number: str,
    issued_on: date,
    data_dir: Path,
    act: Act,
    signer: str | None = None,
) -> None:
    """Enter the office's number and day of a letter, once; its files bear them from now on.

    ``signer`` takes the place of who was to sign where it is given. Raises ``Refusal``:
    ``letter.unknown``, ``access.denied``, ``letter.numbered_already``,
    ``letter.number_missing``, ``letter.too_long``, ``letter.number_given``,
    ``letter.day_wrong``.
    """
    row = stored.letter_by_id(db, letter_id)
    if row is None:
        raise Refusal("letter.unknown", letter=letter_id)
    # Two who number at once wait in line here.
    kept = catalogue.locked(db, row.agreement)
    row = stored.letter_by_id(db, letter_id, lock=True)
    if row is None or not _is_within(
        db, letter_id, drawers_reach(db, act.by, agreement=kept.says.code, at=act.at)
    ):
        raise Refusal("letter.unknown", letter=letter_id)
    if row.number is not None:
        raise Refusal("letter.numbered_already", letter=letter_id, number=row.number)
    said = _name(number, longest=LONGEST)
    if not said:
        raise Refusal("letter.number_missing", letter=letter_id)
    if not kept.day_of(row.as_of) <= issued_on <= kept.day_of(act.at):
        raise Refusal("letter.day_wrong", first=kept.day_of(row.as_of), last=kept.day_of(act.at))
    # An office counts anew each year.
    if any(day.year == issued_on.year for day in stored.days_of_number(db, kept.id, said)):
        raise Refusal("letter.number_given", number=said, year=str(issued_on.year))
    letter = replace(read(row.content), number=said, issued_on=issued_on)
    if signer is not None:
        letter = replace(letter, signer=_name(signer))
    content = written(letter)
    stored.change_letter(
        db,
        letter_id,
        {
            "number": said,
            "issued_on": issued_on,
            "content": content,
            "sha256": digest(letter),
            "numbered_by": act.by,
            "numbered_at": act.at,
        },
    )
    files = keep_files(data_dir, letter_made(letter))
    stored.set_files(db, letter_id, files)
    journal.record(
        db,
        act=act,
        verb="letter.numbered",
        agreement=kept.id,
        subject=("letter", letter_id),
        before={"sha256": row.sha256},
        after={
            "number": said,
            "issued_on": issued_on,
            "sha256": digest(letter),
            "files": {str(one["format"]): one["sha256"] for one in files},
        },
    )


# --- reading ---------------------------------------------------------------------


def letters_readable(
    db: Connection,
    *where: ColumnElement[bool],
    by: str,
    at: datetime,
    grants: tuple[Grant, ...] | None = None,
    after: int | None = None,
    at_most: int = 100,
) -> list[Row[Any]]:
    """The letters of which somebody may read every task, the latest first."""
    reach = access.scope_of(db, by, at=at, grants=grants)
    return stored.letters_listed(db, *where, reach=reach, after=after, at_most=at_most)


def letter_listed(
    db: Connection,
    letter_id: int,
    *,
    by: str,
    at: datetime,
    grants: tuple[Grant, ...] | None = None,
) -> Row[Any]:
    """One of these. Raises ``Refusal("letter.unknown")``."""
    is_it = letter_table.c.id == letter_id
    for row in letters_readable(db, is_it, by=by, at=at, grants=grants, at_most=1):
        return row
    raise Refusal("letter.unknown", letter=letter_id)


def letter_read(db: Connection, letter_id: int) -> Letter:
    """The value of a letter that somebody may read. Raises ``Refusal("letter.unknown")``."""
    row = stored.letter_by_id(db, letter_id)
    if row is None:
        raise Refusal("letter.unknown", letter=letter_id)
    return read(row.content)


def may_number(db: Connection, row: Row[Any], *, by: str, at: datetime) -> bool:
    """Whether somebody may enter the number of a letter."""
    try:
        reach = drawers_reach(db, by, agreement=row.agreement, at=at)
    except Refusal:
        return False
    return _is_within(db, row.id, reach)


def _is_within(db: Connection, letter_id: int, reach: ColumnElement[bool]) -> bool:
    """Whether a condition on ``task`` rows holds for every task that a letter lists."""
    is_it = letter_table.c.id == letter_id
    return bool(stored.letters_listed(db, is_it, reach=reach, at_most=1))


# --- keeping ---------------------------------------------------------------------


def _kept(
    db: Connection,
    agreement_id: int,
    unit_id: int,
    letter: Letter,
    *,
    data_dir: Path,
    act: Act,
) -> int:
    letter_id = stored.add_letter(
        db,
        {
            "agreement_id": agreement_id,
            "unit_id": unit_id,
            "as_of": letter.as_of,
            "answer_by": letter.answer_by,
            "content": written(letter),
            "sha256": digest(letter),
            "drawn_by": act.by,
            "drawn_at": act.at,
        },
        tasks=((one.task, digest(one)) for one in letter.owed),
    )
    stored.set_files(db, letter_id, keep_files(data_dir, letter_made(letter)))
    return letter_id


def _tidied(wording: Wording) -> Wording:
    copies = tuple(said for one in wording.copies if (said := _name(one)))
    if len(copies) > _MOST_COPIES:
        raise Refusal("letter.too_many_copies", most=_MOST_COPIES)
    return replace(wording, signer=_name(wording.signer), copies=copies)


def _name(text: str, *, longest: int = LONGEST_NAME) -> str:
    said = " ".join(unicodedata.normalize("NFC", text.replace("\x00", "")).split())
    if len(said) > longest:
        raise Refusal("letter.too_long", most=longest, text=said[:40])
    return said
