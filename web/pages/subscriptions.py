"""Who subscribes to what, title by title and unit by unit, and the post office's table beside it.

Knows that this shows every unit, so that whoever may read an agreement's reports may read it.
Refuses to judge proofs; what a table says is tried first and recorded with a second form.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

from reports.contents.office_counts import counts_in
from reports.contents.subscribing import subscriptions_at
from reports.contents.subscriptions import DEFAULTING, Order
from reports.documents.subscriptions_told import ORDER_NAMES
from reports.reach import agreements_reached
from reports.windows import period_of, periods_offered, running_period
from web.pages.agreement_files import problems_of
from web.pages.board_sight import Code
from web.pages.unit_files import kept_or_sent, kept_text
from web.typed import Chosen
from web.visit import Visit, reads, writes
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.periods import label_of
from workflow.domain.roles import Deed
from workflow.figures import record_figures
from workflow.i18n import N_
from workflow.store.evidence import remember_file

if TYPE_CHECKING:
    from reports.contents.office_counts import Counted
    from workflow.catalogue import Kept
    from workflow.domain.periods import Period

router: Final = APIRouter(include_in_schema=False)
#: The look that each standing has on a page.
LOOKS: Final = {
    Order.FULL: "done",
    Order.AWAITING: "awaiting",
    Order.SHORT: "late",
    Order.NONE: "overdue",
    Order.PENDING: "idle",
    Order.EXCUSED: "idle",
}


@router.get("/subscriptions")
@reads
def show(visit: Visit, *, agreement: Code = "", period: Code = "") -> Response:
    """Each title in a period, and every unit that owes copies of it."""
    return _page(visit, agreement, period)


@router.post("/subscriptions/import")
@writes
def import_table(
    visit: Visit,
    *,
    files: Chosen,
    agreement: Annotated[str, Form(max_length=64)] = "",
    period: Annotated[str, Form(max_length=64)] = "",
    kept: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    """Say what a table of the post office counts; record what was tried before."""
    visit.ensure_may(Deed.DEFINE)
    try:
        name, content = kept_or_sent(kept, name, files)
        told = catalogue.kept(visit.db, agreement)
        counted = counts_in(visit.db, told, period=period, content=content, name=name)
    except Refusal as refusal:
        return _page(visit, agreement, period, refusal=refusal, name=name)
    if not kept:
        return _page(visit, agreement, period, counted=counted, name=name, content=content)
    act = visit.act()
    stored = visit.files.store(io.BytesIO(content))
    remember_file(visit.db, stored.sha256, size=stored.size, at=act.at)
    changed = record_figures(visit.db, counted.said, source_sha256=stored.sha256, act=act)
    visit.tell(
        N_("The post office's table is recorded: {units:number} units, {changed:number} changes."),
        units=counted.units,
        changed=changed,
    )
    return visit.go(f"/subscriptions?{urlencode({'agreement': agreement, 'period': period})}")


def _page(
    visit: Visit,
    code: str,
    key: str,
    *,
    refusal: Refusal | None = None,
    counted: Counted | None = None,
    name: str = "",
    content: bytes = b"",
) -> Response:
    agreements = [
        row for row in agreements_reached(visit.db, visit.grants, at=visit.at) if row.is_whole
    ]
    chosen = next((row for row in agreements if row.code == code), None)
    if chosen is None and (code or not agreements):
        if code:
            raise Refusal("agreement.unknown", code=code)
        return visit.page("board/nothing.html.j2")
    kept = catalogue.kept(visit.db, code or agreements[0].code)
    period = _period(visit, kept, key)
    return visit.page(
        "board/subscriptions.html.j2",
        status=200 if refusal is None else 422,
        says=kept.says,
        agreements=agreements,
        period=period,
        periods=periods_offered(kept, today=kept.day_of(visit.at)),
        label=label_of,
        titles=subscriptions_at(visit.db, kept, period=period, at=visit.at),
        orders=ORDER_NAMES,
        looks=LOOKS,
        defaulting=DEFAULTING,
        may_import=visit.may(Deed.DEFINE) and bool(kept.says.titles),
        names={title.code: title.name for title in kept.says.titles},
        counted=counted,
        name=name,
        kept=kept_text(content),
        **problems_of(visit, refusal),
    )


def _period(visit: Visit, kept: Kept, key: str) -> Period:
    return period_of(kept, key) if key else running_period(kept, today=kept.day_of(visit.at))
