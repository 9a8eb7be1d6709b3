"""What proves an obligation, as rows of requirements: all of them, one of them, or groups.

A group (A, B …) is one part in which the other word holds: where all parts are needed one of
the group is enough, and where one part is enough all of the group are needed. Knows proofs up
to that depth, both ways; what lies deeper is left to the definition's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.writing.check_fields import said_params, shown_params
from web.writing.fields import Fields, Said, present, rows, stated

if TYPE_CHECKING:
    from workflow.intake.places import NodePath

GROUPS: Final = ("A", "B", "C", "D", "E", "F")


def shown_proof(proof: object) -> Fields:
    """A proof of the file as fields. Raises ``ValueError`` where it lies deeper than they go."""
    if proof is None:
        return {"proof.kind": ["none"]}
    kind, parts = _parts(proof)
    if kind == "one":
        return {"proof.kind": ["one"], **_shown(proof, 0, "")}
    fields: Fields = {"proof.kind": [kind]}
    number, group = 0, 0
    for part in parts:
        inner, members = _parts(part)
        if inner == "one":
            fields |= _shown(part, number, "")
            number += 1
            continue
        if inner == kind or group == len(GROUPS):
            raise ValueError(inner)
        for member in members:
            if _parts(member)[0] != "one":
                raise ValueError(inner)
            fields |= _shown(member, number, GROUPS[group])
            number += 1
        group += 1
    return fields


def said_proof(said: Said) -> object:
    """What the fields say, as the file writes it; None where no file is asked for."""
    kind = said.text("proof.kind", "proof") or "none"
    numbers = rows(said.fields, "proof")
    if kind == "none" or not numbers:
        return None
    if kind == "one":
        return _requirement(said, numbers[0], ("proof",))
    top: NodePath = ("proof", "any") if kind == "any" else ("proof",)
    parts: list[Any] = []
    places: dict[str, int] = {}
    for number in numbers:
        group = said.text(f"proof.{number}.group")
        if not group:
            parts.append(_requirement(said, number, (*top, len(parts))))
            continue
        if group not in places:
            places[group] = len(parts)
            parts.append({"any": []} if kind == "all" else [])
        place = places[group]
        members = parts[place]["any"] if kind == "all" else parts[place]
        within: NodePath = ("any",) if kind == "all" else ()
        members.append(_requirement(said, number, (*top, place, *within, len(members))))
    return {"any": parts} if kind == "any" else parts


def _parts(proof: object) -> tuple[str, list[object]]:
    if isinstance(proof, list):
        return "all", proof
    if isinstance(proof, dict) and "any" in proof:
        return "any", list(proof["any"])
    return "one", []


def _shown(requirement: object, number: int, group: str) -> Fields:
    one: dict[str, Any] = requirement if isinstance(requirement, dict) else {}
    prefix = f"proof.{number}"
    quantity = one.get("quantity")
    quota = quantity["quota"] if isinstance(quantity, dict) else None
    check = str(one.get("check", ""))
    return {
        **present(
            [
                (f"{prefix}.check", check),
                (f"{prefix}.code", one.get("code")),
                (f"{prefix}.title", one.get("title")),
                (f"{prefix}.minimum", one.get("minimum", 1)),
                (f"{prefix}.group", group),
                (f"{prefix}.amount", quantity if quota is None else None),
                (f"{prefix}.quota", quota),
            ]
        ),
        **shown_params(check, one.get("params", {}), prefix=f"{prefix}.params"),
    }


def _requirement(said: Said, number: int, path: NodePath) -> dict[str, Any]:
    prefix = f"proof.{number}"
    said.remember(f"{prefix}.check", path)
    check = said.text(f"{prefix}.check", *path, "check")
    amount = said.whole(f"{prefix}.amount", *path, "quantity")
    quota = said.text(f"{prefix}.quota", *path, "quantity", "quota")
    minimum = said.whole(f"{prefix}.minimum", *path, "minimum")
    place = (*path, "params")
    return stated(
        check=check,
        code=said.text(f"{prefix}.code", *path, "code"),
        title=said.text(f"{prefix}.title", *path, "title"),
        minimum=None if minimum == 1 else minimum,
        quantity={"quota": quota} if quota else amount,
        params=said_params(said, check, prefix=f"{prefix}.params", path=place),
    )
