"""The written form of a report: one text for one value, whatever the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reports.quarterly import before_issue, read, sha256, written
from tests import worlds
from tests.reports import quarter
from tests.sources import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

RENDER = """
import hashlib, pathlib, sys
from reports.documents.formats import FORMATS
from reports.quarterly import read, written
text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
report = read(text)
assert written(report) == text
for name, render in FORMATS.items():
    for lang in ("vi", "en"):
        print(name, lang, hashlib.sha256(render(report, lang=lang)).hexdigest())
"""


def test_what_is_written_can_be_read_back(db: Connection) -> None:
    quarter.lived(db)
    report = quarter.report(db)
    text = written(report)
    assert read(text) == report
    assert written(read(text)) == text
    assert len(sha256(text)) == 64


def test_each_line_has_both_rates_as_fractions(db: Connection) -> None:
    quarter.lived(db)
    total = json.loads(written(quarter.report(db)))["total"]
    assert (total["rate_on_due"], total["rate_on_all"]) == ([4, 6], [4, 10])


def test_without_tasks_there_is_no_rate(db: Connection) -> None:
    worlds.activated(db, quarter.the_agreement(), quarter.the_units(), on="2023-09-20")
    total = json.loads(written(quarter.report(db)))["total"]
    assert (total["rate_on_due"], total["rate_on_all"]) == (None, None)


def test_what_is_no_report_is_not_read(db: Connection) -> None:
    quarter.lived(db)
    report = quarter.report(db)
    said = json.loads(written(report))
    said["total"]["boxes"]["done_late"] += 1
    with pytest.raises(ValueError, match="do not add up"):
        read(json.dumps(said))
    with pytest.raises(ValueError, match="JSON"):
        read("{")


def test_the_form_before_issue_is_what_was_approved(db: Connection) -> None:
    quarter.lived(db)
    report = quarter.report(db)
    assert before_issue(replace(report, issue=None)) == report


def test_the_same_bytes_on_any_machine(db: Connection, tmp_path: Path) -> None:
    quarter.lived(db)
    text = written(quarter.report(db))
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    prints = {
        subprocess.run(
            [sys.executable, "-c", RENDER, str(path)],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONHASHSEED": seed,
                "TZ": zone,
                "LC_ALL": locale,
            },
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone, locale in (
            ("0", "UTC", "C.UTF-8"),
            ("4711", "America/New_York", "C"),
        )
    }
    assert len(prints) == 1
    assert len(prints.pop().splitlines()) == 10


def test_the_order_of_rows_does_not_matter(db: Connection) -> None:
    quarter.lived(db)
    before = written(quarter.report(db))
    if db.dialect.name == "postgresql":
        # The planner may read as it likes.
        db.exec_driver_sql("SET LOCAL enable_hashagg = off")
        db.exec_driver_sql("SET LOCAL enable_indexscan = off")
    else:
        db.exec_driver_sql("PRAGMA reverse_unordered_selects = ON")
    try:
        assert written(quarter.report(db)) == before
    finally:
        if db.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA reverse_unordered_selects = OFF")
