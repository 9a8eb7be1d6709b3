"""What is said when a request cannot be met: a code and facts, never prose.

Knows the shape of a refusal. Refuses to know any language: the words for a
code live in ``workflow.wording`` and are chosen at the edge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """The request is understood and not allowed or not possible.

    ``code`` is dotted, lower case and permanent (``task.action_not_allowed``);
    ``facts`` are the values that its sentence needs, JSON-serialisable.
    """

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: dict[str, Any] = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file: where it stands, which code, and the facts.

    ``line`` and ``column`` count from 1 and are ``None`` where the file has
    none; ``path`` names the place (``obligations[3].due.roll`` or ``row 12, tax_code``).
    """

    code: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class InvalidFile(Refusal):
    """A file holds problems and nothing of it was loaded.

    ``problems`` is never empty and names every one that was found.
    """

    def __init__(self, problems: Sequence[Problem], *, file: str = "") -> None:
        super().__init__("file.invalid", file=file, count=len(problems))
        self.problems = tuple(problems)
