"""Sentences made of figures: whole in both languages, and true to the value."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings

from reports.figures import added
from reports.narrating.circumstances import Circumstances, Met
from reports.narrating.sentences import (
    Figure,
    Footing,
    Sentence,
    Use,
    around,
    outdated,
    standing,
    used,
    written_on,
)
from reports.quarterly import Paragraph, read, written
from tests.reports import told
from tests.reports.told import NAMES, boxed, made
from workflow.domain.tally import Box
from workflow.i18n import LANGUAGES, translator

if TYPE_CHECKING:
    from reports.figures import Line
    from reports.quarterly import Report

NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
#: What holds digits and is no figure: names, titles, days, periods and the terms of a band.
NO_FIGURES = re.compile(
    r"u\d\d|D\d|\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d|(?:quý|Quarter) [IV]+/\d{4}|90 (?:ngày|days)"
)
DONE = boxed(done_on_time=2)
LATE = boxed(done_late=1)
OVER = boxed(not_done_overdue=1)
OPEN = boxed(not_done_in_time=1)


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(NO_FIGURES.sub("", text)))


def as_told(figure: Figure, lang: str) -> set[str]:
    """The ways in which a figure may stand in a sentence."""
    say = translator(lang)
    if isinstance(figure.value, int):
        return {say.number(figure.value)}
    if "/" in figure.value:
        share = Fraction(figure.value)
        return {say.percent(share), say.number(abs(share) * 100, digits=1)}
    return set()


def in_value(report: Report, figure: Figure) -> int | str | None:
    """The same figure found in the value by its own name, where it is one of the value's."""
    boxes = report.total.boxes
    owing = [unit for unit in report.units if unit.line.is_met is not None]
    total = {
        "done": boxes.done,
        "due": boxes.due,
        "awaiting": boxes.awaiting,
        "done_late": boxes.done_late,
        "not_done_overdue": boxes.not_done_overdue,
        "units_met": sum(unit.line.is_met is True for unit in owing),
        "units_owing": len(owing),
        "units_overdue": sum(unit.line.boxes.not_done_overdue > 0 for unit in report.units),
        "units_late": sum(unit.line.boxes.done_late > 0 for unit in report.units),
        "overdue_longest": report.total.overdue[-1],
    }
    if figure.of == "total":
        return total.get(figure.name)
    if figure.of == "duty" and "/" in figure.key:
        side, code = figure.key.split("/")
        duty = next(
            duty
            for one in report.sides
            if one.code == side
            for duty in one.duties
            if duty.code == code
        )
        known = {"units_met": duty.units_met, "units_owing": duty.units_owing}
        return known.get(figure.name)
    if figure.of == "unit" and figure.name == "not_done_overdue":
        lines = {unit.key: unit.line for unit in report.units}
        return lines[figure.key].boxes.not_done_overdue
    return None


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(told.reports())
def test_any_figures_give_whole_sentences_of_nothing_but_the_values_figures(
    report: Report,
) -> None:
    assert len({one.key for one in report.sentences}) == len(report.sentences)
    assert {one.place for one in report.sentences} <= set(Paragraph)
    known = 0
    for one in report.sentences:
        for lang in LANGUAGES:
            text = one.texts[lang]
            assert text.endswith((".", "…", "”."))
            assert text[:1].upper() == text[:1]
            assert not re.search(r"[{}]|None|  | [,;.:]|[,;:.][,;:.]|: *\.|\(\)", text), text
            allowed = set().union(*(as_told(figure, lang) for figure in one.figures))
            # A list that is cut tells how many more there are: a difference of figures.
            spare = {n for n in numbers(text) - allowed if re.search(rf"(?:và|and) {n} ", text)}
            assert numbers(text) - spare <= allowed, (text, one.figures)
        for figure in one.figures:
            found = in_value(report, figure)
            if found is not None:
                assert found == figure.value, (one.key, figure)
                known += 1
    assert known or all(unit.line.is_met is None for unit in report.units)
    assert read(written(report)) == report


def texts(report: Report, lang: str = "vi") -> dict[str, str]:
    return {one.key: one.texts[lang] for one in report.sentences}


def of_units(*lines: Line, before: Met | None = None, **more: Any) -> Report:
    """A report on one duty of one side, a line for each unit, with the period before it."""
    pairs = {("D1", f"u{number:02}"): line for number, line in enumerate(lines)}
    known = Circumstances(met_before={} if before is None else {"": before, "D1": before})
    return made(
        pairs,
        sides={key: "a" for _, key in pairs},
        known=known,
        beside=(told.previous(),) if before is not None else (),
        **more,
    )


def test_small_numbers_have_words_of_their_own() -> None:
    head = "Trong quý I/2024"
    assert texts(of_units(DONE))["results.units"] == (
        f"{head}, {NAMES[0]} u00 (đơn vị duy nhất có nhiệm vụ) đã hoàn thành toàn bộ nhiệm vụ"
        " được giao."
    )
    assert texts(of_units(OVER))["results.duty:a/D1"] == (
        f"Đọc báo: {NAMES[0]} u00 được giao nhưng chưa hoàn thành, đã quá hạn."
    )
    assert texts(of_units(DONE, DONE))["results.units"] == (
        f"{head}, cả 2 đơn vị đều hoàn thành toàn bộ nhiệm vụ được giao."
    )
    assert texts(of_units(OPEN, OPEN))["results.units"] == (
        f"{head}, chưa có đơn vị nào trong 2 đơn vị hoàn thành toàn bộ nhiệm vụ được giao."
    )
    assert texts(of_units(DONE, OPEN))["results.units"] == (
        f"{head} có 1/2 đơn vị hoàn thành toàn bộ nhiệm vụ được giao (50,0%); còn 1 đơn vị chưa"
        " hoàn thành nhưng chưa quá hạn."
    )
    assert "trong đó 1 đơn vị quá hạn: " in texts(of_units(DONE, OPEN, OVER))["results.units"]
    waived = texts(of_units(boxed(waived=1)))
    assert waived["results.units"] == f"{head}, các nhiệm vụ đều được miễn hoặc tạm dừng thực hiện."


def test_a_comparison_says_rose_fell_unchanged_or_that_there_is_nothing_to_compare_with() -> None:
    three = (DONE, DONE, OVER)

    def clause(before: Met | None) -> str:
        said = texts(of_units(*three, before=before))["results.duty:a/D1"]
        return said.removeprefix("Đọc báo: có 2/3 đơn vị hoàn thành (66,7%)").split(";")[0]

    assert clause(Met(met=1, owing=2)) == ", tăng 16,7 điểm phần trăm so với quý IV/2023"
    assert clause(Met(met=3, owing=4)) == ", giảm 8,3 điểm phần trăm so với quý IV/2023"
    assert clause(Met(met=4, owing=6)) == ", bằng quý IV/2023"
    assert clause(Met(met=6667, owing=10000)) == ", tương đương quý IV/2023"
    assert clause(Met(met=0, owing=0)) == ""
    none = texts(of_units(*three, before=Met(met=0, owing=0)))["results.units"]
    assert "(66,7%), quý IV/2023 không phát sinh nên không so sánh; " in none
    assert clause(None) == ""
    whole = texts(of_units(DONE, DONE, before=Met(met=1, owing=2)))
    assert whole["results.units"].endswith(", tỷ lệ này ở quý IV/2023 là 50,0%.")
    assert whole["strengths.rose"].endswith("Đọc báo tăng 50,0 điểm phần trăm, đạt 100,0%.")
    fell = texts(of_units(*three, before=Met(met=3, owing=3)), "en")["shortcomings.fell"]
    assert fell == ("Against Quarter IV/2023 these fell: Đọc báo down by 33.3 points to 66.7%.")


def test_long_lists_are_cut_with_the_number_of_the_rest_and_where_they_stand() -> None:
    said = texts(of_units(*[OVER] * 20, DONE))["results.units"]
    assert "còn 20 đơn vị quá hạn: " in said
    assert said.endswith(" và 14 đơn vị khác (xem phụ lục kết quả theo đơn vị).")
    assert said.count(" u0") == 6
    english = texts(of_units(*[OVER] * 20, DONE), "en")["results.units"]
    assert english.endswith(" and 14 units more (see the annex by unit).")
    # Eight are all named, the last one apart; names with commas are set apart otherwise.
    eight = texts(of_units(*[OVER] * 8, DONE))["results.units"]
    assert "khác" not in eight
    assert eight.count("; ") == 8
    pairs = {(f"D{number}", "u00"): DONE for number in range(1, 10)}
    whole = texts(made(pairs, sides={"u00": "a"}, known=Circumstances()))["results.whole:a"]
    assert whole.endswith("; và 3 nhiệm vụ khác (xem phụ lục kết quả theo nghĩa vụ).")
    behind = texts(of_units(*[OVER] * 6, boxed(not_done_overdue=3)))["shortcomings.behind"]
    assert behind.startswith(f"Các đơn vị quá hạn nhiều nhất: {NAMES[2]} u06 (3 nhiệm vụ)")


def test_nothing_to_report_is_said_or_left_unsaid() -> None:
    nothing = texts(made({}, sides={}, known=Circumstances()))
    assert [*nothing] == ["direction.none", "plans.coming"]
    assert nothing["direction.none"] == (
        "Trong quý I/2024, hệ thống không ghi nhận ý kiến chỉ đạo và cuộc họp nào."
    )
    assert "chưa có nhiệm vụ nào đến hạn" in nothing["plans.coming"]
    whole = texts(of_units(DONE, DONE))
    assert whole["strengths.none_overdue"] == "Không có nhiệm vụ nào quá hạn."
    assert not [key for key in whole if key.startswith(("shortcomings", "causes", "proposals"))]
    ends = replace(of_units(DONE).agreement, ends_on=told.NEXT.from_on)
    last = texts(of_units(DONE, agreement=ends))["plans.coming"]
    assert last.startswith("Chương trình kết thúc trong kỳ này")
    # A value of an older form knows nothing around its figures, and tells no sentence.
    assert texts(made({}, sides={}, known=Circumstances(), circumstances=None)) == {}


def test_reasons_are_told_in_the_words_of_units_cut_where_they_are_long() -> None:
    long = "Chưa nhận được hóa đơn của bưu điện, " * 10
    tasks = tuple(
        told.late_task(number, "D1", "u00", Box.DONE_LATE, reason=why)
        for number, why in enumerate([long, "Ốm.", "", "Ốm", "Ốm", "Ốm", "Ốm", "Ốm"])
    )
    said = texts(of_units(LATE, tasks=tasks))["causes.reasons"]
    assert said.startswith("Trong 8 nhiệm vụ chậm hoặc quá hạn, có 7 nhiệm vụ được nêu lý do: ")
    assert "…”; Phường Ấp Bắc u00, Đọc báo: “Ốm”; " in said
    assert len(said) < 500
    assert said.endswith("; và 2 mục nữa; 1 nhiệm vụ chưa nêu lý do.")
    silent = texts(of_units(LATE, tasks=tasks[2:3]), "en")["causes.reasons"]
    assert silent == "For the 1 late task no reason is on record."


def test_both_sides_of_one_duty_are_told_without_a_comparison_of_the_whole() -> None:
    pairs = {("D1", "u00"): DONE, ("D1", "u01"): OVER, ("D1", "u02"): DONE, ("D1", "u03"): OVER}
    report = made(
        pairs,
        sides={"u00": "a", "u01": "a", "u02": "b", "u03": "b"},
        known=Circumstances(met_before={"": Met(met=1, owing=4), "D1": Met(met=1, owing=4)}),
        beside=(told.previous(added(pairs.values())),),
    )
    said = texts(report)
    assert "so với" not in said["results.duty:a/D1"]
    assert "tăng 25,0 điểm phần trăm so với quý IV/2023" in said["results.units"]


# --- what people's words stand on ------------------------------------------------------------

FIVE = Figure(of="total", key="", name="overdue", value=5)
RATE = Figure(of="total", key="", name="rate", value="58/63")
WHO = Figure(of="unit", key="u1", name="is_overdue", value=1)


def a_sentence(*figures: Figure, key: str = "results.units", place: str = "results") -> Sentence:
    return Sentence(key=key, place=place, part=None, texts={"vi": "Câu."}, figures=figures)


def test_a_sentence_that_was_taken_over_is_outdated_by_any_figure_that_differs() -> None:
    was = a_sentence(FIVE, RATE, WHO)
    footings = used((), was, Use.TAKEN)
    assert outdated([was], footings) == ()
    for changed in (
        (replace(FIVE, value=4), RATE, WHO),
        (FIVE, replace(RATE, value="57/63"), WHO),
        # One name for another, with the same number of them.
        (FIVE, RATE, replace(WHO, key="u2")),
        (FIVE, RATE),
    ):
        now = a_sentence(*changed)
        (found,) = outdated([now], footings)
        assert found.now == now
        assert found.changes
    (gone,) = outdated([], footings)
    assert gone.now is None
    assert written_on([a_sentence(RATE)], footings, place="results", text="Lời.") == (
        Footing(use=Use.TAKEN, sentence=a_sentence(RATE)),
    )


def test_ones_own_words_stand_on_the_figures_whose_numbers_they_tell() -> None:
    sentence = a_sentence(FIVE, RATE, WHO, replace(FIVE, name="all", value=1234))

    def cited(text: str) -> set[str]:
        footings = written_on([sentence], (), place="results", text=text)
        return {figure.name for one in footings for figure in one.sentence.figures}

    assert cited("Còn 5 đơn vị, đạt 92,1%.") == {"overdue", "rate"}
    assert cited("Rate 92.1%, of 1,234 or 1.234 or 1234.") == {"rate", "all"}
    assert cited("Mục 15, điểm 5a, 55 đơn vị, x5, 5,5 điểm: không số nào.") == set()
    # A single one stands in a text for too many reasons.
    assert cited("Có 1 đơn vị.") == set()
    assert written_on([sentence], (), place="causes", text="5") == ()
    footings = written_on([sentence], (), place="results", text="Còn 5 đơn vị.")
    assert standing([sentence], footings, place="results") == [sentence]
    # Only what is cited can outdate it.
    assert outdated([a_sentence(FIVE)], footings) == ()
    (found,) = outdated([a_sentence(replace(FIVE, value=4), RATE)], footings)
    assert found.changes == ((FIVE, replace(FIVE, value=4)),)


def test_text_that_is_taken_away_gives_back_what_it_took_and_keeps_what_is_left_out() -> None:
    taken, out = a_sentence(FIVE), a_sentence(RATE, key="results.tasks")
    footings = used(used((), taken, Use.TAKEN), out, Use.LEFT_OUT)
    assert standing([taken, out], footings, place="results") == []
    after = written_on([taken, out], footings, place="results", text="")
    assert standing([taken, out], after, place="results") == [taken]
    assert used(after, out, None) == ()


def test_a_line_says_where_composed_sentences_stand() -> None:
    assert around("Sau.") == ("", "Sau.")
    assert around("Trước.\n […] \nSau.\n[…]") == ("Trước.", "Sau.\n[…]")
    assert around("[...]") == ("", "")
