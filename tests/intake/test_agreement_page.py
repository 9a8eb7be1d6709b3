from __future__ import annotations

import re

import pytest

from tests.intake.agreement_page import PAGE, forms, with_tables
from workflow.domain.units import Dated, Roster, Span, Unit
from workflow.intake.agreement_file import read_agreement
from workflow.intake.amendment_file import read_amendment
from workflow.intake.form import FIRST_DAY
from workflow.intake.obligation_form import DueForm
from workflow.intake.places import document
from workflow.intake.succession_file import read_succession
from workflow.intake.trigger_form import TriggerForm
from workflow.intake.unit_sheet import read_units

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(?:yaml|csv)\n(.*?)```", TEXT, re.DOTALL)


def example(beginning: str) -> str:
    (found,) = (each for each in EXAMPLES if each.startswith(beginning))
    return str(found)


def section(heading: str) -> str:
    return TEXT.partition(f"\n### {heading}\n")[2].partition("\n#")[0]


def test_the_tables_are_those_of_the_forms() -> None:
    assert with_tables(TEXT) == TEXT, "run python -m tests.intake.agreement_page"


def test_every_form_has_a_table() -> None:
    shown = set(re.findall(r"<!-- keys: (\w+) -->", TEXT))
    written = {name for name, form in forms().items() if "properties" in form}
    # A change in an amendment is a version without days.
    assert shown == written - {"Trigger", "Change"}


def test_the_links_of_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
        for heading in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= headings


def test_the_examples_are_read() -> None:
    agreement = read_agreement(example("code: TS-BBN-2023"))
    versions = "    " + example("versions:").replace("\n", "\n    ")
    assert len(read_agreement(example("code: TS-BBN-2023") + versions).obligations) == 3
    proof = "    " + example("proof:").replace("\n", "\n    ")
    text = re.sub(r" +proof: .*\n", proof.rstrip(" "), example("code: TS-BBN-2023"))
    assert read_agreement(text).obligations[0].proof != agreement.obligations[0].proof
    assert len(read_amendment(example("agreement:"), agreement=agreement).adds) == 1
    (ward,) = read_units(example("key,kind").encode()).units
    assert [quota.copies for quota in ward.quotas] == [14, 16]
    life = Span(from_on=FIRST_DAY)
    roster = Roster(
        Unit(key=key, kind="phuong", life=life, names=(Dated(value=key, span=life),))
        for key in ("dong-ngan", "tan-hong", "thcs-tan-hong", "vp-thanh-uy")
    )
    assert len(read_succession(example("date:"), roster=roster).successors) == 2


@pytest.mark.parametrize(
    ("heading", "form"), [("Trigger", TriggerForm), ("Due", DueForm)], ids=["trigger", "due"]
)
def test_each_way_of_writing_that_a_table_shows_is_read(
    heading: str, form: type[TriggerForm | DueForm]
) -> None:
    written = re.findall(r"^\| `(\{.*?\})` \|", section(heading), re.MULTILINE)
    assert len(written) >= 5
    for each in written:
        form.model_validate(document(f"x: {each}").data["x"]).value()  # type: ignore[index]  # it is a mapping
