"""The amendment file: what changes in an agreement from a day on.

Knows that an amendment makes sense only against the agreement that it changes, and says
what is wrong at the amendment's own lines. Refuses to apply it: the domain does that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from workflow.domain.amendment import amendment_problems
from workflow.domain.errors import InvalidFile
from workflow.intake.agreement_file import checked, file_name
from workflow.intake.agreement_form import AmendmentForm
from workflow.intake.agreement_sense import items, mapping, nonsense
from workflow.intake.kept_form import keep_agreement
from workflow.intake.places import document, in_reading_order, node_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workflow.domain.agreement import Agreement
    from workflow.domain.amendment import Amendment
    from workflow.intake.agreement_sense import CheckParams
    from workflow.intake.places import NodePath

_ADDED: Final = {"clauses": "clauses", "topics": "topics", "titles": "titles", "obligations": "add"}
# What ``amendment_problems`` says about the amendment's day, in better words.
_SAID_BETTER: Final = frozenset(
    {
        "agreement.code_twice",
        "obligation.length_changes_within",
        "obligation.outside_agreement",
        "obligation.versions_out_of_order",
        "obligation.versions_overlap",
    }
)


def read_amendment(
    source: str | bytes | Path, *, agreement: Agreement, check_params: CheckParams | None = None
) -> Amendment:
    """Read an amendment of this agreement from YAML text, bytes or a file.

    Raises ``InvalidFile`` with every problem of form, and of sense in the agreement as it
    would become; ``workflow.domain.amendment.amended`` applies what is returned.
    """
    text = document(source)
    form, problems = checked(AmendmentForm, text)
    value = None if form is None else form.value()
    if value is not None:
        for found in amendment_problems(agreement, value):
            problems.append(text.problem(found.code, node_path(found.path), **found.facts))
    result = _Result(agreement, mapping(text.data))
    for each in nonsense(result.data, check_params=check_params):
        path = result.place_in_amendment(each.path)
        if path is not None and each.code not in _SAID_BETTER:
            problems.append(text.problem(each.code, path, **each.facts))
    if value is None or problems:
        raise InvalidFile(in_reading_order(problems), file=file_name(source))
    return value


class _Result:
    """The agreement as it would become, in plain data, and where each new part came from."""

    def __init__(self, agreement: Agreement, amendment: Mapping[str, Any]) -> None:
        self.data = keep_agreement(agreement)
        self.data["ladders"] = mapping(amendment.get("ladders"))
        self._origins: dict[NodePath, NodePath] = {("ladders",): ("ladders",)}
        obligations: list[dict[str, Any]] = self.data["obligations"]
        index_of = {each["code"]: index for index, each in enumerate(obligations)}
        for number, change in enumerate(items(amendment, "obligations")):
            index = index_of.get(str(change.get("code")))
            if index is None:
                continue
            said = {key: value for key, value in change.items() if key != "code"}
            versions = obligations[index].setdefault("versions", [])
            self._origins["obligations", index, "versions", len(versions)] = "obligations", number
            versions.append({**said, "from": amendment.get("from")})
        for key, written in _ADDED.items():
            there = self.data.setdefault(key, [])
            for number, each in enumerate(items(amendment, written)):
                self._origins[key, len(there)] = written, number
                there.append({"from": amendment.get("from"), **each} if written == "add" else each)

    def place_in_amendment(self, path: NodePath) -> NodePath | None:
        """Where in the amendment a place of the result comes from; none if it was there before."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._origins:
                return (*self._origins[path[:length]], *path[length:])
        return None
