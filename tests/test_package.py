"""What is installed is whole: code, words, migrations, templates, examples."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.sources import FLOORS, ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (built,) = folder.glob("camket-*.whl")
    return built


def test_every_file_of_every_floor_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT).as_posix()
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert ours <= packed
    assert {name.split("/")[0] for name in packed if ".dist-info/" not in name} <= set(FLOORS)


def test_the_wheel_offers_the_command(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel)
    (entry,) = (name for name in packed.namelist() if name.endswith("entry_points.txt"))
    assert "camket = camket.__main__:main" in packed.read(entry).decode()
