"""Every code has a sentence, and every sentence its Vietnamese."""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.sources import FLOORS, ROOT, Module, modules, strings
from workflow import i18n, labels

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
PARTS = sorted((i18n.LOCALE / "vi" / "parts").glob("*.po"))


def places_of_codes() -> dict[str, set[int]]:
    """Functions that take a code by position: their names, and at which position."""
    found: dict[str, set[int]] = {}
    for module in modules():
        for node in ast.walk(module.tree):
            owner = node.name if isinstance(node, ast.ClassDef) else ""
            for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(inner, ast.FunctionDef):
                    names = [arg.arg for arg in (*inner.args.posonlyargs, *inner.args.args)]
                    if "code" in names:
                        name = owner if owner and inner.name == "__init__" else inner.name
                        place = names.index("code") - (names[0] in {"self", "cls"})
                        found.setdefault(name, set()).add(place)
    return found


def codes_in(module: Module, places: dict[str, set[int]]) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [node.args[at] for at in places.get(name, ()) if at < len(node.args)]
            given += [word.value for word in node.keywords if word.arg == "code"]
            for argument in given:
                yield from (text for text in strings(argument) if CODE.fullmatch(text))


def fields(text: str) -> Counter[tuple[str, str]]:
    """The facts that a text asks for, each with the way it is written."""
    return Counter(
        (name, spec or "")
        for _, name, spec, _ in string.Formatter().parse(text)
        if name is not None
    )


@cache
def marked_texts() -> frozenset[str]:
    """Every text in the source that people may read."""
    found = set(labels.messages().values())
    for floor in FLOORS:
        if (ROOT / floor).is_dir():
            for _, _, text, _, _ in extract_from_dir(
                ROOT / floor,
                method_map=[("**.py", "python"), ("**/templates/**", "jinja2")],
                keywords={"N_": None, "gettext": None, "_": None, "ngettext": (1, 2)},
                options_map={},
            ):
                found.update([text] if isinstance(text, str) else text[:1])
    return frozenset(found)


def test_every_code_in_the_source_has_a_sentence() -> None:
    places = places_of_codes()
    assert {"Refusal"} <= places.keys()
    missing = {
        f"{code} in {module.name}"
        for module in modules()
        for code in codes_in(module, places)
        if code not in labels.messages()
    }
    assert not missing, "\n".join(sorted(missing))


def test_every_sentence_is_used() -> None:
    used = {
        text
        for module in modules()
        if not module.name.startswith("workflow.wording")
        for text in strings(module.tree)
    }
    # A family of codes is put together from its name and a word: f"deed.{deed}"; or the word
    # itself is what is said, where a sentence asks for it: "{state:word}".
    unused = {
        code
        for code, sentence in labels.messages().items()
        for family, _, word in [code.rpartition(".")]
        if code not in used
        and not (word in used and (f"{family}." in used or sentence == word.replace("_", " ")))
    }
    assert not unused, "\n".join(sorted(unused))


def test_every_text_has_its_vietnamese() -> None:
    say = i18n.translator("vi")
    missing = {text for text in marked_texts() if not say.has(text)}
    assert not missing, "\n".join(sorted(missing))


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    known = marked_texts()
    for part in PARTS:
        with part.open("rb") as file:
            gone = {str(entry.id) for entry in read_po(file) if entry.id} - known
        assert not gone, "\n".join([part.name, *sorted(gone)])


def test_a_translation_asks_for_the_same_facts() -> None:
    say = i18n.translator("vi")
    for text in marked_texts():
        assert fields(say.gettext(text)) == fields(text), text


def test_a_text_stands_in_one_part_only_and_is_composed() -> None:
    seen: Counter[str] = Counter()
    for part in PARTS:
        content = part.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", content), part.name
        with part.open("rb") as file:
            seen.update(str(entry.id) for entry in read_po(file) if entry.id)
    assert not [text for text, count in seen.items() if count > 1]


def test_our_reader_reads_what_babel_reads() -> None:
    for part in PARTS:
        with part.open("rb") as file:
            expected = {
                entry.id: entry.string
                for entry in read_po(file)
                if entry.id and entry.string and not entry.fuzzy
            }
        assert dict(i18n._entries(part)) == expected
