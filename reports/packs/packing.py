"""The evidence behind an issued report in one ZIP, with a manifest that names every file.

Knows what goes into a pack, and that what is missing or was changed is named, never left
out. It is streamed: no file is held whole, and the same report on the same files gives the
same bytes. Refuses to judge evidence: verdicts are those that were given.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime  # noqa: TC003 - read at run time, by pydantic
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from pydantic import TypeAdapter

from reports.documents.telling import Teller
from reports.packs.streamed_zip import Names, StreamedZip
from reports.packs.verdicts import verdicts_given
from reports.quarterly import plain, read
from reports.reading import report_listed
from workflow import access
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.journal import canonical
from workflow.store import reports as stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from reports.quarterly import Report
    from workflow.files import FileStore

FORM: Final = 1
MANIFEST: Final = "manifest.json"
INDEX: Final = "index.html"
VERDICTS: Final = "verdicts.json"
_REPORT: Final = "bao-cao"
_EVIDENCE: Final = "minh-chung"
_BLOCK: Final = 1 << 18

#: How a file is there: as it was, with other bytes than it had, or not at all.
Condition = Literal["kept", "changed", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file of the pack with its hash and size."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One item of evidence of the report: whose, for what, and where it is in the pack.

    ``sha256`` is what the report says of it; None where it is no file. ``path`` is None where
    there is no file. ``found`` is the hash of what is there instead, where it was changed.
    """

    task: int
    obligation: str
    unit: str
    unit_name: str
    occasion: str
    requirement: str
    name: str
    outcome: str | None
    sha256: str | None
    condition: Condition | None
    path: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a pack, and of which report.

    ``lacking`` are files of the report that were gone or changed.
    """

    form: int
    agreement: str
    period: str
    edition: int
    number: str
    issued_on: date
    as_of: datetime
    report_sha256: str
    journal_head: str
    files: tuple[Packed, ...]
    lacking: tuple[Packed, ...]
    evidence: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Everything that a pack is made of, read from the database; the files lie on the disk."""

    report: Report
    sha256: str
    data_dir: Path
    evidence: FileStore
    frozen: tuple[Row[tuple[object, ...]], ...]
    verdicts: str

    @property
    def name(self) -> str:
        """The name of its file."""
        report = self.report
        said = f"{report.agreement.code}-{report.period.key}-{report.edition}"
        return f"{Names().path(said)}-minh-chung.zip"


@dataclass(slots=True)
class _Done:
    """What has been put into a pack so far."""

    names: Names
    files: list[Packed] = field(default_factory=list)
    lacking: list[Packed] = field(default_factory=list)
    #: Where the bytes of a hash lie in the pack, and what they really are.
    placed: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)


def pack_of(
    db: Connection, report_id: int, *, by: str, data_dir: Path, evidence: FileStore
) -> Pack:
    """All that the pack of an issued report is made of, for who may read all of its evidence.

    Raises ``Refusal``: ``report.unknown``, ``report.not_issued``, ``access.denied``.
    """
    row = report_listed(db, report_id, by=by)
    if not may_pack(db, row.agreement, by=by):
        raise Refusal("access.denied", by=by, deed=Deed.READ.value)
    whole = stored.report_by_id(db, report_id)
    if whole is None or whole.state != "issued":
        raise Refusal("report.not_issued", report=report_id, state=row.state)
    report = read(whole.content)
    given = verdicts_given(
        db, (task.id for task in report.tasks if task.evidence), as_of=report.as_of
    )
    return Pack(
        report=report,
        sha256=whole.sha256,
        data_dir=data_dir,
        evidence=evidence,
        frozen=tuple(stored.files_of(db, report_id)),
        verdicts=canonical([plain(one) for one in given]),
    )


def may_pack(db: Connection, agreement: str, *, by: str) -> bool:
    """Whether somebody may read everything under an agreement, whoever owes it."""
    if access.is_rule(by):
        return True
    return roles.may(access.grants_of(db, by), Deed.READ, place=Place(agreement=agreement))


def streamed(pack: Pack) -> Iterator[bytes]:
    """The pack, piece by piece: the report, its evidence, the verdicts, an index, the manifest."""
    made = StreamedZip()
    done = _Done(names=Names(MANIFEST, INDEX, VERDICTS))
    for row in pack.frozen:
        yield from _frozen(made, done, pack, row)
    offers = []
    for task in pack.report.tasks:
        for one in task.evidence:
            offer = Offer(
                task=task.id,
                obligation=task.obligation,
                unit=task.unit,
                unit_name=_unit_names(pack.report).get(task.unit, task.unit),
                occasion=task.occasion,
                requirement=one.requirement,
                name=one.name,
                outcome=one.outcome,
                sha256=one.sha256,
                condition=None,
            )
            if one.sha256 is not None and one.sha256 not in done.placed:
                yield from _offered(made, done, pack, offer)
            offers.append(_placed(offer, done))
    yield from _written(made, done, VERDICTS, pack.verdicts.encode())
    index = index_page(pack, offers, tuple(done.files), tuple(done.lacking))
    yield from _written(made, done, INDEX, index)
    manifest = _manifest(pack, done, tuple(offers))
    yield from made.put(MANIFEST, [canonical(plain(manifest)).encode()])
    yield from made.end()


def read_manifest(text: bytes) -> Manifest:
    """A manifest from its bytes. Raises ``ValueError``."""
    return _reader().validate_json(text)


@cache
def _reader() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def _unit_names(report: Report) -> dict[str, str]:
    return {unit.key: unit.name for unit in report.units}


def _frozen(
    made: StreamedZip, done: _Done, pack: Pack, row: Row[tuple[object, ...]]
) -> Iterator[bytes]:
    """A file of the report as it was frozen; one that is gone or was changed is named."""
    name = row.name.rpartition("/")[2]
    path = pack.data_dir / row.name
    if not _is_readable(path):
        done.lacking.append(Packed(path=f"{_REPORT}/{name}", sha256=row.sha256, size=row.size))
        return
    yield from _copied(made, done, done.names.path(_REPORT, name), path)
    if done.files[-1].sha256 != row.sha256:
        done.lacking.append(Packed(path=done.files[-1].path, sha256=row.sha256, size=row.size))


def _offered(made: StreamedZip, done: _Done, pack: Pack, offer: Offer) -> Iterator[bytes]:
    """The file of an item; of bytes that were offered several times, the first place holds them."""
    sha256 = offer.sha256 or ""
    path = pack.evidence.path_of(sha256)
    if not _is_readable(path):
        done.placed[sha256] = (None, None)
        return
    place = done.names.path(
        _EVIDENCE, offer.unit_name, offer.obligation, offer.occasion, offer.name or sha256[:12]
    )
    yield from _copied(made, done, place, path)
    done.placed[sha256] = (place, done.files[-1].sha256)


def _placed(offer: Offer, done: _Done) -> Offer:
    """The same with where its file is, and how."""
    if offer.sha256 is None:
        return offer
    path, found = done.placed[offer.sha256]
    if path is None:
        return replace(offer, condition="missing")
    if found != offer.sha256:
        return replace(offer, condition="changed", path=path, found=found)
    return replace(offer, condition="kept", path=path)


def _copied(made: StreamedZip, done: _Done, place: str, path: Path) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        # What a broken disk does not give back has another hash, and is named for it.
        with suppress(OSError), path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
                yield block

    yield from made.put(place, pieces())
    done.files.append(Packed(path=place, sha256=digest.hexdigest(), size=size))


def _written(made: StreamedZip, done: _Done, place: str, content: bytes) -> Iterator[bytes]:
    yield from made.put(place, [content])
    digest = hashlib.sha256(content).hexdigest()
    done.files.append(Packed(path=place, sha256=digest, size=len(content)))


def _is_readable(path: Path) -> bool:
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def _manifest(pack: Pack, done: _Done, offers: tuple[Offer, ...]) -> Manifest:
    report = pack.report
    if report.issue is None:
        raise ValueError("an issued report says how it was issued")
    return Manifest(
        form=FORM,
        agreement=report.agreement.code,
        period=report.period.key,
        edition=report.edition,
        number=report.issue.number,
        issued_on=report.issue.issued_on,
        as_of=report.as_of,
        report_sha256=pack.sha256,
        journal_head=report.issue.journal_head,
        files=tuple(done.files),
        lacking=tuple(done.lacking),
        evidence=offers,
    )


def index_page(
    pack: Pack, offers: list[Offer], files: tuple[Packed, ...], lacking: tuple[Packed, ...]
) -> bytes:
    """The pack's index for people, in the language in which the report was issued."""
    from urllib.parse import quote

    from jinja2 import Environment, PackageLoader, StrictUndefined

    issue = pack.report.issue
    tell = Teller(pack.report, "vi" if issue is None else issue.lang)
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.globals["_"] = tell.gettext
    environment.filters["address"] = quote
    return (
        environment.get_template("pack.html.j2")
        .render(
            report=pack.report,
            sha256=pack.sha256,
            lang=tell.say.lang,
            tell=tell,
            offers=offers,
            files=files,
            lacking=lacking,
            manifest=MANIFEST,
        )
        .encode()
    )
