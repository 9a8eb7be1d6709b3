"""A draft that is being written in parts: its heading, its parties, its topics.

Knows that a draft may still lack clauses and obligations, and that what it says already must
fit together. Refuses to know text and lines: whoever shows a form knows its places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow.domain.errors import InvalidFile
from workflow.intake.agreement_file import checked
from workflow.intake.agreement_form import UnfinishedForm
from workflow.intake.agreement_sense import nonsense
from workflow.intake.instruction_sense import instruction_nonsense
from workflow.intake.places import Document, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.domain.agreement import Agreement
    from workflow.intake.agreement_sense import CheckParams


def read_draft(data: Mapping[str, Any], *, check_params: CheckParams | None = None) -> Agreement:
    """Read a draft from plain data in the file's form, finished or not.

    Raises ``InvalidFile`` with every problem of form and sense.
    """
    source = Document(dict(data))
    form, problems = checked(UnfinishedForm, source)
    for each in (
        *nonsense(data, check_params=check_params),
        *instruction_nonsense(data, check_params=check_params),
    ):
        problems.append(source.problem(each.code, each.path, **each.facts))
    if form is None or problems:
        raise InvalidFile(in_reading_order(problems))
    return form.value()
