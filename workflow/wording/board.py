"""The words of what a board refuses, and names that only boards show."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "overview.unknown": N_("There is no “{what}” in this agreement."),
    "report.written_meanwhile": N_(
        "The draft has changed while you were writing. What you wrote stands below, beside"
        " what the draft says now; save again what shall hold."
    ),
    "report.instant_wrong": N_("“{given}” is not an instant, such as 2024-04-05 17:00."),
}
#: Lengths of periods, over those that are offered.
WORDS: Final = (
    N_("month"),
    N_("quarter"),
    N_("half-year"),
    N_("months to date"),
    N_("year"),
    N_("programme"),
)
#: Kinds of units as the shipped examples write them; other kinds are shown as they are.
KINDS: Final = (
    N_("buu-dien"),
    N_("cap-uy"),
    N_("chi-bo"),
    N_("co-quan-bao"),
    N_("co-quan-dang"),
    N_("co-quan-nha-nuoc"),
    N_("doan-the"),
    N_("don-vi-su-nghiep"),
    N_("luc-luong-vu-trang"),
    N_("phuong"),
    N_("truong-hoc"),
)
