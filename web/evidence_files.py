"""A file of evidence given back as it was handed in, under a name that harms nobody.

Knows who may read it: whoever may read its task. Refuses to have a browser show it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from fastapi.responses import FileResponse
from sqlalchemy import select

from workflow.access import scope_of
from workflow.domain.errors import Refusal
from workflow.store.evidence import evidence_item
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.domain.roles import Grant
    from workflow.files import FileStore

#: What a browser may be told that a file is; everything else is told to be bytes.
KNOWN_KINDS: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BYTES: Final = "application/octet-stream"


def evidence_file(
    db: Connection,
    item_id: int,
    *,
    files: FileStore,
    by: str,
    at: datetime,
    grants: Iterable[Grant],
) -> FileResponse:
    """The file of an item.

    Raises ``Refusal``: ``evidence.unknown`` where there is none for this person,
    ``evidence_file.not_found`` where it is gone from its folder.
    """
    found = db.execute(
        select(evidence_item.c.name, evidence_item.c.sha256)
        .join(task, task.c.id == evidence_item.c.task_id)
        .where(
            evidence_item.c.id == item_id,
            evidence_item.c.sha256.is_not(None),
            scope_of(db, by, at=at, grants=tuple(grants)),
        )
    ).one_or_none()
    if found is None:
        raise Refusal("evidence.unknown", item=item_id)
    path = files.path_of(found.sha256)
    if not path.is_file():
        raise Refusal("evidence_file.not_found", name=found.name)
    name = safe_name(found.name, item_id)
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    return FileResponse(
        path,
        filename=name,
        media_type=KNOWN_KINDS.get(suffix, BYTES),
        content_disposition_type="attachment",
        # Whatever opens it, it is no page of this site.
        headers={"content-security-policy": "sandbox; default-src 'none'"},
    )


def safe_name(name: str, item_id: int) -> str:
    """A name that no system takes for a place, a command or another writing direction."""
    kept = "".join(
        one if unicodedata.category(one)[0] != "C" and one not in '<>:"/\\|?*' else "_"
        for one in name
    ).strip(" .")
    return kept[-150:] or f"minh-chung-{item_id}"
