"""Automatic crops trim what numpy says is border, and tell what they trimmed."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from imaging.errors import ImageTooLarge
from imaging.limits import Limits
from imaging.pipeline import find_auto_crop, optimise
from imaging.plan import AutoCrop, Corner, CropInsets, Plan
from imaging.steps.crop import Rectangle
from tests.imaging.pictures import Pixels, levels, save_jpeg, save_png, scene, with_alpha

CORNERS: dict[Corner, tuple[int, int]] = {
    "UpperLeft": (0, 0),
    "UpperRight": (0, -1),
    "BottomLeft": (-1, 0),
    "BottomRight": (-1, -1),
}


def framed(width: int = 300, height: int = 220) -> Pixels:
    """A picture in a frame of four colours, one from each corner, with speckles that only a tolerance passes over."""
    pixels = scene(width, height)
    pixels[:30, : width // 2], pixels[:30, width // 2 :] = (250, 250, 250), (20, 20, 20)
    pixels[-45:, : width // 2], pixels[-45:, width // 2 :] = (90, 0, 0), (0, 90, 0)
    pixels[:, :25], pixels[:, -17:] = pixels[0, 0], pixels[-1, -1]
    pixels[5, ::7] = np.clip(pixels[5, ::7].astype(int) + 6, 0, 255)
    return pixels


def expected_rectangle(pixels: Pixels, colour: Pixels, tolerance: float) -> Rectangle:
    subject = np.abs(pixels.astype(int) - colour.astype(int)).max(axis=2) > round(tolerance * 255)
    down, across = np.nonzero(subject)
    return Rectangle(
        left=int(across.min()),
        top=int(down.min()),
        width=int(across.max() - across.min()) + 1,
        height=int(down.max() - down.min()) + 1,
    )


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("tolerance", [0.0, 0.02, 0.1, 0.5])
def test_the_rectangle_is_the_one_that_numpy_finds(tmp_path: Path, corner: Corner, tolerance: float) -> None:
    pixels = framed()
    source = save_png(tmp_path / "original", pixels)
    how = AutoCrop(corner=corner, tolerance=tolerance)

    found = find_auto_crop(source, how, Limits())

    assert found == expected_rectangle(pixels, pixels[CORNERS[corner]], tolerance)


@pytest.mark.parametrize("corner", CORNERS)
def test_the_picture_is_cropped_by_the_colour_of_the_corner_to_the_pixel(tmp_path: Path, corner: Corner) -> None:
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[40:150, 60:280] = scene(220, 110) // 2
    source = save_png(tmp_path / "original", with_alpha(pixels))

    outcome = optimise(source, Plan(auto_crop=AutoCrop(corner=corner)), tmp_path, Limits())

    assert outcome.crop == CropInsets(left=60, right=20, top=40, bottom=50)
    assert (outcome.width, outcome.height) == (220, 110)
    assert np.array_equal(levels(tmp_path / "pyramid.tif")[0], with_alpha(pixels[40:150, 60:280]))
    told = next(step.detail for step in outcome.steps if step.name == "auto crop")
    assert told == f"by the colour at {corner} with tolerance 0: 300x200 to 220x110 at 60,40"


def test_the_crop_that_was_found_makes_the_same_picture_as_a_manual_one(tmp_path: Path) -> None:
    pixels = np.full((200, 300, 3), 250, np.uint8)
    pixels[40:150, 60:280] = scene(220, 110) // 2
    source = save_jpeg(tmp_path / "original", pixels)
    found = optimise(source, Plan(auto_crop=AutoCrop(corner="UpperLeft", tolerance=0.1)), tmp_path, Limits())
    automatic = (tmp_path / "pyramid.tif").read_bytes()

    optimise(source, Plan(crop=found.crop), tmp_path, Limits())

    assert (tmp_path / "pyramid.tif").read_bytes() == automatic
    assert found.crop is not None
    assert found.crop.left in {59, 60}


@pytest.mark.parametrize(("tolerance", "left"), [(0.0, 50), (0.1, 60), (0.5, 70)])
def test_the_transparent_border_is_trimmed(tmp_path: Path, tolerance: float, left: int) -> None:
    alpha = np.zeros((100, 200), np.uint8)
    alpha[:, 50:], alpha[:, 60:], alpha[:, 70:] = 20, 120, 255
    source = save_png(tmp_path / "original", with_alpha(scene(200, 100), alpha))
    outcome = optimise(source, Plan(auto_crop=AutoCrop(tolerance=tolerance)), tmp_path, Limits())
    assert outcome.crop == CropInsets(left=left, right=0, top=0, bottom=0)


def test_a_transparent_corner_trims_by_transparency_and_not_by_its_hidden_colour(tmp_path: Path) -> None:
    pixels = np.zeros((60, 80, 4), np.uint8)
    pixels[10:50, 20:70, 3] = 255
    source = save_png(tmp_path / "original", pixels)
    found = find_auto_crop(source, AutoCrop(corner="UpperLeft", tolerance=0.2), Limits())
    assert found == Rectangle(left=20, top=10, width=50, height=40)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (AutoCrop(corner="UpperLeft", tolerance=1.0), "everything is background, so the image stays whole"),
        (AutoCrop(), "the image has no transparency, so it stays whole"),
    ],
)
def test_nothing_but_background_stays_whole_and_says_so(tmp_path: Path, how: AutoCrop, told: str) -> None:
    source = save_png(tmp_path / "original", scene(300, 200))
    outcome = optimise(source, Plan(auto_crop=how), tmp_path, Limits())
    assert (outcome.width, outcome.height, outcome.crop) == (300, 200, None)
    assert any(told in step.detail for step in outcome.steps)
    assert find_auto_crop(source, how, Limits()) == Rectangle(left=0, top=0, width=300, height=200)


def test_sixteen_bits_are_compared_in_steps_of_eight(tmp_path: Path) -> None:
    pixels = np.full((80, 90, 3), 60_000, np.uint16)
    pixels[20:60, 30:70] = 60_000 - 257 * 4
    pixels[30:50, 40:60] = 1000
    tifffile.imwrite(tmp_path / "original", pixels, photometric="rgb")
    narrow = find_auto_crop(tmp_path / "original", AutoCrop(corner="BottomRight", tolerance=3 / 255), Limits())
    wide = find_auto_crop(tmp_path / "original", AutoCrop(corner="BottomRight", tolerance=4 / 255), Limits())
    assert narrow == Rectangle(left=30, top=20, width=40, height=40)
    assert wide == Rectangle(left=40, top=30, width=20, height=20)


def test_an_image_larger_than_a_strip_is_read_whole(tmp_path: Path) -> None:
    pixels = np.full((2400, 2000, 3), 7, np.uint8)
    pixels[2399, 1500] = 200
    pixels[3, 1] = 200
    found = find_auto_crop(save_png(tmp_path / "original", pixels), AutoCrop(corner="UpperLeft"), Limits())
    assert found == Rectangle(left=1, top=3, width=1500, height=2397)


def test_an_image_that_cannot_be_held_in_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", scene(300, 200))
    with pytest.raises(ImageTooLarge, match="would need 360000 bytes"):
        find_auto_crop(source, AutoCrop(corner="UpperLeft"), Limits(max_buffered_bytes=359_999))
