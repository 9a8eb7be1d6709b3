from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.secrets_kept import decrypt, encrypt

KEY = b"k" * 32


@given(secret=st.text(), place=st.text())
def test_a_secret_is_read_again_where_it_was_kept(secret: str, place: str) -> None:
    assert decrypt(encrypt(secret, key=KEY, place=place), key=KEY, place=place) == secret


def test_equal_secrets_do_not_look_equal() -> None:
    first, second = (encrypt("the same", key=KEY, place="webhook:1") for _ in range(2))
    assert first != second
    assert "the same" not in first


@pytest.mark.parametrize("of", ["key", "place", "first", "last", "cut", "empty", "no base64"])
def test_what_does_not_belong_together_is_not_read(of: str) -> None:
    kept = encrypt("a secret", key=KEY, place="webhook:1")
    key, place = KEY, "webhook:1"
    match of:
        case "key":
            key = b"K" * 32
        case "place":
            place = "webhook:2"
        case "first":
            kept = kept[:2] + ("B" if kept[2] == "A" else "A") + kept[3:]
        case "last":
            kept = kept[:-5] + ("B" if kept[-5] == "A" else "A") + kept[-4:]
        case "cut":
            kept = kept[:10]
        case "empty":
            kept = ""
        case _:
            kept = "1.€"
    with pytest.raises(Refusal) as refused:
        decrypt(kept, key=key, place=place)
    assert refused.value.code == "secret.unreadable"
    assert "a secret" not in str(refused.value)
