"""Settings are read once, refused whole when wrong, and secrets are never lost unnoticed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from workflow import settings
from workflow.domain.errors import InvalidFile, Refusal
from workflow.labels import describe

if TYPE_CHECKING:
    from pathlib import Path

KEY = "k" * 32
POSTGRESQL = "postgresql://camket@db/camket"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_it_runs_embedded_in_a_folder(tmp_path: Path) -> None:
    found = settings.load()
    assert found.data_dir == tmp_path / "data"
    assert found.database_url == f"sqlite:///{tmp_path}/data/camket.db"
    assert found.uses_sqlite
    assert found.is_embedded
    assert found.evidence_dir == tmp_path / "data" / "evidence"
    assert (found.lang, found.timezone) == ("vi", "Asia/Ho_Chi_Minh")
    assert found.smtp_url is None


def test_what_is_passed_counts_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "camket.toml").write_text(
        'lang = "en"\ntimezone = "UTC"\nbase_url = "https://file.example"\nsmtp_url = "smtp://file.example"\n'
    )
    monkeypatch.setenv("CAMKET_BASE_URL", "https://environment.example")
    monkeypatch.setenv("CAMKET_SMTP_URL", "smtp://environment.example")
    found = settings.load(smtp_url="smtp://passed.example", data_dir=None)
    assert (found.lang, found.timezone) == ("en", "UTC")
    assert found.base_url == "https://environment.example"
    assert found.smtp_url == "smtp://passed.example"


def test_the_file_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "elsewhere.toml"
    monkeypatch.setenv("CAMKET_CONFIG", str(path))
    with pytest.raises(Refusal) as refused:
        settings.load()
    assert refused.value.code == "settings.file_missing"
    path.write_text('lang = "en"\n')
    assert settings.load().lang == "en"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("database_url", "mysql://db/camket", "settings.address_kind"),
        ("database_url", "not an address", "settings.address_kind"),
        ("broker_url", "amqp://broker", "settings.address_kind"),
        ("smtp_url", "mail.example:25", "settings.address_kind"),
        ("base_url", "camket.example", "settings.address_kind"),
        ("timezone", "Asia/Bac_Ninh", "settings.zone_unknown"),
        ("timezone", "../zone", "settings.zone_unknown"),
        ("timezone", "Asia", "settings.zone_unknown"),
        ("lang", "fr", "settings.value_wrong"),
        ("secret_key", "short", "settings.secret_short"),
        ("journal_key", "1:short", "settings.secret_short"),
        ("journal_key", KEY, "settings.journal_key_form"),
        ("journal_key", f"one:{KEY}", "settings.journal_key_form"),
        ("journal_key", f"1:{KEY},1:{KEY}", "settings.journal_key_form"),
    ],
)
def test_a_wrong_value_is_named_in_both_languages(name: str, value: str, code: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        settings.load(**{name: value})
    (problem,) = refused.value.problems
    assert problem.code == code
    for lang in ("vi", "en"):
        said = describe(refused.value, lang)
        assert f"CAMKET_{name.upper()}" in said
        assert value not in said or "secret" not in code


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "camket.toml").write_text('langue = "vi"\ntimezone = "X"\nbase_url = "y"\n')
    with pytest.raises(InvalidFile) as refused:
        settings.load()
    assert {problem.code for problem in refused.value.problems} == {
        "settings.name_unknown",
        "settings.zone_unknown",
        "settings.address_kind",
    }


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "camket.toml").write_text("lang = vi\n")
    with pytest.raises(InvalidFile) as refused:
        settings.load()
    assert refused.value.problems[0].code == "settings.not_toml"


def test_secrets_are_made_once_and_kept_for_their_owner_only(tmp_path: Path) -> None:
    first, second = settings.load(), settings.load()
    assert first.session_secret == second.session_secret
    assert first.journal_keys == second.journal_keys
    assert first.session_secret not in first.journal_keys.values()
    assert list(first.journal_keys) == [1]
    path = tmp_path / "data" / "keys.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["keys.toml"]  # noqa: PTH208 - names, not paths


def test_of_two_processes_that_start_at_once_both_use_the_same_secrets(tmp_path: Path) -> None:
    settings._make_secrets(tmp_path / "keys.toml")
    kept = (tmp_path / "keys.toml").read_text()
    settings._make_secrets(tmp_path / "keys.toml")
    assert (tmp_path / "keys.toml").read_text() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["keys.toml"]


def test_secrets_are_not_made_again_for_a_database_that_exists(tmp_path: Path) -> None:
    found = settings.load()
    (tmp_path / "data" / "camket.db").write_bytes(b"SQLite format 3\0")
    (tmp_path / "data" / "keys.toml").rename(tmp_path / "moved.toml")
    with pytest.raises(Refusal) as refused:
        settings.load()
    assert refused.value.code == "settings.keys_lost"
    journal_key = ",".join(
        f"{version}:{key.decode()}" for version, key in found.journal_keys.items()
    )
    given = settings.load(secret_key=found.session_secret.decode(), journal_key=journal_key)
    assert given.journal_keys == found.journal_keys


def test_what_is_passed_on_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMKET_SMTP_URL", "")
    assert settings.load().smtp_url is None


@pytest.mark.parametrize("content", [b"", b"secret_key = ", b"\xff", b'secret_key = "x"'])
def test_a_broken_file_of_secrets_stops_the_start(tmp_path: Path, content: bytes) -> None:
    settings.load()
    (tmp_path / "data" / "keys.toml").write_bytes(content)
    with pytest.raises(Refusal) as refused:
        settings.load()
    assert refused.value.code == "settings.keys_broken"


def test_with_postgresql_secrets_are_given_from_outside(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        settings.load(database_url=POSTGRESQL, secret_key=KEY)
    assert refused.value.code == "settings.secret_missing"
    assert refused.value.facts == {"names": ["CAMKET_JOURNAL_KEY"]}
    assert not (tmp_path / "data" / "keys.toml").exists()
    assert "CAMKET_JOURNAL_KEY" in describe(refused.value, "vi")


def test_the_newest_journal_key_seals_and_the_older_ones_still_verify() -> None:
    older, newer = "a" * 32, "b" * 32
    found = settings.load(
        database_url=POSTGRESQL, secret_key=KEY, journal_key=f"2:{newer}, 1:{older}"
    )
    assert found.journal_keys == {1: older.encode(), 2: newer.encode()}
    assert not found.uses_sqlite


def test_what_is_secret_is_not_printed() -> None:
    found = settings.load(
        database_url="postgresql://camket:hidden1@db/camket",
        broker_url="redis://:hidden2@broker",
        smtp_url="smtp://someone:hidden3@mail",
        secret_key="hidden4" * 8,
        journal_key="1:" + "hidden5" * 8,
    )
    assert "hidden" not in repr(found)
    assert not found.is_embedded


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refusal) as refused:
        settings.load(data_dir=tmp_path / "file" / "data")
    assert refused.value.code == "settings.data_folder"
    assert str(tmp_path / "file" / "data") in describe(refused.value, "en")
