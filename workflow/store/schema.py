"""Every table in one place, for whoever builds or compares the whole database."""

from __future__ import annotations

from workflow.store import (
    agreements,
    coverage_proofs,
    days,
    evidence,
    journal,
    kept_figures,
    letterheads,
    letters,
    notices,
    occasions,
    owner_letters,
    password_resets,
    past,
    people,
    preferences,
    refusals,
    reports,
    second_factors,
    sessions,
    sources,
    submissions,
    tasks,
    tokens,
    units,
    webhooks,
    work,
)
from workflow.store.engine import metadata

MODULES = (
    agreements,
    coverage_proofs,
    days,
    evidence,
    journal,
    kept_figures,
    letterheads,
    letters,
    notices,
    occasions,
    owner_letters,
    password_resets,
    past,
    people,
    preferences,
    refusals,
    reports,
    second_factors,
    sessions,
    sources,
    submissions,
    tasks,
    tokens,
    units,
    webhooks,
    work,
)

__all__ = ["MODULES", "metadata"]
