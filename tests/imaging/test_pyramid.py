"""The optimised image is a TIFF that any reader of pyramids understands."""

from pathlib import Path

import numpy as np
import pytest
import pyvips
import tifffile
from PIL import Image

from imaging.codecs.levels import open_level
from imaging.errors import DamagedImage
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
from tests.imaging.pictures import Pixels, levels, mean_difference, save_jpeg, save_png, scene, srgb_profile, with_alpha

NEW_SUBFILE_TYPE, COMPRESSION, PHOTOMETRIC, PREDICTOR = 254, 259, 262, 317
TILE_WIDTH, TILE_LENGTH, SUB_IFDS, ICC = 322, 323, 330, 34675


def pages_of(pyramid: Path) -> list[dict[int, object]]:
    with tifffile.TiffFile(pyramid) as file:
        return [{tag.code: tag.value for tag in page.tags} for page in file.pages]


def test_each_level_is_a_page_of_256_pixel_tiles_half_as_large_as_the_one_before(tmp_path: Path) -> None:
    source = save_jpeg(tmp_path / "original", scene(1100, 701))

    optimise(source, Plan(), tmp_path, Limits())

    pages = pages_of(tmp_path / "pyramid.tif")
    assert [(page[256], page[257]) for page in pages] == [(1100, 701), (550, 350), (275, 175), (137, 87)]
    assert all((page[TILE_WIDTH], page[TILE_LENGTH]) == (256, 256) for page in pages)
    assert [page.get(NEW_SUBFILE_TYPE, 0) for page in pages] == [0, 1, 1, 1]
    assert not any(SUB_IFDS in page for page in pages)


def test_eight_bits_without_alpha_are_jpeg_tiles_with_subsampled_chroma(tmp_path: Path) -> None:
    source = save_jpeg(tmp_path / "original", scene(300, 200))

    optimise(source, Plan(jpeg_quality=89), tmp_path, Limits())

    page = pages_of(tmp_path / "pyramid.tif")[0]
    assert (page[COMPRESSION], page[PHOTOMETRIC]) == (tifffile.COMPRESSION.JPEG, tifffile.PHOTOMETRIC.YCBCR)


@pytest.mark.parametrize("sample", [np.uint8, np.uint16])
def test_alpha_and_sixteen_bits_are_deflated_with_a_predictor(tmp_path: Path, sample: type) -> None:
    pixels: Pixels = scene(300, 200).astype(sample)
    source = tmp_path / "original"
    tifffile.imwrite(source, with_alpha(pixels, 9), photometric="rgb", extrasamples=["unassalpha"])

    optimise(source, Plan(), tmp_path, Limits())

    page = pages_of(tmp_path / "pyramid.tif")[0]
    assert (page[COMPRESSION], page[PREDICTOR]) == (tifffile.COMPRESSION.ADOBE_DEFLATE, 2)


def test_smaller_levels_are_the_means_of_the_larger(tmp_path: Path) -> None:
    pixels = with_alpha(scene(600, 400))
    source = save_png(tmp_path / "original", pixels)

    optimise(source, Plan(), tmp_path, Limits())

    full, half, quarter = levels(tmp_path / "pyramid.tif")
    assert np.array_equal(full, pixels)
    for smaller, block in ((half, 2), (quarter, 4)):
        means = pixels.reshape(400 // block, block, 600 // block, block, 4).mean(axis=(1, 3))
        assert np.abs(smaller - means).max() <= 1.5


def test_transparent_pixels_do_not_darken_the_edges_of_smaller_levels(tmp_path: Path) -> None:
    pixels = np.zeros((512, 512, 4), np.uint8)
    pixels[:, :255] = (250, 10, 10, 255)
    source = save_png(tmp_path / "original", pixels)

    optimise(source, Plan(), tmp_path, Limits())

    edge = levels(tmp_path / "pyramid.tif")[1][128, 127]
    assert edge[3] in {127, 128}
    assert abs(int(edge[0]) - 250) <= 2


def test_the_same_original_and_plan_give_the_same_bytes(tmp_path: Path) -> None:
    source = save_jpeg(tmp_path / "original", scene(900, 700), icc_profile=srgb_profile())
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        optimise(source, Plan(), tmp_path / name, Limits())
        made.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert made[0] == made[1]
    assert made[0].keys() == {"pyramid.tif", "thumbnail.jpg", "preview.jpg"}


def test_a_second_run_replaces_the_files_of_the_first(tmp_path: Path) -> None:
    optimise(save_png(tmp_path / "a", scene(300, 200)), Plan(), tmp_path, Limits())
    optimise(save_png(tmp_path / "b", 255 - scene(300, 200)), Plan(), tmp_path, Limits())
    assert mean_difference(levels(tmp_path / "pyramid.tif")[0], 255 - scene(300, 200)) < 3


def test_the_icc_profile_is_kept_and_other_metadata_is_not(tmp_path: Path) -> None:
    exif = Image.new("RGB", (1, 1)).getexif()
    exif[0x010E] = "a private description"
    source = save_jpeg(tmp_path / "original", scene(300, 200), icc_profile=srgb_profile(), exif=exif)

    optimise(source, Plan(), tmp_path, Limits())

    body = (tmp_path / "pyramid.tif").read_bytes()
    assert pages_of(tmp_path / "pyramid.tif")[0][ICC] == srgb_profile()
    assert b"a private description" not in body


def test_a_failed_run_leaves_the_earlier_pyramid_alone(tmp_path: Path) -> None:
    good = save_png(tmp_path / "good", np.random.default_rng(3).integers(0, 255, (300, 300, 3), np.uint8))
    optimise(good, Plan(), tmp_path, Limits())
    before = (tmp_path / "pyramid.tif").read_bytes()
    bad = tmp_path / "bad"
    bad.write_bytes(good.read_bytes()[:60_000])

    with pytest.raises(DamagedImage):
        optimise(bad, Plan(), tmp_path, Limits())

    assert (tmp_path / "pyramid.tif").read_bytes() == before
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize(
    ("needed", "width"), [(2.0, 1000), (1.0, 1000), (0.51, 1000), (0.5, 500), (0.26, 500), (0.25, 250), (0.001, 125)]
)
def test_the_smallest_level_with_enough_pixels_is_opened(tmp_path: Path, needed: float, width: int) -> None:
    save_png(tmp_path / "original", scene(1000, 800))
    optimise(tmp_path / "original", Plan(tile_px=128), tmp_path, Limits())
    level = open_level(tmp_path / "pyramid.tif", needed)
    assert (level.image.width, level.scale_x) == (width, width / 1000)


def test_a_small_image_has_one_level(tmp_path: Path) -> None:
    save_png(tmp_path / "original", scene(1, 1))
    optimise(tmp_path / "original", Plan(), tmp_path, Limits())
    assert len(levels(tmp_path / "pyramid.tif")) == 1
    assert pyvips.Image.new_from_file(str(tmp_path / "preview.jpg")).width == 1
