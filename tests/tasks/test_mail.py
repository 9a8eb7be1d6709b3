"""A letter is sent when the server has taken it, and only then; the same one each time."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from typing import TYPE_CHECKING

import pytest

from tasks.delivery.letters import Letter
from tasks.delivery.mail import mail_of, send
from tasks.job import Hopeless
from tests.tasks.post_office import (
    PostOffice,
    hang_up_after_the_letter,
    keep_silent_after_the_letter,
    on_the_wire,
    post_office,
    say_nothing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

AT = datetime(2024, 4, 1, 0, 0, tzinfo=UTC)
LETTER = Letter(
    to="van.phong@example.org",
    message_id="<20240401.abc@camket.example.org>",
    subject="[Cam Kết] 3 quá hạn (01/04/2024)",
    text="Kính gửi: Đảng ủy phường\n",
    html="<p>Kính gửi: Đảng ủy phường</p>",
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as one:
        yield one


def mail(letter: Letter = LETTER) -> EmailMessage:
    return mail_of(letter, sender="Cam Kết <camket@example.org>", at=AT)


def test_a_letter_arrives_as_it_was_written(office: PostOffice) -> None:
    send(office.url, mail())
    [got] = office.letters
    assert got["From"] == "Cam Kết <camket@example.org>"
    assert got["To"] == LETTER.to
    assert got["Subject"] == LETTER.subject
    assert got["Message-ID"] == LETTER.message_id
    assert got["Date"].datetime == AT
    assert got["Auto-Submitted"] == "auto-generated"
    plain, html = (got.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == LETTER.text.strip()
    assert "Đảng ủy" in html.get_content()
    assert got.as_bytes(policy=policy.SMTP)


def test_a_long_subject_keeps_every_space(office: PostOffice) -> None:
    said = "[Cam Kết] Bản có chữ ký của báo cáo số 01/2024, chín tháng đầu năm 2024, Từ Sơn"
    send(office.url, mail(replace(LETTER, subject=said)))
    (letter,) = office.letters
    assert letter["Subject"] == said


def test_the_name_and_password_in_the_address_are_given(office: PostOffice) -> None:
    send(office.url.replace("://", "://van%40phong:m%3At@"), mail())
    assert office.names == [b"van@phong", b"m:t"]
    assert len(office.letters) == 1


@pytest.mark.parametrize("answer", ["550 no such mailbox", "554 refused as spam"])
def test_a_refusal_for_good_is_hopeless(office: PostOffice, answer: str) -> None:
    office.at_recipient = [answer]
    with pytest.raises(Hopeless, match=answer):
        send(office.url, mail())
    office.at_data = [answer]
    with pytest.raises(Hopeless, match=answer):
        send(office.url, mail())
    assert office.letters == []


def test_a_refusal_for_now_may_be_tried_again(office: PostOffice) -> None:
    office.at_recipient = ["451 try later"]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(office.url, mail())
    office.at_data = ["452 the disk is full"]
    with pytest.raises(smtplib.SMTPDataError):
        send(office.url, mail())
    send(office.url, mail())
    assert len(office.letters) == 1


def test_a_server_that_is_not_there_may_come_back() -> None:
    with post_office() as office:
        url = office.url
    with pytest.raises(OSError, match="refused"):
        send(url, mail())


def test_a_server_that_hangs_costs_no_more_than_its_time() -> None:
    with on_the_wire(say_nothing) as url, pytest.raises(OSError, match="timed out"):
        send(url, mail(), timeout_s=0.2)


def test_a_server_that_dies_midway_did_not_take_it() -> None:
    with on_the_wire(hang_up_after_the_letter) as url, pytest.raises(smtplib.SMTPException):
        send(url, mail())


def test_a_server_that_took_it_may_say_goodbye_as_it_likes() -> None:
    with on_the_wire(keep_silent_after_the_letter) as url:
        send(url, mail(), timeout_s=0.2)


def test_nothing_is_said_in_the_clear_where_tls_was_asked_for(office: PostOffice) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        send(office.url.replace("smtp:", "smtp+starttls:"), mail())
    with pytest.raises(ssl.SSLError):
        send(office.url.replace("smtp:", "smtps:"), mail())
    assert office.letters == []


def test_an_address_that_no_header_can_hold_is_hopeless() -> None:
    broken = Letter(to="a\r\nBcc: b@example.org", message_id="<1@x>", subject="", text="", html="")
    with pytest.raises(Hopeless):
        mail(broken)
