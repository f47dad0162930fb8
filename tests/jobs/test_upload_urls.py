"""UploadUrlsJob: files fetched from a web server, where they go, and what becomes of a name that is taken."""

from collections.abc import Iterator

import pytest

from tests.jobs.flow import Client, Row, publish_fields, text, upload_urls
from tests.jobs.pictures import small_png
from tests.jobs.web_host import Page, WebHost, serving

LOOP = {f"/hop{n}": Page(status=302, location=f"/hop{n + 1}") for n in range(7)}
PAGES = {
    "/good.png": Page(small_png(1)),
    "/sub/My%20Shoe.PNG?size=1": Page(small_png(2)),
    "/broken": Page(status=500, failures=99),
    "/shaky.png": Page(small_png(3), failures=1),
    "/moved": Page(status=301, location="/good.png"),
    "/absolute": Page(status=307, location="http://127.0.0.1:PORT/good.png"),
    "/page.html": Page(b"<html>not a picture</html>"),
    "/cut.png": Page(small_png(4)[:300]),
    "/old.png": Page(small_png(5)),
    "/new.png": Page(small_png(6)),
    **LOOP,
}


@pytest.fixture
def web() -> Iterator[WebHost]:
    """A web server with the pages above."""
    with serving(PAGES) as host:
        yield host


def fetch_one(lab: Client, url: str, path: str, **fields: str) -> Row:
    """Run an uploadUrlsJob of one URL and return the row that says what became of it."""
    name = lab.run(upload_urls([(url, path)], **fields))
    (row,) = lab.rows(name, "UploadSuccess", "UploadError", "FileUpdated", "DuplicateSkipped")
    return row


@pytest.mark.covers("uploadUrlsJob.urlArray", "submitJob")
def test_a_file_is_fetched_and_becomes_an_asset(lab: Client, web: WebHost) -> None:
    row = fetch_one(lab, web.url("/good.png"), f"LabCo/web/{lab.tag}-a.png")
    asset = lab.stored(row.handle)
    assert (row.type, asset.folder, asset.file_name) == ("UploadSuccess", "LabCo/web/", f"{lab.tag}-a.png")


@pytest.mark.parametrize(("path", "words"), [("/nothing.png", "status 404"), ("/hop0", "redirects more than 5")])
def test_a_url_that_gives_no_file_fails_with_the_reason(lab: Client, web: WebHost, path: str, words: str) -> None:
    row = fetch_one(lab, web.url(path), f"{lab.tag}-a.png")
    assert (row.type, words in row.message) == ("UploadError", True)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://10.0.0.1/a.png", "The server does not connect to 10.0.0.1: it is not a public address."),
        ("ftp://127.0.0.1/a.png", "The URL must be http or https, with a host and without credentials."),
    ],
)
def test_a_url_that_is_not_fetched_fails_alone_with_the_reason(lab: Client, web: WebHost, url: str, words: str) -> None:
    sources = [(url, f"{lab.tag}-bad.png"), (web.url("/good.png"), f"{lab.tag}-good.png")]
    name = lab.run(upload_urls(sources))
    said = {row.name: row.message for row in lab.rows(name, "UploadError")}
    assert said == {f"{lab.tag}-bad.png": words}
    assert [row.name for row in lab.rows(name, "UploadSuccess")] == [f"{lab.tag}-good.png"]


def test_a_server_error_is_tried_again(lab: Client, web: WebHost) -> None:
    row = fetch_one(lab, web.url("/shaky.png"), f"{lab.tag}-a.png")
    assert (row.type, web.asked) == ("UploadSuccess", ["/shaky.png", "/shaky.png"])


def test_a_server_that_goes_on_failing_is_given_up_after_three_tries(lab: Client, web: WebHost) -> None:
    row = fetch_one(lab, web.url("/broken"), f"{lab.tag}-a.png")
    assert (row.type, len(web.asked)) == ("UploadError", 3)
    assert "tried 3 times" in row.message


def test_a_page_that_is_not_there_is_asked_for_once(lab: Client, web: WebHost) -> None:
    fetch_one(lab, web.url("/nothing.png"), f"{lab.tag}-a.png")
    assert web.asked == ["/nothing.png"]


@pytest.mark.parametrize("path", ["/moved", "/absolute", "/hop3"])
def test_redirects_are_followed(lab: Client, web: WebHost, path: str) -> None:
    web.pages = {**PAGES, "/hop6": Page(small_png(7))}
    assert fetch_one(lab, web.url(path), f"{lab.tag}-a.png").type == "UploadSuccess"


@pytest.mark.parametrize("path", ["/page.html", "/cut.png"])
def test_a_file_that_is_no_whole_image_fails_alone(lab: Client, web: WebHost, path: str) -> None:
    name = lab.run(upload_urls([(web.url(path), f"{lab.tag}-bad.png"), (web.url("/good.png"), f"{lab.tag}-a.png")]))
    counts = [text(lab.logs(name)[0], count) for count in ("fileSuccessCount", "fileErrorCount", "totalFileCount")]
    assert counts == ["1", "1", "2"]


@pytest.mark.parametrize(
    ("path", "folder", "file_name"),
    [
        ("LabCo/web/TAG.png", "LabCo/web/", "TAG.png"),
        ("/LabCo//web/TAG.png", "LabCo/web/", "TAG.png"),
        ("web/deep/TAG.png", "LabCo/web/deep/", "TAG.png"),
        ("TAG.png", "LabCo/", "TAG.png"),
        ("LabCo/web/TAG", "LabCo/web/", "TAG.PNG"),
        ("LabCo/TAG/", "LabCo/TAG/", "My Shoe.PNG"),
    ],
)
def test_the_destination_path_says_folder_and_name(
    lab: Client, web: WebHost, path: str, folder: str, file_name: str
) -> None:
    row = fetch_one(lab, web.url("/sub/My%20Shoe.PNG?size=1"), path.replace("TAG", lab.tag))
    asset = lab.stored(row.handle)
    wanted = (folder.replace("TAG", lab.tag), file_name.replace("TAG", lab.tag))
    assert (asset.folder, asset.file_name) == wanted


@pytest.mark.covers("uploadUrlsJob.overwrite")
@pytest.mark.parametrize(
    ("overwrite", "log_type", "count"),
    [("true", "FileUpdated", "fileUpdateCount"), ("false", "DuplicateSkipped", "fileDuplicateCount")],
)
def test_overwrite_decides_what_becomes_of_a_file_that_is_there(
    lab: Client, web: WebHost, overwrite: str, log_type: str, count: str
) -> None:
    path = f"{lab.tag}-a.png"
    first = fetch_one(lab, web.url("/old.png"), path)
    original = lab.stored(first.handle).original
    name = lab.run(upload_urls([(web.url("/new.png"), path)], overwrite=overwrite))
    (row,) = lab.rows(name, log_type)
    assert (row.handle, text(lab.logs(name)[0], count)) == (first.handle, "1")
    assert (lab.stored(first.handle).original != original) is (overwrite == "true")


def test_a_broken_file_does_not_replace_a_good_one(lab: Client, web: WebHost) -> None:
    first = fetch_one(lab, web.url("/old.png"), f"{lab.tag}-a.png")
    before = lab.stored(first.handle)
    assert fetch_one(lab, web.url("/cut.png"), f"{lab.tag}-a.png").type == "UploadError"
    assert lab.stored(first.handle) == before


def test_a_name_that_is_taken_in_another_folder_gets_a_free_one(lab: Client, web: WebHost) -> None:
    rows = [fetch_one(lab, web.url("/good.png"), f"{folder}/{lab.tag}-a.png") for folder in ("one", "two", "three")]
    assert [lab.stored(row.handle).name for row in rows] == [f"{lab.tag}-a", f"{lab.tag}-a-1", f"{lab.tag}-a-2"]


@pytest.mark.covers("uploadUrlsJob.readyForPublish", "uploadUrlsJob.postImageServingPublishJob")
def test_a_marked_upload_is_served_after_its_follow_on_publish(lab: Client, web: WebHost) -> None:
    fetch_one(
        lab,
        web.url("/good.png"),
        f"{lab.tag}-a.png",
        readyForPublish="true",
        postImageServingPublishJob=publish_fields(),
    )
    assert lab.pixels("a").shape == (40, 60, 3)


@pytest.mark.covers("uploadUrlsJob.manualCropOptions")
def test_an_upload_can_be_cropped(lab: Client, web: WebHost) -> None:
    sides = "<left>1</left><right>2</right><top>3</top><bottom>4</bottom>"
    row = fetch_one(lab, web.url("/good.png"), f"{lab.tag}-a.png", manualCropOptions=sides)
    made = lab.stored(row.handle).derivatives
    assert made is not None
    assert (made.width, made.height) == (57, 33)
