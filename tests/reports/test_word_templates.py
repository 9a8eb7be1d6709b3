"""An office's own template: tried, refused with the place of what is wrong, and filled in."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
import pytest

from reports.documents.profiles import PROFILES, Profile
from reports.documents.render_docx import render_docx
from reports.documents.template_fields import FIELDS, NAMES, values
from reports.documents.word_looks import built_in
from reports.documents.word_templates import PLACES, tried
from reports.letterhead import Issuer, Letterhead
from reports.letterheads import (
    LONGEST,
    change_letterhead,
    change_template,
    letterhead_from,
    letterhead_words,
    template_of,
)
from reports.reading import draft_file
from tests import worlds
from tests.reports import quarter
from tests.reports.quarter import CODE
from workflow import labels
from workflow.domain.errors import Refusal
from workflow.journal import Act
from workflow.store.journal import journal_entry
from workflow.store.letterheads import letterhead_of_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docx.document import Document as Word
    from sqlalchemy import Connection

# What is in a file does not depend on where the rows come from.
pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)


def template(*lines: str, header: str = "") -> bytes:
    word: Any = docx.Document()
    if header:
        word.sections[0].header.paragraphs[0].text = header
    for line in (*lines, "{{ report_text }}", "{{ annexes }}"):
        word.add_paragraph(line)
    return saved(word)


def saved(word: Word) -> bytes:
    buffer = BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def refused(work: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as found:
        work()
    assert labels.describe(found.value, "vi")
    return found.value


@pytest.mark.parametrize("profile", PROFILES, ids=lambda one: one.key)
def test_the_built_in_template_is_one_that_an_office_may_begin_with(
    engine_kind: str, profile: Profile
) -> None:
    assert engine_kind == "sqlite"
    tried(saved(built_in(profile)))


def test_a_wrong_name_is_named_with_its_place(engine_kind: str) -> None:
    assert engine_kind == "sqlite"
    wrong = refused(lambda: tried(template("Số: {{ numbr }}")))
    assert wrong.code == "template.unknown_field"
    assert wrong.facts == {
        "place": "¶1: «Số: {{ numbr }}»",
        "field": "numbr",
        "nearest": "number",
    }
    wrong = refused(lambda: tried(template(header="{{ bdy }}")))
    assert (wrong.facts["place"], wrong.facts["nearest"]) == ("header ¶1: «{{ bdy }}»", "body")


def test_a_wrong_name_within_a_line_is_found_as_well(engine_kind: str) -> None:
    assert engine_kind == "sqlite"
    lines = ("{%p for one in units %}", "{{ one.nme }}", "{%p endfor %}")
    wrong = refused(lambda: tried(template(*lines)))
    assert (wrong.code, wrong.facts["field"]) == ("template.unknown_field", "nme")
    assert wrong.facts["place"] == "¶2: «{{ one.nme }}»"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{% if number %}", "template.wrong"),
        ("{{ number | nothing }}", "template.wrong"),
        ("{{ range(9) }}", "template.unknown_field"),
        ("{{ report_text }} and more", "template.place_missing"),
    ],
)
def test_nothing_but_the_given_values_is_reached(engine_kind: str, line: str, code: str) -> None:
    assert engine_kind == "sqlite"
    assert refused(lambda: tried(template(line))).code == code


@pytest.mark.parametrize("inner", ["number.__class__.__mro__", "''.join.__globals__"])
def test_python_itself_is_out_of_reach(engine_kind: str, inner: str) -> None:
    assert engine_kind == "sqlite"
    wrong = refused(lambda: tried(template(f"{{{{ {inner} }}}}")))
    assert wrong.code in {"template.unknown_field", "template.wrong"}


def test_a_template_without_a_place_for_the_report_is_refused(engine_kind: str) -> None:
    assert engine_kind == "sqlite"
    word: Any = docx.Document()
    word.add_paragraph("{{ report_text }}")
    wrong = refused(lambda: tried(saved(word)))
    assert (wrong.code, wrong.facts) == ("template.place_missing", {"field": "{{ annexes }}"})


def test_what_is_no_word_document_is_refused(engine_kind: str) -> None:
    assert engine_kind == "sqlite"
    assert refused(lambda: tried(b"%PDF-1.7")).code == "template.not_word"
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("a.txt", "x")
    assert refused(lambda: tried(buffer.getvalue())).code == "template.not_word"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 50_000_001)
    assert refused(lambda: tried(buffer.getvalue())).code == "template.too_large"


def test_every_field_has_its_value(db: Connection) -> None:
    from reports.documents.chapters import document

    quarter.lived(db)
    report = quarter.report(db)
    given = values(report, document(report, lang="vi"))
    assert set(given) | set(PLACES) == NAMES
    for field in FIELDS:
        if field.within:
            assert set(given[field.name][0]) == set(field.within), field.name


def test_the_offices_template_is_filled_in_and_hostile_text_stays_text(db: Connection) -> None:
    from dataclasses import replace

    quarter.lived(db)
    report = quarter.report(db)
    title = 'Chương trình <b>"A & B"</b> {{ number }}'
    report = replace(report, agreement=replace(report.agreement, title=title))
    own = template(
        "{{ agreement_title }}",
        "{%p for one in units %}",
        "{{ one.name }}: {{ one.done }}/{{ one.total }} ({{ one.rate_on_due }})",
        "{%p endfor %}",
        header="{{ body }}",
    )
    word: Any = docx.Document(BytesIO(render_docx(report, lang="vi", template=own)))
    texts = [one.text for one in word.paragraphs]
    assert texts[0] == title
    assert "Phường Ấp Bắc: 3/5 (60,0%)" in texts
    assert word.sections[0].header.paragraphs[0].text == "THÀNH ỦY TỪ SƠN"
    assert any(text.startswith("I. ") for text in texts)
    assert len(word.sections) == 11
    assert not any("\ue010" in text for text in texts)


# --- setting it -----------------------------------------------------------------------


def by(key: str) -> Act:
    return Act(by=key, at=worlds.at("2024-04-05"))


@pytest.fixture
def office(db: Connection) -> Connection:
    quarter.lived(db)
    quarter.office(db)
    return db


def test_a_letterhead_is_set_journaled_and_borne_by_the_next_draft(office: Connection) -> None:
    said = letterhead_from({"issuer": "party", "body": " Thành  ủy ", "recipients": "A\n\nB\n"})
    assert said == Letterhead(issuer=Issuer.PARTY, body="Thành ủy", recipients=("A", "B"))
    change_letterhead(office, agreement=CODE, letterhead=said, act=by("quan-tri"))
    assert quarter.report(office).letterhead == said
    again = letterhead_from({"body": "Báo"})
    change_letterhead(office, agreement=CODE, letterhead=again, act=by("quan-tri"))
    row = letterhead_of_code(office, CODE)
    assert row is not None
    assert letterhead_words(office, row.agreement_id) == again
    verbs = list(office.scalars(journal_entry.select().with_only_columns(journal_entry.c.verb)))
    assert verbs.count("letterhead.changed") == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"bodi": "x"}, "letterhead.unknown_word"),
        ({"issuer": "press"}, "letterhead.issuer_unknown"),
        ({"body": "x" * (LONGEST + 1)}, "letterhead.too_long"),
        ({"recipients": "x\n" * 41}, "letterhead.too_many"),
        ({"recipients": 3}, "letterhead.unknown_word"),
    ],
)
def test_a_wrong_letterhead_is_refused(
    engine_kind: str, words: dict[str, object], code: str
) -> None:
    assert engine_kind == "sqlite"
    assert refused(lambda: letterhead_from(words)).code == code


@pytest.mark.parametrize("key", ["lanh-dao", "kiem-toan", "can-bo"])
def test_only_who_drafts_sets_letterhead_and_template(
    office: Connection, tmp_path: Path, key: str
) -> None:
    act = by(key)
    assert (
        refused(
            lambda: change_letterhead(office, agreement=CODE, letterhead=Letterhead(), act=act)
        ).code
        == "access.denied"
    )
    assert (
        refused(
            lambda: change_template(
                office, agreement=CODE, name="a", content=None, data_dir=tmp_path, act=act
            )
        ).code
        == "access.denied"
    )


def test_a_template_is_tried_kept_used_and_missed(office: Connection, tmp_path: Path) -> None:
    from reports.drafting import Basis, draft_report
    from workflow.coverage import prove_coverage

    def change(content: bytes | None) -> None:
        change_template(
            office,
            agreement=CODE,
            name="mau.docx",
            content=content,
            data_dir=tmp_path,
            act=by("quan-tri"),
        )

    assert template_of(office, CODE, data_dir=tmp_path) is None
    assert refused(lambda: change(template("{{ x }}"))).code == "template.unknown_field"
    assert refused(lambda: change(b"x" * 5_000_001)).code == "template.too_large"
    own = template("MẪU RIÊNG")
    change(own)
    assert template_of(office, CODE, data_dir=tmp_path) == own
    coverage = prove_coverage(office, agreement=CODE, at=worlds.at("2024-04-05"))
    report_id = draft_report(
        office,
        agreement=CODE,
        period="2024-Q1",
        basis=Basis(coverage=coverage, is_simulated=False),
        act=by("quan-tri"),
    )
    made = draft_file(office, report_id, "docx", by="quan-tri", lang="vi", data_dir=tmp_path)
    assert docx.Document(BytesIO(made)).paragraphs[0].text == "MẪU RIÊNG"
    (file,) = (one for one in (tmp_path / "report-templates").rglob("*") if one.is_file())
    file.chmod(0o600)
    file.write_bytes(b"changed")
    assert refused(lambda: template_of(office, CODE, data_dir=tmp_path)).code == "template.missing"
    file.unlink()
    assert refused(lambda: template_of(office, CODE, data_dir=tmp_path)).code == "template.missing"
    change(None)
    assert template_of(office, CODE, data_dir=tmp_path) is None
