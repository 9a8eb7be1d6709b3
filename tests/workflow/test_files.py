"""Evidence files: whole or not at all, once each, and still what was given."""

from __future__ import annotations

import hashlib
import io
import os
import resource
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.files import FileStore, Stored

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(root=tmp_path / "evidence", largest=1_000_000)


def everything(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def refusal_of(store: FileStore, source: io.BytesIO | Path) -> str:
    with pytest.raises(Refusal) as refused:
        store.store(source)
    return refused.value.code


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow beyond a size: the kernel refuses, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@given(data=st.binary(min_size=1, max_size=5000))
def test_a_file_is_found_again_by_its_hash(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = FileStore(root=tmp_path_factory.mktemp("evidence"))
    stored = store.store(io.BytesIO(data))
    assert stored == Stored(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    assert store.path_of(stored.sha256).read_bytes() == data
    assert store.is_intact(stored)


def test_a_path_is_stored_like_a_stream(store: FileStore, tmp_path: Path) -> None:
    source = tmp_path / "giấy mời.pdf"
    source.write_bytes(b"x" * 100)
    assert store.store(source) == store.store(io.BytesIO(b"x" * 100))
    assert source.exists()


def test_a_file_lies_in_folders_by_its_hash(store: FileStore) -> None:
    name = store.store(io.BytesIO(b"abc")).sha256
    assert everything(store.root) == [f"{name[:2]}/{name[2:4]}/{name}"]


def test_the_same_bytes_are_kept_once_and_never_written_again(store: FileStore) -> None:
    stored = store.store(io.BytesIO(b"abc"))
    before = store.path_of(stored.sha256).stat()
    assert store.store(io.BytesIO(b"abc")) == stored
    assert store.path_of(stored.sha256).stat().st_ino == before.st_ino
    assert len(everything(store.root)) == 1


def test_nobody_can_write_to_a_kept_file(store: FileStore) -> None:
    stored = store.store(io.BytesIO(b"abc"))
    assert store.path_of(stored.sha256).stat().st_mode & 0o222 == 0


def test_many_at_once_store_the_same_file(store: FileStore) -> None:
    data = os.urandom(300_000)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: store.store(io.BytesIO(data)), range(16)))
    (stored,) = found
    assert store.is_intact(stored)
    assert len(everything(store.root)) == 1


def test_a_file_that_is_too_large_leaves_nothing(store: FileStore) -> None:
    assert refusal_of(store, io.BytesIO(b"x" * 1_000_001)) == "files.too_large"
    assert everything(store.root) == []
    assert store.store(io.BytesIO(b"x" * 1_000_000)).size == 1_000_000


def test_a_stream_without_end_is_given_up_at_the_limit(store: FileStore) -> None:
    with Path("/dev/zero").open("rb") as endless, pytest.raises(Refusal) as refused:
        store.store(endless)
    assert refused.value.code == "files.too_large"
    assert refused.value.facts == {"most": 1_000_000}


def test_an_empty_file_is_refused(store: FileStore) -> None:
    assert refusal_of(store, io.BytesIO(b"")) == "files.empty"
    assert everything(store.root) == []


def test_what_cannot_be_read_is_refused(store: FileStore, tmp_path: Path) -> None:
    assert refusal_of(store, tmp_path / "không có") == "files.unreadable"
    assert refusal_of(store, tmp_path) == "files.unreadable"


def test_a_source_that_breaks_half_way_leaves_nothing(store: FileStore) -> None:
    class Broken(io.RawIOBase):
        def __init__(self) -> None:
            self.left = 2

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise OSError(5, "Input/output error")
            return b"x" * min(size, 1000)

    assert refusal_of(store, Broken()) == "files.unreadable"  # type: ignore[arg-type] # a raw stream reads as well
    assert everything(store.root) == []


def test_a_full_disk_is_said_and_leaves_nothing(store: FileStore) -> None:
    store.store(io.BytesIO(b"small"))
    before = everything(store.root)
    with largest_file(65_536):
        assert refusal_of(store, io.BytesIO(b"x" * 200_000)) == "files.no_space"
    assert everything(store.root) == before
    assert store.store(io.BytesIO(b"x" * 200_000)).size == 200_000


def test_a_folder_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file in its place")
    store = FileStore(root=tmp_path / "evidence")
    assert refusal_of(store, io.BytesIO(b"abc")) == "files.unwritable"


def test_a_damaged_file_is_seen_and_made_whole_by_storing_it_again(store: FileStore) -> None:
    stored = store.store(io.BytesIO(b"abc"))
    path = store.path_of(stored.sha256)
    path.chmod(0o600)
    path.write_bytes(b"abX")
    assert not store.is_intact(stored)
    store.store(io.BytesIO(b"abc"))
    assert store.is_intact(stored)
    path.unlink()
    assert not store.is_intact(stored)


def test_what_a_dead_process_left_is_forgotten_and_nothing_else(store: FileStore) -> None:
    stored = store.store(io.BytesIO(b"abc"))
    old, new = store.root / ".draft-old", store.root / ".draft-new"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (1000, 1000))
    assert store.forget_drafts(older_than=2000) == 1
    assert (old.exists(), new.exists()) == (False, True)
    assert store.is_intact(stored)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_names_a_file(store: FileStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.path_of(name)
