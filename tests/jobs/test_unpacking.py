"""unCompressOptions of uploads by URL and by POST: what is in an archive is taken in, each file for itself."""

from collections.abc import Callable, Mapping

import pytest

from tests.conftest import MAX_UNPACKED_BYTES
from tests.jobs.archive_files import tar_of, zip_of
from tests.jobs.flow import Client, text, upload_urls
from tests.jobs.pictures import small_png
from tests.jobs.web_host import Page, serving

Upload = Callable[[Client, str, bytes, Mapping[str, str]], str]
UNPACK = {"unCompressOptions": "<process>UnCompress</process>"}
BOMB = zip_of({"zeros.png": bytes(MAX_UNPACKED_BYTES + 1)})


def by_post(lab: Client, name: str, body: bytes, options: Mapping[str, str]) -> str:
    job = f"{lab.tag}-{name}"
    assert lab.post_files({name: body}, options, jobName=job).ok
    lab.wait(job)
    return job


def by_url(lab: Client, name: str, body: bytes, options: Mapping[str, str]) -> str:
    with serving({f"/{name}": Page(body)}) as host:
        return lab.run(upload_urls([(host.url(f"/{name}"), f"in/{lab.tag}-{name}")], **options))


each_way = pytest.mark.parametrize("upload", [by_post, by_url])


@pytest.mark.covers("uploadPostJob.unCompressOptions", "uploadUrlsJob.unCompressOptions")
@each_way
def test_the_files_of_an_archive_are_the_items_of_the_job(lab: Client, upload: Upload) -> None:
    files = {f"{lab.tag}/a.png": small_png(1), f"{lab.tag}-b.png": small_png(2), f"{lab.tag}-c.txt": b"?"}

    job = upload(lab, "set.zip", zip_of(files), UNPACK)

    log = lab.logs(job)[-1]
    assert [text(log, name) for name in ("fileSuccessCount", "fileErrorCount", "totalFileCount")] == ["2", "1", "3"]
    rows = {row.name: row for row in lab.rows(job, "UploadSuccess", "UploadError")}
    assert lab.stored(rows["a.png"].handle).folder == f"LabCo/in/{lab.tag}/"
    assert lab.stored(rows[f"{lab.tag}-b.png"].handle).derivatives is not None
    assert rows[f"{lab.tag}-c.txt"].type == "UploadError"
    assert lab.rows(job, "FileProgress")[0].message == f"LabCo/in/{lab.tag}-set.zip was unpacked. Files in it: 3."


@pytest.mark.covers("uploadPostJob.unCompressOptions", "uploadUrlsJob.unCompressOptions")
@each_way
def test_an_archive_is_an_asset_unless_it_is_to_be_unpacked(lab: Client, upload: Upload) -> None:
    job = upload(lab, "set.zip", zip_of({"a.png": small_png()}), {"unCompressOptions": "<process>None</process>"})

    (row,) = lab.rows(job, "UploadSuccess")
    assert lab.stored(row.handle).type == "Zip"


@pytest.mark.covers("uploadPostJob.unCompressOptions", "uploadUrlsJob.unCompressOptions")
@each_way
def test_an_archive_that_unpacks_to_too_much_fails_and_leaves_nothing(lab: Client, upload: Upload) -> None:
    job = upload(lab, "bomb.zip", BOMB, UNPACK)

    assert [row.message for row in lab.rows(job, "UploadError", "UploadSuccess")] == [
        f"The archive unpacks to more than {MAX_UNPACKED_BYTES:,} bytes: split it."
    ]


def test_members_that_lead_out_fail_for_themselves_and_inner_archives_stay_as_they_are(lab: Client) -> None:
    inner = zip_of({"x.png": small_png(3)})
    files = {"../escape.png": small_png(1), f"{lab.tag}-good.png": small_png(2), f"{lab.tag}-inner.zip": inner}

    job = by_post(lab, "set.tgz", tar_of(files, "w:gz", {"shadow.png": "/etc/shadow"}), UNPACK)

    failed = {row.name for row in lab.rows(job, "UploadError")}
    assert failed == {"../escape.png", "shadow.png"}
    kept = {row.name: lab.stored(row.handle).type for row in lab.rows(job, "UploadSuccess")}
    assert kept == {f"{lab.tag}-good.png": "Image", f"{lab.tag}-inner.zip": "Zip"}
