"""Founding the city of the example: its data folder, its offices, its agreement, its accounts.

Knows that the example comes in through the same intake as anybody's files, that one person
loads it and another activates it. Refuses to know what happens afterwards. Accounts are
offices, never people.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from camket.living.chores import World
from reports.letterhead import Issuer, Letterhead
from reports.letterheads import change_letterhead
from workflow import examples
from workflow.accounts import add_user, grant_role
from workflow.catalogue import kept
from workflow.definitions import activate_agreement, import_agreement
from workflow.domain.errors import Refusal
from workflow.domain.roles import Grant, Role
from workflow.domain.units import Dated, Unit
from workflow.evidence.registry import params_problems
from workflow.i18n import DEFAULT_ZONE
from workflow.intake.agreement_file import read_agreement
from workflow.intake.event_file import read_events
from workflow.intake.unit_sheet import read_units
from workflow.journal import Act
from workflow.registry import load_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Engine

    from workflow.domain.agreement import Agreement
    from workflow.domain.announced import Happening

EXAMPLE: Final = Path(examples.__file__).parent / "tu-son"
ZONE: Final = ZoneInfo(DEFAULT_ZONE)
#: The day on which the example is loaded, and the first on which offices act.
LOADED_ON: Final = date(2023, 12, 18)
STARTS_ON: Final = date(2023, 12, 20)
#: What the folder of a demo holds, so that no other folder is ever taken for one.
MARK: Final = "demo.camket"

COORDINATOR: Final = "dieu-phoi"
DEPUTY: Final = "chanh-van-phong"
REVIEWER: Final = "to-tham-dinh"
PAPERS_DESK: Final = "ban-thu-ky-bao"
LEADER: Final = "thuong-truc"
AUDITOR: Final = "kiem-tra"
_POSTS: Final[tuple[tuple[str, str, Role, str | None], ...]] = (
    (COORDINATOR, "Đầu mối chương trình, Văn phòng Thành ủy", Role.ADMINISTRATOR, None),
    (DEPUTY, "Chánh Văn phòng Thành ủy", Role.ADMINISTRATOR, None),
    (REVIEWER, "Tổ thẩm định, Ban Tuyên giáo Thành ủy", Role.REVIEWER, None),
    (PAPERS_DESK, "Ban Thư ký tòa soạn, Báo Bắc Ninh", Role.REVIEWER, "bao"),
    (LEADER, "Thường trực Thành ủy", Role.LEADER, "tu-son"),
    (AUDITOR, "Ủy ban Kiểm tra Thành ủy", Role.AUDITOR, None),
)
#: A city's Party committee issues under the Party's rules of form.
_LETTERHEAD: Final = Letterhead(
    issuer=Issuer.PARTY,
    superior="Tỉnh ủy Bắc Ninh",
    body="Thành ủy Từ Sơn",
    sign="ThU",
    place="Từ Sơn",
    on_behalf="Ban Thường vụ",
    post="Phó Bí thư",
    recipients=(
        "Ban Tuyên giáo Tỉnh ủy",
        "Báo Bắc Ninh",
        "Các cơ quan, đơn vị, phường thực hiện Chương trình",
    ),
    archive="Văn phòng Thành ủy",
)
_MAIL: Final = "{key}@example.invalid"
_CELL: Final = "chi-bo"
_WARD: Final = "phuong"
_FIRST_ADDED: Final = 41


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """The example as it was loaded: what the offices know, and the meetings of its calendar."""

    world: World
    agreement_id: int
    events: tuple[Happening, ...]

    @property
    def code(self) -> str:
        """The agreement's code."""
        return self.world.says.code


def instant(day: date, clock: str) -> datetime:
    """An instant by the wall clock of the example's zone."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE).astimezone(UTC)


def clear_folder(folder: Path) -> None:
    """Make the folder of a demo anew: one that is empty, or its own earlier demo.

    Raises ``Refusal("demo.folder_in_use")`` for any other that holds something: nobody's
    data is ever deleted for a demo.
    """
    if folder.exists() and not folder.is_dir():
        raise Refusal("demo.folder_in_use", folder=str(folder))
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise Refusal("demo.folder_in_use", folder=str(folder))
        # The mark goes last, so that a broken clearing is still known as a demo's.
        for one in sorted(folder.iterdir()):
            if one.name != MARK:
                _remove(one)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARK).write_text(
        "Made by camket demo; the next demo replaces it.\n", encoding="utf-8"
    )


def found_city(engine: Engine, *, by: str, units: int | None = None) -> City:
    """Load units, agreement and accounts of the example, and have a second person activate it.

    ``by`` is the local administrator, who makes the first accounts; ``units`` is how many
    units the city has: more are made up by number, fewer leave out whom no duty names.
    """
    says = read_agreement(EXAMPLE / "agreement.yaml", check_params=params_problems)
    sheet = _sized(read_units(EXAMPLE / "units.csv").units, says, units)
    keys = {unit.key for unit in sheet}
    events = read_events(EXAMPLE / "meetings.csv", zone=DEFAULT_ZONE)
    loaded_at = instant(LOADED_ON, "09:00")
    with engine.begin() as db:
        _open_offices(db, by=by, at=instant(LOADED_ON, "08:30"))
        act = Act(by=COORDINATOR, at=loaded_at)
        load_units(db, sheet, act=act)
        import_agreement(db, says, act=act)
        _seat_officers(db, sheet, says, act=Act(by=COORDINATOR, at=loaded_at + timedelta(hours=1)))
        activating = Act(by=DEPUTY, at=instant(LOADED_ON, "15:00"))
        activate_agreement(db, says.code, act=activating)
        change_letterhead(db, agreement=says.code, letterhead=_LETTERHEAD, act=activating)
        agreement_id = kept(db, says.code).id
    return City(
        world=World(says=says, units={unit.key: unit for unit in sheet}),
        agreement_id=agreement_id,
        events=tuple(
            event for event in events if event.convener in keys and event.addressed in {None, *keys}
        ),
    )


def _open_offices(db: Connection, *, by: str, at: datetime) -> None:
    """The accounts that need no agreement; the newspaper's and the leader's come after it."""
    for key, name, role, party in _POSTS:
        grants = [] if party else [Grant(role=role)]
        mail = _MAIL.format(key=key)
        add_user(db, key, name=name, mail=mail, grants=grants, act=Act(by=by, at=at))


def _seat_officers(db: Connection, units: Iterable[Unit], says: Agreement, *, act: Act) -> None:
    """One account for each unit, and the grants that are limited to a party."""
    for key, _, role, party in _POSTS:
        if party:
            grant_role(db, key, Grant(role=role, agreement=says.code, party=party), act=act)
    for unit in units:
        name = f"Đầu mối {unit.names[-1].value}"
        grant = Grant(role=Role.UNIT_OFFICER, unit=unit.key)
        add_user(db, unit.key, name=name, mail=unit.mail, grants=[grant], act=act)


def _sized(units: tuple[Unit, ...], says: Agreement, size: int | None) -> tuple[Unit, ...]:
    """So many units: the sheet's, fewer of them, or more cells beside them."""
    if size is None or size == len(units):
        return units
    if size > len(units):
        return (*units, *_more_cells(units, size - len(units)))
    needed = _named_in(says) & {unit.key for unit in units}
    by_key = {unit.key: unit for unit in units}
    for key in sorted(needed):
        needed |= _with_ties(by_key, key)
    chosen = set(needed)
    for unit in units:
        if len(chosen) >= size:
            break
        chosen |= _with_ties(by_key, unit.key)
    return tuple(unit for unit in units if unit.key in chosen)


def _named_in(says: Agreement) -> set[str]:
    """The keys of the units that the agreement names one by one."""
    return {
        key
        for duty in says.obligations
        for selector in (duty.bearer, duty.cooperating)
        if selector is not None
        for key in selector.keys
    } | {"thanh-uy", "ubnd", "hdnd"}


def _with_ties(units: Mapping[str, Unit], key: str) -> set[str]:
    """A unit with those above it and who pays for it."""
    found = {key}
    unit = units[key]
    above = {fact.value for fact in unit.parents} | ({unit.paid_by} if unit.paid_by else set())
    for one in above - found:
        found |= _with_ties(units, one)
    return found


def _more_cells(units: tuple[Unit, ...], count: int) -> Iterable[Unit]:
    """Made-up cells like those of the sheet, by number, under the wards in turn."""
    like = next(unit for unit in units if unit.kind == _CELL)
    wards = [unit for unit in units if unit.kind == _WARD]
    for number in range(_FIRST_ADDED, _FIRST_ADDED + count):
        ward = wards[number % len(wards)]
        key = f"chi-bo-so-{number}"
        name = f"Chi bộ số {number}, {ward.names[0].value}"
        yield replace(
            like,
            key=key,
            names=(Dated(value=name, span=like.life),),
            parents=(Dated(value=ward.key, span=like.life),),
            paid_by=ward.key,
            mail=_MAIL.format(key=key),
        )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
