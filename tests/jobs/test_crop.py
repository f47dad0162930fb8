"""Which crop holds after a reprocess: the vendor's decision table, and crops that no image allows."""

import numpy as np
import pytest

from domain.model import Asset
from tests.imaging.pictures import Pixels, levels
from tests.jobs.flow import Client, blob, crop, reprocess
from tests.jobs.pictures import noise, png

OLD, NEW, ZERO = (5, 6, 7, 8), (10, 20, 4, 2), (0, 0, 0, 0)
PICTURE = noise(60, 40, bands=4)


def cropped(sides: tuple[int, int, int, int] | None) -> Pixels:
    left, right, top, bottom = sides or ZERO
    return PICTURE[top : 40 - bottom, left : 60 - right]


def full_size(lab: Client, asset: Asset) -> Pixels:
    assert asset.derivatives is not None
    return levels(blob(lab.server, asset.derivatives.pyramid))[0]


def upload_with_crop(lab: Client, sides: tuple[int, int, int, int] | None) -> str:
    options = {"manualCropOptions": crop(*sides)} if sides else {}
    return lab.upload({"crop.png": png(PICTURE)}, options)["crop.png"]


@pytest.mark.covers(
    "reprocessAssetsJob.preserveCrop", "reprocessAssetsJob.manualCropOptions", "uploadPostJob.manualCropOptions"
)
@pytest.mark.parametrize(
    ("stored", "preserve", "manual", "holds"),
    [
        (OLD, "true", None, OLD),
        (OLD, None, None, OLD),
        (OLD, "false", None, None),
        (OLD, "true", NEW, NEW),
        (OLD, None, NEW, NEW),
        (OLD, "false", NEW, NEW),
        (OLD, "true", ZERO, OLD),
        (OLD, None, ZERO, OLD),
        (OLD, "false", ZERO, None),
        (OLD, None, (0, 31, 0, 0), (0, 31, 0, 0)),
        (None, "true", None, None),
        (None, "true", ZERO, None),
        (None, "false", NEW, NEW),
        (None, None, (59, 0, 39, 0), (59, 0, 39, 0)),
    ],
)
def test_the_crop_after_a_reprocess_follows_the_decision_table(
    lab: Client,
    stored: tuple[int, int, int, int] | None,
    preserve: str | None,
    manual: tuple[int, int, int, int] | None,
    holds: tuple[int, int, int, int] | None,
) -> None:
    handle = upload_with_crop(lab, stored)
    fields = {"preserveCrop": preserve} if preserve else {}
    fields |= {"manualCropOptions": crop(*manual)} if manual else {}
    lab.run(reprocess([handle], **fields))
    np.testing.assert_array_equal(full_size(lab, lab.stored(handle)), cropped(holds))


def test_a_crop_is_relative_to_the_original_and_not_to_the_crop_before_it(lab: Client) -> None:
    handle = upload_with_crop(lab, None)
    for _run in range(2):
        lab.run(reprocess([handle], manualCropOptions=crop(*NEW)))
    np.testing.assert_array_equal(full_size(lab, lab.stored(handle)), cropped(NEW))


@pytest.mark.parametrize("sides", [(30, 30, 0, 0), (0, 0, 40, 0), (2**31 - 1, 1, 1, 1)])
def test_a_crop_that_leaves_nothing_fails_for_the_asset_with_a_reason(
    lab: Client, sides: tuple[int, int, int, int]
) -> None:
    handle = upload_with_crop(lab, None)
    name = lab.run(reprocess([handle], manualCropOptions=crop(*sides)))
    (row,) = lab.rows(name, "ReoptimizeFailure")
    assert row.message.startswith("The crop (left ")
    assert row.message.endswith(" of an image of 60x40; trim less.")


def test_a_crop_that_fails_leaves_the_asset_as_it_was(lab: Client) -> None:
    handle = upload_with_crop(lab, OLD)
    before = lab.stored(handle)
    lab.run(reprocess([handle], manualCropOptions=crop(60, 0, 0, 0), readyForPublish="true"))
    assert lab.stored(handle) == before


def test_a_crop_too_large_for_one_image_is_applied_to_the_others(lab: Client) -> None:
    handles = lab.upload({"large.png": png(PICTURE), "small.png": png(noise(8, 8))})
    lab.run(reprocess(handles.values(), manualCropOptions=crop(*NEW)))
    assert [lab.stored(handles[name]).crop for name in ("large.png", "small.png")] == [NEW, None]
