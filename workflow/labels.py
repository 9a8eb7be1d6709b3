"""The sentence for a code: refusals, problems in files, reasons of checks.

Knows where the words are kept and how a place in a file is told. Refuses to know any
rule: it is read at the edge only, and nothing depends on what it says.
"""

from __future__ import annotations

import pkgutil
import warnings
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from workflow import wording
from workflow.domain.errors import InvalidFile, Problem
from workflow.i18n import N_, translator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.domain.errors import Refusal


class MissingWordsWarning(UserWarning):
    """A code has no sentence, or its sentence asks for a fact that was not given.

    Tests turn it into an error; a user is shown the code and its facts instead.
    """


def describe(said: Refusal | Problem, lang: str) -> str:
    """Say a refusal or a problem in a language.

    A refused file is one line for the file and one for each problem, in the order of
    their places.
    """
    sentence = sentence_for(said.code, said.facts, lang)
    if isinstance(said, Problem):
        place = _place(said, lang)
        return f"{place}: {sentence}" if place else sentence
    if isinstance(said, InvalidFile):
        ordered = sorted(said.problems, key=lambda one: (one.line or 0, one.column or 0))
        return "\n".join([sentence, *(f"  {describe(one, lang)}" for one in ordered)])
    return sentence


def sentence_for(code: str, facts: Mapping[str, Any], lang: str) -> str:
    """Say a code with its facts in a language; reasons of checks come this way."""
    template = messages().get(code)
    if template is None:
        return _bare(code, facts, "has no sentence")
    try:
        return translator(lang).gettext(template, **facts)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as fault:
        return _bare(code, facts, f"cannot be written: {fault!r}")


@cache
def messages() -> Mapping[str, str]:
    """Every code and its English template, from all modules of ``workflow.wording``.

    Two areas that give one code different words raise ``ValueError``.
    """
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(wording.__path__):
        area = import_module(f"{wording.__name__}.{module.name}")
        for code, template in getattr(area, "MESSAGES", {}).items():
            if found.setdefault(code, template) != template:
                raise ValueError(f"{code} has two sentences; one is in {area.__name__}")
    return found


def _place(problem: Problem, lang: str) -> str:
    say = translator(lang)
    parts = []
    if problem.line is not None:
        parts.append(say(N_("line {line}"), line=problem.line))
    if problem.column is not None:
        parts.append(say(N_("column {column}"), column=problem.column))
    if problem.path:
        parts.append(problem.path)
    return ", ".join(parts)


def _bare(code: str, facts: Mapping[str, Any], why: str) -> str:
    warnings.warn(f"{code} {why}", MissingWordsWarning, stacklevel=3)
    return f"{code} ({', '.join(f'{name}={value}' for name, value in facts.items())})"
