"""Every table in one place, for whoever builds or compares the whole database."""

from __future__ import annotations

from workflow.store import (
    agreements,
    days,
    evidence,
    journal,
    notices,
    occasions,
    people,
    reports,
    sessions,
    submissions,
    tasks,
    tokens,
    units,
    work,
)
from workflow.store.engine import metadata

MODULES = (
    agreements,
    days,
    evidence,
    journal,
    notices,
    occasions,
    people,
    reports,
    sessions,
    submissions,
    tasks,
    tokens,
    units,
    work,
)

__all__ = ["MODULES", "metadata"]
