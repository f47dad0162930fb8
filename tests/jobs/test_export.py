"""exportJob: the originals or pictures of the chosen assets, as one zip file behind a link that expires."""

import io
import re
import zipfile
from datetime import timedelta

import numpy as np
import pytest
import requests
from PIL import Image

from domain.clock import utc_now
from store.engine import Database, sqlite_url
from store.exports import forget_expired_files
from tests.jobs.flow import Client, export, text
from tests.jobs.pictures import noise, png, small_pdf, small_png

UNKNOWN = "a|999999999"


def link(lab: Client, name: str) -> str:
    """The link in the last row of the export's log; empty when there is none."""
    (row,) = lab.rows(name, "EndGet")
    found = re.search(r"https?://\S+", row.message)
    return found[0] if found else ""


def fetched(lab: Client, name: str) -> dict[str, bytes]:
    """The files of an export, by their names without the tag."""
    reply = requests.get(link(lab, name), timeout=60)
    assert reply.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.testzip() is None
        return {name.removeprefix(f"{lab.tag}-"): archive.read(name) for name in archive.namelist()}


@pytest.mark.covers("exportJob.assetHandleArray", "exportJob.fmt")
def test_the_originals_of_pictures_and_other_files_are_in_one_zip(lab: Client) -> None:
    files = {"a.png": small_png(1), "b.pdf": small_pdf()}
    handles = lab.upload(files, {"pdfOptions": "<process>None</process>"})

    name = lab.run(export(handles.values()))

    assert fetched(lab, name) == files
    log = lab.log(name, "BeginGet")
    assert [text(log, field) for field in ("fileSuccessCount", "totalFileCount")] == ["2", "2"]


@pytest.mark.covers("exportJob.fmt", "exportJob.is_modifier")
def test_pictures_are_converted_as_an_image_serving_url_would(lab: Client) -> None:
    pixels = noise(200, 100, bands=4)
    handles = lab.upload({"a.png": png(pixels)})

    whole = fetched(lab, lab.run(export(handles.values(), fmt="convert", is_modifier="fmt=png-alpha")))
    small = fetched(lab, lab.run(export(handles.values(), fmt="convert", is_modifier="wid=50&amp;fmt=tif")))

    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(whole["a.png"]))), pixels)
    assert Image.open(io.BytesIO(small["a.tif"])).size == (50, 25)


@pytest.mark.covers("exportJob.fmt")
def test_a_picture_converted_without_modifiers_is_a_jpeg_of_full_size(lab: Client) -> None:
    handles = lab.upload({"a.png": png(noise(1500, 100))})

    found = fetched(lab, lab.run(export(handles.values(), fmt="convert")))

    assert Image.open(io.BytesIO(found["a.jpg"])).size == (1500, 100)


@pytest.mark.covers("exportJob.assetHandleArray")
def test_what_cannot_be_exported_fails_for_itself_and_says_so(lab: Client) -> None:
    handles = lab.upload({"a.png": small_png(1), "b.pdf": small_pdf()}, {"pdfOptions": "<process>None</process>"})

    name = lab.run(export([*handles.values(), UNKNOWN], fmt="convert"))

    assert list(fetched(lab, name)) == ["a.jpg"]
    failures = {row.name.removeprefix(f"{lab.tag}-"): row.message for row in lab.rows(name, "GetFailure")}
    assert failures[UNKNOWN].startswith("There is no asset")
    assert "export it with fmt orig" in failures["b.pdf"]


@pytest.mark.covers("exportJob.assetHandleArray")
def test_an_export_of_nothing_has_no_link(lab: Client, other: Client) -> None:
    theirs = other.upload({"a.png": small_png(1)})["a.png"]

    assert link(lab, lab.run(export([theirs, UNKNOWN]))) == ""


def test_a_wrong_or_an_expired_link_finds_nothing(lab: Client) -> None:
    url = link(lab, lab.run(export(lab.upload({"a.png": small_png(1)}).values())))
    wrong = url.replace(url.rpartition("/")[2], "x" * 32 + ".zip")
    far = "/".join([*url.split("/")[:-2], str(2**63), url.rpartition("/")[2]])
    status = [requests.get(each, timeout=60).status_code for each in (url, wrong, far)]

    database = Database(sqlite_url(lab.server.data / "reprise.db"))
    with database.write() as tx:
        forget_expired_files(tx, utc_now() + timedelta(days=8))
    database.close()

    assert status == [200, 404, 404]
    assert requests.get(url, timeout=60).status_code == 404


@pytest.mark.covers("exportJob.macro", "exportJob.clientId", "exportJob.is_modifier", "exportJob.fmt")
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"macro": "thumb"}, "exportJob.macro: makes a picture"),
        ({"clientId": "7"}, "exportJob.clientId is not supported"),
        ({"fmt": "png"}, "exportJob.fmt: png is not one of orig, convert"),
        ({"is_modifier": "wid=5"}, "exportJob.is_modifier: makes a picture"),
        ({"fmt": "convert", "is_modifier": "wid=many"}, "exportJob.is_modifier: "),
        ({"fmt": "convert", "is_modifier": "req=props"}, "exportJob.is_modifier: "),
        ({"fmt": "convert", "is_modifier": "$thumb$"}, "exportJob.is_modifier: "),
        ({"emailSetting": "Often"}, "exportJob.emailSetting: "),
    ],
)
def test_an_option_that_cannot_be_done_is_refused_by_name(lab: Client, fields: dict[str, str], said: str) -> None:
    assert lab.submit(export(["a|1"], **fields)).fault[2].startswith(said)


@pytest.mark.covers("exportJob.emailSetting", "getScheduledJobs")
def test_a_scheduled_one_is_echoed(lab: Client) -> None:
    job = export(["a|1"], fmt="convert", is_modifier="wid=50", emailSetting="All")
    lab.submit(job, lab.tag, "<execSchedule>0 0 0 1 1 ? 2098</execSchedule>")

    answer = lab.call("getScheduledJobs", f"<originalName>{lab.tag}</originalName>")

    fields = [answer.text(f"jobArray/items/exportJob/{name}") for name in ("fmt", "is_modifier", "emailSetting")]
    assert fields == ["convert", "wid=50", "All"]
