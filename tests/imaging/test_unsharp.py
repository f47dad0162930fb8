"""Unsharp masking reaches the levels from a quarter of the size on, by the formula, and leaves the others' bytes."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import pyvips
import tifffile
from PIL import Image, ImageFilter

from imaging.codecs.tiff_pages import Page, join_pages
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Knockout, Plan, UnsharpMask
from imaging.steps.unsharp import blur, sharpen
from tests.imaging.pictures import (
    Pixels,
    levels,
    mean_difference,
    opened,
    save_jpeg,
    save_png,
    scene,
    srgb_profile,
    with_alpha,
)

STRONG = UnsharpMask(amount=1.75, radius=1.5, threshold=2)


def gaussian(plane: Pixels, radius: float) -> Pixels:
    """An exact Gaussian blur with mirrored edges, by adding up shifted rows and columns."""
    reach = int(radius * 6) + 1
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * radius**2))
    weights /= weights.sum()
    for axis in (0, 1):
        padded = np.pad(plane, [(reach, reach) if one == axis else (0, 0) for one in (0, 1)], mode="symmetric")
        length = plane.shape[axis]
        plane = sum(
            weight * np.take(padded, range(place, place + length), axis=axis) for place, weight in enumerate(weights)
        )
    return plane


def expected(pixels: Pixels, how: UnsharpMask) -> Pixels:
    """The formula, channel by channel or by the intensity, in double precision."""
    highest = np.iinfo(pixels.dtype).max
    numbers = pixels.astype(float)
    base = numbers @ np.array([[0.299], [0.587], [0.114]]) if how.is_monochrome and pixels.shape[2] == 3 else numbers
    change = np.dstack([base[:, :, band] - gaussian(base[:, :, band], how.radius) for band in range(base.shape[2])])
    change[np.abs(change) <= how.threshold * (highest // 255)] = 0
    return np.clip(np.rint(numbers + how.amount * change), 0, highest)


def noisy(width: int, height: int, bands: int = 3, sample: type[Any] = np.uint8) -> Pixels:
    """A scene with grain, so that every pixel has a difference of its own."""
    grain = np.random.default_rng(8).normal(0, 12, (height, width, 3))
    pixels = np.clip(scene(width, height) + grain, 0, 255) * (257 if sample is np.uint16 else 1)
    return pixels.astype(sample)[:, :, :bands]


def tiles(pyramid: Path) -> list[list[bytes]]:
    """The encoded tiles of every level, with the tables that their JPEG streams share."""
    body = pyramid.read_bytes()
    with tifffile.TiffFile(pyramid) as file:
        return [
            [
                page.jpegtables or b"",
                *(body[at : at + size] for at, size in zip(page.dataoffsets, page.databytecounts, strict=True)),
            ]
            for page in file.pages
        ]


@pytest.mark.parametrize("radius", [0.5, 1.5, 7.0, 19.9])
def test_the_blur_is_an_exact_gaussian_up_to_twenty_pixels(radius: float) -> None:
    plane = noisy(150, 110)[:, :, 0].astype(np.float32)
    assert np.abs(blur(plane, radius) - gaussian(plane, radius)).max() < 0.05


@pytest.mark.parametrize("radius", [20.0, 60.0, 250.0])
def test_wide_blurs_are_close_to_a_gaussian(radius: float) -> None:
    plane = noisy(301, 223)[:, :, 0].astype(np.float32)
    assert np.abs(blur(plane, radius) - gaussian(plane, radius)).max() < 0.7


def test_a_radius_below_half_a_pixel_still_spreads_by_its_variance() -> None:
    point = np.zeros((9, 9), np.float32)
    point[4, 4] = 1
    spread = blur(point, 0.2)
    assert float((spread.sum(axis=0) * (np.arange(9) - 4) ** 2).sum()) == pytest.approx(0.04, abs=1e-6)
    assert float(spread.sum()) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("sample", [np.uint8, np.uint16])
@pytest.mark.parametrize("is_monochrome", [False, True])
@pytest.mark.parametrize(("amount", "radius", "threshold"), [(1.75, 0.8, 2), (5.0, 3.0, 0), (0.5, 12.0, 6)])
def test_sharpening_is_the_formula(
    sample: type[Any], is_monochrome: bool, amount: float, radius: float, threshold: int
) -> None:
    pixels = noisy(120, 90, sample=sample)
    how = UnsharpMask(amount=amount, radius=radius, threshold=threshold, is_monochrome=is_monochrome)
    wrong = np.abs(sharpen(pixels, how, has_alpha=False) - expected(pixels, how)) > (1 if sample is np.uint8 else 64)
    assert wrong.mean() < 0.0005


def test_sharpening_agrees_with_pillow() -> None:
    pixels = noisy(200, 150)
    filtered = np.asarray(Image.fromarray(pixels).filter(ImageFilter.UnsharpMask(2, 100, 3)))
    ours = sharpen(pixels, UnsharpMask(amount=1.0, radius=2.0, threshold=3), has_alpha=False)
    assert mean_difference(ours, filtered) < 0.6


def test_monochrome_changes_every_colour_by_the_same_amount() -> None:
    pixels = noisy(120, 90) // 4 + 90
    how = UnsharpMask(amount=1.0, radius=2.0, threshold=0, is_monochrome=True)
    change = sharpen(pixels, how, has_alpha=False).astype(int) - pixels
    assert np.abs(change - change[:, :, :1]).max() <= 1
    assert np.abs(change).max() > 3


def test_black_ink_is_sharpened_by_itself() -> None:
    pixels = np.dstack([noisy(120, 90), noisy(120, 90)[::-1, :, 0]])
    both = [UnsharpMask(amount=1.0, radius=2.0, threshold=0, is_monochrome=mono) for mono in (False, True)]
    plain, mono = (sharpen(pixels, how, has_alpha=False) for how in both)
    assert np.array_equal(plain[:, :, 3], mono[:, :, 3])
    assert not np.array_equal(plain[:, :, :3], mono[:, :, :3])


def test_transparent_pixels_make_no_fringe_and_alpha_is_sharpened_too() -> None:
    alpha = np.zeros((60, 80), np.uint8)
    alpha[:, 30:] = 90
    alpha[:, 50:] = 255
    pixels = with_alpha(np.full((60, 80, 3), (200, 90, 40), np.uint8), alpha)
    pixels[:, :30, :3] = 0
    made = sharpen(pixels, UnsharpMask(amount=2.0, radius=3.0, threshold=0), has_alpha=True)
    assert np.array_equal(made[:, 30:, :3], pixels[:, 30:, :3])
    assert made[0, 49, 3] < 90
    assert np.array_equal(
        made[:, :, 3:], sharpen(pixels[:, :, 3:], UnsharpMask(amount=2, radius=3, threshold=0), False)
    )


@pytest.mark.parametrize("kind", ["jpeg", "alpha", "deep", "cmyk"])
def test_the_first_two_levels_are_byte_for_byte_those_without_unsharp(tmp_path: Path, kind: str) -> None:
    source = draw(tmp_path, kind)
    (tmp_path / "plain").mkdir()
    optimise(source, Plan(), tmp_path / "plain", Limits())
    optimise(source, Plan(unsharp=STRONG), tmp_path, Limits())

    plain, sharpened = tiles(tmp_path / "plain" / "pyramid.tif"), tiles(tmp_path / "pyramid.tif")

    assert len(plain) == len(sharpened) == 4
    assert plain[:2] == sharpened[:2]
    assert all(one != other for one, other in zip(plain[2:], sharpened[2:], strict=True))
    assert [page[0] for page in plain] == [page[0] for page in sharpened]


@pytest.mark.parametrize("kind", ["alpha", "deep"])
def test_lossless_levels_are_the_formula_over_the_plain_levels(tmp_path: Path, kind: str) -> None:
    source = draw(tmp_path, kind)
    (tmp_path / "plain").mkdir()
    optimise(source, Plan(), tmp_path / "plain", Limits())

    optimise(source, Plan(unsharp=STRONG), tmp_path, Limits())

    both = zip(levels(tmp_path / "plain" / "pyramid.tif"), levels(tmp_path / "pyramid.tif"), strict=True)
    for place, (plain, sharpened) in enumerate(both):
        right = plain if place < 2 else expected(plain, STRONG)
        tolerance = 64 if plain.dtype == np.uint16 else 1
        assert (np.abs(sharpened - right) > tolerance).mean() < 0.001


def test_jpeg_levels_are_the_formula_over_the_means_of_the_original(tmp_path: Path) -> None:
    pixels = scene(1200, 800)
    source = save_png(tmp_path / "original", pixels)

    optimise(source, Plan(unsharp=STRONG, jpeg_quality=89), tmp_path, Limits())

    quarter = levels(tmp_path / "pyramid.tif")[2]
    means = np.rint(pixels.reshape(200, 4, 300, 4, 3).mean(axis=(1, 3))).astype(np.uint8)
    right = save_jpeg(tmp_path / "right", expected(means, STRONG).astype(np.uint8), quality=89, subsampling=2)
    plain = save_jpeg(tmp_path / "plain", means, quality=89, subsampling=2)
    assert mean_difference(quarter, np.asarray(opened(right.read_bytes()))) < 1.5
    assert mean_difference(quarter, np.asarray(opened(plain.read_bytes()))) > 2.2


@pytest.mark.parametrize("kind", ["jpeg", "alpha", "deep", "cmyk"])
def test_every_reader_understands_the_joined_file(tmp_path: Path, kind: str) -> None:
    profile = srgb_profile() if kind in {"jpeg", "alpha"} else None
    source = draw(tmp_path, kind, profile)
    optimise(source, Plan(unsharp=STRONG), tmp_path, Limits())
    pyramid = tmp_path / "pyramid.tif"

    with tifffile.TiffFile(pyramid) as file:
        assert file.series[0].is_pyramidal
        assert [page.shape[:2] for page in file.pages] == [(801, 1202), (400, 601), (200, 300), (100, 150)]
        assert [int(page.subfiletype) for page in file.pages] == [0, 1, 1, 1]
        assert all(page.iccprofile == profile for page in file.pages)
    assert int(pyvips.Image.tiffload(str(pyramid)).get("n-pages")) == 4
    for page in range(4):
        vips = pyvips.Image.tiffload(str(pyramid), page=page, fail_on="error").numpy()
        if kind != "deep":
            with opened(pyramid.read_bytes()) as picture:
                picture.seek(page)
                assert mean_difference(np.asarray(picture), vips) < 1.0
    assert list(tmp_path.glob(".levels*")) == []


@pytest.mark.parametrize(
    ("unsharp", "size", "told"),
    [
        (UnsharpMask(), (1200, 800), ", no level is sharpened"),
        (STRONG, (500, 300), ", no level is sharpened"),
        (STRONG, (1200, 800), ", 2 levels sharpened by 1.75 at radius 1.5"),
    ],
)
def test_the_step_tells_whether_anything_was_sharpened(
    tmp_path: Path, unsharp: UnsharpMask, size: tuple[int, int], told: str
) -> None:
    source = save_jpeg(tmp_path / "original", scene(*size))
    outcome = optimise(source, Plan(unsharp=unsharp), tmp_path, Limits())
    assert next(step.detail for step in outcome.steps if step.name == "pyramid").endswith(told)


def test_the_mask_is_sharpened_like_the_alpha_of_the_picture(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", noisy(1202, 801) // 2 + 100)
    plan = Plan(
        knockout=Knockout(corner="UpperLeft", fill="MatchPixel", tolerance=0.15), create_mask=True, unsharp=STRONG
    )
    optimise(source, plan, tmp_path, Limits())
    for mask, picture in zip(levels(tmp_path / "mask.tif"), levels(tmp_path / "pyramid.tif"), strict=True):
        assert np.abs(mask.astype(int) - picture[:, :, 3]).mean() < 0.5


def test_the_same_original_and_plan_give_the_same_bytes(tmp_path: Path) -> None:
    source = save_jpeg(tmp_path / "original", noisy(1202, 801))
    made = []
    for _ in range(2):
        optimise(source, Plan(unsharp=STRONG), tmp_path, Limits())
        made.append((tmp_path / "pyramid.tif").read_bytes())
    assert made[0] == made[1]


def test_big_files_are_joined_too(tmp_path: Path) -> None:
    pixels = noisy(1000, 700)
    image = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
    whole, small, joined = (tmp_path / f"{name}.tif" for name in ("whole", "small", "joined"))
    image.tiffsave(str(whole), tile=True, pyramid=True, bigtiff=True, compression="jpeg", Q=80)
    image.shrink(4, 4).tiffsave(str(small), tile=True, bigtiff=True, compression="jpeg", Q=80)

    join_pages([Page(file=whole, number=0), Page(file=whole, number=1), Page(file=small, number=0)], joined)

    with tifffile.TiffFile(joined) as file:
        assert file.is_bigtiff
        assert [page.shape[:2] for page in file.pages] == [(700, 1000), (350, 500), (175, 250)]
    assert tiles(joined) == [*tiles(whole)[:2], *tiles(small)]


def draw(folder: Path, kind: str, profile: bytes | None = None) -> Path:
    """An original of one of the kinds that are stored differently, 1202 x 801."""
    target = folder / "original"
    pixels = cv2.resize(noisy(301, 201), (1202, 801), interpolation=cv2.INTER_CUBIC)
    if kind == "jpeg":
        return save_jpeg(target, np.asarray(pixels), icc_profile=profile)
    if kind == "alpha":
        return save_png(target, with_alpha(np.asarray(pixels), 255), icc_profile=profile)
    if kind == "deep":
        tifffile.imwrite(target, np.asarray(pixels).astype(np.uint16) * 257, photometric="rgb")
    else:
        tifffile.imwrite(target, with_alpha(np.asarray(pixels), 20), photometric="separated")
    return target
