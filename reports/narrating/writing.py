"""What people make of composed sentences: taken over, left out, put back, found right again.

Knows that a person's words stand on the figures of the day on which they were written. Refuses
to compose a sentence and to judge whether words still fit: a person says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reports.drafting import LONGEST, ensure_drafts, ensure_state, locked_report, record, save
from reports.narrating.sentences import Use, used, written_on
from reports.quarterly import Paragraph, read
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from reports.narrating.sentences import Sentence
    from reports.quarterly import Report
    from workflow.journal import Act


def take_sentence(db: Connection, report_id: int, *, key: str, lang: str, act: Act) -> None:
    """Put a composed sentence at the end of people's words in its place, to be changed there.

    It no more stands by itself; taking it again changes nothing. Raises ``Refusal``:
    ``report.unknown``, ``report.not_draft``, ``report.sentence_unknown``,
    ``report.paragraph_too_long``, ``access.denied``.
    """
    row, report = _draft(db, report_id, act)
    sentence = _sentence(report, key)
    if _use(report, key) is Use.TAKEN:
        return
    place = Paragraph(sentence.place)
    text = f"{report.paragraphs.get(place, '')}\n{sentence.texts[lang]}".strip()
    if len(text) > LONGEST:
        raise Refusal("report.paragraph_too_long", length=len(text), most=LONGEST)
    _save(
        db,
        row,
        replace(
            report,
            paragraphs={**report.paragraphs, place: text},
            footings=used(report.footings, sentence, Use.TAKEN),
        ),
        verb="report.sentence_taken",
        of=key,
        act=act,
    )


def leave_out_sentence(db: Connection, report_id: int, *, key: str, act: Act) -> None:
    """Leave a composed sentence out of the report. Raises as ``take_sentence``."""
    row, report = _draft(db, report_id, act)
    sentence = _sentence(report, key)
    if _use(report, key) is not Use.LEFT_OUT:
        after = replace(report, footings=used(report.footings, sentence, Use.LEFT_OUT))
        _save(db, row, after, verb="report.sentence_left_out", of=key, act=act)


def put_back_sentence(db: Connection, report_id: int, *, key: str, act: Act) -> None:
    """Let a composed sentence stand by itself again; people's words stay as they are.

    Raises as ``take_sentence``.
    """
    row, report = _draft(db, report_id, act)
    known = {one.sentence.key: one.sentence for one in report.footings}
    sentence = known[key] if key in known else _sentence(report, key)
    if _use(report, key) in {Use.TAKEN, Use.LEFT_OUT}:
        after = replace(report, footings=used(report.footings, sentence, None))
        _save(db, row, after, verb="report.sentence_put_back", of=key, act=act)


def confirm_paragraph(db: Connection, report_id: int, *, place: Paragraph, act: Act) -> None:
    """Say that people's words in a place are right on today's figures.

    Raises ``Refusal``: ``report.unknown``, ``report.not_draft``, ``access.denied``.
    """
    row, report = _draft(db, report_id, act)
    footings = written_on(
        report.sentences, report.footings, place=place, text=report.paragraphs.get(place, "")
    )
    if footings != report.footings:
        after = replace(report, footings=footings)
        _save(db, row, after, verb="report.paragraph_confirmed", of=place, act=act)


def _draft(db: Connection, report_id: int, act: Act) -> tuple[Row[Any], Report]:
    row = locked_report(db, report_id)
    ensure_drafts(db, row.agreement, act)
    ensure_state(row, "draft")
    return row, read(row.content)


def _sentence(report: Report, key: str) -> Sentence:
    for one in report.sentences:
        if one.key == key:
            return one
    raise Refusal("report.sentence_unknown", key=key)


def _use(report: Report, key: str) -> Use | None:
    return next((one.use for one in report.footings if one.sentence.key == key), None)


def _save(db: Connection, row: Row[Any], report: Report, *, verb: str, of: str, act: Act) -> None:
    digest = save(db, row.id, report)
    record(db, row, verb, act, before={"sha256": row.sha256}, after={"of": of, "sha256": digest})
