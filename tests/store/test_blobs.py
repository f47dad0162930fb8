"""Bytes by content, in every kind of blob store: put once, never half there, forgotten only when they are old."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.clock import utc_now
from store.blobs.port import BlobStore, MissingBlobError
from tests.store.shelves import CONTENT, KEY, Shelf, file_with, make_old

EARLIER, LATER = utc_now() - timedelta(hours=1), utc_now() + timedelta(hours=1)


@pytest.fixture
def blobs(shelf: Shelf) -> BlobStore:
    return shelf.blobs


def test_the_key_is_the_digest_of_the_content(blobs: BlobStore, tmp_path: Path) -> None:
    stored = blobs.put(file_with(tmp_path))

    assert (stored.key, stored.size) == (KEY, len(CONTENT))
    with blobs.as_file(stored.key) as path:
        assert path.read_bytes() == CONTENT


def test_the_file_is_moved_into_the_store(blobs: BlobStore, tmp_path: Path) -> None:
    path = file_with(tmp_path)
    blobs.put(path)

    assert not path.exists()


def test_a_file_on_another_file_system_is_copied(blobs: BlobStore, tmp_path: Path) -> None:
    other = Path("/dev/shm")
    path = file_with(other if other.stat().st_dev != tmp_path.stat().st_dev else tmp_path, name="reprise-blob-test")

    stored = blobs.put(path)

    assert stored.key == KEY
    assert not path.exists()


@pytest.mark.parametrize(
    "key", ["", "..", "../../etc/passwd", "/etc/passwd", KEY[:-1], KEY.upper(), f"{KEY}/..", f"{KEY}\n"]
)
def test_a_key_of_another_form_is_refused(blobs: BlobStore, key: str) -> None:
    with pytest.raises(MissingBlobError), blobs.as_file(key):
        pass
    with pytest.raises(MissingBlobError):
        blobs.delete(key, utc_now())


def test_a_missing_key_is_named_without_a_path(blobs: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(MissingBlobError, match=KEY[:12]) as raised, blobs.as_file(KEY):
        pass

    assert str(tmp_path) not in str(raised.value)


def test_deleted_bytes_are_gone_and_deleting_again_frees_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    blobs.put(file_with(tmp_path))

    freed = [blobs.delete(KEY, LATER) for _time in range(2)]

    assert freed == [len(CONTENT), None]
    with pytest.raises(MissingBlobError), blobs.as_file(KEY):
        pass


def test_bytes_put_since_the_time_given_are_not_deleted(blobs: BlobStore, tmp_path: Path) -> None:
    blobs.put(file_with(tmp_path))

    assert blobs.delete(KEY, EARLIER) is None
    assert list(blobs.keys()) == [KEY]


def test_a_put_counts_from_now_however_old_the_file_is(blobs: BlobStore, tmp_path: Path) -> None:
    path = file_with(tmp_path)
    make_old(path)
    blobs.put(path)

    assert blobs.delete(KEY, EARLIER) is None


def test_a_put_of_bytes_that_are_there_makes_them_new_again(shelf: Shelf, blobs: BlobStore, tmp_path: Path) -> None:
    blobs.put(file_with(tmp_path))
    shelf.make_old(KEY)

    blobs.put(file_with(tmp_path))

    assert blobs.delete(KEY, EARLIER) is None


def test_the_keys_are_those_of_the_blobs(blobs: BlobStore, tmp_path: Path) -> None:
    contents = [b"one", b"two", b""]
    put = {blobs.put(file_with(tmp_path, content)).key for content in contents}

    assert set(blobs.keys()) == put


def test_bytes_that_were_put_long_ago_are_deleted(shelf: Shelf, blobs: BlobStore, tmp_path: Path) -> None:
    blobs.put(file_with(tmp_path))
    shelf.make_old(KEY)

    assert blobs.delete(KEY, EARLIER) == len(CONTENT)
    assert list(blobs.keys()) == []


def test_an_empty_file_is_stored_too(blobs: BlobStore, tmp_path: Path) -> None:
    stored = blobs.put(file_with(tmp_path, b""))

    with blobs.as_file(stored.key) as path:
        assert path.read_bytes() == b""
