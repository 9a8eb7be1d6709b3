"""The files of letters: each in PDF and Word, many in one ZIP or one PDF for printing.

Knows where the files lie and that what is given away is what was made. Refuses to know
who may have them.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reports.documents.render_docx import word_of
from reports.documents.render_html import page_of
from reports.documents.render_pdf import pdf_of
from reports.letters.text import letter_document, letter_fields
from reports.packs.streamed_zip import Names, StreamedZip
from workflow.domain.errors import Refusal
from workflow.files import FileStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from reports.letters.letter import Letter

#: In which formats a letter is made.
FORMATS: Final = ("docx", "pdf")


def letter_made(letter: Letter) -> Mapping[str, bytes]:
    """The letter's files by format; the same value gives the same bytes."""
    told = letter_document(letter)
    return {
        "docx": word_of(told, given=letter_fields(told), at=letter.as_of),
        "pdf": pdf_of(told, at=letter.as_of),
    }


def letter_page(letter: Letter) -> bytes:
    """The letter as a page to be looked at."""
    return page_of(letter_document(letter))


def letter_store(data_dir: Path) -> FileStore:
    """Where the files of letters lie, under their hashes."""
    return FileStore(root=data_dir / "letters")


def keep_files(data_dir: Path, made: Mapping[str, bytes]) -> list[dict[str, object]]:
    """Keep a letter's files, and give what the register notes of each. Raises ``files.*``."""
    store = letter_store(data_dir)
    noted: list[dict[str, object]] = []
    for kind, content in sorted(made.items()):
        kept = store.store(BytesIO(content))
        noted.append({"format": kind, "sha256": kept.sha256, "size": kept.size})
    return noted


def kept_file(data_dir: Path, sha256: str, *, name: str) -> bytes:
    """A letter's file as it was made. Raises ``Refusal("letter.file_lost")``."""
    try:
        content = letter_store(data_dir).path_of(sha256).read_bytes()
    except OSError as fault:
        raise Refusal("letter.file_lost", name=name) from fault
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refusal("letter.file_lost", name=name)
    return content


def letters_packed(data_dir: Path, files: Iterable[tuple[str, str, str]]) -> Iterator[bytes]:
    """Letters in one ZIP, streamed: each a name without its ending, a format and a hash."""
    made, names = StreamedZip(), Names()
    for name, kind, sha256 in files:
        path = names.path(f"{name}.{kind}")
        yield from made.put(path, [kept_file(data_dir, sha256, name=path)])
    yield from made.end()


def letters_joined(contents: Iterable[bytes], *, for_both_sides: bool = False) -> bytes:
    """Letters in one PDF for printing; for both sides of the paper each begins a sheet."""
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for content in contents:
        one = pypdfium2.PdfDocument(content)
        whole.import_pages(one)
        if for_both_sides and len(one) % 2:
            wide, tall = one[len(one) - 1].get_size()
            whole.new_page(wide, tall)
        one.close()
    buffer = BytesIO()
    whole.save(buffer)
    whole.close()
    return buffer.getvalue()
