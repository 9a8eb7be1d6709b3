"""The product's own source, read as data: for the tests that hold rules about it.

Knows modules, their imports and their literals. Refuses to know which rule is held.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
FLOORS: Final = ("workflow", "reports", "tasks", "web", "camket")


@dataclass(frozen=True, kw_only=True)
class Module:
    """One file of the product."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def imports(self) -> frozenset[str]:
        """Every name that is imported anywhere in it, also only for types."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
        return frozenset(found)

    def imports_from(self, package: str) -> frozenset[str]:
        """What it imports that is the package or lies inside it."""
        return frozenset(
            name for name in self.imports if name == package or name.startswith(f"{package}.")
        )


@cache
def modules() -> tuple[Module, ...]:
    """Every module of every floor that exists."""
    return tuple(
        Module(name=_name(path), path=path, text=text, tree=ast.parse(text))
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        for text in [path.read_text(encoding="utf-8")]
    )


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def strings(node: ast.AST) -> Iterator[str]:
    """Every literal text within a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
