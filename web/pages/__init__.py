"""The pages that people see, a module for each thing they come to do."""

from __future__ import annotations

from typing import Final

from web.pages import (
    people,
    people_at_once,
    signing_in,
)

#: Every router of pages; the access tests read them all.
PAGES: Final = (
    signing_in.router,
    people_at_once.router,
    people.router,
)
