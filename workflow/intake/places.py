"""YAML text as plain data, with the line and column of every key and value.

Knows a careful subset of YAML 1.2: mappings, lists and scalars; a plain scalar is
nothing, a truth, a number, a day or text. Refuses anchors, tags, repeated keys and
more than one document, and bounds size, depth and count before it builds anything.
Refuses to know what any key means.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from workflow.domain.errors import InvalidFile, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_BYTES: Final = 1_000_000
MAX_NODES: Final = 50_000
MAX_DEPTH: Final = 24

_WHOLE: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?")
_LEADING_ZERO: Final = re.compile(r"[-+]?0[0-9]")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

# What ruamel says, and the code of a sentence that an administrator can act upon.
_SYNTAX: Final = (
    (re.compile(r"'\\t' that cannot start"), "form.tab"),
    (re.compile(r"mapping values are not allowed"), "form.stray_colon"),
    (re.compile(r"could not find expected ':'"), "form.colon_missing"),
    (re.compile(r"unexpected end of stream"), "form.quote_open"),
    (re.compile(r"expected ',' or"), "form.bracket_open"),
    (re.compile(r"expected <block end>"), "form.indentation"),
    (re.compile(r"unknown escape character"), "form.bad_escape"),
    (re.compile(r"that cannot start any token"), "form.needs_quotes"),
    (re.compile(r"undefined tag handle"), "form.tag_not_allowed"),
)

# The parser notices these only where the text ends or the next line begins.
_SEEN_WHERE_BEGUN: Final = frozenset({"form.colon_missing", "form.quote_open"})

_NODES: Final = (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)

NodePath = tuple[str | int, ...]


class Place(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, where it says it, and what was wrong on the way.

    ``values`` holds the place of each value and ``keys`` that of each key, by path.
    """

    data: object
    values: dict[NodePath, Place] = field(default_factory=dict)
    keys: dict[NodePath, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place(self, path: NodePath, *, at_key: bool = False) -> Place | None:
        """Where the path stands, or the nearest place that encloses it."""
        if at_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path)

    def problem(
        self, code: str, path: NodePath, /, *, at_key: bool = False, **facts: Any
    ) -> Problem:
        """Give a problem that stands at the path."""
        place = self.place(path, at_key=at_key)
        return Problem(
            code=code,
            path=path_text(path),
            line=place.line if place else None,
            column=place.column if place else None,
            facts=facts,
        )


def path_text(path: Sequence[str | int]) -> str:
    """Write a path as people read it: ``obligations[3].due.roll``; lists count from 0."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


_STEP: Final = re.compile(r"[^.\[\]]+|\[[0-9]+\]")


def node_path(text: str) -> NodePath:
    """Read a path that ``path_text`` wrote; ``kinds.0`` is the same as ``kinds[0]``."""
    steps = (step.strip("[]") for step in _STEP.findall(text))
    return tuple(int(step) if step.isdigit() else step for step in steps)


def in_reading_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems as the file is read, dropping those that say the same at one place."""
    seen: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.code, problem.path, problem.line, problem.column), problem)
    return tuple(
        sorted(seen.values(), key=lambda each: (each.line or 0, each.column or 0, each.path))
    )


def file_bytes(path: Path, *, limit: int) -> bytes:
    """Read a whole file, refusing one that is larger than the limit or cannot be read.

    Raises ``InvalidFile``; never reads more than ``limit`` + 1 bytes.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = Problem(code="form.unreadable", facts={"reason": reason})
        raise InvalidFile([problem], file=path.name) from error
    if len(content) > limit:
        too_large = Problem(code="form.too_large", facts={"limit": limit})
        raise InvalidFile([too_large], file=path.name)
    return content


def document(source: str | bytes | Path) -> Document:
    """Read YAML from text, from bytes or from a file.

    Raises ``InvalidFile`` when nothing can be read: no such file, too large, not
    UTF-8, or broken syntax (YAML has only one first syntax error). Everything
    milder is in ``Document.problems``, and the data are what could be read.
    """
    name = source.name if isinstance(source, Path) else ""
    if isinstance(source, Path):
        source = file_bytes(source, limit=MAX_BYTES)
    try:
        return _Builder(_text(source)).document()
    except InvalidFile as refused:
        raise InvalidFile(refused.problems, file=name) from refused


def _text(source: str | bytes) -> str:
    if len(source) > MAX_BYTES:
        raise InvalidFile([Problem(code="form.too_large", facts={"limit": MAX_BYTES})])
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start]
        line = before.count(b"\n") + 1
        byte = f"0x{source[error.start]:02x}"
        problem = Problem(code="form.not_utf8", line=line, facts={"byte": byte})
        raise InvalidFile([problem]) from error


class _Builder:
    """Builds plain data from parser events, so that no limit is passed unseen."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
        self._values: dict[NodePath, Place] = {}
        self._keys: dict[NodePath, Place] = {}
        self._problems: list[Problem] = []
        self._count = 0

    def document(self) -> Document:
        """Build the only document of the text."""
        data: object = None
        try:
            for event in self._events:
                if isinstance(event, DocumentStartEvent) and self._count:
                    self._refuse("form.several_documents", event, ())
                    break
                if isinstance(event, _NODES):
                    data = self._node(event, ())
        except YAMLError as error:
            self._problems.append(_syntax_problem(error, self._text))
            raise InvalidFile(in_reading_order(self._problems)) from error
        if data is None and not self._problems:
            raise InvalidFile([Problem(code="form.empty", line=1, column=1)])
        return Document(data, self._values, self._keys, tuple(self._problems))

    def _refuse(self, code: str, event: Event, path: NodePath, **facts: Any) -> None:
        place = _place(event)
        self._problems.append(
            Problem(
                code=code, path=path_text(path), line=place.line, column=place.column, facts=facts
            )
        )

    def _guard(self, event: Event, path: NodePath) -> None:
        self._count += 1
        if len(path) > MAX_DEPTH:
            self._refuse("form.too_deep", event, path, limit=MAX_DEPTH)
            raise InvalidFile(in_reading_order(self._problems))
        if self._count > MAX_NODES:
            self._refuse("form.too_many_values", event, path, limit=MAX_NODES)
            raise InvalidFile(in_reading_order(self._problems))
        # An alias cannot be expanded without end when there are none.
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._refuse("form.anchor_not_allowed", event, path)
        if getattr(event, "ctag", None):
            self._refuse("form.tag_not_allowed", event, path)

    def _node(self, event: Event, path: NodePath) -> object:
        self._guard(event, path)
        self._values[path] = _place(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._list(path)
        return self._scalar(event, path) if isinstance(event, ScalarEvent) else None

    def _mapping(self, path: NodePath) -> dict[str, object]:
        mapping: dict[str, object] = {}
        first_lines: dict[str, int] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                self._refuse("form.key_not_text", event, path)
                self._node(event, (*path, "?"))
                self._node(next(self._events), (*path, "?"))
                continue
            key = unicodedata.normalize("NFC", event.value)
            self._guard(event, (*path, key))
            value_event = next(self._events)
            if key in mapping:
                self._refuse(
                    "form.repeated_key", event, (*path, key), key=key, first_line=first_lines[key]
                )
                # What a repeated key says is read for its own mistakes and then dropped.
                self._node(value_event, (*path, key, "?"))
                continue
            first_lines[key] = _place(event).line
            self._keys[*path, key] = _place(event)
            mapping[key] = self._node(value_event, (*path, key))
        return mapping

    def _list(self, path: NodePath) -> list[object]:
        items: list[object] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _scalar(self, event: ScalarEvent, path: NodePath) -> object:
        value: str = event.value
        is_plain: bool = event.implicit[0]
        if is_plain and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self._refuse("form.no_such_day", event, path, given=value)
                return None
        return _resolved(value) if is_plain else unicodedata.normalize("NFC", value)


def _resolved(value: str) -> object:
    """Give what a plain scalar means: nothing, a truth, a number, or text."""
    if value in _WORDS:
        return _WORDS[value]
    # 09367 is a code with a leading zero, not the number 9367.
    if _LEADING_ZERO.match(value):
        return value
    if _WHOLE.fullmatch(value):
        return int(value)
    return Decimal(value) if _DECIMAL.fullmatch(value) else unicodedata.normalize("NFC", value)


def _place(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _syntax_problem(error: YAMLError, text: str) -> Problem:
    if isinstance(error, ReaderError):
        before = text[: error.position]
        return Problem(
            code="form.control_character",
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
            facts={"character": f"U+{ord(text[error.position]):04X}"},
        )
    said, mark, begun = str(error), None, None
    if isinstance(error, MarkedYAMLError):
        said, begun = error.problem or "", error.context_mark
        mark = error.problem_mark or begun
    code = next((code for pattern, code in _SYNTAX if pattern.search(said)), "form.syntax")
    if code in _SEEN_WHERE_BEGUN:
        mark = begun or mark
    return Problem(
        code=code,
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
        facts={"detail": said},
    )
