"""The agreement file: YAML to an agreement and back, and its JSON Schema.

Knows how text, form and sense come together: a wrong file is refused whole, with every
problem at its line and path. Refuses to know the database and any check; whoever knows
the checks passes ``check_params``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from workflow.domain.errors import InvalidFile
from workflow.intake.agreement_form import AgreementForm, AmendmentForm, UnfinishedForm
from workflow.intake.agreement_sense import nonsense
from workflow.intake.form import Form, problems_of, schema_of
from workflow.intake.instruction_sense import instruction_nonsense
from workflow.intake.places import Document, document, in_reading_order
from workflow.intake.yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workflow.domain.agreement import Agreement
    from workflow.domain.errors import Problem
    from workflow.intake.agreement_sense import CheckParams

_SHARED: Final = 2

AnyForm = TypeVar("AnyForm", bound=Form)


def read_agreement(
    source: str | bytes | Path, *, check_params: CheckParams | None = None
) -> Agreement:
    """Read an agreement from YAML text, bytes or a file.

    ``check_params`` says what is wrong with a check's parameters; without it they are
    taken as they are. Raises ``InvalidFile`` with every problem of form and sense.
    """
    return _agreement(document(source), file=file_name(source), check_params=check_params)


def agreement_from_data(
    data: Mapping[str, Any], *, check_params: CheckParams | None = None
) -> Agreement:
    """Read an agreement from plain data in the file's form.

    Raises ``InvalidFile`` as ``read_agreement`` does, without lines.
    """
    return _agreement(Document(data), file="", check_params=check_params)


def _agreement(source: Document, *, file: str, check_params: CheckParams | None) -> Agreement:
    form, problems = checked(AgreementForm, source)
    senseless = [
        *nonsense(source.data, check_params=check_params),
        *instruction_nonsense(source.data, check_params=check_params),
    ]
    problems += [source.problem(each.code, each.path, **each.facts) for each in senseless]
    if form is None or problems:
        raise InvalidFile(in_reading_order(problems), file=file)
    return form.value()


def checked(form: type[AnyForm], source: Document) -> tuple[AnyForm | None, list[Problem]]:
    """Read a document as a form, or say all that is wrong with its text and shape."""
    problems = list(source.problems)
    try:
        return form.model_validate(source.data), problems
    except ValidationError as error:
        return None, [*problems, *problems_of(error, source=source)]


def file_name(source: str | bytes | Path) -> str:
    """Give the name of a file, and nothing for text that is at hand."""
    return "" if isinstance(source, str | bytes) else source.name


def write_agreement(agreement: Agreement) -> str:
    """Write an agreement as YAML; reading it again gives an equal agreement.

    Comments of a file that was read are not kept. Steps of pressing that several
    obligations share are written once, under ``ladders``.
    """
    return yaml_text(
        _with_named_ladders(UnfinishedForm.of(agreement).written()), spaced="obligations"
    )


def _with_named_ladders(written: dict[str, Any]) -> dict[str, Any]:
    owners = [
        part
        for obligation in written.get("obligations", ())
        for part in (obligation, *obligation.get("versions", ()))
        if part.get("ladder")
    ]
    steps: dict[str, list[dict[str, Any]]] = {}
    for owner in owners:
        steps.setdefault(repr(owner["ladder"]), []).append(owner)
    shared = [group for group in steps.values() if len(group) >= _SHARED]
    ladders = {}
    for number, group in enumerate(shared, start=1):
        name = f"ladder-{number}"
        ladders[name] = group[0]["ladder"]
        for owner in group:
            owner["ladder"] = name
    obligations = written.pop("obligations", [])
    return {**written, **({"ladders": ladders} if ladders else {}), "obligations": obligations}


def schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the agreement file, from the form itself."""
    return schema_of(AgreementForm, title="Cam Kết agreement")


def amendment_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the amendment file."""
    return schema_of(AmendmentForm, title="Cam Kết amendment")
