"""What is said where a table of the post office cannot be taken."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "office_table.no_heading": N_(
        "No heading of the table names a publication beside the units; known are: {titles}."
    ),
    "office_table.no_period": N_(
        "Neither the table nor the name of the file says which period it is of; {period} was"
        " asked for."
    ),
    "office_table.other_period": N_(
        "The table is of another period: it names the days from {from_on:day} until before"
        " {until_on:day}, and {period} was asked for."
    ),
}
