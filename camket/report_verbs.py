"""All verbs of `camket report`: the modules that hold them, gathered in one place.

Knows only where they are. A module adds its verbs to the group by being imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket import (
    report_again,
    report_delivery,
    report_form,
    report_parts,
    report_reading,
    report_sending,
    report_words,
)
from camket.reports import report

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["MODULES", "report"]

MODULES: Final[tuple[ModuleType, ...]] = (
    report_again,
    report_delivery,
    report_form,
    report_parts,
    report_reading,
    report_sending,
    report_words,
)
