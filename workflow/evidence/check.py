"""What a check is, and how one is run so that it never raises.

Knows the guard that turns any fault into an undecided verdict. Refuses to know
which checks there are, databases, child processes and what any check looks for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from workflow.domain.errors import Refusal
from workflow.domain.evidence import Outcome
from workflow.evidence.task_facts import Body, Publication, TaskFacts, problems_of, told
from workflow.evidence.verdict import (
    Findings,
    Identity,
    Judgement,
    Reason,
    Verdict,
    printable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Body",
    "Check",
    "EvidenceFile",
    "Figures",
    "Findings",
    "Identity",
    "Judgement",
    "Outcome",
    "Publication",
    "Reason",
    "TaskFacts",
    "Unreadable",
    "Verdict",
    "json_form",
    "judged",
    "params_for",
    "undecided",
]


#: What a person typed beside a file: name of the figure → number (or text that should be one).
Figures = Mapping[str, object]

_P = TypeVar("_P", bound=BaseModel)

_MOST_VERDICT: Final = 200_000


class Unreadable(Exception):
    """A file cannot be read as what it should be: reason code and facts.

    ``outcome`` is failed where the file itself is to blame, undecided where a
    person may still see what the program cannot.
    """

    def __init__(self, code: str, *, outcome: Outcome = Outcome.FAILED, **facts: Any) -> None:
        super().__init__(code, facts)
        self.reason = Reason(code=code, facts=facts)
        self.outcome = outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A stored file: where it lies, its SHA-256 and size, and what its sender called it.

    ``name`` and ``media_type`` are claims: they are compared with the content
    and never used to open anything.
    """

    path: Path
    sha256: str
    size: int
    name: str
    media_type: str = ""

    @classmethod
    def at(cls, path: Path, *, name: str | None = None, media_type: str = "") -> EvidenceFile:
        """Describe a file that lies somewhere, hashing it. Raises OSError when it cannot."""
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
                size += len(block)
        return cls(
            path=path,
            sha256=digest.hexdigest(),
            size=size,
            name=path.name if name is None else name,
            media_type=media_type,
        )

    @property
    def identity(self) -> Identity:
        """The file as its own proof, for what has no better identity."""
        return Identity(kind="file", key=self.sha256)

    def read(self, most: int) -> bytes:
        """Its bytes, at most ``most`` of them, proved to be those that were stored.

        Raises Unreadable: ``file.missing``, ``file.empty``, ``file.too_large``,
        ``file.changed``.
        """
        if self.size > most:
            raise Unreadable("file.too_large", size=self.size, most=most)
        try:
            with self.path.open("rb") as stream:
                data = stream.read(most + 1)
        except OSError as error:
            raise Unreadable("file.missing", outcome=Outcome.UNDECIDED) from error
        if not data:
            raise Unreadable("file.empty")
        if len(data) > most:
            raise Unreadable("file.too_large", size=len(data), most=most)
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise Unreadable("file.changed", outcome=Outcome.UNDECIDED)
        return data

    def to_json(self) -> dict[str, Any]:
        """Give the form that crosses to a child process."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "size": self.size,
            "name": self.name,
            "media_type": self.media_type,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EvidenceFile:
        """Read back what ``to_json`` gave."""
        return cls(**{**data, "path": Path(data["path"])})


class Check(Protocol[_P]):
    """One kind of proof and how it is read.

    ``run`` is a function of its arguments alone: the same file, parameters,
    figures and facts give the same verdict; it reads no clock, network or
    setting. It may raise: the guard makes ``check.crashed`` of that. ``light``
    says that it cannot hang or eat memory, so that it may run in the caller's
    process. A change that can change a verdict changes ``version``.
    """

    @property
    def name(self) -> str:
        """Its permanent name, as agreements write it."""

    @property
    def version(self) -> str:
        """The version of its judgement."""

    @property
    def light(self) -> bool:
        """Whether it may run in the caller's process."""

    @property
    def params(self) -> type[_P]:
        """The pydantic model of its parameters: strict, unknown keys refused."""

    def run(
        self, params: _P, file: EvidenceFile | None, *, figures: Figures, facts: TaskFacts
    ) -> Verdict:
        """Judge one file."""


def params_for(check: Check[_P], params: Mapping[str, object]) -> _P:
    """Validated parameters; refuses ``check.params_invalid`` with every error and its place.

    They are read as JSON is: lists stand for tuples, ISO text for days.
    """
    try:
        return check.params.model_validate_json(json.dumps(params, default=json_form))
    except ValidationError as errors:
        problems = problems_of(errors)
        raise Refusal(
            "check.params_invalid", check=check.name, problems=problems, detail=told(problems)
        ) from errors


def judged(
    check: Check[Any],
    params: Mapping[str, object],
    file: EvidenceFile | None,
    *,
    figures: Figures,
    facts: TaskFacts,
) -> Verdict:
    """Run a check so that there is always a verdict and never an exception.

    What a file does to its reader becomes that reader's reason; any other
    fault becomes undecided: ``check.out_of_memory``, ``check.params_invalid``
    or ``check.crashed``. The verdict is plain JSON, safe to store.
    """
    try:
        verdict = check.run(params_for(check, params), file, figures=figures, facts=facts)
        signed = _signed(printable(verdict), check)
        _refuse_flood(signed)
    except Unreadable as stop:
        found = Findings(identity=file.identity if file else None)
        return printable(
            Verdict(
                outcome=stop.outcome,
                check=check.name,
                version=check.version,
                reasons=(stop.reason,),
                read=found.to_json(),
            )
        )
    except Refusal as refusal:
        return undecided(check.name, refusal.code, version=check.version, **refusal.facts)
    except MemoryError:
        return undecided(check.name, "check.out_of_memory", version=check.version)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a check never raises to the user
        return undecided(
            check.name, "check.crashed", version=check.version, error=type(error).__name__
        )
    else:
        return signed


def undecided(check: str, code: str, /, *, version: str = "", **facts: Any) -> Verdict:
    """The verdict of a check that could not finish: a person decides."""
    return printable(
        Verdict(
            outcome=Outcome.UNDECIDED,
            check=check,
            version=version,
            reasons=(Reason(code=code, facts=facts),),
            read=Findings().to_json(),
        )
    )


def _signed(verdict: Verdict, check: Check[Any]) -> Verdict:
    """Sign a verdict with the check that was asked; raises where its findings are malformed."""
    return Verdict(
        outcome=verdict.outcome,
        check=check.name,
        version=check.version,
        reasons=verdict.reasons,
        read={**verdict.read, **verdict.findings.to_json()},
    )


def _refuse_flood(verdict: Verdict) -> None:
    """Raise where a verdict holds more than anyone would keep or read."""
    if len(json.dumps(verdict.to_json(), allow_nan=False)) > _MOST_VERDICT:
        raise ValueError("the verdict is too long")


def json_form(value: object) -> object:
    """What JSON has no word for, as it would be written in JSON."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        ordered: Iterable[object] = sorted(value, key=str)
        return list(ordered)
    return str(value)
