"""Bytes in a local folder: what a crash leaves, and what two who put and delete at once see."""

import multiprocessing
import os
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

import pytest

from domain.clock import utc_now
from domain.model import StoredFile
from store.blobs.local import LocalBlobs
from store.blobs.port import MissingBlobError
from tests.store.shelves import KEY, file_with, make_old

WATCHDOG_S = 60
EARLIER = utc_now() - timedelta(hours=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(root: Path) -> LocalBlobs:
    return LocalBlobs(root)


def files_in(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.is_file()]


def test_a_second_put_of_the_same_bytes_leaves_the_first_file(blobs: LocalBlobs, tmp_path: Path, root: Path) -> None:
    blobs.put(file_with(tmp_path))
    with blobs.as_file(KEY) as first:
        inode = first.stat().st_ino
    again = file_with(tmp_path)

    blobs.put(again)

    with blobs.as_file(KEY) as second:
        assert second.stat().st_ino == inode
    assert not again.exists()
    assert files_in(root) == [KEY]


def put_and_die(root: Path, path: Path) -> None:
    """Put a file in a process that ends, as in a power cut, just before the bytes get their name."""
    blobs = LocalBlobs(root)
    Path.replace = lambda *_args: os._exit(1)  # type: ignore[method-assign]
    blobs.put(path)


def test_a_crash_before_the_rename_leaves_no_half_file(blobs: LocalBlobs, tmp_path: Path, root: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=put_and_die, args=(root, file_with(tmp_path)))
    child.start()
    child.join()

    assert child.exitcode == 1
    with pytest.raises(MissingBlobError), blobs.as_file(KEY):
        pass
    assert blobs.put(file_with(tmp_path)).key == KEY


def test_bytes_that_are_put_while_they_are_deleted_are_there_afterwards(
    blobs: LocalBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs.put(file_with(tmp_path))
    with blobs.as_file(KEY) as stored:
        make_old(stored)
    unlink, again = Path.unlink, file_with(tmp_path)

    with ThreadPoolExecutor(1) as other:
        puts: list[Future[StoredFile]] = []

        def put_first(path: Path, missing_ok: bool = False) -> None:
            """Begin a put when the deletion has decided and not yet acted, and let it get as far as it can."""
            if path == stored and not puts:
                puts.append(other.submit(blobs.put, again))
                wait(puts, timeout=0.5)
            unlink(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", put_first)
        blobs.delete(KEY, EARLIER)
        puts[0].result(WATCHDOG_S)

    assert list(blobs.keys()) == [KEY]


def test_what_a_crash_left_half_put_is_cleared(blobs: LocalBlobs, tmp_path: Path, root: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=put_and_die, args=(root, file_with(tmp_path)))
    child.start()
    child.join()
    left = files_in(root)

    blobs.clear_staging()

    assert (len(left), files_in(root)) == (1, [])


def test_a_file_that_is_no_blob_has_no_key(blobs: LocalBlobs, root: Path) -> None:
    (root / "ab" / "cd").mkdir(parents=True)
    (root / "ab" / "cd" / "notes.txt").touch()

    assert list(blobs.keys()) == []
