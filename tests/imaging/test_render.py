"""Views of a pyramid, pixel by pixel, against numpy and Pillow working on the original."""

import io
from pathlib import Path

import numpy as np
import pytest
import pyvips
import tifffile
from PIL import Image, ImageCms

from imaging.errors import DamagedImage
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
from imaging.render import render
from imaging.view import Box, Colour, Fit, Flip, Output, Resampling, Unsharp, View
from tests.imaging.pictures import (
    Pixels,
    mean_difference,
    opened,
    pixels_of,
    save_png,
    scene,
    srgb_profile,
    with_alpha,
)

PNG = Output(container="png")
PNG_ALPHA = Output(container="png", alpha=True)
ORANGE = Colour(red=255, green=150, blue=0)
WIDTH, HEIGHT = 1201, 803


def box(left: float, top: float, width: float, height: float) -> Box:
    return Box(left=left, top=top, width=width, height=height)


def pyramid_of(folder: Path, pixels: Pixels) -> Path:
    optimise(save_png(folder / "original", pixels), Plan(), folder, Limits())
    return folder / "pyramid.tif"


@pytest.fixture(scope="module")
def lossless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An opaque picture that is stored without loss."""
    return pyramid_of(tmp_path_factory.mktemp("lossless"), with_alpha(scene(WIDTH, HEIGHT)))


@pytest.fixture(scope="module")
def cut_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture whose left half alone is opaque; the rest is black and transparent."""
    pixels = with_alpha(np.full((400, 600, 3), (60, 140, 90), np.uint8))
    pixels[:, 300:] = 0
    return pyramid_of(tmp_path_factory.mktemp("cut_out"), pixels)


def crop_of(pixels: Pixels, left: int, top: int, width: int, height: int) -> Pixels:
    """Cut a rectangle that may reach outside, where it is orange."""
    padded = np.full((height, width, 3), (255, 150, 0), np.uint8)
    for row in range(height):
        for column in range(width):
            if 0 <= top + row < pixels.shape[0] and 0 <= left + column < pixels.shape[1]:
                padded[row, column] = pixels[top + row, left + column]
    return padded


@pytest.mark.parametrize(
    "place", [(0, 0, 50, 40), (317, 211, 64, 33), (1151, 763, 50, 40), (-20, -10, 60, 50), (1180, 790, 60, 40)]
)
def test_a_crop_at_full_size_is_exact_to_the_pixel(lossless: Path, place: tuple[int, int, int, int]) -> None:
    shown = render(lossless, View(crop=box(*place), background=ORANGE, output=PNG))
    assert np.array_equal(pixels_of(shown.body), crop_of(scene(WIDTH, HEIGHT), *place))


@pytest.mark.parametrize("place", [(317, 211, 64, 33), (-20, 790, 60, 40), (5000, 5000, 10, 10)])
def test_a_region_at_full_size_is_exact_to_the_pixel(lossless: Path, place: tuple[int, int, int, int]) -> None:
    shown = render(lossless, View(region=box(*place), background=ORANGE, output=PNG))
    assert np.array_equal(pixels_of(shown.body), crop_of(scene(WIDTH, HEIGHT), *place))


def test_a_crop_that_misses_the_image_is_all_background(lossless: Path) -> None:
    shown = pixels_of(render(lossless, View(crop=box(-500, -500, 20, 10), background=ORANGE, output=PNG)).body)
    assert np.array_equal(shown, np.full((10, 20, 3), (255, 150, 0)))


@pytest.mark.parametrize("flip", ["lr", "ud", "lrud"])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_quarter_turns_come_before_flips_and_are_exact(lossless: Path, degrees: int, flip: Flip) -> None:
    view = View(crop=box(100, 50, 301, 200), rotate=degrees, flip=flip, output=PNG)
    expected = np.rot90(scene(WIDTH, HEIGHT)[50:250, 100:401], -degrees // 90)
    expected = expected[:, ::-1] if "lr" in flip else expected
    expected = expected[::-1] if "ud" in flip else expected
    assert np.array_equal(pixels_of(render(lossless, view).body), expected)


@pytest.mark.parametrize(
    ("resampling", "filter_"),
    [
        ("bilin", Image.Resampling.BILINEAR),
        ("bicub", Image.Resampling.BICUBIC),
        ("sharp2", Image.Resampling.LANCZOS),
    ],
)
@pytest.mark.parametrize("width", [1000, 600, 333, 150, 60])
def test_a_smaller_view_is_the_original_scaled(
    lossless: Path, width: int, resampling: Resampling, filter_: Image.Resampling
) -> None:
    shown = render(lossless, View(width=width, resampling=resampling, output=PNG))
    expected = Image.fromarray(scene(WIDTH, HEIGHT)).resize((shown.width, shown.height), filter_)
    assert mean_difference(pixels_of(shown.body), np.asarray(expected)) < 2


@pytest.mark.parametrize(
    ("degrees", "flip", "turn"),
    [
        (90, "", Image.Transpose.ROTATE_270),
        (180, "", Image.Transpose.ROTATE_180),
        (270, "", Image.Transpose.ROTATE_90),
        (0, "lr", Image.Transpose.FLIP_LEFT_RIGHT),
        (0, "ud", Image.Transpose.FLIP_TOP_BOTTOM),
    ],
)
def test_a_turned_crop_at_a_smaller_level_keeps_its_place(
    lossless: Path, degrees: int, flip: Flip, turn: Image.Transpose
) -> None:
    view = View(crop=box(203, 101, 701, 507), rotate=degrees, flip=flip, reduction=5, output=PNG)
    shown = render(lossless, view)
    original = Image.fromarray(scene(WIDTH, HEIGHT)[101:608, 203:904]).transpose(turn)
    expected = original.resize((shown.width, shown.height), Image.Resampling.LANCZOS)
    assert mean_difference(pixels_of(shown.body), np.asarray(expected)) < 1.5


def test_regions_side_by_side_join_without_a_seam(lossless: Path) -> None:
    whole = pixels_of(render(lossless, View(region=box(0, 0, 1200, 800), reduction=3, output=PNG)).body)
    tiles = [
        [
            pixels_of(render(lossless, View(region=box(x, y, 300, 200), reduction=3, output=PNG)).body)
            for x in range(0, 1200, 300)
        ]
        for y in range(0, 800, 200)
    ]
    joined = np.vstack([np.hstack(row) for row in tiles]).astype(int)
    assert joined.shape[1] == whole.shape[1]
    assert mean_difference(joined[: whole.shape[0]], whole[: joined.shape[0]]) < 3


@pytest.mark.parametrize("degrees", [30, 45.5, 200, 359])
def test_a_free_turn_is_clockwise_about_the_centre_and_pads_the_corners(lossless: Path, degrees: float) -> None:
    view = View(crop=box(200, 100, 300, 200), rotate=degrees, background=ORANGE, output=PNG)
    shown = opened(render(lossless, view).body)
    original = Image.fromarray(scene(WIDTH, HEIGHT)[100:300, 200:500])
    expected = original.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 150, 0))
    assert abs(shown.width - expected.width) <= 2
    assert abs(shown.height - expected.height) <= 2
    assert mean_difference(np.asarray(shown.resize(expected.size)), np.asarray(expected)) < 5
    assert shown.getpixel((0, 0)) == (255, 150, 0)


def test_a_free_turn_of_a_small_view_shows_the_same_as_a_large_one(lossless: Path) -> None:
    large = opened(render(lossless, View(rotate=33, background=ORANGE, output=PNG)).body)
    small = opened(render(lossless, View(rotate=33, reduction=6, background=ORANGE, output=PNG)).body)
    expected = large.resize(small.size, Image.Resampling.LANCZOS)
    assert mean_difference(np.asarray(small), np.asarray(expected)) < 4


def test_padding_is_the_background_and_lies_where_align_says(lossless: Path) -> None:
    view = View(width=100, height=100, align=(0, -1), background=ORANGE, output=PNG)
    shown = pixels_of(render(lossless, view).body)
    assert np.all(shown[67:] == (255, 150, 0))
    assert not np.any(np.all(shown[:67] == (255, 150, 0), axis=2))


def test_a_stretched_view_scales_each_direction_by_itself(lossless: Path) -> None:
    view = View(width=500, height=90, fit=Fit(mode="stretch", upscale=True), output=PNG)
    expected = Image.fromarray(scene(WIDTH, HEIGHT)).resize((500, 90), Image.Resampling.LANCZOS)
    assert mean_difference(pixels_of(render(lossless, view).body), np.asarray(expected)) < 2


def test_an_enlarged_view_reads_the_full_level(lossless: Path) -> None:
    view = View(region=box(100, 100, 60, 40), width=240, resampling="bicub", output=PNG)
    expected = Image.fromarray(scene(WIDTH, HEIGHT)).resize(
        (240, 160), Image.Resampling.BICUBIC, box=(100, 100, 160, 140)
    )
    assert mean_difference(pixels_of(render(lossless, view).body), np.asarray(expected)) < 0.5


def test_transparency_is_flattened_on_the_background(cut_out: Path) -> None:
    shown = pixels_of(render(cut_out, View(width=150, background=ORANGE, output=PNG)).body).astype(int)
    assert np.abs(shown[:, :70] - (60, 140, 90)).max() <= 1
    assert np.abs(shown[:, 80:] - (255, 150, 0)).max() <= 1
    assert np.all(shown[:, 74:76] >= (58, 138, 0))


def test_formats_with_alpha_keep_it_and_pad_with_nothing(cut_out: Path) -> None:
    view = View(width=150, height=150, background=ORANGE, output=PNG_ALPHA)
    shown = pixels_of(render(cut_out, view).body)
    assert shown.shape == (150, 150, 4)
    assert np.all(shown[:20, :, 3] == 0)
    assert np.all(shown[30:120, :70, 3] == 255)
    assert np.all(shown[30:120, 80:, 3] == 0)


def on_white(picture: Image.Image) -> Image.Image:
    """Flatten with Pillow, CMYK by its profile."""
    if picture.mode == "CMYK":
        image = pyvips.Image.new_from_array(np.asarray(picture)).copy(interpretation="cmyk")
        return Image.fromarray(image.icc_transform("srgb", input_profile="cmyk").numpy())
    sheet = Image.new("RGBA", picture.size, "white")
    sheet.alpha_composite(picture.convert("RGBA"))
    return sheet.convert("RGB")


def expected_green(output: Output) -> Pixels:
    return np.array([110, 110, 110] if output.pixel_type == "gray" else [60, 140, 90])


@pytest.mark.parametrize(
    ("output", "kind", "mode"),
    [
        (Output(), "JPEG", "RGB"),
        (Output(pixel_type="gray"), "JPEG", "L"),
        (Output(pixel_type="cmyk"), "JPEG", "CMYK"),
        (Output(progressive=True), "JPEG", "RGB"),
        (PNG, "PNG", "RGB"),
        (PNG_ALPHA, "PNG", "RGBA"),
        (Output(container="png", alpha=True, pixel_type="gray"), "PNG", "LA"),
        (Output(container="gif"), "GIF", "P"),
        (Output(container="gif", pixel_type="gray"), "GIF", "P"),
        (Output(container="tif"), "TIFF", "RGB"),
        (Output(container="tif", compression="lzw"), "TIFF", "RGB"),
        (Output(container="tif", compression="zip"), "TIFF", "RGB"),
        (Output(container="tif", compression="jpeg"), "TIFF", "RGB"),
        (Output(container="tif", pixel_type="cmyk"), "TIFF", "CMYK"),
        (Output(container="tif", alpha=True), "TIFF", "RGBA"),
        (Output(container="webp", compression="lossy"), "WEBP", "RGB"),
        (Output(container="webp", compression="lossless", alpha=True), "WEBP", "RGBA"),
    ],
)
def test_every_format_is_what_it_says_and_shows_the_picture(
    cut_out: Path, output: Output, kind: str, mode: str
) -> None:
    shown = render(cut_out, View(crop=box(200, 0, 200, 100), width=100, output=output))
    picture = opened(shown.body)
    assert (picture.format, picture.mode, picture.size) == (kind, mode, (100, 50))
    assert (shown.mime, shown.width, shown.height) == (output.mime, 100, 50)
    left, right = np.asarray(on_white(picture))[:, :40], np.asarray(on_white(picture))[:, 60:]
    assert np.abs(left.mean(axis=(0, 1)) - expected_green(output)).max() < 12
    assert np.abs(right.mean(axis=(0, 1)) - 255).max() < 6


def test_a_progressive_jpeg_is_progressive(cut_out: Path) -> None:
    assert opened(render(cut_out, View(width=100, output=Output(progressive=True))).body).info["progressive"] == 1


def test_quality_and_chroma_decide_the_size_of_a_jpeg(lossless: Path) -> None:
    sizes = [
        len(render(lossless, View(width=300, output=Output(quality=quality, full_chroma=chroma))).body)
        for quality, chroma in ((30, False), (90, False), (90, True))
    ]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 3


def test_the_same_view_gives_the_same_bytes(lossless: Path) -> None:
    for container in ("jpeg", "png", "gif", "tif", "webp"):
        view = View(width=120, output=Output(container=container))
        assert render(lossless, view) == render(lossless, view)


def test_the_profile_is_embedded_only_when_asked(lossless: Path) -> None:
    assert "icc_profile" not in opened(render(lossless, View(width=50)).body).info
    embedded = opened(render(lossless, View(width=50, output=Output(embed_profile=True))).body).info["icc_profile"]
    profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
    assert profile.profile.xcolor_space.strip() == "RGB"


def test_colours_of_another_profile_are_converted_to_srgb(tmp_path: Path) -> None:
    wide = pyvips.Image.new_from_array(scene(300, 200)).copy(interpretation="srgb")
    wide.icc_transform("p3", input_profile="srgb").pngsave(str(tmp_path / "original"))
    optimise(tmp_path / "original", Plan(jpeg_quality=89), tmp_path, Limits())
    shown = pixels_of(render(tmp_path / "pyramid.tif", View(output=PNG)).body)
    assert mean_difference(shown, scene(300, 200)) < 3


def test_cmyk_to_cmyk_keeps_its_numbers(tmp_path: Path) -> None:
    ink = Image.new("CMYK", (300, 200), (20, 90, 160, 60))
    ink.save(tmp_path / "original", "TIFF", icc_profile=srgb_profile()[:0])
    optimise(tmp_path / "original", Plan(), tmp_path, Limits())
    view = View(width=150, height=150, output=Output(container="tif", pixel_type="cmyk"))
    shown = pixels_of(render(tmp_path / "pyramid.tif", view).body).astype(int)
    assert np.abs(shown[40:110, 10:140] - (20, 90, 160, 60)).max() <= 3
    assert np.all(shown[:20] == 0)


def test_sixteen_bit_and_grey_sources_are_shown_in_eight_bit_rgb(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 300 * 200).reshape(200, 300).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / "original", "PNG")
    optimise(tmp_path / "original", Plan(), tmp_path, Limits())
    shown = pixels_of(render(tmp_path / "pyramid.tif", View(output=PNG)).body)
    assert mean_difference(shown, np.dstack([ramp // 257] * 3)) < 1


def edge_pyramid(folder: Path) -> Path:
    pixels = np.full((200, 400, 3), (60, 80, 100), np.uint8)
    pixels[:, 200:] = (160, 150, 140)
    return pyramid_of(folder, with_alpha(pixels))


def gaussian_blurred(row: Pixels, sigma: float) -> Pixels:
    reach = int(4 * sigma) + 1
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    blurred: Pixels = np.convolve(np.pad(row.astype(float), reach, mode="edge"), weights / weights.sum(), mode="valid")
    return blurred


def test_an_unsharp_mask_adds_the_difference_to_the_blurred_image(tmp_path: Path) -> None:
    view = View(unsharp=Unsharp(amount=1.5, radius=4), output=PNG)
    shown = pixels_of(render(edge_pyramid(tmp_path), view).body)[100, :, 0]
    row = np.where(np.arange(400) < 200, 60, 160)
    expected = np.clip(row + 1.5 * (row - gaussian_blurred(row, 4)), 0, 255)
    assert np.abs(shown - expected).mean() < 0.5
    assert np.abs(shown - expected).max() < 6


def test_the_radius_of_an_unsharp_mask_shrinks_with_the_image(tmp_path: Path) -> None:
    source = edge_pyramid(tmp_path)
    row = pixels_of(render(source, View(reduction=4, unsharp=Unsharp(amount=2, radius=8), output=PNG)).body)[25, :, 0]
    touched = np.flatnonzero((row != 60) & (row != 160))
    assert touched.min() > 50 - 12
    assert touched.max() < 50 + 12


def test_differences_below_the_threshold_are_left_alone(tmp_path: Path) -> None:
    source = edge_pyramid(tmp_path)
    plain = pixels_of(render(source, View(output=PNG)).body)
    masked = pixels_of(render(source, View(unsharp=Unsharp(amount=3, radius=4, threshold=60), output=PNG)).body)
    assert np.array_equal(plain, masked)


def test_a_monochrome_mask_changes_lightness_and_not_hue(tmp_path: Path) -> None:
    view = View(unsharp=Unsharp(amount=1, radius=3, monochrome=True), output=PNG)
    row = pixels_of(render(edge_pyramid(tmp_path), view).body)[100].astype(int)
    assert row[199, 0] < 60
    assert np.abs((row[:200, 2] - row[:200, 0]) - 40).max() <= 3


def test_sharpening_overshoots_at_edges_and_leaves_flat_areas(tmp_path: Path) -> None:
    row = pixels_of(render(edge_pyramid(tmp_path), View(sharpen=True, output=PNG)).body)[100, :, 0].astype(int)
    assert (row[199] < 60, row[200] > 160) == (True, True)
    assert np.all(row[:190] == 60)


def test_bisharp_is_sharper_than_bicub(tmp_path: Path) -> None:
    source = edge_pyramid(tmp_path)
    spans = []
    for mode in ("bicub", "bisharp"):
        view = View(reduction=3, resampling=mode, output=PNG)
        row = pixels_of(render(source, view).body)[30, :, 0].astype(int)
        spans.append(row.max() - row.min())
    assert spans[1] > spans[0]


def test_a_pyramid_that_is_gone_is_an_error_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(DamagedImage) as caught:
        render(tmp_path / "pyramid.tif", View())
    assert str(tmp_path) not in str(caught.value)


def test_a_small_view_does_not_read_the_full_size(tmp_path: Path) -> None:
    source = pyramid_of(tmp_path, scene(1000, 800))
    with tifffile.TiffFile(source) as file:
        tiles = list(zip(file.pages[0].dataoffsets, file.pages[0].databytecounts, strict=True))
    body = bytearray(source.read_bytes())
    for start, length in tiles:
        body[start : start + length] = bytes(length)
    source.write_bytes(body)

    small = pixels_of(render(source, View(width=400, output=PNG)).body)

    expected = Image.fromarray(scene(1000, 800)).resize((400, 320), Image.Resampling.LANCZOS)
    assert mean_difference(small, np.asarray(expected)) < 3
    with pytest.raises(DamagedImage):
        render(source, View(width=600, output=PNG))
