"""The file of heads beside the database: day by day one line, to be kept elsewhere as well.

Knows where it lies. Refuses to know who writes it and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workflow.sealing.exporting import heads_of

if TYPE_CHECKING:
    from pathlib import Path

    from workflow.domain.chain import Head
    from workflow.settings import Settings

HEADS_FILE: Final = "journal-heads.jsonl"


def heads_file(settings: Settings) -> Path:
    """Where the journal's heads are written day by day; kept for ``camket journal verify``."""
    return settings.data_dir / HEADS_FILE


def exported_heads(settings: Settings) -> list[Head]:
    """The heads that were written so far; none where no file is. Raises ValueError as read."""
    path = heads_file(settings)
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return list(heads_of(line for line in file if line.strip()))
