"""What a verb prints: tables and sentences for people, JSON for programs, progress on a terminal.

Knows the two kinds of readers. Refuses to know what is shown. JSON goes to standard output
whole, with days and instants as ISO writes them; in a pipe a table is lines with tabs, and
nothing is cut to a width that nobody has.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from camket.speaking import language, speak
from workflow.domain.errors import InvalidFile, Problem
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import UnionType

    from workflow.domain.errors import Refusal

T = TypeVar("T")
#: Words of the code that tables and sentences show, beside those of a task's life.
WORDS: Final = (
    N_("created"), N_("shifted"), N_("reinstated"), N_("doubts"), N_("succeeded"),
    N_("added"), N_("moved"), N_("held again"), N_("unchanged"), N_("held"), N_("request"),
    N_("schedule"), N_("event"), N_("acceptance"), N_("evaluation"),
    N_("country"), N_("overlay"), N_("kept"), N_("reopened"), N_("draft"), N_("active"),
    N_("ended"), N_("yes"), N_("no"),
)  # fmt: skip


def print_json(value: object) -> None:
    """Print data for programs."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: object) -> Any:  # noqa: ANN401 - JSON has many types
    """A value in the types of JSON: instants in UTC, decimals as text, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(one) for one in value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings, which are English texts marked for the catalogs."""
    say = speak()
    titles = [say(heading) for heading in headings]
    cells = [[_cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for line in (titles, *cells):
            click.echo("\t".join(one.replace("\t", " ").replace("\n", " ") for one in line))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*titles, box=None, pad_edge=False, header_style="bold")
    for line in cells:
        table.add_row(*line)
    Console(highlight=False, markup=False).print(table)


def _cell(value: object) -> str:
    """A value as people read it: by the first of its kinds that has a way of writing."""
    say = speak()
    ways: tuple[tuple[type | UnionType, Callable[[Any], str]], ...] = (
        (bool, lambda one: say("yes") if one else say("no")),
        (Enum, lambda one: say.word(one.value)),
        (datetime, say.instant),
        (date, say.day),
        (int | float | Decimal, say.number),
    )
    if value is None:
        return ""
    return next((way(value) for kind, way in ways if isinstance(value, kind)), str(value))


def said(refusal: Refusal, *, file: str = "") -> str:
    """A refusal as it is printed; the problems of a file stand at ``file:line:column path``.

    That form is what editors and terminals jump to.
    """
    from workflow.labels import describe

    if not isinstance(refusal, InvalidFile):
        return describe(refusal, language())
    name = file or str(refusal.facts.get("file") or "")
    facts = {**refusal.facts, "file": name}
    head = InvalidFile(refusal.problems, file=name)
    head.facts = facts
    ordered = sorted(refusal.problems, key=lambda one: (one.line or 0, one.column or 0))
    first = describe(head, language()).split("\n", 1)[0]
    return "\n".join([*(problem_line(one, file=name) for one in ordered), first])


def problem_line(problem: Problem, *, file: str) -> str:
    """One problem of a file: ``units.csv:12:3 tax_code — sentence``."""
    from workflow.labels import sentence_for

    places = [file, *(str(one) for one in (problem.line, problem.column) if one is not None)]
    place = ":".join(one for one in places if one)
    head = " ".join(one for one in (place, problem.path) if one)
    sentence = sentence_for(problem.code, problem.facts, language())
    return f"{head} — {sentence}" if head else sentence


def problem_data(problem: Problem, *, file: str) -> dict[str, Any]:
    """One problem as data, with its sentence."""
    from workflow.labels import sentence_for

    return {
        "file": file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "code": problem.code,
        "facts": plain(problem.facts),
        "message": sentence_for(problem.code, problem.facts, language()),
    }


@contextmanager
def file_named(name: object) -> Iterator[None]:
    """Name the file that was typed in whatever is found wrong with it."""
    try:
        yield
    except InvalidFile as refusal:
        refusal.facts["file"] = str(name)
        raise


def with_progress(items: Sequence[T], *, label: str) -> Iterator[T]:
    """Go through items, with a bar on a terminal and none in a pipe."""
    if len(items) < 2 or not sys.stderr.isatty():  # noqa: PLR2004 - one step is no progress
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(
        items, description=speak()(label), console=Console(stderr=True), transient=True
    )


def state_facts(counts: Mapping[str, int]) -> str:
    """Counts of what was done, those that are not nothing, in words."""
    say = speak()
    return ", ".join(f"{say.word(name)} {say.number(n)}" for name, n in counts.items() if n)
