"""The compose file and the image name only what exists; no Docker engine is needed to see it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from camket.__main__ import VERBS
from tests.sources import ROOT
from workflow.settings import PREFIX, Settings

# What Docker makes from anchors is read as it will be.
OURS = ("migrate", "worker", "scheduler", "web")


@cache
def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
    return found


@cache
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


services = pytest.mark.parametrize("name", compose()["services"])
ours = pytest.mark.parametrize("name", OURS)


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"][name]
    return found


def test_the_parts_of_the_product_are_there() -> None:
    assert set(compose()["services"]) == {"postgres", "redis", *OURS}


@services
def test_a_service_waits_only_for_services_that_exist(name: str) -> None:
    for other, wait in service(name).get("depends_on", {}).items():
        assert other in compose()["services"]
        # Without a health check the wait for health would never end.
        if wait["condition"] == "service_healthy":
            assert "healthcheck" in service(other)


@services
def test_a_service_mounts_only_volumes_that_exist(name: str) -> None:
    for volume in service(name).get("volumes", []):
        assert volume.split(":")[0] in compose()["volumes"]


@services
def test_an_image_has_a_version_and_no_digest(name: str) -> None:
    tag = service(name)["image"].rpartition(":")[2]
    assert re.match(r"\d+(\.\d+)+", tag)


@ours
def test_a_service_runs_a_verb_that_exists(name: str) -> None:
    assert service(name)["command"][0] in VERBS
    check: dict[str, Any] = service(name).get("healthcheck", {})
    if name == "web":
        # The web is asked what a proxy would ask; every second process start would be felt.
        assert check["test"][:2] == ["CMD", "python"]
        assert "/readyz" in check["test"][3]
    elif check:
        assert check["test"][:2] == ["CMD", "camket"]
        assert check["test"][2] in VERBS


@ours
def test_a_service_sets_only_settings_that_exist(name: str) -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    assert set(service(name)["environment"]) <= known


@ours
def test_secrets_come_from_outside(name: str) -> None:
    for setting in ("CAMKET_SECRET_KEY", "CAMKET_JOURNAL_KEY"):
        assert service(name)["environment"][setting].startswith(f"${{{setting}:?")
    assert "${POSTGRES_PASSWORD:?" in service(name)["environment"]["CAMKET_DATABASE_URL"]


def test_all_parts_share_the_folder_of_evidence() -> None:
    assert {tuple(service(name)["volumes"]) for name in OURS} == {("evidence:/data",)}
    assert "CAMKET_DATA_DIR=/data" in dockerfile()


def test_the_broker_never_throws_a_message_away() -> None:
    command = " ".join(service("redis")["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command


def test_the_image_runs_as_nobody_special_and_ends_workers_softly() -> None:
    assert re.search(r"^USER 10001:10001$", dockerfile(), re.MULTILINE)
    assert "REMAP_SIGTERM=SIGQUIT" in dockerfile()
    assert 'ENTRYPOINT ["camket"]' in dockerfile()


def test_the_image_is_built_from_what_is_sent() -> None:
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile(), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == sent
    assert all((ROOT / name).exists() for name in sent)
