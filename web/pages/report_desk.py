"""How the pages of reports are shown, also once more where a form was refused.

Knows which steps a person is offered and what a draft stands on. Refuses to take a step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from reports.delivering.letters_sent import sees_letters
from reports.differences import differences
from reports.documents.formats import FORMATS
from reports.drafting import Basis
from reports.issuing import issuing
from reports.issuing.freezing import LARGEST_SCAN
from reports.narrating.sentences import outdated
from reports.narrating.worded import offered
from reports.quarterly import Paragraph, read
from reports.reading import report_listed, reports_readable
from reports.unit_groups import Tree
from reports.windows import periods_offered
from web.pages.board_looks import LOOKS
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.domain.periods import label_of
from workflow.domain.roles import Deed, Place
from workflow.domain.timeliness import first_instant
from workflow.i18n import N_
from workflow.labels import describe
from workflow.store.agreements import agreement_titles
from workflow.store.people import names_of
from workflow.store.report_deliveries import deliveries_of
from workflow.store.report_numbers import number_of
from workflow.store.report_papers import comments_of, scans_of
from workflow.store.reports import files_of, reports_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fastapi.responses import Response
    from sqlalchemy import Row

    from reports.narrating.worded import Offered
    from reports.quarterly import Change, Report
    from web.visit import Visit
    from workflow.catalogue import Kept
    from workflow.domain.periods import Cumulative, Period
    from workflow.domain.triggers import Length

#: So many reports stand on a page of the list.
AT_ONCE: Final = 50
#: The places where people write, in the order of the chapters, by their names in a form.
PLACES: Final[Mapping[Paragraph, str]] = {
    Paragraph.DIRECTION: N_("Leadership and direction"),
    Paragraph.RESULTS: N_("Remarks on the results"),
    Paragraph.STRENGTHS: N_("Strengths"),
    Paragraph.SHORTCOMINGS: N_("Shortcomings"),
    Paragraph.CAUSES: N_("Causes"),
    Paragraph.PLANS: N_("Plans for the coming period"),
    Paragraph.PROPOSALS: N_("Proposals"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed into a form that was refused, and why it was."""

    wrong: str = ""
    step: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def list_page(
    visit: Visit, *, agreement: str, start: int = 0, typed: Typed | None = None
) -> Response:
    """The reports that somebody may read, and the form of a new draft for who may draft."""
    rows = reports_readable(visit.db, by=visit.by, code=agreement or None)
    # The latest cut-off first; an addendum stands beside what it corrects.
    rows.sort(key=lambda row: (row.cut_off, row.period, row.agreement, row.edition), reverse=True)
    drafted = [
        row
        for row in agreement_titles(visit.db)
        if row.state != "draft" and _may_draft(visit, row.code)
    ]
    chosen = next((row for row in drafted if row.code == agreement), next(iter(drafted), None))
    return visit.page(
        "reports/list.html.j2",
        status=422 if typed else 200,
        rows=rows[start : start + AT_ONCE],
        more=_more(agreement, start + AT_ONCE) if len(rows) > start + AT_ONCE else "",
        period_label=label_of,
        agreement=agreement,
        drafted=drafted,
        chosen=chosen,
        may_issue=chosen is not None
        and visit.may(Deed.ISSUE_REPORT, place=Place(agreement=chosen.code)),
        periods={} if chosen is None else _periods(visit, chosen.code),
        typed=typed or Typed(),
    )


def _more(agreement: str, start: int) -> str:
    return f"/reports?{urlencode({'agreement': agreement, 'start': start})}"


def _periods(visit: Visit, code: str) -> dict[Length | Cumulative, list[Period]]:
    """The periods of an agreement that have ended by their length, the latest first."""
    kept = catalogue.kept(visit.db, code)
    offered = periods_offered(kept, today=kept.day_of(visit.at))
    ended = {
        length: [one for one in ones if first_instant(one.until_on, kept.zone) <= visit.at]
        for length, ones in offered.items()
    }
    return {length: ones for length, ones in ended.items() if ones}


def report_page(visit: Visit, report_id: int, *, typed: Typed | None = None) -> Response:
    """One report: how it stands, its figures in short, its paragraphs and the next steps."""
    report_listed(visit.db, report_id, by=visit.by)
    (row,) = reports_among(visit.db, [report_id])
    value = read(row.content)
    kept = catalogue.kept(visit.db, row.agreement)
    editions = [
        other
        for other in reports_readable(visit.db, by=visit.by, code=row.agreement)
        if other.period == row.period
    ]
    beside = _beside(visit, row)
    said = {one.by for one in beside["comments"]} | {one.attached_by for one in beside["scans"]}
    people = {row.drafted_by, row.approved_by, row.issued_by, row.withdrawn_by, *said} - {None}
    may_draft = _may_draft(visit, row.agreement)
    may_issue = visit.may(Deed.ISSUE_REPORT, place=Place(agreement=row.agreement))
    may_approve = issuing.may_approve(visit.grants, kept.says)
    # What was issued in fewer formats stays in those.
    frozen = {one.format for one in files_of(visit.db, report_id)}
    return visit.page(
        "reports/one.html.j2",
        status=422 if typed else 200,
        row=row,
        value=value,
        looks=LOOKS,
        editions=editions,
        is_latest=editions[-1].id == row.id,
        kinds=[kind for kind in FORMATS if not frozen or kind in frozen],
        names=names_of(visit.db, people),
        places=PLACES,
        offered=_offered(value, visit.lang),
        outdated=len(outdated(value.sentences, value.footings)) if row.state == "draft" else 0,
        changes=() if value.addendum is None else _named(visit, value, value.addendum.changes),
        may_pack=visit.may(Deed.READ, place=Place(agreement=row.agreement)),
        may_draft=may_draft,
        may_issue=may_issue,
        may_approve=may_approve,
        may_see_letters=sees_letters(visit.grants, kept.says),
        sends=visit.premises.settings.smtp_url is not None,
        most_mb=LARGEST_SCAN // 1_000_000,
        typed=typed or Typed(),
        **beside,
    )


def _beside(visit: Visit, row: Row[Any]) -> dict[str, Any]:
    """What people added to a report: comments, its number, signed copies, its letters."""
    is_issued = row.state == "issued"
    letters = deliveries_of(visit.db, row.id) if is_issued else []
    own = [one for one in letters if one.person == visit.by and one.sent_at is not None]
    return {
        "comments": comments_of(visit.db, row.id),
        "number_held": number_of(visit.db, row.id) if row.state == "approved" else None,
        "scans": scans_of(visit.db, row.id) if is_issued else [],
        "letters": letters,
        "own_letters": own,
    }


def _offered(value: Report, lang: str) -> dict[str, list[Offered]]:
    """The composed sentences by their places."""
    found: dict[str, list[Offered]] = {}
    for one in offered(value, lang=lang):
        found.setdefault(one.place, []).append(one)
    return found


def refused(
    visit: Visit, report_id: int, refusal: Refusal, step: str, fields: Mapping[Any, str]
) -> Response:
    """The page again, with what was typed; a person without the right sees no form."""
    if refusal.code in {"access.denied", "report.unknown"}:
        raise refusal
    visit.refused = refusal
    wrong = describe(refusal, visit.lang)
    texts = {str(name): text for name, text in fields.items()}
    return report_page(visit, report_id, typed=Typed(wrong=wrong, step=step, fields=texts))


def _may_draft(visit: Visit, agreement: str) -> bool:
    return visit.may(Deed.DRAFT_REPORT, place=Place(agreement=agreement))


def basis(visit: Visit, kept: Kept, *, cut_off: str = "", as_of: str = "", tree: str = "") -> Basis:
    """What a draft stands on now.

    Raises ``Refusal``: ``report.instant_wrong``, ``report.tree_unknown``.
    """
    if tree and tree not in set(Tree):
        raise Refusal("report.tree_unknown", given=tree, known=[str(one) for one in Tree])
    return Basis(
        coverage=prove_coverage(visit.db, agreement=kept.says.code, at=visit.at),
        is_simulated=visit.premises.is_simulated,
        cut_off=instant_typed(kept, cut_off),
        as_of=instant_typed(kept, as_of),
        tree=Tree(tree) if tree else None,
    )


def instant_typed(kept: Kept, text: str) -> datetime | None:
    """An instant as a browser sends it, by the clock on the agreement's wall."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as wrong:
        raise Refusal("report.instant_wrong", given=text[:40]) from wrong
    return found.replace(tzinfo=found.tzinfo or kept.zone)


# --- figures that differ ------------------------------------------------------------------


def differing(visit: Visit, before: Report, after: Report) -> list[dict[str, Any]]:
    """The figures that differ between two reports, each with the name of its line."""
    return _named(visit, after, differences(before, after), also=before)


def _named(
    visit: Visit, value: Report, changes: Iterable[Change], *, also: Report | None = None
) -> list[dict[str, Any]]:
    """The figures that differ, each with the name of its line."""
    names = {("total", ""): visit.say(N_("Total"))}
    for report in (also, value):
        if report is not None:
            names |= {("duty", duty.code): f"{duty.code} – {duty.title}" for duty in report.duties}
            names |= {("unit", unit.key): unit.name for unit in report.units}
    return [
        {
            "line": names.get((change.place, change.key), change.key),
            "figure": change.figure,
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]
