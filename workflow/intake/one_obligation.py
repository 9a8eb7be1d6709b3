"""One version of an obligation written by itself, judged within the agreement it stands in.

Knows how it takes its place in a draft, and how it is written as an amendment of an agreement
that is in force; what is wrong is said at its own lines and paths. Refuses to save anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from workflow.domain.errors import InvalidFile, Problem, Refusal
from workflow.intake.agreement_file import checked
from workflow.intake.agreement_form import ClauseForm
from workflow.intake.agreement_sense import mapping, nonsense
from workflow.intake.amendment_file import read_amendment
from workflow.intake.kept_form import keep_agreement, keep_obligation
from workflow.intake.obligation_form import ObligationForm
from workflow.intake.places import Document, in_reading_order, node_path, path_text
from workflow.intake.yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.amendment import Amendment
    from workflow.intake.agreement_sense import CheckParams
    from workflow.intake.places import NodePath

#: What an amendment says for all its parts, and a changed obligation therefore never says itself.
_DATED: Final = frozenset({"from", "through", "code"})


def obligation_text(version: Obligation, *, within: Agreement) -> str:
    """Write one version as it stands in the agreement's file."""
    form = ObligationForm.of([version], starts_on=within.starts_on)
    return yaml_text(form.written(), spaced="versions")


def with_version(
    source: Document,
    *,
    within: Agreement,
    instead_of: Obligation | None = None,
    clause: Mapping[str, Any] | None = None,
    check_params: CheckParams | None = None,
) -> Agreement:
    """Give the agreement with the version that is written, in the place of another or added.

    ``clause`` is a new clause that comes with it. Raises ``InvalidFile``: paths are those of
    the version, ``clause.text`` and the like for the clause, and ``obligations[3].trigger``
    for what no longer fits elsewhere in the agreement.
    """
    form, problems = _one(source, instead_of=instead_of, within=within)
    whole = _with_clause(within, clause, problems)
    code = str(mapping(source.data).get("code"))
    siblings = [one for one in whole.obligations if one.code == code and one is not instead_of]
    if form is not None and instead_of is None and siblings:
        problems.append(source.problem("editor.code_taken", ("code",), code=code))
    if problems and siblings:
        raise InvalidFile(in_reading_order(problems))
    versions: list[Obligation] = list(siblings)
    place = 0
    if form is not None:
        (version,) = form.versions_from(whole.starts_on, ladders={})
        versions = sorted([*siblings, version], key=lambda one: one.effective_from)
        place = versions.index(version)
        whole = replace(whole, obligations=tuple(_in_place(whole.obligations, versions)))
    problems += _senseless(source, whole, code=code, place=place, check_params=check_params)
    if problems or form is None:
        raise InvalidFile(in_reading_order(problems))
    return whole


def amendment_text(
    source: Document,
    *,
    within: Agreement,
    from_on: str,
    ground: str,
    instead_of: Obligation | None = None,
    clause: Mapping[str, Any] | None = None,
) -> str:
    """Write the amendment that puts the version in force from a day on; only what changes is said.

    Raises ``InvalidFile`` for what is wrong with the version by itself, and
    ``Refusal("editor.nothing_changed")``.
    """
    form, problems = _one(source, instead_of=instead_of, within=within)
    if form is None or problems:
        raise InvalidFile(in_reading_order(problems))
    said: dict[str, Any] = {"agreement": within.code, "from": from_on, "ground": ground}
    if clause is not None:
        said["clauses"] = [dict(clause)]
    if instead_of is None:
        said["add"] = [form.written()]
        return yaml_text(said, spaced="add")
    (version,) = form.versions_from(within.starts_on, ladders={})
    before, now = _changing(instead_of), _changing(version)
    changed = {key: value for key, value in now.items() if before.get(key) != value}
    gone = dict.fromkeys(key for key in before if key not in now)
    if not (changed or gone):
        raise Refusal("editor.nothing_changed", code=instead_of.code)
    said["obligations"] = [{"code": instead_of.code, **changed, **gone}]
    return yaml_text(said, spaced="obligations")


def amendment_of(
    text: str, *, source: Document, within: Agreement, check_params: CheckParams | None = None
) -> Amendment:
    """Read what ``amendment_text`` wrote.

    Raises ``InvalidFile``: paths are those of the version, and ``amendment.from``,
    ``amendment.ground`` and ``clause.text`` for what stands beside it.
    """
    try:
        return read_amendment(text, agreement=within, check_params=check_params)
    except InvalidFile as refused:
        found = [_told(problem, source) for problem in refused.problems]
        raise InvalidFile(in_reading_order(found)) from refused


def _told(problem: Problem, source: Document) -> Problem:
    """Say a problem of the amendment where the version says it."""
    path = node_path(problem.path)
    match path:
        case ("obligations" | "add", int(), *rest):
            return source.problem(problem.code, tuple(rest), **problem.facts)
        case ("clauses", int(), *rest):
            return replace(problem, path=path_text(("clause", *rest)), line=None, column=None)
    return replace(problem, path=path_text(("amendment", *path)), line=None, column=None)


def _one(
    source: Document, *, instead_of: Obligation | None, within: Agreement
) -> tuple[ObligationForm | None, list[Problem]]:
    """Read one version by itself; what stands elsewhere is not looked at."""
    form, problems = checked(ObligationForm, source)
    if form is None:
        return None, problems
    if form.versions:
        problems.append(source.problem("editor.one_version", ("versions",)))
        return None, problems
    if instead_of is not None and form.code != instead_of.code:
        problems.append(source.problem("editor.code_fixed", ("code",), code=instead_of.code))
    first = form.from_day or within.starts_on
    if form.through is not None and form.through < first:
        facts: dict[str, Any] = {"from": first.isoformat()}
        problems.append(source.problem("obligation.ends_before_start", ("through",), **facts))
        return None, problems
    return form, problems


def _with_clause(
    within: Agreement, clause: Mapping[str, Any] | None, problems: list[Problem]
) -> Agreement:
    if clause is None:
        return within
    form, found = checked(ClauseForm, Document(dict(clause)))
    problems += [replace(one, path=f"clause.{one.path}") for one in found]
    if form is None:
        return within
    if form.code in {one.code for one in within.clauses}:
        facts = {"code": form.code}
        problems.append(Problem(code="agreement.code_twice", path="clause.code", facts=facts))
        return within
    return replace(within, clauses=(*within.clauses, form.value()))


def _in_place(
    obligations: Sequence[Obligation], versions: Sequence[Obligation]
) -> Iterator[Obligation]:
    """The versions where those of their code stood, or at the end; codes stay together."""
    code, is_placed = versions[0].code, False
    for one in obligations:
        if one.code != code:
            yield one
        elif not is_placed:
            yield from versions
            is_placed = True
    if not is_placed:
        yield from versions


def _senseless(
    source: Document,
    whole: Agreement,
    *,
    code: str,
    place: int,
    check_params: CheckParams | None,
) -> Iterator[Problem]:
    """What does not fit together in the whole, said where the version says it if it does."""
    data = keep_agreement(whole)
    listed: list[dict[str, Any]] = data.setdefault("obligations", [])
    index = next((i for i, one in enumerate(listed) if one["code"] == code), len(listed))
    if index == len(listed):
        # What cannot be read as a whole is judged by its parts.
        listed.append(dict(mapping(source.data)))
    for each in nonsense(data, check_params=check_params):
        own = _within(each.path, ("obligations", index), place)
        if own is None:
            yield Problem(code=each.code, path=path_text(each.path), facts=dict(each.facts))
        else:
            yield source.problem(each.code, own, **each.facts)


def _within(path: NodePath, obligation: NodePath, place: int) -> NodePath | None:
    """The path within the version at a place of its obligation; None where it lies outside."""
    if path[:2] != obligation:
        return None
    match path[2:]:
        case ("versions", int(later), *rest):
            return tuple(rest) if later + 1 == place else None
        case rest:
            return rest if place == 0 else None


def _changing(version: Obligation) -> dict[str, Any]:
    return {key: one for key, one in keep_obligation(version).items() if key not in _DATED}
