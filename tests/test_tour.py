"""The tour shows the same pictures in both languages, and none is missing, heavy or forgotten."""

from __future__ import annotations

import re

import pytest

from tests.sources import ROOT

PICTURES = ROOT / "docs" / "pictures"
_SHOWN = re.compile(r"pictures/([a-z-]+\.png)")


def shown(path: str) -> list[str]:
    return _SHOWN.findall((ROOT / path).read_text(encoding="utf-8"))


def test_both_languages_show_the_same_pictures_and_every_one() -> None:
    assert shown("docs/tour.md") == shown("docs/tour.vi.md")
    told = {*shown("docs/tour.md"), *shown("docs/report-templates.md")}
    assert sorted(told) == sorted(one.name for one in PICTURES.iterdir())
    assert shown("README.md") == shown("README.vi.md")


@pytest.mark.parametrize("path", ["README.md", "README.vi.md", "docs/tour.md", "docs/tour.vi.md"])
def test_what_is_linked_is_there(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)|src=\"([^\"]+)\"", text):
        assert ((ROOT / path).parent / (link[0] or link[1])).exists(), link


def test_pictures_are_few_and_light() -> None:
    assert len(shown("docs/tour.md")) <= 10
    assert max(one.stat().st_size for one in PICTURES.iterdir()) <= 120_000
