"""Filling in a Word template: in a sandbox, with fields that are known, or with a reason why not.

Knows where in a template a wrong name stands. Refuses to know what a report looks like, and
to let a template reach anything but the values that it is given.
"""

from __future__ import annotations

import re
import zipfile
from difflib import get_close_matches
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from reports.documents.template_fields import ANNEXES, FIELDS, NAMES, REPORT_TEXT
from reports.documents.word_looks import inside
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

#: What stands in the place of pages until they are put there.
PLACES: Final = {name: f"\ue010{name}\ue011" for name in (REPORT_TEXT, ANNEXES)}
#: The most bytes that a template may have when it is unpacked.
_LARGEST: Final = 50_000_000
_LONGEST: Final = 80
_ATTRIBUTE: Final = re.compile(r"attribute '([^']+)'")
_NAME: Final = re.compile(r"'([^']+)' is undefined")
_TAG: Final = re.compile(r"\{[{%#]")


def opened(content: bytes) -> DocxTemplate:
    """A template, opened. Raises ``Refusal("template.not_word")``."""
    from docxtpl import DocxTemplate

    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _LARGEST:
                raise Refusal("template.too_large", most=_LARGEST)
        template = DocxTemplate(BytesIO(content))
        template.init_docx()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as fault:
        raise Refusal("template.not_word", detail=str(fault)[:200]) from fault
    return template


def filled(template: DocxTemplate, values: Mapping[str, Any]) -> None:
    """Fill a template in; the two pages' places are left to be replaced.

    Raises ``Refusal``: ``template.unknown_field``, ``template.wrong``.
    """
    from docxtpl import Listing
    from jinja2 import TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    # Lines of a text stay lines: Word knows no line feeds.
    given = {
        name: Listing(value) if isinstance(value, str) and "\n" in value else value
        for name, value in values.items()
    }
    try:
        template.render({**given, **PLACES}, _sandbox(), autoescape=True)
    except UndefinedError as fault:
        found = _ATTRIBUTE.search(str(fault)) or _NAME.search(str(fault))
        raise _unknown(template, found[1] if found else str(fault)) from fault
    except TemplateSyntaxError as fault:
        near = [text for text in getattr(fault, "docx_context", ()) if _TAG.search(text)]
        place = f"«{near[-1].strip()[:_LONGEST]}»" if near else "?"
        raise Refusal("template.wrong", place=place, detail=fault.message or "") from fault
    except (SecurityError, TypeError, ValueError, OverflowError) as fault:
        raise Refusal("template.wrong", place="?", detail=str(fault)[:200]) from fault


def tried(content: bytes) -> None:
    """Fill a template in with a sample. Raises as ``opened`` and ``filled`` do.

    ``template.place_missing`` where a place for pages is missing or shares its paragraph.
    """
    template = opened(content)
    _ensure_known(template)
    filled(template, _sample())
    for name, mark in PLACES.items():
        found = [text.strip() for _, text in _paragraphs(template, after=True) if mark in text]
        if found != [mark]:
            raise Refusal("template.place_missing", field=f"{{{{ {name} }}}}")


def _ensure_known(template: DocxTemplate) -> None:
    from jinja2 import TemplateSyntaxError

    try:
        names = template.get_undeclared_template_variables(_sandbox())
    except TemplateSyntaxError:
        return  # filling it in says where
    for name in sorted(names - NAMES):
        raise _unknown(template, name)


def _unknown(template: DocxTemplate, name: str) -> Refusal:
    known = sorted(NAMES | {one for field in FIELDS for one in field.within})
    near = get_close_matches(name, known, n=1, cutoff=0.5) or known[:1]
    place = next(
        (
            f"{where}: «{text.strip()[:_LONGEST]}»"
            for where, text in _paragraphs(template)
            if _TAG.search(text) and re.search(rf"\b{re.escape(name)}\b", text)
        ),
        "?",
    )
    return Refusal("template.unknown_field", place=place, field=name, nearest=near[0])


def _paragraphs(template: DocxTemplate, *, after: bool = False) -> Iterator[tuple[str, str]]:
    """Every paragraph with its place: ¶ and its number in the text, in headers and footers."""
    from docx import Document
    from docx.oxml.ns import qn

    word = template.docx if after else Document(template.template_file)
    parts = [("", word.element.body)]
    for section in word.sections:
        parts += [
            (f"{kind} ", inside(one))
            for kind, one in (
                ("header", section.header),
                ("header", section.first_page_header),
                ("footer", section.footer),
                ("footer", section.first_page_footer),
            )
        ]
    for where, element in parts:
        for number, one in enumerate(element.iter(qn("w:p")), 1):
            yield f"{where}¶{number}", "".join(text.text or "" for text in one.iter(qn("w:t")))


def _sandbox() -> SandboxedEnvironment:
    """Nothing but the given values: no functions, no attributes of Python's own."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    return environment


def _sample() -> dict[str, Any]:
    return {
        field.name: [dict.fromkeys(field.within, "1")] if field.within else _sample_of(field.name)
        for field in FIELDS
        if field.name not in PLACES
    }


def _sample_of(name: str) -> object:
    return ["…"] if name in {"motto", "authority", "recipients", "parties"} else "…"
