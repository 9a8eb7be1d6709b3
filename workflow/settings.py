"""How this installation is set: the environment, ``camket.toml``, and two secrets.

Knows each setting, its default, and what makes a value wrong. Refuses to know what is
done with a value, and never invents a secret where losing it would go unnoticed.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, LiteralString
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from workflow.domain.errors import InvalidFile, Problem, Refusal
from workflow.domain.reachable import Allowed, allowed_from
from workflow.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails
    from pydantic_settings import PydanticBaseSettingsSource

PREFIX: Final = "CAMKET_"
CONFIG: Final = "CAMKET_CONFIG"
KEYS_FILE: Final = "keys.toml"
_SHORTEST_SECRET: Final = 32


def _wrong(code: LiteralString, **facts: object) -> PydanticCustomError:
    return PydanticCustomError(code, code, facts)


def _one_of(*schemes: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not value.startswith(schemes):
            raise _wrong("settings.address_kind", expected=list(schemes))
        return value

    return check


def _database(value: str) -> str:
    try:
        kind = make_url(value).get_backend_name()
    except ArgumentError:
        kind = ""
    if kind not in {"sqlite", "postgresql", "postgres"}:
        raise _wrong("settings.address_kind", expected=["sqlite:///", "postgresql://"])
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise _wrong("settings.zone_unknown") from None
    return value


def _secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < _SHORTEST_SECRET:
        raise _wrong("settings.secret_short", least=_SHORTEST_SECRET)
    return value


def _journal_key(value: SecretStr) -> SecretStr:
    keys = _versions(value.get_secret_value())
    if any(len(key) < _SHORTEST_SECRET for key in keys.values()):
        raise _wrong("settings.secret_short", least=_SHORTEST_SECRET)
    return value


def _versions(text: str) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for one in text.split(","):
        version, colon, key = one.strip().partition(":")
        if not (colon and version.isascii() and version.isdigit()) or int(version) in keys:
            raise _wrong("settings.journal_key_form")
        keys[int(version)] = key.encode()
    return keys


def _allowance(value: str) -> str:
    try:
        allowed_from(value)
    except Refusal as refusal:
        raise _wrong("settings.allowance_form", entry=refusal.facts.get("entry", "")) from None
    return value


class Settings(BaseSettings):
    """Everything that an installation may set; see ``load``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        # A compose file passes on what is not set as an empty text.
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        validate_default=False,
    )

    data_dir: Path = Path("data")
    database_url: Annotated[str, AfterValidator(_database)] = Field(default="", repr=False)
    broker_url: Annotated[
        str, AfterValidator(_one_of("memory://", "redis://", "rediss://", "redis+socket://"))
    ] = Field(default="memory://", repr=False)
    secret_key: Annotated[SecretStr, AfterValidator(_secret)] = SecretStr("")
    journal_key: Annotated[SecretStr, AfterValidator(_journal_key)] = SecretStr("")
    smtp_url: (
        Annotated[str, AfterValidator(_one_of("smtp://", "smtps://", "smtp+starttls://"))] | None
    ) = Field(default=None, repr=False)
    mail_from: str = "camket@localhost"
    base_url: Annotated[str, AfterValidator(_one_of("http://", "https://"))] = (
        "http://127.0.0.1:8000"
    )
    # Receivers of webhooks within the own network: names, addresses and networks.
    outgoing_allow: Annotated[str, AfterValidator(_allowance)] = ""
    outgoing_http: bool = False
    timezone: Annotated[str, AfterValidator(_zone)] = DEFAULT_ZONE
    lang: Literal["vi", "en"] = DEFAULT_LANGUAGE
    #: Who must have a second factor; everybody else may.
    second_factor: Literal["optional", "administrators", "everybody"] = "optional"
    #: Whom people ask who cannot sign in, as the sign-in page says it: an office, a telephone.
    contact: str = ""
    #: How many requests a token of the API may send in a minute.
    api_per_minute: Annotated[int, Field(ge=1)] = 1_200

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes it by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was passed counts before the environment, and that before ``camket.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())

    @property
    def is_embedded(self) -> bool:
        """Whether jobs run in this very process, through ``memory://``."""
        return self.broker_url.startswith("memory://")

    @property
    def uses_sqlite(self) -> bool:
        """Whether the database is a file of this machine."""
        return make_url(self.database_url).get_backend_name() == "sqlite"

    @property
    def evidence_dir(self) -> Path:
        """Where evidence files are kept; one folder that all processes share."""
        return self.data_dir / "evidence"

    @property
    def outgoing(self) -> Allowed:
        """What may be called besides the public internet."""
        return allowed_from(self.outgoing_allow, plain_http=self.outgoing_http)

    @property
    def session_secret(self) -> bytes:
        """The key of cookies, tokens and feeds."""
        return self.secret_key.get_secret_value().encode()

    @property
    def journal_keys(self) -> Mapping[int, bytes]:
        """The keys of the journal's seal by version; the highest one seals, all verify."""
        return _versions(self.journal_key.get_secret_value())


def config_file() -> Path:
    """The file that is read: ``camket.toml`` here, or what ``CAMKET_CONFIG`` names."""
    return Path(os.environ.get(CONFIG, "camket.toml"))


def load(**given: Any) -> Settings:
    """Read the settings; ``given`` (``data_dir``, ``database_url`` …) counts first.

    Makes the data folder, and with SQLite the two secrets, which are kept in it for the
    next start. Raises ``InvalidFile`` naming every wrong setting, and ``Refusal`` when a
    secret is missing that must not be invented: always with PostgreSQL, and with SQLite
    when the database is already there, since a new journal key would make its seal
    unverifiable.
    """
    if CONFIG in os.environ and not config_file().is_file():
        raise Refusal("settings.file_missing", file=str(config_file()))
    passed = {name: value for name, value in given.items() if value is not None}
    try:
        found = Settings(**passed)
    except ValidationError as invalid:
        raise InvalidFile(
            [_problem(one) for one in invalid.errors()], file=str(config_file())
        ) from None
    except tomllib.TOMLDecodeError as broken:
        problem = Problem(code="settings.not_toml", facts={"detail": str(broken)})
        raise InvalidFile([problem], file=str(config_file())) from None
    folder = found.data_dir.expanduser().absolute()
    changes: dict[str, Any] = {"data_dir": folder}
    if not found.database_url:
        changes["database_url"] = f"sqlite:///{folder / 'camket.db'}"
    found = found.model_copy(update=changes)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = _kept_secrets(found)
    except OSError as fault:
        raise Refusal(
            "settings.data_folder", folder=str(folder), detail=fault.strerror or str(fault)
        ) from None
    return found.model_copy(update=kept)


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def _problem(error: ErrorDetails) -> Problem:
    name = str(error["loc"][0]) if error["loc"] else ""
    facts: dict[str, object] = {**error.get("ctx", {}), "name": _variable(name)}
    code = error["type"]
    if code == "extra_forbidden":
        code = "settings.name_unknown"
    elif not code.startswith("settings."):
        code, facts = "settings.value_wrong", {"name": facts["name"], "detail": error["msg"]}
    return Problem(code=code, path=name, facts=facts)


def _kept_secrets(found: Settings) -> dict[str, SecretStr]:
    """The secrets that are not set: read from the data folder, or made on the first start."""
    missing = [
        name
        for name in ("secret_key", "journal_key")
        if not getattr(found, name).get_secret_value()
    ]
    if not missing:
        return {}
    if not found.uses_sqlite:
        names = [_variable(name) for name in missing]
        raise Refusal("settings.secret_missing", names=names)
    path = found.data_dir / KEYS_FILE
    if not path.exists():
        database = Path(make_url(found.database_url).database or "")
        if database.is_file() and database.stat().st_size:
            raise Refusal("settings.keys_lost", file=str(path), database=str(database))
        _make_secrets(path)
    try:
        kept = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: SecretStr(kept[name]) for name in missing}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError):
        raise Refusal("settings.keys_broken", file=str(path)) from None


def _make_secrets(path: Path) -> None:
    """Write both secrets, whole or not at all; of two processes, the first one's are kept."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("# Whoever has these can forge sessions and the journal's seal.\n")
            file.write("# Without them the seal cannot be verified: keep a copy elsewhere.\n")
            file.write(f'secret_key = "{secrets.token_hex(32)}"\n')
            file.write(f'journal_key = "1:{secrets.token_hex(32)}"\n')
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
