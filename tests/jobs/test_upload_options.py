"""The options of uploads, by URL and by POST: the same as those of a reprocess, on the first run already."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from domain.model import Asset
from tests.imaging.pictures import Pixels, levels
from tests.jobs.flow import Client, blob, upload_urls
from tests.jobs.listener import listening
from tests.jobs.pictures import noise, png, small_pdf
from tests.jobs.web_host import Page, serving

Upload = Callable[[Client, Pixels, Mapping[str, str]], str]
OPTIONS = {
    "createMask": "true",
    "knockoutBackgroundOptions": "<corner>UpperLeft</corner><fillMethod>MatchPixel</fillMethod>",
    "autoColorCropOptions": "<corner>UpperLeft</corner><tolerance>0</tolerance>",
    "preserveCrop": "false",
}


def framed(bands: int = 3) -> Pixels:
    """Noise of 200x100, framed in ten pixels of black; with four bands it is opaque and its frame is transparent."""
    pixels = np.zeros((100, 200, bands), np.uint8)
    pixels[10:-10, 10:-10] = np.maximum(noise(200, 100, bands)[10:-10, 10:-10], 20)
    pixels[10:-10, 10:-10, 3:] = 255
    return pixels


def by_post(lab: Client, pixels: Pixels, options: Mapping[str, str]) -> str:
    return lab.upload({"picture.png": png(pixels)}, options)["picture.png"]


def by_url(lab: Client, pixels: Pixels, options: Mapping[str, str]) -> str:
    with serving({"/picture.png": Page(png(pixels))}) as host:
        job = lab.run(upload_urls([(host.url("/picture.png"), f"in/{lab.tag}-picture.png")], **options))
    (row,) = lab.rows(job, "UploadSuccess", "FileUpdated")
    assert row.handle
    return row.handle


def pyramid(lab: Client, asset: Asset) -> list[Pixels]:
    """The levels of the asset's picture."""
    assert asset.derivatives is not None
    return levels(blob(lab.server, asset.derivatives.pyramid))


each_way = pytest.mark.parametrize("upload", [by_post, by_url])


@pytest.mark.covers(
    "uploadPostJob.createMask",
    "uploadPostJob.preserveCrop",
    "uploadPostJob.knockoutBackgroundOptions",
    "uploadPostJob.autoColorCropOptions",
    "uploadUrlsJob.createMask",
    "uploadUrlsJob.preserveCrop",
    "uploadUrlsJob.knockoutBackgroundOptions",
    "uploadUrlsJob.autoColorCropOptions",
)
@each_way
def test_an_upload_is_cropped_knocked_out_and_masked(lab: Client, upload: Upload) -> None:
    asset = lab.stored(upload(lab, framed(), OPTIONS))

    assert asset.crop == (10, 10, 10, 10)
    assert asset.derivatives is not None
    assert asset.derivatives.mask is not None
    np.testing.assert_array_equal(pyramid(lab, asset)[0][..., :3], framed()[10:-10, 10:-10])


@pytest.mark.covers("uploadPostJob.autoTransparentCropOptions", "uploadUrlsJob.autoTransparentCropOptions")
@each_way
def test_the_transparent_border_of_an_upload_is_trimmed(lab: Client, upload: Upload) -> None:
    pixels = framed(bands=4)

    asset = lab.stored(upload(lab, pixels, {"autoTransparentCropOptions": "<tolerance>0</tolerance>"}))

    assert asset.crop == (10, 10, 10, 10)
    np.testing.assert_array_equal(pyramid(lab, asset)[0], pixels[10:-10, 10:-10])


@pytest.mark.covers("uploadPostJob.unsharpMaskOptions", "uploadUrlsJob.unsharpMaskOptions")
@each_way
def test_the_levels_of_an_upload_are_sharpened_from_a_quarter_on(lab: Client, upload: Upload) -> None:
    pixels = noise(1200, 1200, bands=4)
    plain = pyramid(lab, lab.stored(upload(lab, pixels, {})))

    options = "<amount>2</amount><radius>1</radius><threshold>0</threshold><monochrome>0</monochrome>"
    sharpened = pyramid(lab, lab.stored(upload(lab, pixels, {"unsharpMaskOptions": options})))

    assert [np.array_equal(*pair) for pair in zip(plain, sharpened, strict=True)][:3] == [True, True, False]


@pytest.mark.covers("uploadPostJob.colorManagementOptions", "uploadUrlsJob.colorManagementOptions")
@pytest.mark.parametrize(("mode", "space"), [("Convert", "CMYK"), ("MaintainOriginal", "RGB")])
@each_way
def test_the_colours_of_an_upload_are_converted_or_maintained(
    lab: Client, upload: Upload, mode: str, space: str
) -> None:
    cmyk = lab.call("getCompanySettings").text("settings/defaultSourceProfile/assetHandle")
    profile = f"<outputProfileHandle>{cmyk}</outputProfileHandle>"
    options = f"<colorManagement>{mode}</colorManagement>{profile}"

    asset = lab.stored(upload(lab, noise(120, 90), {"colorManagementOptions": options}))

    assert asset.derivatives is not None
    assert asset.derivatives.colour_space == space


@pytest.mark.covers("uploadPostJob.preservePublishState", "uploadUrlsJob.preservePublishState")
@pytest.mark.parametrize(("preserve", "marked"), [("true", True), ("false", False)])
@each_way
def test_an_upload_over_an_asset_preserves_its_mark_or_not(
    lab: Client, upload: Upload, preserve: str, marked: bool
) -> None:
    upload(lab, framed(), {"readyForPublish": "true"})

    handle = upload(lab, framed(), {"readyForPublish": "false", "preservePublishState": preserve})

    assert lab.stored(handle).ready_for_publish is marked


@pytest.mark.covers("uploadUrlsJob.pdfOptions")
@pytest.mark.parametrize(("process", "preview"), [("Thumbnail", True), ("None", False)])
def test_a_fetched_document_gets_a_preview_or_nothing(lab: Client, process: str, preview: bool) -> None:
    with serving({"/a.pdf": Page(small_pdf())}) as host:
        urls = [(host.url("/a.pdf"), f"in/{lab.tag}-a.pdf")]
        job = lab.run(upload_urls(urls, pdfOptions=f"<process>{process}</process>"))

    (row,) = lab.rows(job, "UploadSuccess")
    assert (lab.stored(row.handle).derivatives is not None) is preview


@pytest.mark.covers("uploadUrlsJob.numUrls")
def test_an_active_upload_tells_the_number_of_its_urls_and_none_of_them(lab: Client) -> None:
    seen: set[tuple[str, ...]] = set()
    shown = "jobArray/items/uploadUrlsJob/"

    def look() -> None:
        answer = lab.active(f"<originalName>{lab.tag}</originalName>")
        seen.add((answer.text(f"{shown}numUrls"), *answer.texts(f"{shown}urlArray/items")))

    with listening(body=png(framed()), on_call=look) as host:
        lab.submit(upload_urls([(host.url(f"/{n}.png"), f"in/{lab.tag}-{n}.png") for n in range(3)]))
        lab.wait(lab.tag)

    assert seen == {("3",)}
