"""A weekly schedule on the page: shown with what it is taken for, and recorded by ticks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from tests.factories import duty, living
from tests.web.conftest import Browser, Web, with_password
from tests.worlds import act, activated, agreement, day
from workflow.accounts import add_user
from workflow.domain.agreement import Due, DueFrom
from workflow.domain.announced import Happening
from workflow.domain.errors import Refusal
from workflow.domain.roles import Grant, Role
from workflow.domain.triggers import Event
from workflow.domain.units import Selector
from workflow.examples.office_files import Paragraph, sheet_file, word_file
from workflow.examples.schedules import ScheduleEntry, SchedulePaper, schedule_docx, schedule_xlsx
from workflow.meetings import Recorded, record_event, record_proposal
from workflow.store.occasions import event, event_words
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2
    from sqlalchemy import Connection

    from workflow.domain.schedule import Proposal

HOLD = duty(
    "moi-hop",
    title="Mời phóng viên dự phiên họp của Ủy ban nhân dân",
    trigger=Event(kind="hop-ubnd"),
    due=Due(reckoned=DueFrom.DAY),
    bearer=Selector(keys=frozenset({"phuong-a"})),
)


def on(number: int, content: str, **more: Any) -> ScheduleEntry:
    return ScheduleEntry(on=day(f"2024-03-{number}"), hour=8, content=content, **more)


BOARD = "Phiên họp <thường kỳ> tháng 3 của UBND thành phố"
ENTRIES = (
    on(11, BOARD, place="Phòng họp"),
    on(12, "Họp UBND về đất đai"),
    on(13, "Tiếp công dân"),
)


def paper(*entries: ScheduleEntry) -> SchedulePaper:
    return SchedulePaper(
        office="Ủy ban nhân dân thành phố",
        number=11,
        from_on=day("2024-03-11"),
        last_on=day("2024-03-17"),
        entries=entries or ENTRIES,
    )


@pytest.fixture
def city(web: Web) -> Web:
    for db in web.founding(f"{__name__}.city"):
        living(db, HOLD)
        said = Happening(
            kind="hop-ubnd", convener="thanh-pho", happens_on=day("2024-01-20"), title="Họp"
        )
        record_event(db, said, act=act())
        for key in ("quan-tri", "tham-dinh", "can-bo-a"):
            with_password(db, key)
    return web


@pytest.fixture
def admin(city: Web) -> Browser:
    browser = city.signed_in("quan-tri")
    browser.get("/meetings/import")
    return browser


def sent(browser: Browser, content: bytes, name: str = "lich.xlsx") -> httpx2.Response:
    return browser.post("/meetings/import", files={"files": (name, content)})


def values(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}"[^>]*?value="([^"]*)"', page)


def form(page: str, **more: Any) -> dict[str, Any]:
    """The form as a browser would send it back, but for what a person changed."""
    kinds = [
        (re.findall(r'value="([^"]*)" selected', one) or [""])[0]
        for one in re.findall(r'<select name="kinds".*?</select>', page, re.DOTALL)
    ]
    return {
        "kept": values(page, "kept")[0],
        "name": values(page, "name")[0],
        "at": values(page, "at"),
        "kinds": kinds,
        "conveners": values(page, "conveners"),
        "chosen": re.findall(r'name="chosen" value="(\d+)" checked', page),
        "known": values(page, "known"),
        "words": re.findall(r'<textarea[^>]*name="words"[^>]*>([^<]*)<', page),
        **more,
    }


def meetings_in(web: Web) -> list[tuple[str, str, str]]:
    with web.engine.begin() as db:
        rows = db.execute(select(event).where(event.c.happens_on > day("2024-02-01")))
        return sorted((row.happens_on.isoformat(), row.title, row.state) for row in rows)


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-a"])
def test_only_who_records_events_loads_a_schedule(city: Web, key: str) -> None:
    browser = city.signed_in(key)
    browser.get("/account")
    assert sent(browser, schedule_xlsx(paper())).status_code == 403
    assert meetings_in(city) == []


@pytest.mark.parametrize(("write", "name"), [(schedule_xlsx, "a.xlsx"), (schedule_docx, "a.docx")])
def test_a_schedule_is_shown_and_only_what_is_ticked_is_recorded(
    city: Web, admin: Browser, write: Callable[[SchedulePaper], bytes], name: str
) -> None:
    answer = sent(admin, write(paper()), name)
    page = answer.text
    assert answer.status_code == 200
    assert "Phiên họp &lt;thường kỳ&gt; tháng 3" in page
    assert "11/03/2024–17/03/2024" in page
    assert "vì có “phiên họp … Ủy ban nhân dân”" in page
    said = form(page)
    assert (said["chosen"], said["at"]) == (["0"], ["0", "1", "2"])
    assert said["kinds"] == ["hop-ubnd", "hop-ubnd", ""]
    assert "lập mới 2" in page
    assert meetings_in(city) == []
    answer = admin.post("/meetings/import", {**said, "do": "record"})
    assert answer.url.path == "/meetings"
    assert "thêm mới: 1" in answer.text
    assert meetings_in(city) == [("2024-03-11", BOARD, "held")]
    with city.engine.begin() as db:
        assert db.scalar(select(func.count()).select_from(task)) == 2
        assert db.scalar(select(func.count()).select_from(event_words)) == 0


def test_the_same_week_again_changes_nothing(city: Web, admin: Browser) -> None:
    content = schedule_xlsx(paper())
    admin.post("/meetings/import", form(sent(admin, content).text, do="record"))
    page = sent(admin, content).text
    assert "đã ghi nhận trước đây" in page
    assert form(page)["chosen"] == []
    answer = admin.post("/meetings/import", form(page, do="record", chosen=["0"]))
    assert "giữ nguyên: 1" in answer.text
    assert meetings_in(city) == [("2024-03-11", BOARD, "held")]


def test_a_person_says_what_an_entry_is_and_sees_what_would_happen(
    city: Web, admin: Browser
) -> None:
    said = form(sent(admin, schedule_xlsx(paper())).text)
    said |= {"chosen": ["2"], "kinds": ["hop-ubnd", "", "hop-ubnd"]}
    said["conveners"] = ["", "", "Đơn vị thanh-pho"]
    page = admin.post("/meetings/import", {**said, "do": "check"}).text
    assert form(page)["chosen"] == ["2"]
    assert form(page)["kinds"] == ["hop-ubnd", "", "hop-ubnd"]
    assert meetings_in(city) == []
    answer = admin.post("/meetings/import", form(page, do="record"))
    assert "thêm mới: 1" in answer.text
    assert meetings_in(city) == [("2024-03-13", "Tiếp công dân", "held")]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"kinds": ["", "", ""]}, "Hãy chọn loại cuộc họp"),
        ({"kinds": ["la", "hop-ubnd", ""]}, "Hãy chọn loại cuộc họp"),
        ({"conveners": ["khong-co", "", ""]}, "khong-co"),
        ({"chosen": []}, "Chưa đánh dấu dòng nào"),
    ],
)
def test_what_is_wrong_is_said_at_its_entry_and_nothing_is_recorded(
    city: Web, admin: Browser, wrong: dict[str, Any], text: str
) -> None:
    said = form(sent(admin, schedule_xlsx(paper())).text, chosen=["0", "1"], do="record")
    answer = admin.post("/meetings/import", {**said, **wrong})
    assert (answer.status_code, text in answer.text) == (422, True)
    assert meetings_in(city) == []


def test_an_entry_without_a_day_cannot_be_recorded(admin: Browser) -> None:
    lines = [("LỊCH CÔNG TÁC",), ("Ngày", "Nội dung"), ("Cả tuần", BOARD)]
    page = sent(admin, sheet_file(lines)).text
    assert "chưa rõ ngày" in page
    answer = admin.post("/meetings/import", form(page, chosen=["0"], do="record"))
    assert (answer.status_code, "ghi nhận cuộc họp bằng tay" in answer.text) == (422, True)


def test_a_moved_and_a_cancelled_meeting_are_brought_up_to_date_and_one_left_out_stays(
    city: Web, admin: Browser
) -> None:
    first = paper(on(11, BOARD), on(12, "Phiên họp A của UBND"), on(14, "Phiên họp B của UBND"))
    admin.post("/meetings/import", form(sent(admin, schedule_xlsx(first)).text, do="record"))
    second = paper(on(13, BOARD), on(12, "(Hoãn) Phiên họp A của UBND"))
    page = sent(admin, schedule_docx(second), "b.docx").text
    assert "dời từ ngày 11/03/2024" in page
    assert "không có trong tệp này" in page
    assert "Phiên họp B của UBND" in page
    answer = admin.post("/meetings/import", form(page, chosen=["0", "1"], do="record"))
    assert "Số cuộc họp trong tuần không có trong tệp: 1" in answer.text
    assert meetings_in(city) == [
        ("2024-03-12", "Phiên họp A của UBND", "cancelled"),
        ("2024-03-13", BOARD, "held"),
        ("2024-03-14", "Phiên họp B của UBND", "held"),
    ]


def test_words_that_a_person_writes_are_tried_and_kept_on_recording(
    city: Web, admin: Browser
) -> None:
    said = form(sent(admin, schedule_xlsx(paper())).text, words=["tiếp công dân"])
    page = admin.post("/meetings/import", {**said, "do": "guess"}).text
    assert form(page)["chosen"] == ["2"]
    with city.engine.begin() as db:
        assert db.scalar(select(event_words.c.words)) is None
    admin.post("/meetings/import", form(page, do="record"))
    assert meetings_in(city) == [("2024-03-13", "Tiếp công dân", "held")]
    with city.engine.begin() as db:
        assert db.scalar(select(event_words.c.words)) == "tiếp công dân"
    assert "sửa từ ngữ nhận biết cuộc họp" in admin.get("/journal").text


def test_a_move_that_is_refused_by_now_is_said_and_nothing_is_half_loaded(
    city: Web, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sent(admin, schedule_xlsx(paper(on(12, "Họp"), on(13, "Phiên họp UBND")))).text
    refuse = iter((False, True))

    def refused_second(db: Connection, one: Proposal, **given: Any) -> Recorded:
        if next(refuse):
            raise Refusal("event.already_there", event=1, on="2024-03-13")
        return record_proposal(db, one, **given)

    monkeypatch.setattr("workflow.meetings.record_proposal", refused_second)
    more = {"kinds": ["hop-ubnd", "hop-ubnd"], "chosen": ["0", "1"]}
    answer = admin.post("/meetings/import", form(page, do="record", **more))
    assert (answer.status_code, "13/03/2024" in answer.text) == (422, True)
    assert meetings_in(city) == []


def test_an_administrator_of_one_agreement_is_shown_only_its_kinds(city: Web) -> None:
    with city.engine.begin() as db:
        activated(db, agreement(code="khac"), ())
        grant = Grant(role=Role.ADMINISTRATOR, agreement="khac")
        add_user(db, "rieng", name="Riêng", grants=[grant], act=act(by="local"))
        with_password(db, "rieng")
    browser = city.signed_in("rieng")
    browser.get("/meetings/import")
    page = sent(browser, schedule_xlsx(paper())).text
    assert "Chưa có chương trình đang thực hiện nào" in page
    said = form(page, kinds=["hop-ubnd", "", ""], chosen=["0"], do="record")
    assert browser.post("/meetings/import", said).status_code == 422
    assert meetings_in(city) == []


def test_a_file_that_is_no_schedule_is_told(admin: Browser) -> None:
    answer = sent(admin, word_file([Paragraph(text="Kính gửi")]), "thu.docx")
    assert (answer.status_code, "Không tìm thấy bảng lịch công tác" in answer.text) == (422, True)
