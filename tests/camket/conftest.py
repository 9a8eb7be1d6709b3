"""A command line to type on: a data folder of its own, and what was printed."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camket.__main__ import main
from tests.factories import PARTIES, duty, offices, paper
from tests.worlds import agreement, obligation
from workflow.domain.agreement import Title
from workflow.domain.triggers import Event
from workflow.domain.units import Selector
from workflow.intake.agreement_file import write_agreement
from workflow.intake.unit_sheet_writing import write_units

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = "2024-01-02T09:00"
ROLES = {
    "quan-tri": "administrator",
    "tham-dinh": "reviewer",
    "can-bo-a": "unit_officer:unit=phuong-a",
    "bao-tham-dinh": "reviewer:agreement=ct-01:party=bao",
    "nguoi-la": "",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401 - JSON has many types
        """What was printed as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Types commands on one data folder, in English; every one has to end as expected."""

    folder: Path

    def __call__(self, line: str | Sequence[str], *, code: int = 0, at: str = NOW) -> Said:
        """Type a line of a verb that opens the data folder."""
        words = line.split() if isinstance(line, str) else list(line)
        more = ["--at", at] if at else []
        return self.plain([*words, "--data", str(self.folder), *more], code=code)

    def plain(self, line: str | Sequence[str], *, code: int = 0, lang: str = "en") -> Said:
        """Type a line as it is."""
        words = line.split() if isinstance(line, str) else list(line)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            ended = main([*words, "--lang", lang])
        said = Said(code=ended, out=out.getvalue(), err=err.getvalue())
        assert said.code == code, f"{words}: {said}"
        assert "Traceback" not in said.err
        return said


@pytest.fixture(scope="session")
def _files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agreement of wards, its units, and one paper."""
    folder = tmp_path_factory.mktemp("files")
    hold = obligation("du-hop", trigger=Event(kind="hop"), bearer=Selector(keys=frozenset({"bao"})))
    said = agreement(
        duty(), hold, parties=PARTIES, titles=(Title(code="bbn", name="Báo Bắc Ninh"),)
    )
    (folder / "agreement.yaml").write_text(write_agreement(said), encoding="utf-8")
    (folder / "units.csv").write_text(write_units(offices()), encoding="utf-8")
    (folder / "paper.txt").write_text("Văn bản xác nhận đã mua báo quý I năm 2024.\n" * 20)
    assert paper().check == "attachment"
    return folder


@pytest.fixture
def files(_files: Path, tmp_path: Path) -> Path:
    """The same, to be changed by one test."""
    return Path(shutil.copytree(_files, tmp_path / "files"))


@pytest.fixture(scope="session")
def _new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "data"
    Shell(folder=folder).plain(["migrate", "--simulated", "--data", str(folder)])
    return folder


@pytest.fixture(scope="session")
def _living(_new: Path, _files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(_new, tmp_path_factory.mktemp("living") / "data"))
    shell = Shell(folder=folder)
    shell(f"units import {_files / 'units.csv'}")
    shell(f"agreement import {_files / 'agreement.yaml'}")
    shell("user add quan-tri --name Q --role administrator --no-password")
    shell("agreement activate ct-01 --as quan-tri")
    for key, role in ROLES.items():
        if key != "quan-tri":
            given = ["--role", role] if role else []
            shell(["user", "add", key, "--name", f"Người {key}", "--no-password", *given])
    return folder


@pytest.fixture
def new(_new: Path, tmp_path: Path) -> Shell:
    """A shell on a new, simulated data folder."""
    return Shell(folder=Path(shutil.copytree(_new, tmp_path / "new")))


@pytest.fixture
def shell(_living: Path, tmp_path: Path) -> Shell:
    """A shell on a data folder with offices, an active agreement and people with roles."""
    return Shell(folder=Path(shutil.copytree(_living, tmp_path / "data")))


def task_number(shell: Shell, key: str) -> str:
    """The number of a task by its key: obligation, occasion and unit."""
    found = {one["key"]: one["task_id"] for one in shell("task list --json --history").data}
    return str(found[key])
