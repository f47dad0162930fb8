"""Bytes by content: put once, never half there, and no name of a user's making reaches the file system."""

import hashlib
import multiprocessing
import os
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

import pytest

from domain.clock import utc_now
from domain.model import StoredFile
from store.blobs.local import LocalBlobs, MissingBlobError

WATCHDOG_S = 60
EARLIER, LATER = utc_now() - timedelta(hours=1), utc_now() + timedelta(hours=1)
CONTENT = b"pixels" * 1000
KEY = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(root: Path) -> LocalBlobs:
    return LocalBlobs(root)


def file_with(folder: Path, content: bytes = CONTENT, name: str = "new.tif") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def make_old(path: Path) -> None:
    """Make a file two hours old."""
    then = (EARLIER - timedelta(hours=1)).timestamp()
    os.utime(path, (then, then))


def files_in(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.is_file()]


def test_the_key_is_the_digest_of_the_content(blobs: LocalBlobs, tmp_path: Path) -> None:
    stored = blobs.put(file_with(tmp_path))

    assert (stored.key, stored.size) == (KEY, len(CONTENT))
    with blobs.open(stored.key) as file:
        assert file.read() == CONTENT


def test_the_file_is_moved_into_the_store(blobs: LocalBlobs, tmp_path: Path) -> None:
    path = file_with(tmp_path)
    blobs.put(path)

    assert not path.exists()


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


def test_a_file_on_another_file_system_is_copied(blobs: LocalBlobs, root: Path) -> None:
    other = Path("/dev/shm")
    path = file_with(other if other.stat().st_dev != root.stat().st_dev else root.parent, name="reprise-blob-test")

    stored = blobs.put(path)

    assert stored.key == KEY
    assert not path.exists()


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
    with pytest.raises(MissingBlobError):
        blobs.open(KEY)
    assert blobs.put(file_with(tmp_path)).key == KEY


@pytest.mark.parametrize(
    "key", ["", "..", "../../etc/passwd", "/etc/passwd", KEY[:-1], KEY.upper(), f"{KEY}/..", f"{KEY}\n"]
)
def test_a_key_of_another_form_is_refused(blobs: LocalBlobs, key: str) -> None:
    with pytest.raises(MissingBlobError):
        blobs.open(key)
    with pytest.raises(MissingBlobError):
        blobs.delete(key, utc_now())


def test_a_missing_key_is_named_without_a_path(blobs: LocalBlobs, root: Path) -> None:
    with pytest.raises(MissingBlobError, match=KEY[:12]) as raised, blobs.as_file(KEY):
        pass

    assert str(root) not in str(raised.value)


def test_deleted_bytes_are_gone_and_deleting_again_frees_nothing(blobs: LocalBlobs, tmp_path: Path) -> None:
    blobs.put(file_with(tmp_path))

    freed = [blobs.delete(KEY, LATER) for _time in range(2)]

    assert freed == [len(CONTENT), None]
    with pytest.raises(MissingBlobError):
        blobs.open(KEY)


def test_bytes_put_since_the_time_given_are_not_deleted(blobs: LocalBlobs, tmp_path: Path) -> None:
    blobs.put(file_with(tmp_path))

    assert blobs.delete(KEY, EARLIER) is None
    assert list(blobs.keys()) == [KEY]


def test_a_put_counts_from_now_however_old_the_file_is(blobs: LocalBlobs, tmp_path: Path) -> None:
    path = file_with(tmp_path)
    make_old(path)
    blobs.put(path)

    assert blobs.delete(KEY, EARLIER) is None


def test_a_put_of_bytes_that_are_there_makes_them_new_again(blobs: LocalBlobs, tmp_path: Path) -> None:
    blobs.put(file_with(tmp_path))
    with blobs.as_file(KEY) as stored:
        make_old(stored)

    blobs.put(file_with(tmp_path))

    assert blobs.delete(KEY, EARLIER) is None


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


def test_the_keys_are_those_of_the_blobs_alone(blobs: LocalBlobs, tmp_path: Path, root: Path) -> None:
    contents = [b"one", b"two", b""]
    put = {blobs.put(file_with(tmp_path, content)).key for content in contents}
    (root / "ab" / "cd").mkdir(parents=True, exist_ok=True)
    (root / "ab" / "cd" / "notes.txt").touch()

    assert set(blobs.keys()) == put


def test_what_a_crash_left_half_put_is_cleared(blobs: LocalBlobs, tmp_path: Path, root: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=put_and_die, args=(root, file_with(tmp_path)))
    child.start()
    child.join()
    left = files_in(root)

    blobs.clear_staging()

    assert (len(left), files_in(root)) == (1, [])


def test_an_empty_file_is_stored_too(blobs: LocalBlobs, tmp_path: Path) -> None:
    stored = blobs.put(file_with(tmp_path, b""))

    with blobs.open(stored.key) as file:
        assert file.read() == b""
