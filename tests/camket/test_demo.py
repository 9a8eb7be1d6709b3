"""The demonstration: the same story on every machine, told truly, and nobody's folder touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from camket.__main__ import main
from camket.demo import _print_table, _rows
from camket.living import story
from camket.living.chores import needed
from camket.living.founding import MARK, ZONE, clear_folder, found_city, instant
from camket.living.pictures import photograph
from camket.living.quarters import Reported
from camket.living.temperament import SHARES, Flaw, Temperament, drawn, habit_of, temperament_of
from workflow.accounts import ensure_local_administrator
from workflow.domain.agreement import AllOf, AnyOf, Requirement
from workflow.domain.errors import Refusal
from workflow.domain.periods import CALENDAR
from workflow.domain.tally import Boxes
from workflow.i18n import translator

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Engine

# --- one quarter, lived twice -----------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What one demonstration printed, and the report that it issued."""

    said: Mapping[str, Any]
    report: Mapping[str, Any]
    data: Path
    out: Path


def lived(place: Path, *, seed: str) -> Run:
    """The first quarter, lived by a process of its own that hashes in its own way."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "camket", "demo", "--quarters", "1", "--json"),
            *("--data", str(place / "data"), "--out", str(place / "out")),
        ],
        env={**os.environ, "PYTHONHASHSEED": seed, "CAMKET_LANG": "en"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not done.stderr, "in a pipe it tells no progress"
    report = json.loads((place / "out" / "2024-Q1.json").read_bytes())
    return Run(said=json.loads(done.stdout), report=report, data=place / "data", out=place / "out")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return lived(tmp_path_factory.mktemp("demo"), seed="1")


def without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in names}


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_runs_tell_the_same(run: Run, tmp_path: Path) -> None:
    one, other = run, lived(tmp_path, seed="2")
    # What was issued bears the seal of a journal whose key is each folder's own.
    assert without(one.report, "issue") == without(other.report, "issue")
    # A reminder that falls due as the verdict comes in goes or stays by who is first; no
    # figure of a report hangs on it.
    differing = ("seconds", "data", "out", "quarters", "journal", "letters")
    assert without(one.said, *differing) == without(other.said, *differing)
    assert one.said["journal"]["entries"] == other.said["journal"]["entries"]


@pytest.mark.timeout(1200)
def test_everything_is_verified_and_nothing_is_missing(run: Run) -> None:
    said = run.said
    assert said["is_verified"] is True
    assert (said["coverage"]["gaps"], said["journal"]["problems"], said["parked"]) == (0, 0, 0)
    (quarter,) = said["quarters"]
    assert (quarter["findings"], quarter["coverage_gaps"]) == (0, 0)
    assert quarter["total"] == sum(quarter["boxes"].values())
    assert sum(quarter["verdicts"].values()) >= sum(said["evidence"].values()) - 20
    assert {path.name for path in run.out.iterdir()} == {
        *(f"2024-Q1.{kind}" for kind in ("pdf", "docx", "xlsx", "html", "json")),
        MARK,
    }
    assert run.report["is_simulated"] is True


def line_of(report: Mapping[str, Any], unit: str, duty: str, occasion: str) -> dict[str, Any]:
    """The line of one task, as the report has it."""
    (line,) = (
        line
        for line in report["tasks"]
        if (line["unit"], line["obligation"], line["occasion"]) == (unit, duty, occasion)
    )
    return dict(line)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("unit", "duty", "occasion", "expected"),
    [
        # Due on 20/3; bought nine days later.
        (
            *("phong-tai-chinh", "mua-bbn", "2024-Q2"),
            {"box": "done_late", "done_on": "2024-03-29", "days_late": 9},
        ),
        # Too few at first; the rest twelve days after that.
        (
            *("phuong-dong-ky", "mua-bbn", "2024-Q2"),
            {"box": "done_late", "original_due_on": "2024-03-20"},
        ),
        ("phuong-tuong-giang", "mua-bbn", "2024-Q2", {"box": "not_done_overdue", "done_on": None}),
        # The right invoice bears an earlier day than the due day: what counts is the deed.
        ("thcs-phu-khe", "mua-bbn", "2024-Q2", {"box": "done_on_time", "state": "accepted"}),
        ("thcs-chau-khe", "doc-bao", "2024-02", {"box": "done_on_time", "state": "accepted"}),
        ("phuong-phu-khe", "doc-bao", "2024-03", {"box": "not_done_overdue", "state": "returned"}),
        ("chi-bo-vp-thanh-uy", "doc-bao", "2024-02", {"box": "waived", "state": "waived"}),
        # Ten more days were granted; the original day stays on record.
        (
            *("phuong-huong-mac", "mua-bbn", "2024-Q2"),
            {"box": "done_on_time", "original_due_on": "2024-03-20", "due_on": "2024-03-30"},
        ),
        ("ban-tuyen-giao", "cung-cap-thong-tin", "2024-02", {"box": "done_on_time"}),
    ],
)
def test_each_incident_is_told_as_what_it_was(
    run: Run, unit: str, duty: str, occasion: str, expected: Mapping[str, Any]
) -> None:
    line = line_of(run.report, unit, duty, occasion)
    assert {name: line[name] for name in expected} == expected


@pytest.mark.timeout(1200)
def test_what_was_sent_back_says_why(run: Run) -> None:
    report = run.report
    line = line_of(report, "thcs-chau-khe", "doc-bao", "2024-02")
    assert line["returned"], "minutes of the wrong month are sent back by the checks"
    said = line_of(report, "ban-tuyen-giao", "bao-cao-quy-dau-moi", "2024-Q1")
    reason = story.SENT_BACK["ban-tuyen-giao", "bao-cao-quy-dau-moi", "2024-Q1"]
    assert reason in json.dumps(said["returned"], ensure_ascii=False)
    assert said["box"] == "done_on_time", "it was put right within the correction term"
    asked = line_of(report, "chi-bo-vp-thanh-uy", "doc-bao", "2024-02")["concessions"]
    assert [(one["kind"], one["decision"]) for one in asked] == [("waiver", "granted")]


@pytest.mark.timeout(1200)
def test_the_invoice_that_was_used_up_proves_nothing_more(run: Run) -> None:
    line = line_of(run.report, "chi-bo-1-tam-son", "mua-bbn", "2024-Q2")
    assert line["state"] == "accepted", "its own invoice came four days later"
    ward = line_of(run.report, "phuong-tam-son", "mua-bbn", "2024-Q2")
    assert ward["box"] == "done_on_time"


@pytest.mark.timeout(1200)
def test_a_demo_replaces_only_its_own_folders(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = shutil.copytree(run.data, tmp_path / "data")
    out = shutil.copytree(run.out, tmp_path / "out")
    (out / MARK).unlink()
    assert main(["demo", "--data", str(data), "--out", str(out), "--lang", "en"]) == 2
    assert "no earlier demo" in capsys.readouterr().err
    assert (out / "2024-Q1.pdf").is_file()


# --- folders ------------------------------------------------------------------------


def test_a_folder_in_use_is_refused_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    assert main(["demo", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(Refusal, match=r"demo\.folder_in_use"):
        clear_folder(file)


def test_an_earlier_demo_is_cleared_whole(tmp_path: Path) -> None:
    clear_folder(tmp_path / "new")
    (tmp_path / "new" / "camket.db").write_text("old")
    (tmp_path / "new" / "evidence").mkdir()
    (tmp_path / "new" / "evidence" / "one").write_text("old")
    clear_folder(tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [MARK]


# --- tempers and habits ---------------------------------------------------------------


def test_every_temper_is_met_about_as_often_as_is_said() -> None:
    met = Counter(temperament_of(f"office-{number}") for number in range(5_000))
    for temperament, share in SHARES.items():
        assert abs(met[temperament] / 50 - share) < 3


def test_a_draw_depends_on_what_it_is_about_alone() -> None:
    assert drawn("a", "b", of=1_000_000) == drawn("a", "b", of=1_000_000)
    assert drawn("a", "b", of=1_000_000) != drawn("ab", of=1_000_000)


@pytest.mark.parametrize("temperament", list(Temperament))
def test_habits_fit_their_temper(temperament: Temperament) -> None:
    habits = [
        habit_of(f"office-{number}", "duty", "2024-Q1", temperament=temperament, slack=5)
        for number in range(300)
    ]
    late = sum(habit.days_from_due > 5 for habit in habits)
    flawed = sum(habit.flaw is not Flaw.NONE for habit in habits)
    never = sum(habit.never for habit in habits)
    assert (late > 0) == (temperament is Temperament.LATE)
    assert (flawed > 100) == (temperament is Temperament.SLOPPY)
    assert (never > 0) == (temperament is Temperament.FORGETFUL)


def test_each_choice_of_a_proof_can_be_made() -> None:
    one, two, both = (Requirement(code=code, check="attachment") for code in ("a", "b", "c"))
    proof = AllOf(parts=(AnyOf(parts=(one, two)), both))
    assert [need.code for need in needed(proof, choice=0)] == ["a", "c"]
    assert [need.code for need in needed(proof, choice=1)] == ["b", "c"]
    assert list(needed(None, choice=0)) == []


def test_a_photograph_is_the_same_each_time_and_differs_by_subject() -> None:
    assert photograph("một") != photograph("hai")
    assert photograph("một") == photograph("một")


def test_the_story_speaks_of_units_and_duties_that_exist() -> None:
    from camket.living.founding import EXAMPLE
    from workflow.intake.agreement_file import read_agreement
    from workflow.intake.unit_sheet import read_units

    units = {unit.key for unit in read_units(EXAMPLE / "units.csv").units}
    duties = {duty.code for duty in read_agreement(EXAMPLE / "agreement.yaml").obligations}
    told = [*story.INCIDENTS, *story.SENT_BACK, story.AFTER_SUMMER_UNIT]
    assert {unit for unit, _, _ in told} <= units
    assert {duty for _, duty, _ in told} <= duties
    assert {contest.duty for contest in story.CONTESTS} <= duties
    assert set(story.CAST) <= units


def test_instants_are_those_of_the_example_and_its_zone() -> None:
    assert instant(date(2024, 1, 2), "08:30").astimezone(ZONE).isoformat() == (
        "2024-01-02T08:30:00+07:00"
    )


# --- the city and its size ---------------------------------------------------------------


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("size", "expected"), [(None, 71), (80, 80), (40, 40), (20, None)])
def test_the_city_is_as_large_as_asked(
    clone: Engine, size: int | None, expected: int | None
) -> None:
    with clone.begin() as db:
        by = ensure_local_administrator(db, name="Quản trị", at=instant(date(2023, 12, 1), "08:00"))
    city = found_city(clone, by=by, units=size)
    units = city.world.units
    if expected is None:
        # Whom a duty names by key stays, with those above, however small the city.
        assert 20 < len(units) < 40
        assert {"bao-bac-ninh", "buu-dien", "thanh-uy", "phong-tai-chinh"} <= units.keys()
    else:
        assert len(units) == expected
    assert {fact.value for unit in units.values() for fact in unit.parents} <= units.keys()
    assert {unit.paid_by for unit in units.values() if unit.paid_by} <= units.keys()
    assert ("chi-bo-so-41" in units) == (size == 80)
    assert {event.addressed for event in city.events} - {None} <= units.keys()


def quarter(**boxes: int) -> Reported:
    period = CALENDAR.period_by_key("2024-Q1")
    return Reported(
        period=period,
        report_id=1,
        number="01/2024",
        sha256="0" * 64,
        boxes=Boxes(total=sum(boxes.values()), **boxes),
        doubts=0,
        late_notices=0,
        verdicts={"passed": 1234},
        gaps=0,
        findings=0,
        files={},
        seconds=1.4,
    )


@pytest.mark.parametrize(
    ("lang", "cells"),
    [("vi", ["Quý I/2024", "1.000", "75,0%", "1.234"]), ("en", ["QI/2024", "1,000", "75.0%"])],
)
def test_the_table_is_in_the_language_and_aligned(
    lang: str, cells: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(_rows([quarter(done_on_time=750, not_done_overdue=250)], translator(lang)))
    shown = {row[1] for row in rows}
    assert set(cells) <= shown
    _print_table(rows)
    lines = capsys.readouterr().out.splitlines()
    assert len({len(line) for line in lines}) == 1, "every column ends where the others do"


def test_nothing_due_gives_no_rate() -> None:
    rows = [row[1] for row in _rows([quarter()], translator("en"))]
    assert rows.count("–") == 2


def test_each_role_of_the_demonstration_can_be_signed_in_to(run: Run, tmp_path: Path) -> None:
    from camket.living.entrances import open_entrances
    from workflow.passwords import verified
    from workflow.simulation import latest_instant
    from workflow.store.engine import make_engine

    copied = tmp_path / "camket.db"
    shutil.copy(run.data / "camket.db", copied)
    engine = make_engine(f"sqlite:///{copied}")
    with engine.begin() as db:
        at = latest_instant(db)
    assert at is not None
    password, entrances = open_entrances(engine, at=at)
    assert {one.role for one in entrances} == {
        *("administrator", "reviewer", "leader", "auditor", "unit_officer")
    }
    with engine.begin() as db:
        assert all(verified(db, one.key, password=password) for one in entrances)
    engine.dispose()
