"""What a check read, in words: every form that a value may have, and nothing for what is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.worlds import day
from web.telling import Teller
from workflow.i18n import translator


def told(**events: Any) -> Teller:
    known = {int(key[1:]): cast("Any", one) for key, one in events.items()}
    return Teller(say=translator("vi"), lang="vi", names={"an": "Chị An"}, events=known)


@pytest.mark.parametrize(
    ("read", "lines"),
    [
        ({"words": 1234}, [("Số chữ", "1.234")]),
        ({"present": 0}, [("Có mặt", "0")]),
        ({"counted": "7"}, [("Số trong bảng", "7")]),
        ({"topics": ["a", "b"]}, [("Chủ đề tuyên truyền", "a, b")]),
        ({"titles": {"bbn": 3}}, [("Ấn phẩm", "bbn: 3")]),
        ({"performed_on": "2024-01-20"}, [("Ngày ghi trên minh chứng", "20/01/2024")]),
        ({"performed_on": "hôm qua"}, [("Ngày ghi trên minh chứng", "hôm qua")]),
        (
            {"seller": {"name": "Bưu điện", "tax_code": "0100109106", "budget_code": ""}},
            [("Bên bán", "Bưu điện (0100109106)")],
        ),
        (
            {"buyer": {"name": "Phòng", "tax_code": "", "budget_code": "9900016"}},
            [("Bên mua", "Phòng (9900016)")],
        ),
        ({"buyer": {"name": "Phòng"}}, [("Bên mua", "Phòng")]),
        (
            {"period": {"from": "2024-01-01", "until": "2024-04-01"}},
            [("Kỳ", "01/01/2024 – 31/03/2024")],
        ),
        ({"period": {"from": "x", "until": "2024-04-01"}}, []),
        ({"title": None, "site": "", "topics": [], "titles": {}}, []),
        ({"identity": {"kind": "file"}, "capacity": 3}, []),
    ],
)
def test_what_was_read(read: dict[str, object], lines: list[tuple[str, str]]) -> None:
    assert list(told().read(read)) == lines


def test_who() -> None:
    tell = told()
    assert [tell.who(key) for key in (None, "", "an", "binh", "system:checks")] == [
        "",
        "",
        "Chị An",
        "binh",
        "hệ thống kiểm tra",
    ]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("2024-Q1", "Quý I/2024"),
        ("2024-03", "Tháng 3/2024"),
        ("2024-05-19", "19/05/2024"),
        ("meeting:7", "Kỳ họp giữa năm (10/07/2024)"),
        ("after:cu-pv:meeting:7:bao", "Kỳ họp giữa năm (10/07/2024)"),
        ("request:8", "đề nghị (11/07/2024)"),
        ("meeting:9", "meeting:9"),
        ("gì đó", "gì đó"),
    ],
)
def test_occasions(key: str, name: str) -> None:
    events = {
        "e7": SimpleNamespace(
            title="Kỳ họp giữa năm", nature="meeting", happens_on=day("2024-07-10")
        ),
        "e8": SimpleNamespace(title="", nature="request", happens_on=day("2024-07-11")),
    }
    assert told(**events).occasion(key).lower() == name.lower()


def test_where_a_doubt_comes_from() -> None:
    assert told().doubt("moved") == "ngày thực hiện đã thay đổi"
    assert told().doubt("khác") == "khác"
