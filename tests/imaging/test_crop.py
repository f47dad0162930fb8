"""Manual crops are pixels trimmed from the edges of the original."""

from pathlib import Path

import numpy as np
import pytest

from imaging.errors import EmptyCrop
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import CropInsets, Plan
from imaging.steps.crop import Rectangle, rectangle
from tests.imaging.pictures import levels, save_png, scene, with_alpha


def test_insets_become_a_rectangle() -> None:
    insets = CropInsets(left=190, right=310, top=160, bottom=120)
    assert rectangle(insets, 1000, 800) == Rectangle(left=190, top=160, width=500, height=520)


@pytest.mark.parametrize(
    ("insets", "sizes"),
    [
        (CropInsets(left=50, right=50, top=0, bottom=0), "leaves 0x80 pixels of an image of 100x80"),
        (CropInsets(left=0, right=0, top=70, bottom=20), "leaves 100x-10 pixels of an image of 100x80"),
        (CropInsets(left=-1, right=0, top=0, bottom=0), "negative side .* image of 100x80"),
    ],
)
def test_a_crop_that_leaves_nothing_is_refused_with_both_sizes(insets: CropInsets, sizes: str) -> None:
    with pytest.raises(EmptyCrop, match=sizes):
        rectangle(insets, 100, 80)


@pytest.mark.parametrize(
    "insets",
    [
        CropInsets(left=0, right=0, top=0, bottom=0),
        CropInsets(left=1, right=2, top=3, bottom=4),
        CropInsets(left=299, right=0, top=0, bottom=199),
        CropInsets(left=0, right=299, top=199, bottom=0),
    ],
)
def test_the_optimised_image_is_the_crop_to_the_pixel(tmp_path: Path, insets: CropInsets) -> None:
    pixels = with_alpha(scene(300, 200))
    source = save_png(tmp_path / "original", pixels)

    outcome = optimise(source, Plan(crop=insets), tmp_path, Limits())

    expected = pixels[insets.top : 200 - insets.bottom, insets.left : 300 - insets.right]
    assert (outcome.width, outcome.height) == (expected.shape[1], expected.shape[0])
    assert np.array_equal(levels(tmp_path / "pyramid.tif")[0], expected)


def test_an_empty_crop_leaves_no_file(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", scene(30, 20))
    with pytest.raises(EmptyCrop):
        optimise(source, Plan(crop=CropInsets(left=30, right=0, top=0, bottom=0)), tmp_path, Limits())
    assert [path.name for path in tmp_path.iterdir()] == ["original"]
