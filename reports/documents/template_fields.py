"""The fields that a Word template may use, what each holds, and their values of a report.

Knows every name that an office may write between braces. Refuses to know Word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reports.documents.telling import TONES, Teller, in_box
from reports.narrating.worded import place_text
from reports.quarterly import Paragraph
from workflow.domain.tally import Box
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.documents.document import Document
    from reports.figures import Line
    from reports.quarterly import Report

#: Where the report's own pages go; each stands in a paragraph of its own.
REPORT_TEXT: Final = "report_text"
ANNEXES: Final = "annexes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A name, what it holds, and the names within each of its items where it is a list."""

    name: str
    says: str
    within: tuple[str, ...] = ()


_LINE: Final = (
    "total",
    "carried_over",
    "assigned",
    *(str(box) for box in TONES),
    "done",
    "overdue",
    "rate_on_due",
    "rate_on_all",
)
FIELDS: Final = (
    Field(name=REPORT_TEXT, says=N_("The whole report from its opening to the proposals.")),
    Field(name=ANNEXES, says=N_("All annexes, each on pages of its own; last in the template.")),
    Field(name="superior", says=N_("The body above the one that issues, in capitals.")),
    Field(name="body", says=N_("The body that issues, in capitals.")),
    Field(name="number", says=N_("The number as it stands on paper, such as Số: 45/BC-UBND.")),
    Field(name="motto", says=N_("The lines of the motto, in their order.")),
    Field(name="place_and_day", says=N_("Place and day of issue.")),
    Field(name="title", says=N_("The kind of document: BÁO CÁO.")),
    Field(name="subject", says=N_("What the report is about.")),
    Field(name="mark", says=N_("DRAFT, SIMULATED DATA, or nothing.")),
    Field(name="footer", says=N_("Agreement, period and the beginning of the report's hash.")),
    Field(name="authority", says=N_("For whom is signed, a line each.")),
    Field(name="post", says=N_("The post of who signs.")),
    Field(name="signer", says=N_("The name of who signs; empty in a draft.")),
    Field(name="recipients_title", says=N_("The words above the recipients.")),
    Field(name="recipients", says=N_("The recipients, a line each.")),
    Field(name="agreement_code", says=N_("The agreement's code.")),
    Field(name="agreement_title", says=N_("The agreement's title.")),
    Field(name="agreement_number", says=N_("The agreement's own number.")),
    Field(name="parties", says=N_("The names of the sides.")),
    Field(name="period", says=N_("The name of the period.")),
    Field(name="cut_off", says=N_("The instant at which the figures are cut off.")),
    Field(name="as_of", says=N_("The instant as of which verdicts and decisions are known.")),
    *(Field(name=name, says=N_("A figure of the whole report.")) for name in _LINE),
    *(
        Field(
            name=str(one),
            says=N_("What stands in a place: composed sentences, and people's words."),
        )
        for one in Paragraph
    ),
    Field(name="sides", says=N_("A line for each side."), within=("name", *_LINE)),
    Field(
        name="duties",
        says=N_("A line for each obligation."),
        within=("code", "name", "clause", "units_met", "units_owing", "defaulters", *_LINE),
    ),
    Field(name="units", says=N_("A line for each unit."), within=("name", *_LINE)),
)
NAMES: Final = frozenset(field.name for field in FIELDS)


def values(report: Report, told: Document) -> Mapping[str, Any]:
    """The value of every field but the two that stand for pages."""
    tell = Teller(report, told.lang)
    head, closing = told.head, told.closing
    return {
        "superior": head.superior,
        "body": head.body,
        "number": head.number,
        "motto": list(head.motto),
        "place_and_day": head.place_and_day,
        "title": told.title,
        "subject": told.subtitle,
        "mark": told.mark,
        "footer": told.footer,
        "authority": list(closing.authority),
        "post": closing.post,
        "signer": closing.signer,
        "recipients_title": closing.recipients_title,
        "recipients": list(closing.recipients),
        "agreement_code": report.agreement.code,
        "agreement_title": report.agreement.title,
        "agreement_number": report.agreement.number,
        "parties": list(report.agreement.parties),
        "period": tell.period(report.period),
        "cut_off": tell.say.instant(report.cut_off),
        "as_of": tell.say.instant(report.as_of),
        **_line(tell, report.total),
        **{str(one): place_text(report, one, lang=told.lang) for one in Paragraph},
        "sides": [{"name": tell.side(side), **_line(tell, side.line)} for side in report.sides],
        "duties": [
            {
                "code": duty.code,
                "name": duty.title,
                "clause": tell.clause(duty),
                "units_met": tell.say.number(duty.units_met),
                "units_owing": tell.say.number(duty.units_owing),
                "defaulters": tell.units(duty.defaulters),
                **_line(tell, duty.line),
            }
            for duty in report.duties
        ],
        "units": [{"name": unit.name, **_line(tell, unit.line)} for unit in report.units],
    }


def _line(tell: Teller, line: Line) -> dict[str, str]:
    boxes = line.boxes
    numbers = {
        "total": boxes.total,
        "carried_over": line.carried_over,
        "assigned": line.assigned,
        **{str(box): in_box(boxes, box) for box in TONES},
        "done": boxes.done,
        "overdue": in_box(boxes, Box.NOT_DONE_OVERDUE),
    }
    return {
        **{name: tell.say.number(number) for name, number in numbers.items()},
        "rate_on_due": tell.rate(boxes.rate_on_due),
        "rate_on_all": tell.rate(boxes.rate_on_all),
    }
