"""Knockout makes the background transparent, and the mask shows what it did."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageDraw

from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import AutoCrop, Corner, Knockout, KnockoutFill, Plan
from tests.imaging.pictures import Pixels, levels, opened, save_jpeg, save_png, scene

SEEDS: dict[Corner, tuple[int, int]] = {
    "UpperLeft": (0, 0),
    "UpperRight": (239, 0),
    "BottomLeft": (0, 179),
    "BottomRight": (239, 179),
}


def ring() -> Pixels:
    """A dark ring on a pale ground: the ground inside matches but is not connected with the corners."""
    picture = Image.new("RGB", (240, 180), (240, 238, 235))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 30, 180, 150), fill=(60, 20, 90))
    draw.ellipse((90, 60, 150, 120), fill=(240, 238, 235))
    draw.rectangle((0, 100, 40, 179), fill=(243, 240, 233))
    return np.asarray(picture)


def connected(matching: Pixels, seed: tuple[int, int]) -> Pixels:
    """Which matching pixels hang together with the seed by their sides, found by growing it a step at a time."""
    grown = np.zeros_like(matching)
    grown[seed[1], seed[0]] = matching[seed[1], seed[0]]
    while True:
        more = grown.copy()
        more[1:] |= grown[:-1]
        more[:-1] |= grown[1:]
        more[:, 1:] |= grown[:, :-1]
        more[:, :-1] |= grown[:, 1:]
        more &= matching
        if np.array_equal(more, grown):
            return grown
        grown = more


@pytest.mark.parametrize("corner", SEEDS)
@pytest.mark.parametrize("fill", ["FloodFill", "MatchPixel"])
@pytest.mark.parametrize("tolerance", [0.0, 0.02])
def test_alpha_is_what_growing_from_the_corner_finds(
    tmp_path: Path, corner: Corner, fill: KnockoutFill, tolerance: float
) -> None:
    pixels = ring()
    source = save_png(tmp_path / "original", pixels)
    seed = SEEDS[corner]

    outcome = optimise(
        source, Plan(knockout=Knockout(corner=corner, fill=fill, tolerance=tolerance)), tmp_path, Limits()
    )

    colour = pixels[seed[1], seed[0]].astype(int)
    matching = np.abs(pixels.astype(int) - colour).max(axis=2) <= round(tolerance * 255)
    gone = connected(matching, seed) if fill == "FloodFill" else matching
    made = levels(tmp_path / "pyramid.tif")[0]
    assert np.array_equal(made[:, :, 3], np.where(gone, 0, 255))
    assert np.array_equal(made[:, :, :3], pixels)
    assert outcome.has_alpha
    assert f"{gone.mean():.2%} of the pixels are transparent" in outcome.steps[1].detail


def test_a_gradient_is_not_climbed_step_by_step(tmp_path: Path) -> None:
    pixels = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], 40, axis=0).repeat(3, axis=2)
    source = save_png(tmp_path / "original", pixels)
    plan = Plan(knockout=Knockout(corner="UpperLeft", fill="FloodFill", tolerance=20 / 255))
    optimise(source, plan, tmp_path, Limits())
    assert np.count_nonzero(levels(tmp_path / "pyramid.tif")[0][0, :, 3] == 0) == 21


def test_regions_that_touch_at_a_corner_only_are_not_connected(tmp_path: Path) -> None:
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[:10, :10] = pixels[10:, 10:] = 255
    source = save_png(tmp_path / "original", pixels)
    optimise(source, Plan(knockout=Knockout(corner="UpperLeft", fill="FloodFill")), tmp_path, Limits())
    alpha = levels(tmp_path / "pyramid.tif")[0][:, :, 3]
    assert alpha[:10, :10].max() == 0
    assert alpha[10:, 10:].min() == 255


def test_alpha_that_was_there_stays_where_the_subject_is(tmp_path: Path) -> None:
    pixels = np.zeros((40, 60, 4), np.uint8)
    pixels[:, :, 3] = 255
    pixels[10:30, 20:50] = (200, 10, 10, 130)
    source = save_png(tmp_path / "original", pixels)
    optimise(source, Plan(knockout=Knockout(corner="UpperLeft", fill="FloodFill")), tmp_path, Limits())
    alpha = levels(tmp_path / "pyramid.tif")[0][:, :, 3]
    expected = np.zeros((40, 60), np.uint8)
    expected[10:30, 20:50] = 130
    assert np.array_equal(alpha, expected)


@pytest.mark.parametrize(("bands", "photometric"), [(1, "minisblack"), (3, "rgb"), (4, "separated")])
def test_sixteen_bits_and_every_colour_space_keep_their_numbers(tmp_path: Path, bands: int, photometric: str) -> None:
    pixels = np.random.default_rng(5).integers(0, 50_000, (90, 120, bands), np.uint16)
    pixels[:20] = 64_000
    tifffile.imwrite(tmp_path / "original", np.squeeze(pixels), photometric=photometric)

    optimise(
        tmp_path / "original",
        Plan(knockout=Knockout(corner="UpperLeft", fill="FloodFill"), create_mask=True),
        tmp_path,
        Limits(),
    )

    made = levels(tmp_path / "pyramid.tif")[0]
    assert np.array_equal(made[:, :, :-1], pixels)
    assert np.array_equal(made[:, :, -1], np.broadcast_to(np.where(np.arange(90) < 20, 0, 65_535)[:, None], (90, 120)))
    assert np.array_equal(levels(tmp_path / "mask.tif")[0], made[:, :, -1] // 257)


def test_the_corner_is_one_of_the_cropped_picture(tmp_path: Path) -> None:
    pixels = np.full((100, 100, 3), 255, np.uint8)
    pixels[20:80, 20:80] = (0, 0, 200)
    pixels[40:60, 40:60] = (200, 0, 0)
    source = save_png(tmp_path / "original", pixels)
    plan = Plan(auto_crop=AutoCrop(corner="UpperLeft"), knockout=Knockout(corner="BottomRight", fill="FloodFill"))
    outcome = optimise(source, plan, tmp_path, Limits())
    alpha = levels(tmp_path / "pyramid.tif")[0][:, :, 3]
    assert alpha.shape == (60, 60)
    assert np.count_nonzero(alpha) == 400
    assert [step.name for step in outcome.steps[1:3]] == ["auto crop", "knockout"]


def test_the_mask_is_a_lossless_pyramid_of_its_own_of_the_same_size(tmp_path: Path) -> None:
    pixels = np.asarray(Image.fromarray(ring()).resize((1201, 901)))
    source = save_jpeg(tmp_path / "original", pixels)
    plan = Plan(knockout=Knockout(corner="UpperLeft", fill="FloodFill", tolerance=0.05), create_mask=True)

    outcome = optimise(source, plan, tmp_path, Limits())

    masks, pictures = levels(tmp_path / "mask.tif"), levels(tmp_path / "pyramid.tif")
    assert [mask.shape for mask in masks] == [picture.shape[:2] for picture in pictures]
    for mask, picture in zip(masks, pictures, strict=True):
        assert mask.dtype == np.uint8
        assert np.abs(mask.astype(int) - picture[:, :, 3]).max() <= 1
    assert np.array_equal(masks[0], pictures[0][:, :, 3])
    written = outcome.file("mask.tif")
    assert written is not None
    assert (written.width, written.height, written.mime) == (1201, 901, "image/tiff")
    assert opened((tmp_path / "preview.png").read_bytes()).mode == "RGBA"


def test_without_transparency_there_is_no_mask_and_the_outcome_says_so(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", scene(30, 20))
    outcome = optimise(source, Plan(create_mask=True), tmp_path, Limits())
    assert outcome.file("mask.tif") is None
    assert not (tmp_path / "mask.tif").exists()
    told = next(step.detail for step in outcome.steps if step.name == "mask")
    assert told == "the picture has no transparency, so there is no mask"
