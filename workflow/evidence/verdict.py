"""What a check concludes, and the normalised facts that it read.

Knows outcomes, reasons and findings as values that survive JSON. Refuses to
know files, tasks and how a conclusion was reached.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from workflow.domain.evidence import Outcome

_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_TEXT: Final = 500
_LONGEST_LIST: Final = 200
_DEEPEST: Final = 6
_LONGEST_IDENTITY: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an outcome is what it is, or a note beside a pass: a permanent code and its facts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the flat form of the command line: the code beside its facts."""
        return {"code": self.code, **self.facts}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reason:
        """Read back what ``to_json`` gave."""
        return cls(code=data["code"], facts={k: v for k, v in data.items() if k != "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a proof is, wherever and under whatever file name it turns up again.

    ``kind`` is ``invoice``, ``article`` or ``file``; ``key`` is the seller's MST,
    form, series and number of an invoice, the address (else title and day) of
    an article, else the file's SHA-256. ``part`` names the share of it that was
    read for a task where one proof rightly serves several: title and occasion
    of an invoice line, unit and title of a row in the post office's list.
    """

    kind: str
    key: str
    part: str = ""

    @property
    def text(self) -> str:
        """One string of at most 255 characters, equal exactly for equal identities."""
        whole = f"{self.kind}:{self.key}" + (f"#{self.part}" if self.part else "")
        if len(whole) <= _LONGEST_IDENTITY:
            return whole
        return f"{self.kind}:sha256:{hashlib.sha256(whole.encode(errors='replace')).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the use cases need of what a check read; the same keys open every ``Verdict.read``.

    ``performed_on``: the day on which, by the proof itself, the thing happened
    (in the agreement's zone), or None. ``identity``: see ``Identity``.
    ``quantity``: whole copies or pieces proved for this task. ``capacity``: how
    much ``identity`` (with its part) can prove in all, over all tasks and units;
    None means that each use takes the whole of it, so it serves one task.
    ``period_from``/``period_until``: the half-open days that the proof says it
    is about. ``replaces``: the identity that this proof makes void.
    """

    performed_on: date | None = None
    identity: Identity | None = None
    quantity: int | None = None
    capacity: int | None = None
    period_from: date | None = None
    period_until: date | None = None
    replaces: Identity | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, days as ISO text."""
        return {
            "performed_on": _iso(self.performed_on),
            "identity": _identity_json(self.identity),
            "quantity": self.quantity,
            "capacity": self.capacity,
            "period": None
            if self.period_from is None
            else {"from": _iso(self.period_from), "until": _iso(self.period_until)},
            "replaces": _identity_json(self.replaces),
        }

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Findings:
        """Read the findings out of a ``Verdict.read``; keys of the check itself are passed over.

        Raises KeyError, TypeError or ValueError where they are not of this form.
        """
        period = read.get("period") or {}
        return cls(
            performed_on=_day(read.get("performed_on")),
            identity=_identity(read.get("identity")),
            quantity=_count(read.get("quantity")),
            capacity=_count(read.get("capacity")),
            period_from=_day(period.get("from")),
            period_until=_day(period.get("until")),
            replaces=_identity(read.get("replaces")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The conclusion of one check on one file; undecided means that a person decides.

    ``read`` is plain JSON: the keys of ``Findings`` and, beside them, whatever
    the check documents of its own. ``check`` and ``version`` say who judged.
    """

    outcome: Outcome
    check: str
    version: str
    reasons: tuple[Reason, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> Findings:
        """The normalised part of ``read``, typed."""
        return Findings.from_json(self.read)

    def to_json(self) -> dict[str, Any]:
        """Give the form of ``camket check --json``, with the check and its version."""
        return {
            "verdict": self.outcome.value,
            "reasons": [reason.to_json() for reason in self.reasons],
            "read": dict(self.read),
            "check": self.check,
            "version": self.version,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """Read back what ``to_json`` gave."""
        return cls(
            outcome=Outcome(data["verdict"]),
            reasons=tuple(Reason.from_json(reason) for reason in data["reasons"]),
            read=data["read"],
            check=data["check"],
            version=data["version"],
        )


class Judgement:
    """Gathers reasons while a check reads, and draws the conclusion once.

    Any reason to fail fails; otherwise any doubt leaves it undecided; notes
    change nothing.
    """

    def __init__(self, check: str, version: str) -> None:
        self._check = check
        self._version = version
        self._reasons: list[tuple[Outcome, Reason]] = []

    def fail(self, code: str, **facts: Any) -> None:
        """Hold against the proof something that it shows itself."""
        self._reasons.append((Outcome.FAILED, Reason(code=code, facts=facts)))

    def doubt(self, code: str, **facts: Any) -> None:
        """Leave to a person what could not be read for certain."""
        self._reasons.append((Outcome.UNDECIDED, Reason(code=code, facts=facts)))

    def note(self, code: str, **facts: Any) -> None:
        """Tell something that changes no outcome."""
        self._reasons.append((Outcome.PASSED, Reason(code=code, facts=facts)))

    @property
    def outcome(self) -> Outcome:
        """The conclusion so far."""
        seen = {outcome for outcome, _ in self._reasons}
        if Outcome.FAILED in seen:
            return Outcome.FAILED
        return Outcome.UNDECIDED if Outcome.UNDECIDED in seen else Outcome.PASSED

    def verdict(self, findings: Findings, **read: Any) -> Verdict:
        """Conclude, the weightiest reasons first; ``read`` are the check's own keys."""
        weight = (Outcome.FAILED, Outcome.UNDECIDED, Outcome.PASSED)
        ordered = sorted(self._reasons, key=lambda pair: weight.index(pair[0]))
        return printable(
            Verdict(
                outcome=self.outcome,
                check=self._check,
                version=self._version,
                reasons=tuple(reason for _, reason in ordered),
                read={**read, **findings.to_json()},
            )
        )


def printable(verdict: Verdict) -> Verdict:
    """Make reasons and read safe to store and show, whatever the file held.

    Long texts and lists are cut, control characters and half characters (which
    PostgreSQL refuses in JSON) dropped, days and numbers made plain JSON; a
    number that is not finite becomes None.
    """
    return Verdict(
        outcome=Outcome(verdict.outcome),
        check=verdict.check,
        version=verdict.version,
        reasons=tuple(
            Reason(code=reason.code, facts=_plain(reason.facts, _DEEPEST))
            for reason in verdict.reasons
        ),
        read=_plain(verdict.read, _DEEPEST),
    )


def shown(text: str) -> str:
    """Text of a file as it may be stored and shown: printable and not too long."""
    clean = _UNPRINTABLE.sub("", text)
    return clean if len(clean) <= _LONGEST_TEXT else clean[: _LONGEST_TEXT - 1] + "…"


def _plain(value: Any, depth: int) -> Any:  # noqa: ANN401 - it takes whatever a check read
    if value is None or isinstance(value, (bool, int)):
        return value if value is None or isinstance(value, bool) else int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth > 0 and isinstance(value, Mapping):
        items = list(value.items())[:_LONGEST_LIST]
        return {shown(str(key)): _plain(item, depth - 1) for key, item in items}
    if depth > 0 and isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, depth - 1) for item in list(value)[:_LONGEST_LIST]]
    return shown(value.isoformat() if isinstance(value, date) else str(value))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _count(number: object) -> int | None:
    if number is None or (isinstance(number, int) and not isinstance(number, bool)):
        return number
    raise TypeError(f"not a whole number: {number!r}")


def _identity_json(identity: Identity | None) -> dict[str, str] | None:
    if identity is None:
        return None
    return {"kind": identity.kind, "key": identity.key, "part": identity.part}


def _identity(data: Mapping[str, str] | None) -> Identity | None:
    if data is None:
        return None
    return Identity(kind=data["kind"], key=data["key"], part=data.get("part", ""))
