"""What the tests of jobs share: settings of a throw-away installation, and a workplace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.clock import SystemClock
from tasks.workplace import Workplace
from workflow.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def settings(clone: Engine, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": tmp_path,
            "database_url": clone.url.render_as_string(hide_password=False),
            "secret_key": "s" * 32,
            "journal_key": "1:" + "j" * 32,
        }
    )


@pytest.fixture
def place(clone: Engine, settings: Settings) -> Workplace:
    return Workplace(engine=clone, clock=SystemClock(), settings=settings)
