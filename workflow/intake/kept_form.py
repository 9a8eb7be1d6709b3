"""Definitions as they are kept in the database: the file's own form, as JSON.

Guarantees that what was kept is read back as the same value. Refuses to check
anything: only what was found sound is ever kept, and a draft may still be unfinished.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from workflow.intake.agreement_form import UnfinishedForm
from workflow.intake.obligation_form import ObligationForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.domain.agreement import Agreement, Obligation


def keep_agreement(agreement: Agreement) -> dict[str, Any]:
    """Write an agreement with every version of its obligations, JSON-ready."""
    return _kept(UnfinishedForm.of(agreement))


def kept_agreement(definition: Mapping[str, Any]) -> Agreement:
    """Read an agreement back."""
    return UnfinishedForm.model_validate(definition).value()


def keep_obligation(version: Obligation) -> dict[str, Any]:
    """Write one version of an obligation by itself, JSON-ready."""
    return _kept(ObligationForm.of([version], starts_on=date.min))


def kept_obligation(definition: Mapping[str, Any]) -> Obligation:
    """Read one version back."""
    (version,) = ObligationForm.model_validate(definition).versions_from(date.min, ladders={})
    return version


def _kept(form: UnfinishedForm | ObligationForm) -> dict[str, Any]:
    return form.model_dump(mode="json", by_alias=True, exclude_unset=True)
