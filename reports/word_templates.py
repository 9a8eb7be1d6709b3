"""The office's own Word template: tried before it is kept."""

from __future__ import annotations


def tried(content: bytes) -> None:
    """Try a template."""
