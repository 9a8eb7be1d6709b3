"""Every colour can be read on its ground, in both modes: WCAG 2.2, 1.4.3 and 1.4.11."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.sources import ROOT

_TOKENS: Final = (ROOT / "web" / "static" / "tokens.css").read_text(encoding="utf-8")
_COLOUR: Final = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});")
#: A status and the soft ground of its own on which it stands.
STATUSES: Final = ("done", "late", "awaiting", "open", "overdue", "paused")


def colours(mode: str) -> dict[str, str]:
    """The colours of a mode: what night does not change is as by day."""
    day, night = _TOKENS.split("@media (prefers-color-scheme: dark)")
    found = dict(_COLOUR.findall(day))
    if mode == "dark":
        found |= dict(_COLOUR.findall(night.split("@media print")[0]))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


modes = pytest.mark.parametrize("mode", ["light", "dark"])


@modes
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "accent", *STATUSES])
@pytest.mark.parametrize("ground", ["ground", "sheet", "sheet-2"])
def test_text_can_be_read_on_every_ground(mode: str, ink: str, ground: str) -> None:
    found = colours(mode)
    assert contrast(found[ink], found[ground]) >= 4.5


@modes
@pytest.mark.parametrize("status", [*STATUSES, "accent"])
def test_a_status_can_be_read_on_its_own_ground(mode: str, status: str) -> None:
    found = colours(mode)
    assert contrast(found[status], found[f"{status}-soft"]) >= 4.5


@modes
@pytest.mark.parametrize(
    ("ink", "ground"),
    [("accent-ink", "accent"), ("frame-ink", "frame"), ("frame-soft", "frame")],
)
def test_what_stands_on_a_strong_colour_can_be_read(mode: str, ink: str, ground: str) -> None:
    found = colours(mode)
    assert contrast(found[ink], found[ground]) >= 4.5


@modes
@pytest.mark.parametrize("shape", ["rule-strong", "focus"])
@pytest.mark.parametrize("ground", ["ground", "sheet"])
def test_edges_of_fields_and_the_focus_can_be_seen(mode: str, shape: str, ground: str) -> None:
    found = colours(mode)
    assert contrast(found[shape], found[ground]) >= 3


def test_every_status_has_a_sign_as_well() -> None:
    house = (ROOT / "web" / "static" / "house.css").read_text(encoding="utf-8")
    signs = re.findall(r"\.status(?:--[a-z]+)?::before \{ content: \"(.)\"", house)
    assert len(signs) == len(set(signs)) == 8
