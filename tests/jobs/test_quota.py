"""A company's quota: what would exceed it fails with the reason, whichever way it comes, and what is there stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from domain.model import Company
from store.companies import change_company, load_company
from store.usage import used_bytes
from tests.jobs.archive_files import zip_of
from tests.jobs.flow import Client, Row, reading, reprocess, upload_directory, upload_urls
from tests.jobs.pictures import small_png
from tests.jobs.web_host import Page, serving
from tests.running_server import RunningServer
from tests.soap.batches import SVG, handles, own_company

XML = b"<rules>" + b"x" * 986 + b"</rules>"
"""A file of 1001 bytes that nothing is made of."""
KNOCKOUT = "<corner>UpperLeft</corner><fillMethod>FloodFill</fillMethod><tolerance>0.5</tolerance>"


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def used(client: Client) -> int:
    """The bytes that the client's company takes up."""
    with reading(client.server) as tx:
        return used_bytes(tx, number(client))


def number(client: Client) -> int:
    return int(client.company.removeprefix("c|"))


def company(client: Client) -> Company:
    with reading(client.server) as tx:
        found = load_company(tx, number(client))
    assert found is not None
    return found


def allow(client: Client, quota: int | None) -> None:
    """Give the client's company a quota."""
    database = client.server.database
    with database.write() as tx:
        change_company(tx, number(client), quota_bytes=quota)
    database.close()


def post(client: Client, name: str, content: bytes) -> str:
    """Upload a file, wait for its job, and return the name it was submitted under."""
    job_name = f"{client.tag}-{uuid4().hex[:8]}"
    reply = client.post_files({name: content}, jobName=job_name)
    assert reply.ok, reply.text
    client.wait(job_name)
    return job_name


def fetch(client: Client, content: bytes, name: str = "a.xml", **fields: str) -> Row:
    """Run an uploadUrlsJob of one file and return the row that says what became of it."""
    with serving({"/a": Page(content)}) as web:
        run = client.run(upload_urls([(web.url("/a"), f"{client.tag}-{name}")], **fields))
    (row,) = client.rows(run, "UploadSuccess", "UploadError", "FileUpdated")
    return row


@contextmanager
def unchanged(client: Client, handle: str) -> Iterator[None]:
    """Check that the block leaves the asset and what the company takes up as they were."""
    before = client.stored(handle), used(client)
    yield
    assert (client.stored(handle), used(client)) == before


def test_an_archive_that_unpacks_beyond_the_quota_is_refused_whole(own: Client) -> None:
    archive = zip_of({f"{own.tag}-{n}.xml": XML for n in "ab"})
    allow(own, used(own) + len(XML) + len(archive))

    row = fetch(own, archive, "set.zip", unCompressOptions="<process>UnCompress</process>")

    assert (row.type, used(own)) == ("UploadError", 0)
    assert row.message.startswith(f"The quota of company {own.root} has no room for this")


def test_a_file_of_a_directory_that_is_beyond_the_quota_fails_for_itself(own: Client) -> None:
    folder = Path(own.server.settings["upload_root"]) / own.root
    folder.mkdir()
    (folder / "a.xml").write_bytes(XML)
    (folder / "b.svg").write_bytes(SVG)
    allow(own, used(own) + len(SVG))

    run = own.run(upload_directory(own.root))

    assert {row.name: row.type for row in own.rows(run, "UploadSuccess", "UploadError")} == {
        "a.xml": "UploadError",
        "b.svg": "UploadSuccess",
    }


def test_a_url_upload_that_just_fits_is_taken_in(own: Client) -> None:
    allow(own, used(own) + len(XML))

    assert fetch(own, XML).type == "UploadSuccess"
    assert used(own) == company(own).quota_bytes


def test_a_url_upload_that_does_not_fit_fails_with_the_company_its_use_and_its_quota(own: Client) -> None:
    allow(own, len(XML) - 1)

    row = fetch(own, XML)

    assert row.type == "UploadError"
    assert f"company {own.root} has no room for this: 0 of {len(XML) - 1:,} bytes are used" in row.message
    assert used(own) == 0


def test_of_two_files_the_one_that_fits_is_taken_in(own: Client) -> None:
    allow(own, len(SVG))

    with serving({"/large": Page(XML), "/small": Page(SVG)}) as web:
        urls = [(web.url("/large"), f"{own.tag}-a.xml"), (web.url("/small"), f"{own.tag}-a.svg")]
        run = own.run(upload_urls(urls))

    assert {row.name.partition(".")[2]: row.type for row in own.rows(run, "UploadSuccess", "UploadError")} == {
        "xml": "UploadError",
        "svg": "UploadSuccess",
    }


def test_a_picture_whose_derivatives_do_not_fit_is_not_taken_in(own: Client) -> None:
    picture = small_png()
    allow(own, len(picture) + 10)

    row = fetch(own, picture, "a.png")

    assert (row.type, f"0 of {len(picture) + 10:,} bytes are used" in row.message) == ("UploadError", True)
    assert used(own) == 0


def test_many_files_at_once_do_not_exceed_the_quota_together(own: Client) -> None:
    allow(own, 3 * len(XML))
    names = [f"{own.tag}-{n}.xml" for n in range(12)]

    with serving({f"/{name}": Page(XML) for name in names}) as web:
        run = own.run(upload_urls([(web.url(f"/{name}"), name) for name in names]))

    assert (len(own.rows(run, "UploadSuccess")), len(own.rows(run, "UploadError"))) == (3, 9)
    assert used(own) == company(own).quota_bytes


def test_a_reprocess_that_does_not_fit_fails_and_keeps_the_old_picture(own: Client) -> None:
    handle = own.upload({"a.png": small_png()})["a.png"]
    before = used(own)
    allow(own, before)

    with unchanged(own, handle):
        run = own.run(reprocess([handle], knockoutBackgroundOptions=KNOCKOUT, createMask="true"))

    (row,) = own.rows(run, "ReoptimizeFailure")
    assert f"{before:,} of {before:,} bytes are used" in row.message


def test_a_company_over_its_quota_can_still_take_up_less(own: Client) -> None:
    handle = own.upload({"a.png": small_png()})["a.png"]
    before = used(own)
    allow(own, 0)

    crop = "<left>20</left><right>20</right><top>15</top><bottom>15</bottom>"
    run = own.run(reprocess([handle], manualCropOptions=crop))

    assert len(own.rows(run, "ReoptimizeSuccess")) == 1
    assert used(own) < before


def test_room_is_made_by_emptying_the_trash_and_not_by_the_trash(own: Client) -> None:
    handle = own.upload({"a.xml": XML})["a.xml"]
    allow(own, len(XML))
    own.call("deleteAsset", f"<assetHandle>{handle}</assetHandle>")
    in_the_trash = fetch(own, XML, "b.xml")

    own.call("emptyAssetsFromTrash", handles(handle))

    assert (in_the_trash.type, fetch(own, XML, "c.xml").type) == ("UploadError", "UploadSuccess")


def test_a_posted_file_that_no_longer_fits_when_its_turn_comes_fails_with_the_reason(own: Client) -> None:
    picture = small_png()
    allow(own, len(picture))

    run = post(own, "a.png", picture)

    (row,) = own.rows(run, "UploadError")
    assert f"0 of {len(picture):,} bytes are used" in row.message


def test_a_company_without_a_quota_takes_whatever_comes(own: Client) -> None:
    allow(own, 0)
    allow(own, None)

    assert fetch(own, XML).type == "UploadSuccess"


def test_a_publish_needs_no_room(own: Client) -> None:
    own.upload({"a.png": small_png()}, {"readyForPublish": "true"})
    allow(own, 0)

    own.publish()

    assert own.fetch("a").ok


@pytest.mark.covers("getDiskUsage")
def test_the_usage_of_a_company_is_its_images_and_its_begun_kilobytes(own: Client) -> None:
    own.upload({"a.png": small_png(), "rules.xml": XML})

    answer = own.call("getDiskUsage")

    fields = ("companyHandle", "companyName", "imageCount", "diskSpaceUsage")
    told = [answer.text(f"diskUsageArray/items/{field}") for field in fields]
    assert told == [own.company, own.root, "1", str((used(own) + 1023) // 1024)]
