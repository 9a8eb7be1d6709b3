"""What makes a page hard to use, found in the page as the browser lays it out.

Each fault is a line that names the rule and the element: labels, headings, contrast
(WCAG 2.2: 1.4.3, 1.3.1, 2.5.8, 4.1.2), and nothing wider than the screen.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AUDIT: Final = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")


def faults(page: Page) -> list[str]:
    """Every fault of the page that is open, once each."""
    # A click that leads elsewhere has begun a page, which need not be there yet.
    page.wait_for_load_state("domcontentloaded")
    found: list[str] = page.evaluate(_AUDIT)
    return sorted(set(found))
