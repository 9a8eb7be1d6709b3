"""What is installed is pinned, hashed, and names no address."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.sources import ROOT

FILES = ("run", "build", "dev")


def pinned(name: str) -> dict[str, tuple[Version, str]]:
    """Each package of a requirements file: its version and its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^(\S+)==([^\s;]+)([^\n]*(?:\n +--hash=\S+.*)*)", text, re.MULTILINE)
    return {canonicalize_name(package): (Version(at), rest) for package, at, rest in found}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def asked_for(name: str) -> list[Requirement]:
    groups = project()["dependency-groups"]
    lines = {
        "run": project()["project"]["dependencies"],
        "build": groups["build"],
        "dev": [*groups["dev"], *groups["build"], *project()["project"]["dependencies"]],
    }[name]
    return [Requirement(line) for line in lines if isinstance(line, str)]


@pytest.mark.parametrize("name", FILES)
def test_everything_asked_for_is_pinned_within_its_bounds(name: str) -> None:
    there = pinned(name)
    for wanted in asked_for(name):
        version, _ = there[canonicalize_name(wanted.name)]
        assert version in wanted.specifier, wanted


@pytest.mark.parametrize("name", FILES)
def test_every_package_has_hashes(name: str) -> None:
    for package, (_, rest) in pinned(name).items():
        assert "--hash=sha256:" in rest, package


@pytest.mark.parametrize("name", FILES)
def test_no_address_is_recorded(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text.replace("--hash", "")


def test_tests_run_with_the_versions_that_are_shipped() -> None:
    shipped, tested = pinned("run"), pinned("dev")
    assert {name: tested[name][0] for name in shipped} == {
        name: version for name, (version, _) in shipped.items()
    }
