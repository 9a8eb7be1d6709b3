"""A quarterly report of many units in every format, and the longest list as a workbook.

    python -m benchmarks.documents [--units 500] [--rows 100000]

The report's figures are there already: what is measured is making its files as a report is
issued, in a process that has made none before, and then each of them by itself. Each unit
buys once and reads each month; one task in twenty is late, each has its proof. The workbook
is written row by row against a bare one of as many cells by the same library; the peak of
memory is that of a process of its own, less what the same process takes for a tenth of the
rows.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from io import BytesIO
from operator import add
from typing import TYPE_CHECKING

from benchmarks.racing import seconds
from reports.documents.chapters import document
from reports.documents.formats import rendered, rendering
from reports.documents.render_xlsx import write_workbook
from reports.figures import Line
from reports.letterhead import Issuer, Letterhead
from reports.quarterly import (
    FORM,
    CoverageLine,
    Duty,
    Evidence,
    Ground,
    Pair,
    Period,
    Reason,
    Report,
    Side,
    TaskLine,
    UnitLine,
    written,
)
from workflow.domain.lifecycle import State
from workflow.domain.tally import BANDS, Box, Boxes, Share

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMATS = ("html", "pdf", "docx", "xlsx")
_DUTIES = ("MUA", "DOC-01", "DOC-02", "DOC-03")
_ON_TIME = Line(boxes=Boxes(total=1, done_on_time=1), assigned=1)
_OVERDUE = Line(
    boxes=Boxes(total=1, not_done_overdue=1), assigned=1, overdue=(1,) + (0,) * len(BANDS)
)


def the_report(units: int) -> Report:
    """A report of so many units with four duties each."""
    keys = [f"u{number:05}" for number in range(units)]
    tasks = tuple(task(number, keys) for number in range(units * len(_DUTIES)))
    lines = {(one.obligation, one.unit): _line(one) for one in tasks}
    duties = tuple(
        Duty(
            code=code,
            title="Đặt mua và đọc báo của Đảng theo Chỉ thị 11",
            clause="1",
            clause_text="",
            clause_place="đoạn 3",
            topic=None,
            line=reduce(add, (lines[code, key] for key in keys)),
            units_owing=units,
            units_met=sum(lines[code, key] is _ON_TIME for key in keys),
            defaulters=tuple(key for key in keys if lines[code, key] is _OVERDUE),
        )
        for code in _DUTIES
    )
    total = reduce(add, (duty.line for duty in duties))
    return Report(
        form=FORM,
        edition=1,
        agreement=Ground(
            code="CTPH",
            title="Chương trình phối hợp tuyên truyền",
            number="05-CTPH",
            signed_on=date(2023, 4, 11),
            starts_on=date(2023, 4, 1),
            ends_on=date(2026, 1, 1),
            parties=("Thành ủy", "Báo"),
            illustrative="",
        ),
        period=Period(
            key="2024-Q1",
            label="period.quarter",
            facts={"roman": "I", "quarter": 1, "year": 2024},
            from_on=date(2024, 1, 1),
            until_on=date(2024, 4, 1),
        ),
        zone="Asia/Ho_Chi_Minh",
        cut_off=datetime(2024, 3, 31, 17, tzinfo=UTC),
        as_of=datetime(2024, 4, 5, 2, tzinfo=UTC),
        previous_cut_off=datetime(2023, 12, 31, 17, tzinfo=UTC),
        is_simulated=False,
        total=total,
        sides=(Side(code="a", name="Thành ủy", line=total, duties=duties),),
        topics=(),
        duties=duties,
        units=tuple(
            UnitLine(
                key=key,
                name=f"Chi bộ tổ dân phố số {number + 1}",
                party="a",
                line=reduce(add, (lines[code, key] for code in _DUTIES)),
            )
            for number, key in enumerate(keys)
        ),
        pairs=tuple(
            Pair(obligation=code, unit=key, line=line) for (code, key), line in lines.items()
        ),
        comparisons=(),
        tasks=tasks,
        doubts=(),
        coverage=CoverageLine(
            until=date(2024, 4, 1), occasions=4, tasks=len(tasks), gap_count=0, gaps=()
        ),
        paragraphs={},
        letterhead=Letterhead(issuer=Issuer.PARTY, body="Thành ủy", sign="TU", place="Từ Sơn"),
    )


def task(number: int, keys: list[str]) -> TaskLine:
    """One task: done on time with its proof, or, one in twenty, overdue with a reason."""
    is_late = number % 20 == 7
    due_on = date(2024, 1, 20) + timedelta(days=number % 60)
    return TaskLine(
        id=number,
        obligation=_DUTIES[number // len(keys) % len(_DUTIES)],
        unit=keys[number % len(keys)],
        answerable=None,
        occasion="2024-Q1",
        state=State.OPEN if is_late else State.ACCEPTED,
        share=Share.ASSIGNED,
        box=Box.NOT_DONE_OVERDUE if is_late else Box.DONE_ON_TIME,
        is_past_due=True,
        original_due_on=due_on,
        due_on=due_on,
        report_by_on=None,
        correction_on=None,
        late_notice_on=None,
        submitted_on=None if is_late else due_on,
        done_on=None if is_late else due_on,
        is_reported_late=False,
        days_late=4 if is_late else 0,
        concessions=(),
        returned=(Reason(code="", text="Hóa đơn ghi sai quý."),) if is_late else (),
        evidence=()
        if is_late
        else (Evidence(requirement="hd", name="hoa-don.xml", sha256="ab" * 32, outcome="passed"),),
    )


def _line(one: TaskLine) -> Line:
    return _ON_TIME if one.box is Box.DONE_ON_TIME else _OVERDUE


def _workbook(rows: int) -> None:
    """Write so many tasks, each made when it is written and let go afterwards."""
    few = replace(the_report(20), tasks=())
    keys = [unit.key for unit in few.units]
    tasks: Iterator[TaskLine] = (task(number, keys) for number in range(rows))
    took = seconds(lambda: write_workbook(BytesIO(), few, lang="vi", tasks=tasks))
    print(f"{took:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")


def _bare(rows: int) -> None:
    """As many cells by the same library, of one kind, without looks and filter."""
    import xlsxwriter

    book = xlsxwriter.Workbook(BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    for row in range(rows):
        for column in range(12):
            sheet.write_string(row, column, "Chi bộ tổ dân phố số 1")
    book.close()


def _apart(rows: int) -> tuple[float, int]:
    """The seconds and megabytes that a process of its own takes for a workbook."""
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.documents", "--only-workbook", str(rows)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return float(made[0]), int(made[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=500)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only-workbook", type=int)
    given = parser.parse_args()
    if given.only_workbook is not None:
        _workbook(given.only_workbook)
        return
    report = the_report(given.units)
    print(f"{given.units} units, {len(report.tasks)} tasks, {len(written(report))} bytes of JSON")
    begun = time.perf_counter()
    made = rendered(report, _FORMATS, lang="vi")
    whole = time.perf_counter() - begun
    for name in _FORMATS:
        begun, spent = time.perf_counter(), time.process_time()
        size = len(rendering(name)(report, lang="vi"))
        took = time.perf_counter() - begun
        spent = time.process_time() - spent
        if size != len(made[name]):
            raise ValueError(f"{name} is another file the second time")
        print(f"  {name}: {took:.2f} s ({spent:.2f} s of processor), {size // 1024} kB")
    laid_out = seconds(lambda: document(report, lang="vi"))
    print(
        f"  all four together: {whole:.2f} s (wanted ≤ 3);"
        f" {whole / laid_out:.1f}× of its pages as a value"
    )
    few, many = _apart(given.rows // 10), _apart(given.rows)
    bare = seconds(lambda: _bare(given.rows))
    print(
        f"{given.rows} rows as a workbook: {many[0]:.2f} s, {many[0] / bare:.2f}× of bare cells;"
        f" peak {many[1]} MB, of {given.rows // 10} rows {few[1]} MB"
    )


if __name__ == "__main__":
    main()
