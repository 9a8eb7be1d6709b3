"""Evidence through the page: all of it or nothing, by whom it may, and read again safely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from tests.factories import by, duty, judged, offered, paper, work_of
from tests.web.city import item_of, items_of, number_of, peopled
from web.evidence_files import safe_name
from workflow.domain.agreement import AllOf, Requirement
from workflow.store.evidence import evidence_file

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Web

PDF = b"%PDF-1.4 mot to giay"


@pytest.fixture
def city(web: Web) -> Web:
    return peopled(
        web, duty(proof=AllOf(parts=(paper(), Requirement(code="so", check="quantity"))))
    )


def files(*named: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (name, data, "application/pdf")) for name, data in named]


def sends(browser: Browser, task_id: int, *named: tuple[str, bytes], **form: Any) -> Response:
    browser.get(f"/tasks/{task_id}")
    data = {"requirement": "giay", **form}
    return browser.post(f"/tasks/{task_id}/evidence", data, files=files(*named))


def test_files_are_kept_and_checked(city: Web) -> None:
    task_id = number_of(city)
    answer = sends(city.signed_in("can-bo-a"), task_id, ("a.pdf", PDF), ("b.pdf", PDF + b"2"))
    assert answer.url.path == f"/tasks/{task_id}"
    assert "Đã thêm minh chứng" in answer.text
    first, second = items_of(city, task_id)
    assert [(one.name, one.requirement, one.added_by) for one in (first, second)] == [
        ("a.pdf", "giay", "can-bo-a"),
        ("b.pdf", "giay", "can-bo-a"),
    ]
    with city.engine.begin() as db:
        assert work_of(db, "verify_item") == [first.id, second.id]
        assert db.scalar(select(evidence_file.c.size).where(evidence_file.c.sha256 == first.sha256))
    path = city.settings.evidence_dir / first.sha256[:2] / first.sha256[2:4] / first.sha256
    assert path.read_bytes() == PDF


def as_a_browser_sends(browser: Browser, task_id: int, *named: tuple[str, bytes]) -> Response:
    """A form whose file fields are sent with an empty name where nothing was chosen."""
    browser.get(f"/tasks/{task_id}")
    lines = []
    for field, value in (("form_token", browser.token), ("requirement", "giay")):
        lines += ["--x", f'Content-Disposition: form-data; name="{field}"', "", value]
    for name, data in named:
        said = f'Content-Disposition: form-data; name="files"; filename="{name}"'
        lines += ["--x", said, "Content-Type: application/octet-stream", "", data.decode()]
    body = "\r\n".join([*lines, "--x--", ""])
    address = f"/tasks/{task_id}/evidence"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    return browser.client.post(address, content=body.encode(), headers=headers)


def test_an_empty_choice_is_no_file(city: Web) -> None:
    task_id = number_of(city)
    answer = as_a_browser_sends(city.signed_in("can-bo-a"), task_id, ("", b""), ("", b""))
    assert answer.status_code == 422
    assert "Minh chứng phải là tệp" in answer.text
    assert items_of(city, task_id) == []


def test_a_photo_beside_an_empty_choice_counts(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    answer = as_a_browser_sends(browser, task_id, ("", b""), ("anh.jpg", b"anh"))
    assert answer.status_code == 200
    assert [one.name for one in items_of(city, task_id)] == ["anh.jpg"]


def test_what_is_refused_half_way_leaves_nothing(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    for named in ((("a.pdf", PDF), ("a2.pdf", PDF)), (("a.pdf", PDF), ("rong.pdf", b""))):
        answer = sends(browser, task_id, *named)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert items_of(city, task_id) == []
    with city.engine.begin() as db:
        assert work_of(db, "verify_item") == []


def test_a_requirement_that_the_task_does_not_have_is_refused(city: Web) -> None:
    task_id = number_of(city)
    answer = sends(city.signed_in("can-bo-a"), task_id, ("a.pdf", PDF), requirement="khac")
    assert answer.status_code == 422
    assert items_of(city, task_id) == []


def test_a_figure_needs_no_file_and_is_kept_as_a_number(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    assert sends(browser, task_id, requirement="so", figure=" 12 ").status_code == 200
    assert sends(browser, task_id, requirement="so", figure="mười hai").status_code == 200
    assert [one.figures for one in items_of(city, task_id)] == [
        {"copies": 12},
        {"copies": "mười hai"},
    ]
    assert sends(browser, task_id, requirement="giay", figure="12").status_code == 422


def test_a_figure_that_was_refused_stays_in_its_field(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    sends(browser, task_id, ("a.csv", b"a,b"), requirement="so", figure="7")
    again = sends(browser, task_id, ("a.csv", b"a,b"), requirement="so", figure="8")
    assert (again.status_code, 'name="figure" inputmode="numeric" value="8"' in again.text) == (
        422,
        True,
    )


def test_too_many_at_once_are_refused(city: Web) -> None:
    task_id = number_of(city)
    many = [(f"{one}.pdf", PDF + str(one).encode()) for one in range(21)]
    answer = sends(city.signed_in("can-bo-a"), task_id, *many)
    assert answer.status_code == 422
    assert "tối đa 20 tệp" in answer.text
    assert items_of(city, task_id) == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("can-bo-b", 404), ("nguoi-la", 404), ("kiem-toan", 403), ("tham-dinh", 403)],
)
def test_nobody_adds_to_the_task_of_others(city: Web, who: str, status: int) -> None:
    task_id = number_of(city)
    browser = city.signed_in(who)
    browser.get("/account")
    answer = browser.post(
        f"/tasks/{task_id}/evidence", {"requirement": "giay"}, files=files(("a.pdf", PDF))
    )
    assert answer.status_code == status
    assert items_of(city, task_id) == []
    assert not list(city.settings.evidence_dir.rglob("*/*/*")), "nothing was written either"


def test_a_stranger_is_sent_to_sign_in(city: Web) -> None:
    browser = city.stranger()
    browser.get("/signin")
    answer = browser.post(f"/tasks/{number_of(city)}/evidence", files=files(("a.pdf", PDF)))
    assert answer.url.path == "/signin"
    assert items_of(city, number_of(city)) == []


def test_a_superior_adds_on_behalf(city: Web) -> None:
    task_id = number_of(city)
    sends(city.signed_in("cap-tren"), task_id, ("a.pdf", PDF))
    assert [one.is_on_behalf for one in items_of(city, task_id)] == [True]


def test_a_task_that_waits_takes_no_more(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    with city.engine.begin() as db:
        offered(db, task_id)
        from workflow.submission import submit_task

        submit_task(db, task_id, act=by("can-bo-a", "2024-02-01"))
    page = browser.get(f"/tasks/{task_id}").text
    assert 'name="files"' not in page
    assert sends(browser, task_id, ("a.pdf", PDF)).status_code == 422
    assert browser.get(f"/tasks/{task_id}/evidence").status_code == 422
    assert len(items_of(city, task_id)) == 1


# --- one file for several tasks ---------------------------------------------------------


def test_one_file_serves_several_tasks_of_the_same_duty(city: Web) -> None:
    task_id, other = number_of(city), number_of(city, occasion_key="2024-Q2")
    browser = city.signed_in("can-bo-a")
    page = browser.get(f"/tasks/{task_id}/evidence")
    assert f'name="also" value="{other}"' in page.text
    assert f'name="also" value="{number_of(city, "phuong-b")}"' not in page.text
    answer = sends(browser, task_id, ("a.pdf", PDF), also=[str(other)])
    assert "Đã thêm vào 2 nhiệm vụ" in answer.text
    one, two = items_of(city, task_id), items_of(city, other)
    assert [item.sha256 for item in one] == [item.sha256 for item in two] != []


def test_a_task_of_another_unit_among_them_refuses_all(city: Web) -> None:
    task_id, foreign = number_of(city), number_of(city, "phuong-b")
    answer = sends(city.signed_in("can-bo-a"), task_id, ("a.pdf", PDF), also=[str(foreign)])
    assert answer.status_code == 404
    assert items_of(city, task_id) == items_of(city, foreign) == []


def test_where_there_is_no_other_task_it_is_said(web: Web) -> None:
    city = peopled(web, until="2024-04-01")
    page = city.signed_in("can-bo-a").get(f"/tasks/{number_of(city)}/evidence").text
    assert "Không có nhiệm vụ nào khác" in page
    assert city.signed_in("can-bo-b").get(f"/tasks/{number_of(city)}/evidence").status_code == 404


def test_a_duty_without_proof_takes_what_the_reviewer_should_see(web: Web) -> None:
    city = peopled(web, duty(proof=None))
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    page = browser.get(f"/tasks/{task_id}").text
    assert "không yêu cầu minh chứng cụ thể" in page
    assert "Gửi người xác nhận xem" in browser.get(f"/tasks/{task_id}/evidence").text
    assert sends(browser, task_id, ("a.pdf", PDF), requirement="").status_code == 200
    assert "a.pdf" in browser.get(f"/tasks/{task_id}").text


# --- taken back, and read again ---------------------------------------------------------


def test_an_item_is_taken_back_and_stays_on_record(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    sends(browser, task_id, ("a.pdf", PDF))
    item = item_of(city, task_id)
    answer = browser.post(f"/tasks/{task_id}/items/{item}/remove")
    assert "Đã gỡ minh chứng" in answer.text
    (row,) = items_of(city, task_id)
    assert row.removed_by == "can-bo-a"
    assert "a.pdf" not in browser.get(f"/tasks/{task_id}").text
    again = browser.post(f"/tasks/{task_id}/items/{item}/remove")
    assert again.status_code == 422
    assert "Người can-bo-a" in again.text, "people are called by their names"


def test_an_item_is_removed_only_from_its_own_task_by_its_own_unit(city: Web) -> None:
    task_id, other = number_of(city), number_of(city, occasion_key="2024-Q2")
    with city.engine.begin() as db:
        item = offered(db, task_id)
    for who, number, status in (
        ("can-bo-a", other, 404),
        ("can-bo-b", task_id, 404),
        ("kiem-toan", task_id, 403),
    ):
        browser = city.signed_in(who)
        browser.get("/account")
        assert browser.post(f"/tasks/{number}/items/{item}/remove").status_code == status
    assert items_of(city, task_id)[0].removed_at is None


def test_a_file_is_downloaded_as_it_came_and_never_shown(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    sends(browser, task_id, ("Giấy mời.pdf", PDF))
    answer = city.signed_in("kiem-toan").get(f"/evidence/{item_of(city, task_id)}")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment;")
    assert "Gi%E1%BA%A5y%20m%E1%BB%9Di.pdf" in said
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a", "a.xml"])
def test_what_a_browser_might_run_is_told_to_be_bytes(city: Web, name: str) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    sends(browser, task_id, (name, b"<script>alert(1)</script>"))
    answer = browser.get(f"/evidence/{item_of(city, task_id)}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_files_of_others_figures_and_unknown_items_are_not_there(city: Web) -> None:
    task_id = number_of(city)
    mine = city.signed_in("can-bo-a")
    sends(mine, task_id, ("a.pdf", PDF))
    item = item_of(city, task_id)
    assert city.signed_in("can-bo-b").get(f"/evidence/{item}").status_code == 404
    assert city.signed_in("nguoi-la").get(f"/evidence/{item}").status_code == 404
    assert city.stranger().get(f"/evidence/{item}").url.path == "/signin"
    assert mine.get("/evidence/999999").status_code == 404
    sends(mine, task_id, requirement="so", figure="3")
    assert mine.get(f"/evidence/{item_of(city, task_id)}").status_code == 404


def test_a_file_whose_bytes_are_gone_is_said_to_be(city: Web) -> None:
    task_id = number_of(city)
    with city.engine.begin() as db:
        item = offered(db, task_id)
    answer = city.signed_in("can-bo-a").get(f"/evidence/{item}")
    assert answer.status_code == 404
    assert "nội dung bị mất" in answer.text


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("báo cáo.pdf", "báo cáo.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a"b\r\nx: y.pdf', "a_b__x_ y.pdf"),
        ("gpj\u202efdp.exe", "gpj_fdp.exe"),
        ("...", "minh-chung-7"),
        ("", "minh-chung-7"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_safe_name_is_no_place_and_no_command(name: str, safe: str) -> None:
    assert safe_name(name, 7) == safe


def test_who_only_reads_is_offered_no_form(city: Web) -> None:
    simple = number_of(city)
    with city.engine.begin() as db:
        item = offered(db, simple)
        judged(db, item)
    page = city.signed_in("kiem-toan").get(f"/tasks/{simple}").text
    assert f"/items/{item}/remove" not in page
    assert 'name="files"' not in page
