from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workflow import labels
from workflow.domain.evidence import Outcome
from workflow.domain.lifecycle import Action, Guard, State, Who
from workflow.domain.roles import Deed, Role
from workflow.domain.tally import Box, Share
from workflow.domain.timeliness import Timeliness
from workflow.i18n import translator
from workflow.wording.lifecycle import GUARDS, MESSAGES, table_page

if TYPE_CHECKING:
    from enum import StrEnum

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"

NAMED: list[tuple[str, type[StrEnum]]] = [
    ("state", State),
    ("action", Action),
    ("who", Who),
    ("timeliness", Timeliness),
    ("box", Box),
    ("share", Share),
    ("outcome", Outcome),
    ("role", Role),
    ("deed", Deed),
]


def test_the_page_about_the_life_of_a_task_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == table_page(), (
        "the table changed: write docs/lifecycle.md anew, as table_page() says"
    )


@pytest.mark.parametrize(("kind", "words"), NAMED)
def test_every_word_has_a_name_which_is_the_word_itself(kind: str, words: type[StrEnum]) -> None:
    named = {code: text for code, text in MESSAGES.items() if code.startswith(f"{kind}.")}
    assert named == {f"{kind}.{word}": word.value.replace("_", " ") for word in words}


def test_every_guard_can_say_why_it_refuses() -> None:
    assert set(GUARDS) == set(Guard)
    assert {f"task.{guard}" for guard in Guard} <= set(MESSAGES)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_sentence_is_said_in_both_languages(code: str) -> None:
    facts = {
        "action": "return",
        "state": "in_review",
        "who": "unit",
        "deed": "read",
        "role": "reviewer",
        "until": "2024-04-05T17:00:00+00:00",
        "submitted_at": "2024-04-05T17:00:00+00:00",
        "due_on": "2024-03-31",
        "new_on": "2024-04-10",
        "title": "daily",
        "requirement": "invoice",
    }
    assert translator("vi").has(MESSAGES[code])
    vietnamese = labels.sentence_for(code, facts, "vi")
    english = labels.sentence_for(code, facts, "en")
    assert vietnamese != english
    for said in (vietnamese, english):
        assert "{" not in said
        assert "_" not in said
