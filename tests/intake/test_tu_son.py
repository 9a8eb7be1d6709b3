"""The shipped example is whole: it loads, and names every duty that its source names."""

# A table is read by its rows.
# ruff: noqa: E501

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import workflow.examples
from workflow.calendars import plain_calendar
from workflow.domain.agreement import Agreement, Obligation, Quota, requirements_of
from workflow.domain.amendment import amended
from workflow.domain.lunar import solar_day
from workflow.domain.periods import reporting_year
from workflow.domain.succeeding import succeeded
from workflow.domain.tax_codes import is_tax_code
from workflow.domain.triggers import CalendarKind, Day, Event
from workflow.domain.units import Roster, value_on
from workflow.evidence.registry import params_problems
from workflow.intake.agreement_file import read_agreement, write_agreement
from workflow.intake.amendment_file import read_amendment
from workflow.intake.event_file import read_events
from workflow.intake.succession_file import read_succession
from workflow.intake.unit_sheet import read_units

FOLDER = Path(workflow.examples.__file__).parent / "tu-son"
ZONE = "Asia/Ho_Chi_Minh"
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return read_agreement(FOLDER / "agreement.yaml", check_params=params_problems)


@pytest.fixture(scope="module")
def roster() -> Roster:
    return Roster(read_units(FOLDER / "units.csv").units)


# What the source says, in our own words: the duty, who bears it, and the obligations that
# carry it. Each named programme and scheme is a duty by itself; buying and reading are two.
DUTIES = [
    ("reporters at the Party committee's conferences", "Đoạn 3, câu 2", {"moi-du-bch", "cu-pv-bch", "dua-tin-bch"}),
    ("reporters at the people's council", "Đoạn 3, câu 2", {"moi-du-hdnd", "cu-pv-hdnd", "dua-tin-hdnd"}),
    ("reporters at the people's committee", "Đoạn 3, câu 2", {"moi-du-ubnd", "cu-pv-ubnd", "dua-tin-ubnd"}),
    ("reporters go to the grassroots", "Đoạn 3, câu 2", {"bo-tri-di-co-so", "bai-tu-co-so"}),
    ("the city directs buying and reading", "Đoạn 3, câu 3", {"chi-dao-mua-doc"}),
    ("offices, units and schools buy", "Đoạn 3, câu 3", {"mua-bbn", "mua-bbn-ct"}),
    ("offices, units and schools read", "Đoạn 3, câu 3", {"doc-bao"}),
    ("resolutions of Party congresses", "Đoạn 2, câu 2", {"tt-nq-dai-hoi"}),
    ("each year's resolutions, programmes, plans", "Đoạn 2, câu 2", {"tt-nq-hang-nam"}),
    ("results: economy and society", "Đoạn 2, câu 3", {"tt-kinh-te-xa-hoi"}),
    ("results: defence and security", "Đoạn 2, câu 3", {"tt-quoc-phong-an-ninh"}),
    ("results: building the Party", "Đoạn 2, câu 3", {"tt-xay-dung-dang"}),
    ("results: the political system", "Đoạn 2, câu 3", {"tt-he-thong-chinh-tri"}),
    ("how the city is led", "Đoạn 2, câu 4", {"tt-dieu-hanh"}),
    ("good people, good deeds, models", "Đoạn 2, câu 4", {"nguoi-tot"}),
    ("programme: high-tech industry", "Đoạn 2, câu 5, mục thứ 1", {"ct-cong-nghiep-cnc"}),
    ("programme: clean agriculture", "Đoạn 2, câu 5, mục thứ 2", {"ct-nong-nghiep-sach"}),
    ("programme: civilised city", "Đoạn 2, câu 5, mục thứ 3", {"ct-do-thi-van-minh"}),
    ("programme: leadership of Party committees", "Đoạn 2, câu 5, mục thứ 4", {"ct-nang-luc-cap-uy"}),
    ("programme: quality of cadres", "Đoạn 2, câu 5, mục thứ 5", {"ct-doi-ngu-can-bo"}),
    ("programme: industry with urban growth", "Đoạn 2, câu 5, mục thứ 6", {"ct-cong-nghiep-do-thi"}),
    ("scheme: IT in teaching", "Đoạn 2, câu 5, mục thứ 7", {"da-cntt-day-hoc"}),
    ("scheme: leadership of Party committees", "Đoạn 2, câu 5, mục thứ 8", {"da-nang-luc-cap-uy"}),
    ("scheme: quality of cadres", "Đoạn 2, câu 5, mục thứ 9", {"da-doi-ngu-can-bo"}),
    ("scheme: new countryside", "Đoạn 2, câu 5, mục thứ 10", {"da-nong-thon-moi"}),
    ("holidays and anniversaries", "Đoạn 2, câu 6", {"ky-niem-3-2", "ky-niem-30-4", "ky-niem-19-5", "ky-niem-27-7", "ky-niem-8-8", "ky-niem-19-8", "ky-niem-2-9", "ky-niem-22-12", "gio-to"}),
    ("great events of the place", "Đoạn 2, câu 6", {"le-hoi-den-do", "su-kien-dia-phuong"}),
    ("both sides look after their share", "Đoạn 3, câu 1", {"giao-ban", "so-ket", "tong-ket"}),
]  # fmt: skip


@pytest.mark.parametrize(("duty", "place", "codes"), DUTIES, ids=[each[0] for each in DUTIES])
def test_each_duty_of_the_source_is_an_obligation_with_its_place(
    agreement: Agreement, duty: str, place: str, codes: set[str]
) -> None:
    assert duty
    places = {clause.code: clause.place for clause in agreement.clauses}
    carrying = {each.code: places[each.clause] for each in agreement.obligations}
    assert {code: carrying.get(code) for code in codes} == dict.fromkeys(codes, place)


def test_what_the_source_does_not_say_is_marked_so(agreement: Agreement) -> None:
    named = {code for _, _, codes in DUTIES for code in codes}
    places = {clause.code: clause.place for clause in agreement.clauses}
    for each in agreement.obligations:
        if each.code not in named:
            assert each.clause in {"nen-nep", "cung-phoi-hop"}, each.code
    assert "Không có trong bài báo" in places["nen-nep"]
    assert "minh họa" in agreement.illustrative


def test_it_is_the_same_after_writing_and_reading(agreement: Agreement) -> None:
    assert read_agreement(write_agreement(agreement)) == agreement


def test_every_clause_topic_party_and_title_is_used(agreement: Agreement) -> None:
    assert {each.clause for each in agreement.obligations} == {c.code for c in agreement.clauses}
    assert {each.topic for each in agreement.obligations} >= {t.code for t in agreement.topics}
    assert {each.beneficiary for each in agreement.obligations} >= {
        p.code for p in agreement.parties
    }
    quotas = {
        requirement.quantity.title
        for each in agreement.obligations
        for requirement in requirements_of(each.proof)
        if isinstance(requirement.quantity, Quota)
    }
    assert quotas == {title.code for title in agreement.titles}


def test_somebody_bears_each_obligation_and_every_unit_that_is_named_exists(
    agreement: Agreement, roster: Roster
) -> None:
    for each in agreement.obligations:
        assert [key for key in roster.units if roster.is_member(each.bearer, key, BEFORE)], (
            each.code
        )
        for selector in (each.bearer, each.cooperating):
            assert selector is None or selector.keys <= roster.units.keys()
    for party in agreement.parties:
        assert roster.members(party.members), party.code


def test_about_seventy_offices_of_every_kind_are_there(roster: Roster) -> None:
    kinds = [unit.kind for unit in roster.units.values()]
    assert len(kinds) == 71
    assert kinds.count("phuong") == 12
    assert {kinds.count("co-quan-bao"), kinds.count("buu-dien")} == {1}
    assert min(kinds.count(kind) for kind in ("truong-hoc", "chi-bo", "doan-the")) >= 6


def test_who_must_buy_has_a_quota_and_somebody_who_pays(
    agreement: Agreement, roster: Roster
) -> None:
    buying = next(each for each in agreement.obligations if each.code == "mua-bbn")
    for key, unit in roster.units.items():
        is_buyer = roster.is_member(buying.bearer, key, BEFORE)
        assert bool(unit.quota_on("bbn", BEFORE)) == is_buyer, key
        if is_buyer:
            assert unit.tax_code or unit.paid_by, key


def test_tax_codes_are_well_formed_and_obviously_examples(roster: Roster) -> None:
    codes = [unit.tax_code for unit in roster.units.values() if unit.tax_code]
    assert len(set(codes)) == len(codes) > 50
    assert all(is_tax_code(code) and code.startswith("990") for code in codes)
    mails = [unit.mail or "" for unit in roster.units.values()]
    assert all(mail.endswith("@example.invalid") for mail in mails)


def test_the_festival_follows_the_moon(agreement: Agreement) -> None:
    festival = next(each for each in agreement.obligations if each.code == "le-hoi-den-do")
    assert isinstance(festival.trigger, Day)
    assert festival.trigger.calendar is CalendarKind.LUNAR
    assert solar_day(2024, festival.trigger.month, festival.trigger.day) == date(2024, 4, 23)


def test_each_kind_of_meeting_has_meetings_and_the_other_way_round(
    agreement: Agreement, roster: Roster
) -> None:
    events = read_events(FOLDER / "meetings.csv", zone=ZONE)
    calendar = plain_calendar("office", country="VN", years=range(2023, 2025))
    awaited = {
        each.trigger.kind for each in agreement.obligations if isinstance(each.trigger, Event)
    }
    assert {event.kind for event in events} == awaited
    for event in events:
        assert roster.units[event.convener].life.covers(event.happens_on)
        assert agreement.starts_on <= event.happens_on < agreement.ends_on
        assert calendar.is_working(event.happens_on), event
        assert bool(event.addressed) == (event.kind == "de-nghi-di-co-so")
        assert event.addressed is None or event.addressed in roster.units
    assert len({(e.convener, e.happens_on, e.kind, e.number) for e in events}) == len(events)
    assert {event.happens_on.year for event in events} == {2023, 2024}


def test_the_city_ends_and_four_wards_take_over(agreement: Agreement, roster: Roster) -> None:
    succession = read_succession(FOLDER / "succession-2025-07-01.yaml", roster=roster)
    after = Roster({**roster.units, **{u.key: u for u in succeeded(succession, roster)}}.values())
    wards = {
        unit.name_on(AFTER): (value_on(unit.codes, AFTER), unit.quota_on("bbn", AFTER))
        for unit in after.units.values()
        if unit.kind == "phuong" and unit.life.covers(AFTER)
    }
    assert wards == {
        "Phường Từ Sơn": ("09367", 55),
        "Phường Tam Sơn": ("09370", 19),
        "Phường Phù Khê": ("09379", 32),
        "Phường Đồng Nguyên": ("09385", 35),
    }
    assert after.units["phuong-dong-ngan"].name_on(BEFORE) == "Phường Đông Ngàn"
    bearers = {each.code: bearing(after, each, AFTER) for each in agreement.obligations}
    for event_duty in ("moi-du-bch", "moi-du-hdnd", "moi-du-ubnd", "chan-chinh", "chi-dao-mua-doc"):
        assert bearers[event_duty] == []
    assert {"phuong-tu-son", "thcs-tan-hong", "chi-bo-1-tam-son"} < set(bearers["mua-bbn"])
    assert len(bearers["mua-bbn"]) == 4 + 16 + 8
    assert len(bearers["doc-bao"]) == 4 + 16 + 8
    for key in bearers["doc-bao"]:
        if not key.startswith("phuong-"):
            parent = value_on(after.units[key].parents, AFTER)
            assert parent in bearers["mua-bbn"], key
    assert after.units["bao-bac-ninh"].name_on(AFTER) != after.units["bao-bac-ninh"].name_on(BEFORE)


def bearing(roster: Roster, obligation: Obligation, day: date) -> list[str]:
    return [key for key in roster.units if roster.is_member(obligation.bearer, key, day)]


def test_the_amendment_fits_the_agreement(agreement: Agreement) -> None:
    amendment = read_amendment(
        FOLDER / "amendment-2025.yaml", agreement=agreement, check_params=params_problems
    )
    result = amended(agreement, amendment)
    assert len(result.obligations) == len(agreement.obligations) + 4
    assert read_agreement(write_agreement(result)) == result
    assert reporting_year(result.settings.reporting).name == "calendar"


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_offices_are_named_and_people_are_not(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"đồng chí|đ/c|\b([Ôô]ng|[Bb]à) [A-ZĐ]", text)
