"""What publish jobs make the image server show: marked assets only, as they were when they were published."""

from urllib.parse import quote

import numpy as np
import pytest
import requests

from tests.imaging.pictures import pixels_of, scene
from tests.jobs.flow import Client, publish_fields, reprocess, text
from tests.jobs.pictures import jpeg, noise, png, small_pdf, small_png

MARKED = {"readyForPublish": "true"}


def published_by(lab: Client, name: str) -> set[str]:
    rows = lab.rows(name, "ImageServingPublishSuccess")
    return {row.name.removeprefix(f"{lab.tag}-") for row in rows if row.name.startswith(lab.tag)}


@pytest.mark.covers("imageServingPublishJob.publishType")
def test_a_marked_asset_is_served_after_a_publish(lab: Client) -> None:
    pixels = noise(60, 40, bands=4)
    lab.upload({"shoe.png": png(pixels)}, MARKED)
    lab.publish()
    served = pixels_of(lab.fetch("shoe", "scl=1&fmt=png-alpha").content)
    np.testing.assert_array_equal(served[..., 3], pixels[..., 3])


def test_an_asset_is_not_served_before_a_publish(lab: Client) -> None:
    lab.upload({"shoe.png": small_png()}, MARKED)
    reply = lab.fetch("shoe")
    assert (reply.status_code, reply.text) == (403, f"Unable to find LabCo/{lab.tag}-shoe")


def test_an_unmarked_asset_is_not_served_after_a_publish(lab: Client) -> None:
    lab.upload({"shoe.png": small_png()})
    lab.publish()
    assert lab.fetch("shoe").status_code == 403


def test_an_incremental_publish_takes_only_what_changed(lab: Client) -> None:
    handles = lab.upload({"same.png": small_png(1), "other.png": small_png(2)}, MARKED)
    lab.publish()
    lab.run(reprocess([handles["other.png"]]))
    assert published_by(lab, lab.publish("Incremental")) == {"other.png"}


def test_a_full_publish_takes_every_marked_asset(lab: Client) -> None:
    lab.upload({"same.png": small_png(1), "other.png": small_png(2)}, MARKED)
    lab.publish()
    assert published_by(lab, lab.publish("Full")) == {"same.png", "other.png"}


@pytest.mark.parametrize("publish_type", ["Full", "Incremental"])
def test_a_publish_withdraws_what_is_no_longer_marked(lab: Client, publish_type: str) -> None:
    handles = lab.upload({"gone.png": small_png()}, MARKED)
    lab.publish()
    lab.run(reprocess(handles.values(), readyForPublish="false"))
    before = lab.fetch("gone").status_code
    lab.publish(publish_type)
    assert (before, lab.fetch("gone").status_code) == (200, 403)


def test_a_marked_pdf_is_not_published_and_does_not_fail(lab: Client) -> None:
    lab.upload({"page.pdf": small_pdf()}, MARKED)
    assert text(lab.logs(lab.publish())[0], "fileErrorCount") == "0"


@pytest.mark.covers("reprocessAssetsJob.postImageServingPublishJob")
def test_a_follow_on_publish_is_a_job_of_its_own_that_names_the_first(lab: Client) -> None:
    handles = lab.upload({"shoe.png": small_png()}, MARKED)
    name = lab.run(reprocess(handles.values(), postImageServingPublishJob=publish_fields()))
    first = lab.log(name, "BeginReoptimize")
    follower = lab.log(name, "BeginImageServingPublish")
    initiating = follower.xpath("string(.//*[*[.='InitiatingJobName']]/*[1])")
    assert text(follower, "jobHandle") != text(first, "jobHandle")
    assert (initiating, text(follower, "jobSubType")) == (text(first, "jobName"), "full")
    assert lab.fetch("shoe").ok


@pytest.mark.covers("reprocessAssetsJob.postJobOnlyIfFiles")
@pytest.mark.parametrize(("only_if_files", "jobs"), [("true", 1), ("false", 2)])
def test_a_job_in_which_nothing_succeeded_is_followed_only_if_that_was_not_excluded(
    lab: Client, only_if_files: str, jobs: int
) -> None:
    name = lab.run(
        reprocess(["a|99999999"], postJobOnlyIfFiles=only_if_files, postImageServingPublishJob=publish_fields())
    )
    assert len(lab.logs(name)) == jobs


def test_a_job_in_which_something_succeeded_is_followed(lab: Client) -> None:
    handles = lab.upload({"shoe.png": small_png()})
    fields = {"postJobOnlyIfFiles": "true", "postImageServingPublishJob": publish_fields()}
    assert len(lab.logs(lab.run(reprocess([*handles.values(), "a|99999999"], **fields)))) == 2


@pytest.mark.covers("uploadUrlsJob.postImageServingPublishJob")
def test_a_published_image_can_be_asked_for_again_at_no_cost(lab: Client) -> None:
    lab.upload({"shoe.png": small_png()}, MARKED)
    lab.publish()
    first = lab.fetch("shoe")
    again = lab.fetch("shoe", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"].startswith("max-age=")


@pytest.mark.parametrize(
    ("query", "media"),
    [("", "image/jpeg"), ("fmt=png", "image/png"), ("fmt=png-alpha", "image/png"), ("fmt=tif", "image/tiff")],
)
def test_the_content_type_is_that_of_the_format(lab: Client, query: str, media: str) -> None:
    lab.upload({"shoe.png": small_png()}, MARKED)
    lab.publish()
    assert lab.fetch("shoe", query).headers["Content-Type"] == media


def test_a_picture_over_the_size_limit_is_refused(lab: Client) -> None:
    lab.upload({"wide.jpg": jpeg(scene(2100, 300))}, MARKED)
    lab.publish()
    reply = lab.fetch("wide", "scl=1")
    assert reply.status_code == 403
    assert reply.text.startswith("image too large")


@pytest.mark.parametrize("stem", ["Ümlaut näme", "A#1", "what?", "50% off", "日本"])
def test_an_image_is_found_by_any_name_that_a_url_can_hold(lab: Client, stem: str) -> None:
    handle = lab.upload({f"{stem}.png": small_png()}, {"readyForPublish": "true"})[f"{stem}.png"]
    lab.publish()

    name = quote(lab.stored(handle).name, safe="")

    assert requests.get(f"{lab.server.url}/is/image/{lab.root}/{name}?req=exists,text", timeout=30).text.count("=1")
    assert requests.get(f"{lab.server.url}/is/image/{lab.root}/{name}?wid=20", timeout=30).status_code == 200


def test_marked_assets_that_have_no_image_are_told_of(lab: Client) -> None:
    lab.upload({"paper.pdf": small_pdf()}, {"readyForPublish": "true"})

    name = lab.publish()

    (row,) = lab.rows(name, "ImageServingPublishWarning")
    assert "without an optimised image" in row.message
