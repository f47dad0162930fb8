"""The picture options of uploads, by URL and by POST: the same as those of a reprocess, on the first run already."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.imaging.pictures import Pixels, levels
from tests.jobs.flow import Client, blob, upload_urls
from tests.jobs.pictures import noise, png
from tests.jobs.web_host import Page, serving

OPTIONS = {
    "createMask": "true",
    "knockoutBackgroundOptions": "<corner>UpperLeft</corner><fillMethod>MatchPixel</fillMethod>",
    "autoColorCropOptions": "<corner>UpperLeft</corner><tolerance>0</tolerance>",
    "autoTransparentCropOptions": "<tolerance>0</tolerance>",
    "colorManagementOptions": "<colorManagement>MaintainOriginal</colorManagement>",
    "unsharpMaskOptions": "<amount>1</amount><radius>1</radius>",
    "preserveCrop": "false",
}


def framed() -> Pixels:
    """Noise of 200x100, framed in ten pixels of black."""
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[10:-10, 10:-10] = np.maximum(noise(200, 100)[10:-10, 10:-10], 20)
    return pixels


def by_post(lab: Client, name: str) -> str:
    return lab.upload({f"{name}.png": png(framed())}, OPTIONS)[f"{name}.png"]


def by_url(lab: Client, name: str) -> str:
    with serving({"/framed.png": Page(png(framed()))}) as host:
        job = lab.run(upload_urls([(f"{host.url('/framed.png')}", f"in/{lab.tag}-{name}.png")], **OPTIONS))
    (row,) = lab.rows(job, "UploadSuccess")
    assert row.handle
    return row.handle


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
@pytest.mark.parametrize("upload", [by_post, by_url])
def test_an_upload_is_cropped_knocked_out_and_masked(lab: Client, upload: Callable[[Client, str], str]) -> None:
    asset = lab.stored(upload(lab, upload.__name__))

    assert asset.crop == (10, 10, 10, 10)
    assert asset.derivatives is not None
    assert asset.derivatives.mask is not None
    full = levels(blob(lab.server, asset.derivatives.pyramid))[0]
    np.testing.assert_array_equal(full[..., :3], framed()[10:-10, 10:-10])
