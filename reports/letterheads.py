"""Setting what stands around the reports of an agreement: letterhead and Word template.

Knows who may set it, that it is journaled, and that a template is tried before it is kept.
Refuses to know how documents are made.
"""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, fields
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reports.letterhead import Issuer, Letterhead
from workflow import access, catalogue, journal
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.files import FileStore
from workflow.store import letterheads as stored
from workflow.store.past import LETTERHEAD, keep_past, said_then

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from workflow.journal import Act

#: The most bytes that a template may have, and characters that a word of a letterhead may.
LARGEST: Final = 5_000_000
LONGEST: Final = 300
_MOST_RECIPIENTS: Final = 40


def letterhead_words(
    db: Connection, agreement_id: int, *, as_of: datetime | None = None
) -> Letterhead | None:
    """What an office has set for an agreement, or None; ``as_of``, what it had set by then."""
    row = stored.letterhead_of(db, agreement_id)
    words = None if row is None else row.words
    if as_of is not None:
        words = said_then(db, LETTERHEAD, as_of=as_of, ids=[agreement_id]).get(agreement_id, words)
    return None if words is None else letterhead_from(words)


def letterhead_from(words: Mapping[str, object]) -> Letterhead:
    """A letterhead from its words by name; white space is tidied.

    Raises ``Refusal``: ``letterhead.unknown_word``, ``letterhead.issuer_unknown``,
    ``letterhead.too_long``, ``letterhead.too_many``.
    """
    known = {one.name for one in fields(Letterhead)}
    if unknown := sorted(set(words) - known):
        raise Refusal("letterhead.unknown_word", word=unknown[0], known=sorted(known))
    issuer = str(words.get("issuer", Issuer.STATE))
    if issuer not in set(Issuer):
        raise Refusal("letterhead.issuer_unknown", given=issuer, known=[str(one) for one in Issuer])
    recipients = words.get("recipients", ())
    lines = recipients.splitlines() if isinstance(recipients, str) else recipients
    if not isinstance(lines, list | tuple):
        raise Refusal("letterhead.unknown_word", word="recipients", known=sorted(known))
    said = tuple(text for text in (_tidied(one) for one in lines) if text)
    if len(said) > _MOST_RECIPIENTS:
        raise Refusal("letterhead.too_many", most=_MOST_RECIPIENTS)
    single = {
        name: _tidied(text) for name, text in words.items() if name not in {"issuer", "recipients"}
    }
    return Letterhead(issuer=Issuer(issuer), recipients=said, **single)


def _tidied(text: object) -> str:
    said = " ".join(unicodedata.normalize("NFC", str(text)).split())
    if len(said) > LONGEST:
        raise Refusal("letterhead.too_long", most=LONGEST, text=said[:40])
    return said


def change_letterhead(db: Connection, *, agreement: str, letterhead: Letterhead, act: Act) -> None:
    """Set the letterhead of an agreement's reports; drafts bear it from their next refresh.

    Raises ``Refusal``: ``agreement.unknown``, ``access.denied``.
    """
    kept = catalogue.locked(db, agreement)
    _ensure_may(db, agreement, act)
    before = letterhead_words(db, kept.id)
    words = _plain(letterhead)
    keep_past(db, LETTERHEAD, {kept.id: None if before is None else _plain(before)}, at=act.at)
    stored.set_letterhead(db, kept.id, {"words": words, "changed_by": act.by, "changed_at": act.at})
    journal.record(
        db,
        act=act,
        verb="letterhead.changed",
        agreement=kept.id,
        subject=("agreement", kept.id),
        before=None if before is None else _plain(before),
        after=words,
    )


def change_template(
    db: Connection, *, agreement: str, name: str, content: bytes | None, data_dir: Path, act: Act
) -> None:
    """Let the office's Word template take the place of ours; None goes back to ours.

    It is tried with a sample first. Raises ``Refusal``: ``template.*`` as
    ``templates.tried`` does, ``agreement.unknown``, ``access.denied``, ``files.*``.
    """
    from reports.documents.word_templates import tried

    kept = catalogue.locked(db, agreement)
    _ensure_may(db, agreement, act)
    row = stored.letterhead_of(db, kept.id)
    before = None if row is None else row.template_sha256
    columns: dict[str, object] = dict.fromkeys(
        ("template_name", "template_sha256", "template_size")
    )
    if content is not None:
        if len(content) > LARGEST:
            raise Refusal("template.too_large", most=LARGEST)
        tried(content)
        kept_file = _store(data_dir).store(BytesIO(content))
        columns = {
            "template_name": name[-255:],
            "template_sha256": kept_file.sha256,
            "template_size": kept_file.size,
        }
    stored.set_letterhead(db, kept.id, {**columns, "changed_by": act.by, "changed_at": act.at})
    journal.record(
        db,
        act=act,
        verb="report_template.changed",
        agreement=kept.id,
        subject=("agreement", kept.id),
        before={"sha256": before},
        after={"name": columns["template_name"], "sha256": columns["template_sha256"]},
    )


def template_of(db: Connection, agreement: str, *, data_dir: Path) -> bytes | None:
    """The office's Word template, or None where ours holds.

    Raises ``Refusal("template.missing")`` where its file is lost or was changed.
    """
    row = stored.letterhead_of_code(db, agreement)
    if row is None or row.template_sha256 is None:
        return None
    import hashlib

    try:
        content = _store(data_dir).path_of(row.template_sha256).read_bytes()
    except OSError as fault:
        raise Refusal("template.missing", name=row.template_name) from fault
    if hashlib.sha256(content).hexdigest() != row.template_sha256:
        raise Refusal("template.missing", name=row.template_name)
    return content


def _store(data_dir: Path) -> FileStore:
    return FileStore(root=data_dir / "report-templates", largest=LARGEST)


def _plain(letterhead: Letterhead) -> dict[str, object]:
    return {
        **asdict(letterhead),
        "issuer": str(letterhead.issuer),
        "recipients": list(letterhead.recipients),
    }


def _ensure_may(db: Connection, agreement: str, act: Act) -> None:
    access.ensure_may(db, Deed.DRAFT_REPORT, act=act, place=Place(agreement=agreement))
