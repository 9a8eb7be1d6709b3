"""Whether a pack of evidence is still what was packed; asks no database and no network.

Recomputes every hash and holds the manifest to the frozen report within the pack. Refuses
to repair, and to know whether the report is the one that was issued: its own hash says so.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

from reports.issuing.verifying import Finding
from reports.packs.packing import MANIFEST, read_manifest
from reports.quarterly import read, sha256, written
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reports.packs.packing import Manifest

_BLOCK = 1 << 18


def verify_pack(path: Path) -> tuple[Manifest, tuple[Finding, ...]]:
    """What a pack says it holds, and everything that differs; empty where nothing does.

    Raises ``Refusal``: ``pack.not_a_pack``; ``OSError`` where there is no such file.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = read_manifest(packed.read(MANIFEST))
            return manifest, tuple(_findings(packed, manifest))
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, EOFError) as fault:
        raise Refusal("pack.not_a_pack", detail=str(fault)[:200]) from fault


def _findings(packed: zipfile.ZipFile, manifest: Manifest) -> Iterator[Finding]:
    yield from _files(packed, manifest)
    for one in manifest.lacking:
        yield Finding(code="pack.report_file_lacking", facts={"file": one.path})
    hashes = {one.path: one.sha256 for one in manifest.files}
    for offer in manifest.evidence:
        facts = {"file": offer.name or offer.requirement, "task": str(offer.task)}
        if offer.condition == "missing":
            yield Finding(code="pack.evidence_missing", facts=facts)
        elif offer.condition == "changed":
            yield Finding(code="pack.evidence_changed", facts=facts)
        elif offer.sha256 is not None and hashes.get(offer.path or "") != offer.sha256:
            yield Finding(code="pack.evidence_elsewhere", facts=facts)
    yield from _against_report(packed, manifest)


def _files(packed: zipfile.ZipFile, manifest: Manifest) -> Iterator[Finding]:
    """What the ZIP holds beside what the manifest names."""
    held = Counter(packed.namelist())
    listed = {one.path: one for one in manifest.files}
    for name, count in sorted(held.items()):
        if name not in listed and name != MANIFEST:
            yield Finding(code="pack.file_unlisted", facts={"file": name})
        elif count > 1:
            yield Finding(code="pack.file_twice", facts={"file": name})
    for name, one in sorted(listed.items()):
        if name not in held:
            yield Finding(code="pack.file_missing", facts={"file": name})
        elif (found := _hash_of(packed, name)) != one.sha256:
            facts = {"file": name, "expected": one.sha256, "found": found}
            yield Finding(code="pack.file_altered", facts=facts)


def _against_report(packed: zipfile.ZipFile, manifest: Manifest) -> Iterator[Finding]:
    """Whether the manifest names the evidence of the very report that lies in the pack."""
    name = next(
        (
            one.path
            for one in manifest.files
            if one.path.startswith("bao-cao/") and one.path.endswith(".json")
        ),
        None,
    )
    if name is None or name not in packed.namelist():
        yield Finding(code="pack.no_report")
        return
    text = packed.read(name).decode(errors="replace")
    if sha256(text) != manifest.report_sha256:
        facts = {"expected": manifest.report_sha256, "found": sha256(text)}
        yield Finding(code="pack.report_differs", facts=facts)
        return
    report = read(text)
    if written(report) != text:
        yield Finding(code="report.content_not_canonical")
    said = Counter(
        (task.id, one.requirement, one.name, one.sha256, one.outcome)
        for task in report.tasks
        for one in task.evidence
    )
    named = Counter(
        (one.task, one.requirement, one.name, one.sha256, one.outcome) for one in manifest.evidence
    )
    if said != named:
        count = sum(((said - named) + (named - said)).values())
        yield Finding(code="pack.evidence_differs", facts={"count": count})


def _hash_of(packed: zipfile.ZipFile, name: str) -> str:
    """The hash of a file; of one whose own sum is wrong, of as much as could be read."""
    digest = hashlib.sha256()
    try:
        with packed.open(name) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except zipfile.BadZipFile:
        return f"{digest.hexdigest()[:16]}…"
    return digest.hexdigest()
