"""What a file truly is, by its content, and whether its name says the same.

Knows signatures, the inside of office packages and the extensions that people
use. Refuses to know what a document says. The name and the media type that
came with a file are claims, never evidence.
"""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum
from typing import Final

import puremagic

from workflow.evidence.check import EvidenceFile, Unreadable


class Kind(StrEnum):
    """What a file is; ``other`` is whatever no check reads."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    IMAGE = "image"
    XML = "xml"
    HTML = "html"
    CSV = "csv"
    TEXT = "text"
    ZIP = "zip"
    OLD_OFFICE = "old_office"
    OTHER = "other"


_BY_EXTENSION: Final[dict[str, frozenset[Kind]]] = {
    "pdf": frozenset({Kind.PDF}),
    "docx": frozenset({Kind.DOCX}),
    "xlsx": frozenset({Kind.XLSX}),
    # Word and Excel save the new form under the old name when they are told to.
    "doc": frozenset({Kind.OLD_OFFICE, Kind.DOCX}),
    "xls": frozenset({Kind.OLD_OFFICE, Kind.XLSX}),
    **dict.fromkeys(
        ("jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff"), frozenset({Kind.IMAGE})
    ),
    "xml": frozenset({Kind.XML}),
    "htm": frozenset({Kind.HTML, Kind.XML}),
    "html": frozenset({Kind.HTML, Kind.XML}),
    "csv": frozenset({Kind.CSV, Kind.TEXT}),
    "txt": frozenset({Kind.TEXT, Kind.CSV}),
    "zip": frozenset({Kind.ZIP}),
}

_IMAGE_STARTS: Final = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
)
_OLE_START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# An encrypted .docx or .xlsx is an OLE container with a stream of this name.
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_HEAD: Final = 4096
_SIGNATURE_AT_MOST: Final = 1024
_HTML_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG: Final = re.compile(r"<(?:html|head|body|div|p|article|title|meta)\b", re.IGNORECASE)
# Control characters that no text file holds.
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_BINARY: Final = 2


def true_kind(data: bytes) -> Kind:
    """Tell what the bytes are; never raises, whatever they are."""
    head = data[:_HEAD]
    # The PDF mark may come after some bytes of a mail server or scanner.
    if b"%PDF-" in head[:_SIGNATURE_AT_MOST] and not head.startswith((b"MZ", b"\x7fELF")):
        return Kind.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package_kind(data)
    if head.startswith(_IMAGE_STARTS) or _is_webp_or_bitmap(head):
        return Kind.IMAGE
    if head.startswith(_OLE_START):
        return Kind.OLD_OFFICE
    return _text_kind(head)


def _is_webp_or_bitmap(head: bytes) -> bool:
    # A text may begin with BM as well; a bitmap has four zero bytes after its size.
    return (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or (
        head[:2] == b"BM" and head[6:10] == b"\0\0\0\0"
    )


def _package_kind(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return Kind.ZIP
    if "word/document.xml" in names:
        return Kind.DOCX
    return Kind.XLSX if "xl/workbook.xml" in names else Kind.ZIP


def _text_kind(head: bytes) -> Kind:
    text = decoded(head)
    if len(_BINARY.findall(text)) > _MOST_BINARY or not text.strip():
        return Kind.OTHER
    text = text.lstrip("\ufeff \t\r\n")
    if _HTML_START.match(text):
        return Kind.HTML
    if text.startswith("<"):
        return Kind.HTML if _ANY_TAG.match(text) else Kind.XML
    lines = [line for line in text.splitlines() if line.strip()][:10]
    for separator in (";", ",", "\t"):
        counts = [line.count(separator) for line in lines]
        if len(lines) > 1 and min(counts) >= 1:
            return Kind.CSV
    return Kind.TEXT


def decoded(data: bytes) -> str:
    """Text of a plain text file: by its byte order mark, else UTF-8, else the Vietnamese page."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A head that was cut within a character is still UTF-8.
        if error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8")
        return data.decode("cp1258", errors="replace")


def kind_checked(file: EvidenceFile, data: bytes) -> Kind:
    """The true kind of a stored file whose name agrees with it.

    Raises Unreadable: ``file.mislabelled`` where the extension promises another
    kind, ``file.encrypted`` for an office file behind a password.
    """
    kind = true_kind(data)
    promised = _BY_EXTENSION.get(extension(file.name))
    if kind is Kind.OLD_OFFICE and _ENCRYPTED_STREAM in data:
        raise Unreadable("file.encrypted")
    if promised is not None and kind not in promised:
        raise Unreadable(
            "file.mislabelled", name_says=extension(file.name), content_is=described(data, kind)
        )
    return kind


def extension(name: str) -> str:
    """The extension that a name shows to people: lower case, without the dot, or empty."""
    last = re.split(r"[/\\]", name)[-1].strip(" .")
    return last.rpartition(".")[2].lower() if "." in last else ""


def described(data: bytes, kind: Kind) -> str:
    """The kind in a word that tells more than ``other`` where the signature is known."""
    if kind is not Kind.OTHER:
        return kind.value
    try:
        found = puremagic.magic_string(data[:_HEAD])
    except (puremagic.PureError, ValueError, IndexError):
        return kind.value
    return (found[0].extension.lstrip(".") or kind.value) if found else kind.value
