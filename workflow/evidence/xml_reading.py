"""XML that cannot harm its reader.

Knows how to refuse document types, entities, deep nesting and floods of
elements before they cost anything. Refuses to know any vocabulary: names are
given without their namespaces, which documents in the wild leave out or invent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from workflow.evidence.check import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 100
_MOST_ELEMENTS: Final = 400_000


class _TooMuch(Exception):
    """The document is deeper or longer than any honest one."""


class _CappedBuilder:
    """Builds a tree and stops at the caps, before the tree can exhaust anything."""

    def __init__(self, most: int) -> None:
        self._tree = TreeBuilder()
        self._depth = 0
        self._left = most

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self._depth += 1
        self._left -= 1
        if self._depth > _DEEPEST or self._left < 0:
            raise _TooMuch
        return self._tree.start(tag, attributes)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return self._tree.end(tag)

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> Element:
        return self._tree.close()


def xml_root(data: bytes, *, most_elements: int = _MOST_ELEMENTS) -> Element:
    """The root of a document without document type or entities.

    Raises Unreadable: ``file.xml_forbidden`` (DOCTYPE or entity),
    ``file.xml_too_complex`` (over 100 levels, or too many elements),
    ``file.broken`` (not well-formed).
    """
    parser = DefusedXMLParser(target=_CappedBuilder(most_elements), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Unreadable("file.xml_forbidden") from error
    except _TooMuch as error:
        raise Unreadable("file.xml_too_complex") from error
    except (ParseError, ValueError, LookupError, AssertionError) as error:
        # LookupError: an encoding that nobody knows; ValueError: one of several bytes.
        raise Unreadable("file.broken", error=type(error).__name__) from error
    return root


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Direct children of that name, in any namespace; none of a missing element."""
    return (
        child for child in (element if element is not None else ()) if local_name(child) == name
    )


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of names, or None."""
    for name in path:
        element = next(children(element, name), None)
    return element


def text_of(element: Element | None, *path: str) -> str:
    """The text of the element down a path, stripped; empty where there is none."""
    found = child(element, *path) if path else element
    return (found.text or "").strip() if found is not None else ""
