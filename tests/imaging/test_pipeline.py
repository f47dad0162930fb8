"""From an original to its derivatives, and what the outcome tells about it."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from imaging.errors import ImageTooLarge
from imaging.facts import Outcome, SourceFacts
from imaging.limits import Limits
from imaging.pipeline import optimise, probe
from imaging.plan import CropInsets, Plan
from tests.imaging.pictures import mean_difference, opened, save_jpeg, save_png, scene, srgb_profile, with_alpha

LIMITED_CHILD = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 * 1024**3, 3 * 1024**3))
import pyvips
pyvips.cache_set_max(0)
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
outcome = optimise(Path(sys.argv[1]), Plan(), Path(sys.argv[2]), Limits())
print(outcome.width, outcome.height, len(outcome.files))
"""


def test_the_outcome_tells_what_was_read_done_and_written(tmp_path: Path) -> None:
    source = save_jpeg(tmp_path / "original", scene(3000, 2000), dpi=(240, 240))

    outcome = optimise(source, Plan(crop=CropInsets(left=100, right=200, top=0, bottom=50)), tmp_path, Limits())

    assert outcome.source == SourceFacts(
        format="JPEG",
        mime="image/jpeg",
        width=3000,
        height=2000,
        bands=3,
        bits=8,
        has_alpha=False,
        resolution_ppi=240.0,
        colour_space="RGB",
    )
    assert (outcome.width, outcome.height) == (2700, 1950)
    written = {file.name: (file.width, file.height, file.mime) for file in outcome.files}
    assert written == {
        "pyramid.tif": (2700, 1950, "image/tiff"),
        "preview.jpg": (1280, 924, "image/jpeg"),
        "thumbnail.jpg": (128, 92, "image/jpeg"),
    }
    assert all(file.size_bytes == (tmp_path / file.name).stat().st_size for file in outcome.files)
    told = [(step.name, step.detail) for step in outcome.steps]
    assert told == [
        ("decode", "JPEG 3000x2000"),
        ("crop", "3000x2000 to 2700x1950 at 100,0"),
        ("pyramid", "2700x1950, tiles of 256, jpeg quality 85"),
        ("screen colours", "1280x924, srgb to srgb"),
        ("preview", "1280x924, image/jpeg"),
        ("thumbnail", "128x92, image/jpeg"),
    ]
    assert all(step.milliseconds >= 0 for step in outcome.steps)


def test_the_probe_tells_the_same_as_the_run(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", with_alpha(scene(300, 200), 50))
    assert probe(source, Limits()) == optimise(source, Plan(), tmp_path, Limits()).source


def test_an_outcome_can_be_pickled(tmp_path: Path) -> None:
    outcome = optimise(save_png(tmp_path / "original", scene(30, 20)), Plan(), tmp_path, Limits())
    again: Outcome = pickle.loads(pickle.dumps(outcome))
    assert again == outcome


def test_previews_show_the_cropped_picture(tmp_path: Path) -> None:
    pixels = scene(2600, 1400)
    source = save_jpeg(tmp_path / "original", pixels)

    optimise(source, Plan(crop=CropInsets(left=600, right=0, top=400, bottom=0)), tmp_path, Limits())

    cropped = Image.fromarray(pixels[400:, 600:])
    for name, box in (("preview.jpg", (1280, 640)), ("thumbnail.jpg", (128, 64))):
        shown = np.asarray(opened((tmp_path / name).read_bytes()))
        assert mean_difference(shown, np.asarray(cropped.resize(box, Image.Resampling.LANCZOS))) < 4


def test_an_image_smaller_than_the_box_is_not_enlarged(tmp_path: Path) -> None:
    outcome = optimise(save_png(tmp_path / "original", scene(90, 60)), Plan(), tmp_path, Limits())
    assert [(file.width, file.height) for file in outcome.files] == [(90, 60)] * 3


def test_previews_with_alpha_are_png_and_stay_clean_at_the_edges(tmp_path: Path) -> None:
    pixels = np.zeros((900, 900, 4), np.uint8)
    pixels[:, :450] = (250, 10, 10, 255)
    source = save_png(tmp_path / "original", pixels)

    optimise(source, Plan(preview_px=301), tmp_path, Limits())

    shown = np.asarray(opened((tmp_path / "preview.png").read_bytes())).astype(int)
    partly = shown[(shown[:, :, 3] > 20) & (shown[:, :, 3] < 235)]
    assert len(partly) > 0
    assert np.abs(partly[:, :3] - (250, 10, 10)).max() <= 6


def test_previews_are_srgb_whatever_the_profile(tmp_path: Path) -> None:
    wide = pyvips.Image.new_from_array(scene(400, 300)).copy(interpretation="srgb")
    wide.icc_transform("p3", input_profile="srgb").jpegsave(str(tmp_path / "original"), Q=98)

    optimise(tmp_path / "original", Plan(), tmp_path, Limits())

    shown = np.asarray(opened((tmp_path / "preview.jpg").read_bytes()))
    assert mean_difference(shown, scene(400, 300)) < 3


def test_a_profile_that_does_not_fit_the_pixels_is_passed_over(tmp_path: Path) -> None:
    grey = scene(200, 100)[:, :, 0]
    source = save_png(tmp_path / "original", grey, icc_profile=srgb_profile())

    optimise(source, Plan(), tmp_path, Limits())

    shown = np.asarray(opened((tmp_path / "preview.jpg").read_bytes()).convert("L"))
    assert mean_difference(shown, grey) < 2


def test_a_sixteen_bit_preview_has_the_same_tones(tmp_path: Path) -> None:
    pixels = scene(300, 200)
    deep = pyvips.Image.new_from_array(pixels.astype(np.uint16) * 257).copy(interpretation="rgb16")
    deep.pngsave(str(tmp_path / "original"), bitdepth=16)

    outcome = optimise(tmp_path / "original", Plan(), tmp_path, Limits())

    assert outcome.source.bits == 16
    assert mean_difference(np.asarray(opened((tmp_path / "preview.jpg").read_bytes())), pixels) < 3


def test_the_limits_of_the_caller_hold(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", scene(300, 200))
    with pytest.raises(ImageTooLarge, match="60000 pixels"):
        optimise(source, Plan(), tmp_path, Limits(max_pixels=59_999))
    with pytest.raises(ImageTooLarge, match="300x200 pixels, over the limit of 299x200"):
        probe(source, Limits(max_width=299, max_height=200))


def test_a_hundred_megapixels_fit_into_a_limited_child(tmp_path: Path) -> None:
    pyvips.Image.black(12_500, 8_000, bands=3).copy(interpretation="srgb").jpegsave(str(tmp_path / "original"))
    child = subprocess.run(
        [sys.executable, "-c", LIMITED_CHILD, str(tmp_path / "original"), str(tmp_path)],
        capture_output=True,
        text=True,
        env={"VIPS_CONCURRENCY": "1"},
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert child.returncode == 0, child.stderr
    assert child.stdout.split() == ["12500", "8000", "3"]
