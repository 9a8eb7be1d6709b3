"""Whether the instructions of an agreement file fit the agreement that they stand in.

Knows that a code is nobody else's and that an instruction lies within the agreement's days.
Refuses to know who may give one: a file only brings what was given elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from workflow.domain.agreement import requirements_of
from workflow.intake.agreement_sense import Nonsense, items, mapping
from workflow.intake.form import Date
from workflow.intake.instruction_form import InstructionForm
from workflow.intake.places import node_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from workflow.domain.instructing import Instruction
    from workflow.intake.agreement_sense import CheckParams

_DAY: TypeAdapter[date] = TypeAdapter(Date)


def instruction_nonsense(
    data: object, *, check_params: CheckParams | None = None
) -> Iterator[Nonsense]:
    """Say every instruction that does not fit into the plain data of its agreement.

    What cannot be read as an instruction is said by the form.
    """
    whole = mapping(data)
    taken = {str(one.get("code")) for one in items(whole, "obligations")}
    starts_on, through = _day(whole.get("from")), _day(whole.get("through"))
    for index, written in enumerate(items(whole, "instructions")):
        one = _read(written)
        if one is None:
            continue
        path = ("instructions", index)
        if one.code in taken:
            yield Nonsense((*path, "code"), "agreement.code_twice", {"code": one.code})
        taken.add(one.code)
        if starts_on is not None and through is not None:
            days = {"given": one.given_on, "due": one.due_on}
            for key, day in days.items():
                if not starts_on <= day <= through:
                    facts = {"agreement": str(whole.get("code"))}
                    yield Nonsense((*path, key), "instruction.outside_agreement", facts)
        yield from _proof(one, path, check_params)


def _proof(
    one: Instruction, path: tuple[str | int, ...], check_params: CheckParams | None
) -> Iterator[Nonsense]:
    for leaf in requirements_of(one.proof):
        for problem in check_params(leaf.check, leaf.params) if check_params else ():
            within = ("params", *node_path(problem.path)) if problem.path else ("check",)
            yield Nonsense((*path, "proof", *within), problem.code, problem.facts)


def _read(written: Mapping[str, Any]) -> Instruction | None:
    try:
        return InstructionForm.model_validate(written).value()
    except ValidationError:
        return None


def _day(value: object) -> date | None:
    try:
        return _DAY.validate_python(value)
    except ValidationError:
        return None
