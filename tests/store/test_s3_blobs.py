"""Bytes in a bucket: what is near at hand, what meets a removal, and what is said when the bucket does not answer."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest
import requests

from domain.clock import utc_now
from domain.errors import Retryable, Unavailable
from domain.model import StoredFile
from jobs.collection import Collector
from store.blobs.port import MissingBlobError
from store.blobs.s3 import UnusableBlobUrlError, read_bucket_url
from store.engine import Database
from tests.store.rows import add_tenant, stored_asset
from tests.store.shelves import CONTENT, KEY, BucketShelf, file_with

WATCHDOG_S = 60
EARLIER = utc_now() - timedelta(hours=1)
Near = Callable[..., BucketShelf]


@pytest.fixture
def machine(bucket_url: str, tmp_path: Path) -> Near:
    """Give machines that share a bucket, each with a cache of its own."""

    def named(name: str, cache_bytes: int = 2**20) -> BucketShelf:
        (tmp_path / name).mkdir()
        return BucketShelf(tmp_path / name, bucket_url, cache_bytes)

    return named


@pytest.fixture
def shelf(machine: Near) -> BucketShelf:
    return machine("near")


def put(shelf: BucketShelf, content: bytes = CONTENT) -> StoredFile:
    return shelf.blobs.put(file_with(shelf.folder, content))


def read(shelf: BucketShelf, key: str = KEY) -> bytes:
    with shelf.blobs.as_file(key) as path:
        return path.read_bytes()


def object_url(shelf: BucketShelf, name: str) -> str:
    return f"{shelf.bucket.endpoint}/{shelf.bucket.name}/{shelf.bucket.prefix}/{name}"


def test_another_machine_reads_what_one_has_put(machine: Near) -> None:
    put(machine("one"))

    assert read(machine("other")) == CONTENT


def test_bytes_that_are_at_hand_are_not_fetched_again(machine: Near) -> None:
    put(machine("one"))
    other = machine("other")
    read(other)
    requests.delete(object_url(other, f"blobs/{KEY}"), timeout=10)

    assert read(other) == CONTENT


def test_bytes_put_just_now_are_not_sent_again(shelf: BucketShelf) -> None:
    put(shelf)
    first = shelf.object(f"blobs/{KEY}")
    put(shelf)

    assert shelf.object(f"blobs/{KEY}") is first


def test_what_was_used_longest_ago_makes_room(machine: Near) -> None:
    small = machine("small", 25_000)
    first, second = put(small, b"1" * 10_000), put(small, b"2" * 10_000)
    read(small, first.key)
    put(small, b"3" * 10_000)

    assert {path.name for path in (small.folder / "cache/files").iterdir()}.isdisjoint({second.key})
    assert read(small, second.key) == b"2" * 10_000


def test_a_file_that_is_being_read_outlives_its_place_in_the_cache(machine: Near) -> None:
    small = machine("small", 15_000)
    stored = put(small, b"1" * 10_000)
    with small.blobs.as_file(stored.key) as path:
        put(small, b"2" * 10_000)
        assert path.read_bytes() == b"1" * 10_000
    assert list((small.folder / "cache/lent").iterdir()) == []


def test_what_a_dead_process_had_borrowed_is_cleared(shelf: BucketShelf) -> None:
    (shelf.folder / "cache/lent/left").touch()

    shelf.blobs.clear_staging()

    assert list((shelf.folder / "cache/lent").iterdir()) == []


def test_bytes_that_are_put_while_they_are_removed_are_there_afterwards(
    shelf: BucketShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shelf)
    shelf.make_old(KEY)
    delete, again = obstore.delete, file_with(shelf.folder)
    puts: list[Future[StoredFile]] = []

    with ThreadPoolExecutor(1) as other:

        def put_first(store: Any, name: Any) -> None:
            """Begin a put when the removal has decided and not yet acted, and let it get as far as it can."""
            if str(name).startswith("blobs/") and not puts:
                puts.append(other.submit(shelf.blobs.put, again))
                wait(puts, timeout=0.5)
            delete(store, name)

        monkeypatch.setattr(obstore, "delete", put_first)
        shelf.blobs.delete(KEY, EARLIER)
        puts[0].result(WATCHDOG_S)

    assert list(shelf.blobs.keys()) == [KEY]


def test_a_removal_whose_process_died_holds_no_put_up(shelf: BucketShelf) -> None:
    put(shelf)
    shelf.make_old(KEY)
    requests.put(object_url(shelf, f"removing/{KEY}"), b"", timeout=10)
    shelf.age(f"removing/{KEY}")

    put(shelf)

    assert shelf.blobs.delete(KEY, EARLIER) is None


def test_other_bytes_than_those_of_the_key_are_not_given(machine: Near) -> None:
    put(machine("one"))
    other = machine("other")
    other.overwrite(f"blobs/{KEY}", b"damaged")

    with pytest.raises(Retryable, match=KEY[:12]):
        read(other)
    other.overwrite(f"blobs/{KEY}", CONTENT)
    assert read(other) == CONTENT


def test_a_bucket_that_is_not_there_is_no_fault_of_a_task(shelf: BucketShelf) -> None:
    requests.delete(f"{shelf.bucket.endpoint}/{shelf.bucket.name}", timeout=10)

    with pytest.raises(Unavailable):
        put(shelf)
    with pytest.raises(MissingBlobError):
        read(shelf)


def test_a_server_that_does_not_answer_is_told_of_without_its_secrets(tmp_path: Path) -> None:
    away = BucketShelf(tmp_path, "s3://hunter1:hunter2@bucket?endpoint=http://127.0.0.1:1")

    with pytest.raises(Unavailable) as raised:
        put(away)

    assert "hunter" not in f"{raised.value}{away.bucket}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://hunter2@bucket", "like s3://"),
        ("s3://", "like s3://"),
        ("s3://bucket:99", "like s3://"),
        ("s3://bucket:hunter2", "like s3://"),
        ("s3://hunter2@bucket", "like s3://"),
        ("s3://bucket?endpoint=hunter2", "endpoint must be"),
        ("s3://bucket?reigon=hunter2", "reigon is no option; there are endpoint, region"),
    ],
)
def test_a_url_of_another_form_is_refused_without_repeating_it(url: str, said: str) -> None:
    with pytest.raises(UnusableBlobUrlError, match=said) as raised:
        read_bucket_url(url)

    assert "hunter2" not in str(raised.value)


def test_key_and_secret_are_decoded() -> None:
    bucket = read_bucket_url("s3://k%2Fey:se%2Bcret@my-bucket/a/b/?region=eu-central-1")

    assert (bucket.name, bucket.prefix, bucket.region) == ("my-bucket", "a/b", "eu-central-1")
    assert (bucket.access_key, bucket.secret_key) == ("k/ey", "se+cret")


def test_a_sweep_removes_from_the_bucket_what_no_row_refers_to(
    shelf: BucketShelf, database: Database, tmp_path: Path
) -> None:
    kept, stray = put(shelf, b"kept"), put(shelf, b"stray")
    stored_asset(database, add_tenant(database), original=kept)
    collector = Collector(database, shelf.blobs, timedelta(hours=24))

    for hours in (0, 25):
        collector.sweep(utc_now() + timedelta(hours=hours))

    assert list(shelf.blobs.keys()) == [kept.key]
    assert stray.key != kept.key
