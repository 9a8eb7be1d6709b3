"""The same instants give the same report, whatever runs it: text by text, and file by file.

Each try is a process of its own with another hash seed, zone and language of the machine,
another wall clock, and rows that were written in another order.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, text

from tests.reports import quarter
from tests.sources import ROOT
from workflow.store.evidence import evidence_item
from workflow.store.submissions import concession
from workflow.store.units import unit_fact

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

#: Composes the report of a database and makes every file of it; prints their hashes.
_MAKES = """
import hashlib, json, sys
from reports.documents.formats import FORMATS, rendering
from reports.quarterly import written
from tests.reports import quarter
from workflow.store.engine import make_engine
with make_engine(sys.argv[1]).connect() as db:
    report = quarter.report(db)
made = {kind: rendering(kind)(report, lang="vi") for kind in sys.argv[2].split(",")}
made["text"] = written(report).encode()
print(json.dumps({kind: hashlib.sha256(one).hexdigest() for kind, one in made.items()}))
"""

#: Hash seed, zone, and language of the machine; the wall clock moves on between them by itself.
_ONE, _OTHER = ("0", "Pacific/Kiritimati", "tr_TR.UTF-8"), ("4242", "America/St_Johns", "C")


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "formats", ["json,html", pytest.param("docx,xlsx,pdf", marks=pytest.mark.long)]
)
def test_whatever_machine_makes_it_the_report_is_the_same(clone: Engine, formats: str) -> None:
    with clone.begin() as db:
        quarter.lived(db)
    first = _made(clone, formats, *_ONE)
    with clone.begin() as db:
        # What refers to these rows finds them again before the transaction ends.
        db.execute(text("PRAGMA defer_foreign_keys = ON"))
        for number, table in enumerate((unit_fact, evidence_item, concession)):
            _shuffled(db, table, number)
    assert _made(clone, formats, *_OTHER) == first
    assert len(first) == len(formats.split(",")) + 1


def _made(engine: Engine, formats: str, seed: str, zone: str, lang: str) -> dict[str, str]:
    machine = {"PYTHONHASHSEED": seed, "TZ": zone, "LANG": lang, "LC_ALL": lang}
    url = engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", _MAKES, url, formats],
        cwd=ROOT,
        env={**os.environ, **machine},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _shuffled(db: Connection, table: Table, seed: int) -> None:
    """Write the rows of a table anew in another order, under the same numbers."""
    rows = [dict(row._mapping) for row in db.execute(select(table))]
    db.execute(table.delete())
    random.Random(seed).shuffle(rows)
    if rows:
        db.execute(insert(table), rows)
