"""The check ``invoice``: an e-invoice proves that the unit bought what it owes.

Knows who may stand as buyer and seller, and draws the conclusion. Refuses to
judge the signature (``read.signature`` says so) and asks a person wherever the
words are unclear.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, Field

from workflow.domain.tax_codes import is_tax_code
from workflow.evidence.attachment import present
from workflow.evidence.check import (
    Body,
    EvidenceFile,
    Figures,
    Findings,
    Identity,
    Judgement,
    Publication,
    TaskFacts,
    Verdict,
)
from workflow.evidence.invoice_copies import TitleLine, copies_proved, days_paid_for, title_lines
from workflow.evidence.invoice_form import Invoice, Side, read_invoice
from workflow.evidence.wordings import Wording, is_name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class AtLeast(StrEnum):
    """How much one proof must reach by itself."""

    ONE = "one"
    QUOTA = "quota"


class InvoiceParams(BaseModel, frozen=True, strict=True, extra="forbid"):
    """Which purchase an invoice must prove.

    ``titles``: codes of publications, any of which counts; empty means every
    publication of the task. ``at_least``: ``one`` copy, the requirement's quantity
    adding up several invoices, or the whole ``quota`` on each. ``issues``: how
    many issues appear in the task's period, for sellers who count sheets of all
    issues together. ``sellers``: who may sell, by MST or name, besides those of
    the publication.
    """

    titles: tuple[str, ...] = ()
    at_least: AtLeast = AtLeast.ONE
    issues: int | None = Field(default=None, ge=1, le=400)
    sellers: tuple[str, ...] = ()


class InvoiceCheck:
    """An e-invoice XML, bare, enveloped or zipped.

    ``read``: ``number``, ``series``, ``form``, ``seller``, ``buyer``, ``buyer_is``
    (key of the unit or payer), ``titles`` (copies by code), ``relation``,
    ``signature`` (always ``not_checked``).
    """

    name: Final = "invoice"
    version: Final = "1"
    light: Final = True
    params: Final = InvoiceParams

    def run(
        self,
        params: InvoiceParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,  # noqa: ARG002 - every check takes them
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one invoice."""
        file = present(file)
        invoice = read_invoice(file)
        judgement = Judgement(self.name, self.version)
        _judge_head(invoice, facts, judgement)
        buyer = _judge_buyer(invoice.buyer, facts, judgement)
        wanted = [p for p in facts.publications if not params.titles or p.code in params.titles]
        lines = title_lines(invoice, wanted, facts=facts, judgement=judgement)
        _judge_titles(invoice, wanted, lines, judgement)
        _judge_seller(invoice.seller, params, lines=lines, facts=facts, judgement=judgement)
        span = days_paid_for(facts)
        copies = copies_proved(lines, span=span, issues=params.issues, judgement=judgement)
        _judge_quota(copies, wanted, params, judgement)
        return judgement.verdict(
            _findings(invoice, file, lines=lines, copies=copies, occasion=facts.occasion),
            number=invoice.number,
            series=invoice.series,
            form=invoice.form,
            seller=_side_json(invoice.seller),
            buyer=_side_json(invoice.buyer),
            buyer_is=buyer,
            titles=copies,
            relation=invoice.relation or None,
            signature="not_checked",
        )


def _findings(
    invoice: Invoice,
    file: EvidenceFile,
    *,
    lines: Sequence[TitleLine],
    copies: Mapping[str, int],
    occasion: str,
) -> Findings:
    identity = invoice.identity
    if identity is not None and copies:
        # One invoice may rightly serve several tasks: other titles, other periods.
        part = "+".join(sorted(copies)) + (f"@{occasion}" if occasion else "")
        identity = Identity(kind=identity.kind, key=identity.key, part=part)
    spans = [span for line in lines for span in line.periods.spans]
    quantity = sum(copies.values()) if copies else None
    return Findings(
        performed_on=invoice.issued_on,
        identity=identity or file.identity,
        quantity=quantity,
        capacity=quantity,
        period_from=min((span.from_on for span in spans), default=None),
        period_until=max((span.until_on for span in spans), default=None),
        replaces=invoice.related if invoice.relation == "replaces" else None,
    )


def _judge_head(invoice: Invoice, facts: TaskFacts, judgement: Judgement) -> None:
    if invoice.identity is None:
        judgement.doubt("invoice.number_incomplete", series=invoice.series, number=invoice.number)
    if invoice.issued_on is None:
        judgement.doubt("invoice.day_missing")
    elif facts.received_on is not None and invoice.issued_on > facts.received_on:
        judgement.doubt("date.after_receipt", on=invoice.issued_on, received_on=facts.received_on)
    if not invoice.has_signature:
        judgement.note("invoice.no_seller_signature")
    related = invoice.related.key if invoice.related else ""
    if invoice.relation == "adjusts":
        judgement.doubt("invoice.adjusts_another", related=related)
    elif invoice.relation == "replaces":
        judgement.note("invoice.replaces_another", related=related)
    for side, code in (("seller", invoice.seller.tax_code), ("buyer", invoice.buyer.tax_code)):
        if code and not is_tax_code(code):
            judgement.note("invoice.tax_code_odd", side=side, tax_code=code)


def _judge_buyer(buyer: Side, facts: TaskFacts, judgement: Judgement) -> str | None:
    """The key of the body that the buyer is, or None.

    A code in common decides; where there is none the name does, and a code that
    speaks against the name leaves it to a person.
    """
    bodies = (facts.unit, *facts.paid_by)
    codes = _codes(buyer.tax_code, buyer.budget_code)
    for body in bodies:
        if _codes(body.tax_code, body.budget_code) & codes:
            return body.key
    told = {
        "buyer": buyer.name or buyer.person,
        "tax_code": buyer.tax_code or buyer.budget_code,
        "unit": facts.unit.name,
    }
    if named := next((body for body in bodies if is_name_of(buyer.name, body.names)), None):
        if _contradicts(buyer, named):
            judgement.doubt("invoice.buyer_code_differs", **told)
        return named.key
    if not (buyer.name or buyer.person or codes):
        judgement.fail("invoice.buyer_missing", unit=facts.unit.name)
    elif _within(f"{buyer.name}\n{buyer.person}", bodies):
        # The name stands within a longer one: a section of the unit, or another unit.
        judgement.doubt("invoice.buyer_unclear", **told)
    else:
        judgement.fail("invoice.buyer_other", **told)
    return None


def _contradicts(buyer: Side, body: Body) -> bool:
    return bool((buyer.tax_code and body.tax_code) or (buyer.budget_code and body.budget_code))


def _within(text: str, bodies: Iterable[Body]) -> bool:
    wording = Wording(text)
    return any(wording.first_of(body.names) is not None for body in bodies)


def _codes(tax_code: str | None, budget_code: str | None) -> set[str]:
    tagged = {f"MST {tax_code}"} if tax_code else set()
    return tagged | ({f"MDVQHNSach {budget_code}"} if budget_code else set())


def _judge_titles(
    invoice: Invoice,
    wanted: Sequence[Publication],
    lines: Sequence[TitleLine],
    judgement: Judgement,
) -> None:
    if not wanted:
        judgement.doubt("facts.publications_missing")
    elif not lines:
        judgement.fail(
            "invoice.publication_not_found",
            titles=[publication.name for publication in wanted],
            lines=[line.words for line in invoice.lines[:10]],
        )


def _judge_seller(
    seller: Side,
    params: InvoiceParams,
    *,
    lines: Sequence[TitleLine],
    facts: TaskFacts,
    judgement: Judgement,
) -> None:
    if not (seller.tax_code or seller.name):
        judgement.fail("invoice.seller_missing")
        return
    told = {"seller": seller.name, "tax_code": seller.tax_code}
    for publication in {line.publication.code: line.publication for line in lines}.values():
        allowed = (*params.sellers, *publication.sellers)
        if allowed and not _is_one_of(seller, allowed):
            judgement.fail("invoice.seller_not_allowed", title=publication.name, **told)
    bodies = (facts.unit, *facts.paid_by)
    if any(_codes(seller.tax_code, None) & _codes(body.tax_code, None) for body in bodies):
        judgement.fail("invoice.seller_is_buyer", **told)


def _is_one_of(seller: Side, allowed: Iterable[str]) -> bool:
    """By MST, where a branch's 10-3 counts as its head's 10 digits, or by name."""
    codes = {seller.tax_code, seller.tax_code.split("-", maxsplit=1)[0]} - {""}
    return any(entry in codes or is_name_of(seller.name, (entry,)) for entry in allowed)


def _judge_quota(
    copies: Mapping[str, int],
    wanted: Sequence[Publication],
    params: InvoiceParams,
    judgement: Judgement,
) -> None:
    for publication in wanted:
        bought, quota = copies.get(publication.code, 0), publication.quota or 0
        told = {"title": publication.name, "copies": bought, "quota": quota}
        if bought >= quota:
            continue
        if params.at_least is AtLeast.QUOTA:
            judgement.fail("invoice.quantity_short", **told)
        elif bought:
            judgement.note("invoice.below_quota", **told)


def _side_json(side: Side) -> Mapping[str, str]:
    return {"name": side.name, "tax_code": side.tax_code, "budget_code": side.budget_code}
