"""Obligations written with a form: in a draft, in one in force, as text, and with mistakes."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import duty
from tests.web.asking import statements_of
from tests.web.conftest import Web, with_password
from tests.worlds import act, day
from web.writing.duty_fields import form_of
from workflow import catalogue, definitions
from workflow.domain.agreement import AllOf, AnyOf, Count, Due, DueFrom, Requirement, Roll
from workflow.domain.triggers import After, Event, Every, Length
from workflow.store.tasks import task

if TYPE_CHECKING:
    from tests.web.conftest import Browser
    from workflow.domain.agreement import Obligation

DRAFT, ACTIVE = "/agreements/du-thao/duty", "/agreements/ct-01/duty"


@pytest.fixture
def city(drafted: Web) -> Web:
    return drafted


def kept(web: Web, code: str = "du-thao") -> catalogue.Kept:
    with web.engine.begin() as db:
        return catalogue.kept(db, code)


def said_of(web: Web, duty_code: str, code: str = "du-thao") -> list[Obligation]:
    return [one for one in kept(web, code).says.obligations if one.code == duty_code]


def hidden(browser: Browser) -> dict[str, Any]:
    """What the form carries along."""
    assert browser.last is not None
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', browser.last.text)
    return {name: html.unescape(value) for name, value in found if name != "form_token"}


def fields(version: Obligation, **more: Any) -> dict[str, Any]:
    shown = form_of(version)
    assert shown is not None
    return {**shown, **more}


def main_of(text: str) -> str:
    return html.unescape(text.split("<main", 1)[1])


NEW = {
    "title": "Báo cáo tháng",
    "clause": "d1",
    "bearer.kinds": ["phuong"],
    "trigger": "every",
    "trigger.every": "month",
    "due.kind": "offset",
    "due.days": "3",
    "due.side": "before",
    "due.from": "end",
    "due.count": "working",
    "due.roll": "preceding",
    "proof.kind": "any",
    "proof.0.check": "letter",
    "proof.0.minimum": "1",
    "proof.0.params.mentions_all": "một\r\nhai, ba",
    "proof.0.params.names_event_day": "no",
    "proof.1.check": "attachment",
    "proof.1.minimum": "2",
    "needs_person": "yes",
    "ladder.0.code": "nhac",
    "ladder.0.days": "2",
    "ladder.0.side": "before",
    "ladder.0.to": "head",
    "ladder.0.channel": "letter",
}


def test_only_whoever_defines_gets_there(city: Web) -> None:
    addresses = (DRAFT, ACTIVE, f"{ACTIVE}/end?of=mua-bao")
    browser, stranger = city.signed_in("tham-dinh"), city.stranger()
    for address in addresses:
        assert stranger.get(address).url.path == "/signin"
        assert browser.get(address).status_code == 403
    for path in ("", "/preview", "/drop", "/end"):
        sent = {"do": "save", "of": "doc-bao", **NEW}
        assert browser.post(f"{DRAFT}{path}", sent).status_code == 403
    assert [one.code for one in kept(city).says.obligations] == ["doc-bao"]


def test_an_agreement_of_others_is_not_there(city: Web) -> None:
    from workflow.accounts import add_user
    from workflow.domain.roles import Grant, Role

    with city.engine.begin() as db:
        grant = Grant(role=Role.ADMINISTRATOR, agreement="du-thao")
        add_user(db, "rieng", name="Riêng", grants=[grant], act=act(by="local"))
        with_password(db, "rieng")
    browser = city.signed_in("rieng")
    assert browser.get(DRAFT).status_code == 200
    assert browser.get(ACTIVE).status_code == 404
    assert browser.post(ACTIVE, {"do": "save", **NEW}).status_code == 404


def test_a_new_obligation_goes_into_the_draft_as_it_was_filled_in(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    answer = browser.post(DRAFT, {**NEW, "do": "save"})
    assert answer.url.path == "/agreements/du-thao"
    (found,) = said_of(city, "bao-cao-thang")
    assert found == replace(
        duty("bao-cao-thang", beneficiary=None),
        title="Báo cáo tháng",
        bearer=replace(found.bearer, kinds=frozenset({"phuong"})),
        trigger=Every(period=Length.MONTH),
        due=Due(offset=-3, reckoned=DueFrom.END, count=Count.WORKING, roll=Roll.PRECEDING),
        proof=AnyOf(
            parts=(
                Requirement(
                    code="letter",
                    check="letter",
                    params={"mentions_all": ["một", "hai, ba"], "names_event_day": False},
                ),
                Requirement(code="attachment", check="attachment", minimum=2),
            )
        ),
        needs_person=True,
        ladder=found.ladder,
    )
    assert [(one.code, one.days, one.to, one.channel) for one in found.ladder] == [
        ("nhac", -2, "head", "letter")
    ]
    assert kept(city).state == "draft"


def test_who_wrote_a_draft_last_does_not_activate_it(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    browser.post(DRAFT, {**NEW, "do": "save"})
    answer = browser.post("/agreements/du-thao/activate")
    assert answer.status_code == 422
    assert kept(city).state == "draft"
    other = city.signed_in("quan-tri-2")
    other.get("/agreements/du-thao")
    other.post("/agreements/du-thao/activate")
    assert kept(city).state == "active"


def test_an_obligation_brings_its_clause_with_its_place(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    clause = {"clause": "+", "clause.text": "Báo cáo mỗi tháng", "clause.place": "Đoạn 4"}
    browser.post(DRAFT, {**NEW, **clause, "do": "save"})
    says = kept(city).says
    assert (says.clauses[-1].code, says.clauses[-1].place) == ("bao-cao-moi-thang", "Đoạn 4")
    assert says.obligations[-1].clause == "bao-cao-moi-thang"


def test_a_form_shows_what_is_kept_and_saving_it_again_changes_nothing(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    (before,) = said_of(city, "doc-bao")
    browser.get(f"{DRAFT}?of=doc-bao")
    browser.post(DRAFT, {**fields(before), **hidden(browser), "do": "save"})
    assert said_of(city, "doc-bao") == [before]


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"title": "", "code": "x"}, "title", ""),
    ({"weight": "nặng"}, "weight", "số nguyên"),
    ({"due.days": "ba"}, "due.days", "số nguyên"),
    ({"clause": "la"}, "clause", "Không có điều khoản"),
    ({"bearer.kinds": []}, "bearer.kinds", ""),
    ({"bearer.keys.typed": "không ai cả"}, "bearer.keys.typed", "không ai cả"),
    ({"trigger": "event", "trigger.event": ""}, "trigger.event", ""),
    ({"trigger": "once", "trigger.once": "mai kia"}, "trigger.once", ""),
    (
        {"trigger": "day", "trigger.day.day": "31", "trigger.day.month": "2"},
        "trigger.day.day",
        "31/2",
    ),
    ({"trigger": "day", "trigger.day.calendar": "lunar"}, "trigger.day.day", ""),
    (
        {"trigger": "when", "trigger.when.figure": "x", "trigger.when.below": "nhiều"},
        "trigger.when.below",
        "",
    ),
    ({"trigger": "after", "trigger.after.obligation": "la"}, "trigger.after.obligation", ""),
    ({"due.kind": "fixed", "due.fixed.day": "40"}, "due.fixed.day", ""),
    ({"proof.1.check": "letter"}, "proof.1.check", ""),
    ({"proof.0.params.lead_working_days": "99"}, "proof.0.params.lead_working_days", ""),
    ({"proof.0.quota": "la"}, "proof.0.quota", ""),
    ({"ladder.1.code": "nhac", "ladder.1.days": "9", "ladder.1.to": "unit"}, "ladder.1.code", ""),
    ({"clause": "+", "clause.text": ""}, "clause.text", ""),
    ({"from": "2030-01-01"}, "from", ""),
    ({"code": "doc-bao"}, "code", "doc-bao"),
]


def test_a_mistake_is_said_at_its_field_and_nothing_is_lost(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    for change, name, words in MISTAKES:
        answer = browser.post(DRAFT, {**NEW, **change, "do": "save"})
        assert answer.status_code == 422, change
        page = main_of(answer.text)
        at = page.split(f'id="w-{name.replace(".", "-")}"')
        assert len(at) == 2, f"{change}: said once, at its field"
        assert words.lower() in at[1].split("</span>")[0].lower(), change
        assert "một\nhai, ba" in page, "what was typed elsewhere"
        assert 'value="Báo cáo tháng"' in page or name == "title"
    assert [one.code for one in kept(city).says.obligations] == ["doc-bao"]


def test_hostile_words_stay_words(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    words = '"><script>alert(1)</script>'
    answer = browser.post(
        DRAFT, {**NEW, "title": words, "ladder.0.code": words, "proof.0.check": words, "do": "save"}
    )
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    browser.post(DRAFT, {**NEW, "title": words, "do": "save"})
    for address in ("/agreements/du-thao", DRAFT, f"{DRAFT}?of=script-alert-1-script"):
        page = browser.get(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_buttons_add_and_remove_rows_and_keep_the_rest(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    page = browser.post(DRAFT, {**NEW, "do": "add proof"}).text
    assert 'name="proof.2.check"' in page
    page = browser.post(DRAFT, {**NEW, "do": "drop proof 0"}).text
    assert 'name="proof.0.check"' not in page
    assert 'name="proof.1.check"' in page
    page = browser.post(DRAFT, {**NEW, "do": "add ladder"}).text
    assert 'name="ladder.1.code"' in page
    page = browser.post(DRAFT, {**NEW, "do": "drop ladder 0"}).text
    assert 'name="ladder.0.code"' not in page
    one = {**NEW, "proof.kind": "one", "do": "add proof"}
    assert re.search(r'value="all"[^>]*checked', browser.post(DRAFT, one).text)
    page = browser.post(DRAFT, {**NEW, "proof.0.check": "invoice", "do": "again"}).text
    assert 'name="proof.0.params.sellers"' in page
    assert 'name="proof.0.params.mentions_all"' not in page
    assert 'role="alert"' not in page, "who only adds a row made no mistake"
    for nonsense in ("drop proof x", "add everything", "steps", "passage"):
        assert browser.post(DRAFT, {**NEW, "do": nonsense}).status_code == 200
    assert [one.code for one in kept(city).says.obligations] == ["doc-bao"]


def test_the_steps_of_another_obligation_are_taken(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    browser.post(DRAFT, {**NEW, "do": "save"})
    browser.get(DRAFT)
    bare = {name: one for name, one in NEW.items() if not name.startswith("ladder")}
    page = browser.post(DRAFT, {**bare, "ladder.like": "bao-cao-thang", "do": "steps"}).text
    assert re.search(r'name="ladder.0.code"[^>]*value="nhac"', page)


def test_the_preview_counts_units_and_gives_the_next_days_with_their_reasons(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    sent = {**NEW, "trigger.every": "quarter", "due.days": "0", "due.side": "after"}
    for address, extra in ((DRAFT, {"do": "preview"}), (f"{DRAFT}/preview", {})):
        answer = browser.post(address, {**sent, **extra})
        assert answer.status_code == 200
        page = html.unescape(answer.text)
        assert "áp dụng cho 2 đơn vị" in page
        # 31/3/2024 is a Sunday.
        assert "29/03/2024" in page
        assert "31/03/2024" in page, "the reason names the day that it was moved from"
        assert "code: bao-cao-thang" in page
    nobody = browser.post(f"{DRAFT}/preview", {**sent, "bearer.kinds": ["sao-hoa"]}).text
    assert "không áp dụng cho đơn vị nào" in html.unescape(nobody)
    wrong = browser.post(f"{DRAFT}/preview", {**sent, "title": ""})
    assert wrong.status_code == 200
    assert "Còn thiếu hoặc sai" in html.unescape(wrong.text)
    waiting = {**sent, "trigger": "event", "trigger.event": "hop", "due.from": "day"}
    assert "“hop”" in html.unescape(browser.post(f"{DRAFT}/preview", waiting).text)
    follows = {**sent, "trigger": "after", "trigger.after.obligation": "doc-bao"}
    assert browser.post(f"{DRAFT}/preview", follows).status_code == 200
    assert [one.code for one in kept(city).says.obligations] == ["doc-bao"]


def test_the_same_obligation_as_text_and_back(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    page = main_of(browser.post(DRAFT, {**NEW, "do": "text"}).text)
    text = page.split('name="text"', 1)[1].split(">", 1)[1].split("</textarea>")[0]
    back = browser.post(DRAFT, {"mode": "text", "text": text, "do": "form"})
    assert re.search(r'name="proof.1.minimum"[^>]*value="2"', back.text)
    answer = browser.post(DRAFT, {"mode": "text", "text": text, "do": "save"})
    assert answer.url.path == "/agreements/du-thao"
    (found,) = said_of(city, "bao-cao-thang")
    assert form_of(found) is not None
    assert found.proof is not None


def test_what_the_form_cannot_show_is_written_as_text(city: Web) -> None:
    deep = AllOf(parts=(AllOf(parts=(Requirement(code="a", check="letter"),)),))
    with city.engine.begin() as db:
        says = catalogue.kept(db, "du-thao").says
        changed = (replace(says.obligations[0], proof=deep),)
        definitions.import_agreement(
            db, replace(says, obligations=changed), act=act(by="quan-tri-2")
        )
    browser = city.signed_in("quan-tri")
    page = main_of(browser.get(f"{DRAFT}?of=doc-bao").text)
    text = page.split('name="text"', 1)[1].split(">", 1)[1].split("</textarea>")[0]
    sent = {**hidden(browser), "text": text.replace("Nghĩa vụ doc-bao", "Đọc báo")}
    assert "Biểu mẫu không thể hiện" in main_of(browser.post(DRAFT, {**sent, "do": "form"}).text)
    browser.post(DRAFT, {**sent, "do": "save"})
    (found,) = said_of(city, "doc-bao")
    assert (found.title, found.proof) == ("Đọc báo", deep)


def test_a_mistake_in_the_text_is_said_with_its_line(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(DRAFT)
    for text, line in (("code: x\ntitle: [\n", "3"), ("code: x\ntitle: y\nclaus: d1\n", "3")):
        answer = browser.post(DRAFT, {"mode": "text", "text": text, "do": "save"})
        assert answer.status_code == 422
        page = main_of(answer.text)
        assert f"Dòng {line}" in page
        assert text in page
    assert [one.code for one in kept(city).says.obligations] == ["doc-bao"]


def test_who_was_overtaken_is_told_and_may_save_again(city: Web) -> None:
    first, second = city.signed_in("quan-tri"), city.signed_in("quan-tri-2")
    (before,) = said_of(city, "doc-bao")
    for browser in (first, second):
        browser.get(f"{DRAFT}?of=doc-bao")
    mine, theirs = hidden(first), hidden(second)
    second.post(DRAFT, {**fields(before, title="Của người khác"), **theirs, "do": "save"})
    answer = first.post(DRAFT, {**fields(before, title="Của tôi"), **mine, "do": "save"})
    assert answer.status_code == 422
    assert "Có người đã sửa" in main_of(answer.text)
    assert said_of(city, "doc-bao")[0].title == "Của người khác"
    first.post(DRAFT, {**fields(before, title="Của tôi"), **hidden(first), "do": "save"})
    assert said_of(city, "doc-bao")[0].title == "Của tôi"


def test_an_obligation_is_taken_out_of_a_draft_unless_another_follows_it(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    with city.engine.begin() as db:
        says = catalogue.kept(db, "du-thao").says
        follows = duty("sau", trigger=After(obligation="doc-bao"))
        definitions.import_agreement(
            db,
            replace(says, obligations=(*says.obligations, follows)),
            act=act(by="quan-tri-2"),
        )
    browser.get(f"{DRAFT}?of=doc-bao")
    answer = browser.post(f"{DRAFT}/drop", {"of": "doc-bao"})
    assert answer.status_code == 422
    assert "Nghĩa vụ sau" in main_of(answer.text)
    for code in ("sau", "doc-bao"):
        browser.get(DRAFT)
        browser.post(f"{DRAFT}/drop", {"of": code})
    assert kept(city).says.obligations == ()
    browser.get(DRAFT)
    assert browser.post(f"{DRAFT}/drop", {"of": "la"}).status_code == 404
    assert browser.post(f"{ACTIVE}/drop", {"of": "mua-bao"}).status_code == 422
    assert said_of(city, "mua-bao", "ct-01")


def tasks_in(web: Web) -> list[tuple[Any, ...]]:
    from sqlalchemy import select

    with web.engine.begin() as db:
        return [tuple(row) for row in db.execute(select(task.c.id, task.c.state, task.c.due_on))]


def test_an_obligation_in_force_is_amended_once_its_effect_was_seen(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    (before,) = said_of(city, "mua-bao", "ct-01")
    tasks = tasks_in(city)
    browser.get(f"{ACTIVE}?of=mua-bao")
    sent = fields(before, **{"due.days": "10", "amendment.from": "2024-07-01"})
    sent |= {"amendment.ground": "Biên bản <i>số 5</i>"}
    answer = browser.post(ACTIVE, {**sent, **hidden(browser), "do": "save"})
    assert answer.status_code == 200, "whoever has not seen the effect is shown it first"
    page = main_of(answer.text)
    assert "Tác động" in page or "thay đổi" in page
    assert "due:" in page
    assert "<i>số 5" not in answer.text
    assert (said_of(city, "mua-bao", "ct-01"), tasks_in(city)) == ([before], tasks)
    shown = hidden(browser)
    changed = {**sent, "due.days": "11", **shown, "do": "save"}
    assert browser.post(ACTIVE, changed).status_code == 200, "another effect, not yet seen"
    assert said_of(city, "mua-bao", "ct-01") == [before]
    answer = browser.post(ACTIVE, {**sent, **shown, "do": "save"})
    assert answer.url.path == "/agreements/ct-01"
    first, later = said_of(city, "mua-bao", "ct-01")
    assert first == replace(before, effective_until=day("2024-07-01"))
    assert later == replace(before, effective_from=day("2024-07-01"), due=Due(offset=10))
    assert tasks_in(city) != tasks


def test_a_new_obligation_joins_one_in_force_by_an_amendment(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get(ACTIVE)
    sent = {**NEW, "amendment.from": "2024-07-01", "amendment.ground": "QĐ 9"}
    browser.post(ACTIVE, {**sent, "do": "effect"})
    assert not said_of(city, "bao-cao-thang", "ct-01")
    browser.post(ACTIVE, {**sent, **hidden(browser), "do": "save"})
    (found,) = said_of(city, "bao-cao-thang", "ct-01")
    assert found.effective_from == day("2024-07-01")


def test_an_amendment_without_day_or_ground_is_refused_at_its_field(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    (before,) = said_of(city, "mua-bao", "ct-01")
    browser.get(f"{ACTIVE}?of=mua-bao")
    sent = fields(before, title="Khác", **{"amendment.from": "2024-07-01"})
    sent |= {"amendment.ground": "QĐ 9", **hidden(browser), "do": "effect"}
    for name, typed in (("ground", ""), ("from", ""), ("from", "2020-01-01")):
        answer = browser.post(ACTIVE, {**sent, f"amendment.{name}": typed})
        assert answer.status_code == 422
        assert f'id="w-amendment-{name}"' in answer.text
        assert 'value="Khác"' in answer.text
    same = {**sent, **fields(before)}
    answer = browser.post(ACTIVE, same)
    assert answer.status_code == 422
    assert "Không có gì khác" in main_of(answer.text)


def test_an_obligation_in_force_ends_once_its_effect_was_seen(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    address = f"{ACTIVE}/end"
    browser.get(f"{address}?of=mua-bao")
    sent = {"of": "mua-bao", "on": "2024-07-01", "ground": "QĐ 9"}
    for wrong in ({"on": "mai"}, {"on": "2020-01-01"}, {"ground": ""}):
        assert browser.post(address, {**sent, **wrong, "do": "effect"}).status_code == 422
    assert browser.post(address, {**sent, "of": "la"}).status_code == 404
    answer = browser.post(address, {**sent, "do": "save"})
    assert answer.status_code == 200, "the effect comes first"
    assert said_of(city, "mua-bao", "ct-01")[-1].effective_until is None
    browser.post(address, {**sent, **hidden(browser), "do": "save"})
    assert said_of(city, "mua-bao", "ct-01")[-1].effective_until == day("2024-07-01")
    assert browser.get("/agreements/du-thao/duty/end?of=doc-bao").status_code == 422


def test_what_is_not_there_is_not_found(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    assert browser.get(f"{DRAFT}?of=la").status_code == 404
    assert browser.get("/agreements/la/duty").status_code == 404
    browser.get("/agreements/ct-01")
    browser.post("/agreements/ct-01/end", {"on": "2024-06-01", "reason": "hết"})
    assert browser.get(f"{ACTIVE}?of=mua-bao").status_code == 422


def test_the_number_of_statements_is_small_and_does_not_grow(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    counts = {statements_of(city, lambda: browser.get(f"{DRAFT}?of=doc-bao")) for _ in range(2)}
    assert max(counts) <= 13
    event = duty("hop", trigger=Event(kind="hop"))
    with city.engine.begin() as db:
        says = catalogue.kept(db, "du-thao").says
        definitions.import_agreement(
            db, replace(says, obligations=(*says.obligations, event)), act=act(by="quan-tri-2")
        )
    assert statements_of(city, lambda: browser.get(f"{DRAFT}?of=doc-bao")) == max(counts)
