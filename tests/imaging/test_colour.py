"""Colour management gives the numbers that Pillow's own use of LittleCMS gives, and says whose colours they are."""

import struct
from pathlib import Path

import numpy as np
import pytest
import pyvips
import tifffile
from PIL import Image, ImageCms

from imaging.codecs.icc import read_icc
from imaging.errors import InvalidPlan, UnusableProfile
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import ColourManagement, Intent, Plan
from tests.imaging.pictures import Pixels, levels, opened, save_png, scene, srgb_profile, with_alpha

INTENTS: dict[Intent, ImageCms.Intent] = {
    "perceptual": ImageCms.Intent.PERCEPTUAL,
    "relative": ImageCms.Intent.RELATIVE_COLORIMETRIC,
    "saturation": ImageCms.Intent.SATURATION,
}


@pytest.fixture
def profiles(tmp_path: Path) -> dict[str, Path]:
    """Profiles as a company would upload them: a press, a wide screen, sRGB, and a greyscale one of gamma 2.2."""
    bodies = {
        "press": pyvips.Operation.call("profile_load", "cmyk"),
        "wide": pyvips.Operation.call("profile_load", "p3"),
        "sRGB": srgb_profile(),
        "grey": grey_profile(),
    }
    for name, body in bodies.items():
        (tmp_path / f"{name}.icc").write_bytes(body)
    return {name: tmp_path / f"{name}.icc" for name in bodies}


def grey_profile() -> bytes:
    """The smallest greyscale profile: a white point and one curve, the power 2.2."""
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061),
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(2.2 * 256), 0),
    }
    place, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += struct.pack(">4sII", name, place + len(body), len(value))
        body += value
    head = struct.pack(">I4sI4s4s4s", place + len(body), b"none", 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def convert(pixels: Pixels, source: Path, output: Path, mode: str, intent: Intent) -> Pixels:
    """The same conversion by Pillow, with black point compensation."""
    converted = ImageCms.profileToProfile(
        Image.fromarray(pixels),
        str(source),
        str(output),
        renderingIntent=INTENTS[intent],
        outputMode=mode,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None
    return np.asarray(converted)


def save_cmyk(target: Path, pixels: Pixels, profile: bytes | None = None) -> Path:
    tifffile.imwrite(target, pixels, photometric="separated", iccprofile=profile)
    return target


def pyramid_profile(folder: Path) -> bytes | None:
    with tifffile.TiffFile(folder / "pyramid.tif") as file:
        profile: bytes | None = file.pages[0].iccprofile
        return profile


def stored(folder: Path) -> Pixels:
    return np.asarray(pyvips.Image.tiffload(str(folder / "pyramid.tif")).numpy())


@pytest.mark.parametrize("intent", INTENTS)
def test_rgb_is_converted_to_a_press_as_pillow_does_it(
    tmp_path: Path, profiles: dict[str, Path], intent: Intent
) -> None:
    pixels = scene(200, 150)
    source = save_png(tmp_path / "original", with_alpha(pixels, 77), icc_profile=srgb_profile())
    how = ColourManagement(mode="Convert", output_profile="press", intent=intent)

    outcome = optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)

    right = convert(pixels, profiles["sRGB"], profiles["press"], "CMYK", intent)
    made = stored(tmp_path)
    assert np.abs(made[:, :, :4].astype(int) - right).max() <= 3
    assert np.abs(made[:, :, :4].astype(int) - right).mean() < 0.5
    assert np.array_equal(made[:, :, 4], np.full((150, 200), 77))
    assert (outcome.colour_space, outcome.source.colour_space) == ("CMYK", "RGB")
    assert pyramid_profile(tmp_path) == profiles["press"].read_bytes()


def test_cmyk_is_converted_to_a_wide_screen_as_pillow_does_it(tmp_path: Path, profiles: dict[str, Path]) -> None:
    pixels = np.dstack([scene(200, 150), scene(200, 150)[:, :, 0] // 3])
    source = save_cmyk(tmp_path / "original", pixels)
    how = ColourManagement(mode="Convert", source_profile="press", output_profile="wide")

    outcome = optimise(source, Plan(colour=how, knockout=None), tmp_path, Limits(), profiles)

    picture = Image.frombytes("CMYK", (200, 150), pixels.tobytes())
    right = np.asarray(
        ImageCms.profileToProfile(
            picture,
            str(profiles["press"]),
            str(profiles["wide"]),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    )
    assert np.abs(stored(tmp_path).astype(int) - right).mean() < 4
    assert outcome.colour_space == "RGB"
    assert pyramid_profile(tmp_path) == profiles["wide"].read_bytes()


def test_convert_takes_the_named_source_whatever_is_embedded(tmp_path: Path, profiles: dict[str, Path]) -> None:
    pixels = with_alpha(scene(200, 150))
    source = save_png(tmp_path / "original", pixels, icc_profile=srgb_profile())
    how = ColourManagement(mode="Convert", source_profile="wide", output_profile="wide")
    optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    assert np.abs(stored(tmp_path).astype(int) - pixels).max() <= 1


def test_convert_without_a_fitting_source_uses_what_is_embedded(tmp_path: Path, profiles: dict[str, Path]) -> None:
    pixels = scene(200, 150)
    source = save_png(tmp_path / "original", with_alpha(pixels), icc_profile=profiles["wide"].read_bytes())
    how = ColourManagement(mode="Convert", source_profile="press", output_profile="sRGB")
    optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    right = convert(pixels, profiles["wide"], profiles["sRGB"], "RGB", "relative")
    assert np.abs(stored(tmp_path)[:, :, :3].astype(int) - right).max() <= 1


@pytest.mark.parametrize(("output", "bands"), [("wide", 3), ("press", 4)])
def test_sixteen_bits_stay_sixteen_and_alpha_stays(
    tmp_path: Path, profiles: dict[str, Path], output: str, bands: int
) -> None:
    pixels = scene(200, 150).astype(np.uint16) * 257
    pixels += np.random.default_rng(2).integers(0, 200, pixels.shape, np.uint16) * (pixels < 60_000)
    alpha = np.random.default_rng(3).integers(0, 65_535, (150, 200), np.uint16)
    tifffile.imwrite(tmp_path / "original", with_alpha(pixels, alpha), photometric="rgb", extrasamples=["unassalpha"])
    how = ColourManagement(mode="Convert", source_profile="sRGB", output_profile=output)

    optimise(tmp_path / "original", Plan(colour=how), tmp_path, Limits(), profiles)

    made = stored(tmp_path)
    assert made.dtype == np.uint16
    assert made.shape == (150, 200, bands + 1)
    assert np.array_equal(made[:, :, -1], alpha)
    assert len(np.unique(made[:, :, 0])) > 1000
    eight = convert(
        (pixels // 257).astype(np.uint8), profiles["sRGB"], profiles[output], {3: "RGB", 4: "CMYK"}[bands], "relative"
    )
    assert np.abs(made[:, :, :-1] / 257 - eight).mean() < 1.5


def test_grey_can_be_converted_to(tmp_path: Path, profiles: dict[str, Path]) -> None:
    source = save_png(tmp_path / "original", scene(200, 150), icc_profile=srgb_profile())
    how = ColourManagement(mode="Convert", output_profile="grey")
    outcome = optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    linear = np.power(scene(200, 150) / 255, 2.2) @ (0.2126, 0.7152, 0.0722)
    assert outcome.colour_space == "GRAY"
    assert np.abs(np.squeeze(stored(tmp_path)) - np.power(linear, 1 / 2.2) * 255).mean() < 4


@pytest.mark.parametrize(
    "how",
    [
        ColourManagement(mode="MaintainOriginal", source_profile="press", output_profile="press"),
        ColourManagement(mode="Default", source_profile="wide", output_profile="press"),
    ],
)
def test_an_embedded_profile_and_its_numbers_are_kept(
    tmp_path: Path, profiles: dict[str, Path], how: ColourManagement
) -> None:
    pixels = with_alpha(scene(90, 60))
    source = save_png(tmp_path / "original", pixels, icc_profile=srgb_profile())
    optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    assert np.array_equal(stored(tmp_path), pixels)
    assert pyramid_profile(tmp_path) == srgb_profile()


def test_maintain_original_adds_no_profile(tmp_path: Path, profiles: dict[str, Path]) -> None:
    source = save_cmyk(tmp_path / "original", with_alpha(scene(90, 60), 3))
    how = ColourManagement(mode="MaintainOriginal", source_profile="press")
    optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    assert pyramid_profile(tmp_path) is None


@pytest.mark.parametrize("profile", ["press", "wide"])
def test_default_takes_numbers_without_a_profile_for_the_companys(
    tmp_path: Path, profiles: dict[str, Path], profile: str
) -> None:
    pixels = with_alpha(scene(90, 60), 3)
    target = tmp_path / "original"
    source = save_cmyk(target, pixels) if profile == "press" else save_png(target, pixels)
    how = ColourManagement(mode="Default", source_profile=profile)
    outcome = optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    assert pyramid_profile(tmp_path) == profiles[profile].read_bytes()
    assert outcome.steps[1].detail == f"Default: the numbers are taken for colours of {profile}"
    if profile == "wide":
        assert np.array_equal(stored(tmp_path), pixels)


def test_default_changes_the_preview_of_numbers_without_a_profile(tmp_path: Path, profiles: dict[str, Path]) -> None:
    pixels = scene(300, 200)
    source = save_png(tmp_path / "original", with_alpha(pixels))
    how = ColourManagement(mode="Default", source_profile="wide")
    optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    shown = np.asarray(opened((tmp_path / "preview.png").read_bytes()))[:, :, :3].astype(int)
    right = convert(pixels, profiles["wide"], profiles["sRGB"], "RGB", "relative")
    assert np.abs(shown - right).max() <= 1
    assert np.abs(shown - pixels).mean() > 2


def test_default_converts_cmyk_without_a_profile_when_an_output_is_named(
    tmp_path: Path, profiles: dict[str, Path]
) -> None:
    how = ColourManagement(mode="Default", source_profile="press", output_profile="sRGB")
    cmyk = save_cmyk(tmp_path / "cmyk", with_alpha(scene(90, 60), 3))
    rgb = save_png(tmp_path / "rgb", scene(90, 60))
    assert optimise(cmyk, Plan(colour=how), tmp_path, Limits(), profiles).colour_space == "RGB"
    outcome = optimise(rgb, Plan(colour=how), tmp_path, Limits(), profiles)
    assert outcome.steps[1].detail == "Default: there is no profile for these channels; the numbers are kept"


def test_a_half_transparent_cmyk_picture_of_sixteen_bits_keeps_its_alpha_in_the_preview(tmp_path: Path) -> None:
    pixels = np.full((60, 80, 5), 20_000, np.uint16)
    pixels[:, :, 4] = 128 * 257
    tifffile.imwrite(tmp_path / "original", pixels, photometric="separated", extrasamples=["unassalpha"])
    optimise(tmp_path / "original", Plan(), tmp_path, Limits())
    assert set(np.unique(np.asarray(opened((tmp_path / "preview.png").read_bytes()))[:, :, 3])) == {128}


def test_a_profile_that_was_not_handed_over_is_named(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", scene(30, 20))
    plan = Plan(colour=ColourManagement(mode="Convert", output_profile="a|77"))
    with pytest.raises(InvalidPlan, match=r"names the ICC profile a\|77, which was not handed over"):
        optimise(source, plan, tmp_path, Limits())


@pytest.mark.parametrize("body", [b"", b"no profile" * 40, srgb_profile()[:200]])
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "broken.icc").write_bytes(body)
    source = save_png(tmp_path / "original", scene(30, 20))
    plan = Plan(colour=ColourManagement(mode="Convert", output_profile="broken"))
    with pytest.raises(UnusableProfile, match="not an ICC profile, or not a whole one"):
        optimise(source, plan, tmp_path, Limits(), {"broken": tmp_path / "broken.icc"})


def test_a_profile_for_other_colours_cannot_be_the_output(tmp_path: Path) -> None:
    body = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    (tmp_path / "lab.icc").write_bytes(body)
    source = save_png(tmp_path / "original", scene(30, 20))
    plan = Plan(colour=ColourManagement(mode="Convert", output_profile="lab"))
    with pytest.raises(UnusableProfile, match="the output profile is one for Lab"):
        optimise(source, plan, tmp_path, Limits(), {"lab": tmp_path / "lab.icc"})


def test_the_header_of_a_profile_is_read(profiles: dict[str, Path]) -> None:
    told = {name: (read_icc(path).colour_space, read_icc(path).device_class) for name, path in profiles.items()}
    assert told == {
        "press": ("CMYK", "prtr"),
        "wide": ("RGB", "mntr"),
        "sRGB": ("RGB", "mntr"),
        "grey": ("GRAY", "mntr"),
    }


def test_pyramids_with_a_press_profile_have_it_on_every_reader_s_terms(
    tmp_path: Path, profiles: dict[str, Path]
) -> None:
    source = save_png(tmp_path / "original", scene(600, 400), icc_profile=srgb_profile())
    how = ColourManagement(mode="Convert", output_profile="press")
    optimise(source, Plan(colour=how), tmp_path, Limits(), profiles)
    assert len(levels(tmp_path / "pyramid.tif")) == 3
    assert opened((tmp_path / "pyramid.tif").read_bytes()).info["icc_profile"] == profiles["press"].read_bytes()
