"""The checks that come with the product, in the order in which they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from workflow.evidence.article import ArticleCheck
from workflow.evidence.attachment import AttachmentCheck
from workflow.evidence.attendance import AttendanceCheck
from workflow.evidence.invoice import InvoiceCheck
from workflow.evidence.letter import LetterCheck, StatementCheck
from workflow.evidence.minutes import MinutesCheck
from workflow.evidence.quantity import QuantityCheck

if TYPE_CHECKING:
    from workflow.evidence.check import Check

BUILT_IN: Final[tuple[Check[Any], ...]] = (
    AttachmentCheck(),
    LetterCheck(),
    StatementCheck(),
    InvoiceCheck(),
    QuantityCheck(),
    AttendanceCheck(),
    MinutesCheck(),
    ArticleCheck(),
)
