"""The options that look at the picture: automatic crops beside stored ones, knockout, masks, unsharp mask, colours."""

import numpy as np
import pytest

from tests.imaging.pictures import Pixels, levels
from tests.jobs.flow import Client, blob, crop, reprocess
from tests.jobs.pictures import noise, png

WHITE = 255
FRAMED = (slice(30, -20), slice(50, -40))
"""The part of a framed picture that is not frame."""
BY_COLOUR = "<corner>UpperLeft</corner><tolerance>0</tolerance>"
OLD = (5, 6, 7, 8)


def framed() -> Pixels:
    """Noise of 300x200 with alpha, framed in opaque white."""
    pixels = np.full((200, 300, 4), WHITE, np.uint8)
    pixels[FRAMED] = np.minimum(noise(300, 200, bands=4)[FRAMED], 200)
    pixels[FRAMED][..., 3] = WHITE
    return pixels


def uploaded(lab: Client, pixels: Pixels, name: str) -> str:
    return lab.upload({f"{name}.png": png(pixels)})[f"{name}.png"]


def full_size(lab: Client, handle: str) -> Pixels:
    made = lab.stored(handle).derivatives
    assert made is not None
    return levels(blob(lab.server, made.pyramid))[0]


@pytest.mark.covers("reprocessAssetsJob.autoColorCropOptions", "reprocessAssetsJob.preserveCrop")
@pytest.mark.parametrize(
    ("preserve", "has_old", "expected"),
    [
        ("true", True, OLD),
        ("", True, OLD),
        ("true", False, (50, 40, 30, 20)),
        ("", False, (50, 40, 30, 20)),
        ("false", True, (50, 40, 30, 20)),
        ("false", False, (50, 40, 30, 20)),
    ],
)
def test_an_automatic_crop_gives_way_to_a_preserved_one(
    lab: Client, preserve: str, has_old: bool, expected: tuple[int, int, int, int]
) -> None:
    handle = uploaded(lab, framed(), f"auto-{preserve or 'absent'}-{has_old}")
    if has_old:
        lab.run(reprocess([handle], manualCropOptions=crop(*OLD)))

    fields = {"preserveCrop": preserve} if preserve else {}
    lab.run(reprocess([handle], autoColorCropOptions=BY_COLOUR, **fields))

    left, right, top, bottom = expected
    assert lab.stored(handle).crop == expected
    np.testing.assert_array_equal(full_size(lab, handle), framed()[top : 200 - bottom, left : 300 - right])


def test_a_manual_crop_wins_over_an_automatic_one(lab: Client) -> None:
    handle = uploaded(lab, framed(), "manual-wins")

    fields = {"manualCropOptions": crop(1, 2, 3, 4), "autoColorCropOptions": BY_COLOUR, "preserveCrop": "false"}
    lab.run(reprocess([handle], **fields))

    assert lab.stored(handle).crop == (1, 2, 3, 4)


@pytest.mark.covers("reprocessAssetsJob.autoTransparentCropOptions")
def test_a_transparent_border_is_trimmed(lab: Client) -> None:
    pixels = framed()
    pixels[pixels.min(axis=2) == WHITE] = 0
    handle = uploaded(lab, pixels, "transparent-border")

    lab.run(reprocess([handle], autoTransparentCropOptions="<tolerance>0</tolerance>"))

    assert lab.stored(handle).crop == (50, 40, 30, 20)


def test_of_two_automatic_crops_the_one_by_colour_counts_with_a_warning(lab: Client) -> None:
    handle = uploaded(lab, framed(), "two-autos")

    both = {"autoColorCropOptions": BY_COLOUR, "autoTransparentCropOptions": "<tolerance>0</tolerance>"}
    name = lab.run(reprocess([handle], **both))

    assert lab.stored(handle).crop == (50, 40, 30, 20)
    assert "Two automatic crops" in str(lab.logs(name)[0].xpath("string(.)"))


@pytest.mark.covers("getAutoCropRect")
def test_the_rectangle_of_an_automatic_crop_is_told_without_applying_it(lab: Client) -> None:
    handle = uploaded(lab, framed(), "only-asked")

    fields = f"<assetHandle>{handle}</assetHandle><autoColorCropOptions>{BY_COLOUR}</autoColorCropOptions>"
    answer = lab.call("getAutoCropRect", fields)

    assert [answer.text(name) for name in ("xOffset", "yOffset", "width", "height")] == ["50", "30", "210", "150"]
    assert lab.stored(handle).crop is None


@pytest.mark.covers("reprocessAssetsJob.knockoutBackgroundOptions", "reprocessAssetsJob.createMask", "removeMask")
def test_a_knocked_out_background_is_transparent_and_becomes_a_mask(lab: Client) -> None:
    pixels = framed()
    pixels[100, 150] = WHITE
    handle = uploaded(lab, pixels, "knockout")

    options = "<corner>UpperLeft</corner><tolerance>0</tolerance><fillMethod>FloodFill</fillMethod>"
    lab.run(reprocess([handle], knockoutBackgroundOptions=options, createMask="true"))

    expected = np.zeros((200, 300), np.uint8)
    expected[FRAMED] = WHITE
    np.testing.assert_array_equal(full_size(lab, handle)[..., 3], expected)
    made = lab.stored(handle).derivatives
    assert made is not None
    np.testing.assert_array_equal(np.squeeze(levels(blob(lab.server, made.mask))[0]), expected)
    shown = lab.call("getAssets", f"<assetHandleArray><items>{handle}</items></assetHandleArray>")
    assert shown.text("assetArray/items/imageInfo/maskFile").endswith(".tif")

    lab.call("removeMask", f"<assetHandle>{handle}</assetHandle>")
    after = lab.stored(handle).derivatives
    assert after is not None
    assert after.mask is None


def test_a_mask_of_a_picture_without_transparency_is_a_warning(lab: Client) -> None:
    handle = uploaded(lab, noise(80, 60), "no-mask")

    name = lab.run(reprocess([handle], createMask="true"))

    assert "no transparency" in str(lab.logs(name)[0].xpath("string(.)"))


@pytest.mark.covers("reprocessAssetsJob.unsharpMaskOptions")
def test_unsharp_mask_changes_the_levels_from_a_quarter_on_and_no_other(lab: Client) -> None:
    pixels = noise(1200, 1200, bands=4)
    handle = uploaded(lab, pixels, "unsharp")
    made = lab.stored(handle).derivatives
    assert made is not None
    before = levels(blob(lab.server, made.pyramid))

    options = "<amount>2</amount><radius>1</radius><threshold>0</threshold><monochrome>0</monochrome>"
    lab.run(reprocess([handle], unsharpMaskOptions=options))

    sharpened = lab.stored(handle).derivatives
    assert sharpened is not None
    after = levels(blob(lab.server, sharpened.pyramid))
    assert [np.array_equal(a, b) for a, b in zip(before, after, strict=True)][:3] == [True, True, False]


@pytest.mark.covers("reprocessAssetsJob.colorManagementOptions")
def test_converting_to_a_profile_changes_the_colour_space(lab: Client) -> None:
    settings = lab.call("getCompanySettings")
    cmyk = settings.text("settings/defaultSourceProfile/assetHandle")
    handle = uploaded(lab, noise(120, 90), "to-cmyk")

    options = f"<colorManagement>Convert</colorManagement><outputProfileHandle>{cmyk}</outputProfileHandle>"
    lab.run(reprocess([handle], colorManagementOptions=options))

    made = lab.stored(handle).derivatives
    assert made is not None
    assert made.colour_space == "CMYK"


@pytest.mark.parametrize(
    ("field", "options", "named"),
    [
        ("autoColorCropOptions", "<corner>Middle</corner><tolerance>0</tolerance>", "corner"),
        ("autoColorCropOptions", "<corner>UpperLeft</corner><tolerance>2</tolerance>", "tolerance"),
        ("knockoutBackgroundOptions", "<corner>UpperLeft</corner><fillMethod>Flood</fillMethod>", "fillMethod"),
        ("unsharpMaskOptions", "<amount>6</amount>", "amount"),
        ("unsharpMaskOptions", "<amount>1</amount><threshold>256</threshold>", "threshold"),
        ("colorManagementOptions", "<colorManagement>Converted</colorManagement>", "colorManagement"),
    ],
)
def test_a_value_out_of_range_faults_and_names_the_field(lab: Client, field: str, options: str, named: str) -> None:
    element, code, reason = lab.submit(reprocess(["a|1"], **{field: options})).fault

    assert (element, code) == ("ipsApiFault", 30001)
    assert f"reprocessAssetsJob.{field}.{named}" in reason
