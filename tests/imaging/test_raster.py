"""Originals are read for what they are, kept right, or refused whole."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from imaging.codecs.raster import decode, read_facts, sniff
from imaging.errors import DamagedImage, ImageTooLarge, ImagingError, UnsupportedFormat
from imaging.limits import Limits
from imaging.pipeline import optimise, probe
from imaging.plan import Plan
from tests.imaging.pictures import (
    levels,
    mean_difference,
    opened,
    png_that_claims,
    save_jpeg,
    save_png,
    scene,
    with_alpha,
)


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
    ],
)
def test_a_format_is_known_by_its_bytes_whatever_the_name(tmp_path: Path, kind: str, mime: str) -> None:
    source = tmp_path / "misleading.pdf"
    Image.fromarray(scene(40, 30)).save(source, kind)

    facts = probe(source, Limits())

    assert (facts.format, facts.mime, facts.width, facts.height) == (kind, mime, 40, 30)
    assert (facts.bands, facts.bits, facts.has_alpha, facts.colour_space) == (3, 8, False, "RGB")
    assert (
        mean_difference(decode(source, Limits()).image.numpy(), np.asarray(opened(source.read_bytes()).convert("RGB")))
        < 1
    )


@pytest.mark.parametrize("body", [b"", b"\0" * 64, b"RIFF\0\0\0\0WAVE", b"8BPS\0\1", b"<svg/>"])
def test_other_bytes_are_refused_without_being_decoded(tmp_path: Path, body: bytes) -> None:
    source = tmp_path / "picture.jpg"
    source.write_bytes(body)
    with pytest.raises(UnsupportedFormat, match=r"the file is (none of JPEG, PNG|empty)"):
        sniff(source)


def test_a_pdf_is_recognised_behind_a_preamble(tmp_path: Path) -> None:
    source = tmp_path / "document"
    source.write_bytes(b"\n" * 100 + b"%PDF-1.7\n")
    assert sniff(source).name == "PDF"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    picture = Image.fromarray(scene(601, 400))
    exif = picture.getexif()
    exif[0x0112] = orientation
    source = tmp_path / "original"
    picture.save(source, "JPEG", quality=95, subsampling=0, exif=exif)

    outcome = optimise(source, Plan(), tmp_path, Limits())

    upright = np.asarray(ImageOps.exif_transpose(opened(source.read_bytes())))
    assert (outcome.source.width, outcome.source.height) == (upright.shape[1], upright.shape[0])
    assert mean_difference(levels(tmp_path / "pyramid.tif")[0], upright) < 2.5


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_turned_image_that_must_be_held_whole_keeps_the_memory_limit(tmp_path: Path, orientation: int) -> None:
    picture = Image.fromarray(scene(100, 100))
    exif = picture.getexif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "original", "JPEG", exif=exif)
    with pytest.raises(ImageTooLarge, match="30000 bytes, over the limit of 29999"):
        decode(tmp_path / "original", Limits(max_buffered_bytes=29_999))


def test_sixteen_bits_stay_sixteen(tmp_path: Path) -> None:
    pixels = (scene(300, 280).astype(np.uint16) * 257) ^ 0x15
    source = tmp_path / "original"
    tifffile.imwrite(source, pixels, photometric="rgb")

    outcome = optimise(source, Plan(), tmp_path, Limits())

    assert outcome.source.bits == 16
    assert np.array_equal(levels(tmp_path / "pyramid.tif")[0], pixels)


def test_alpha_is_kept_without_loss(tmp_path: Path) -> None:
    pixels = with_alpha(scene(300, 280), np.arange(300, dtype=np.uint8)[np.newaxis, :] % 200)
    source = save_png(tmp_path / "original", pixels)

    outcome = optimise(source, Plan(), tmp_path, Limits())

    assert outcome.source.has_alpha
    assert np.array_equal(levels(tmp_path / "pyramid.tif")[0], pixels)
    assert outcome.file("preview.png") is not None
    assert opened((tmp_path / "preview.png").read_bytes()).mode == "RGBA"


def test_cmyk_stays_cmyk_with_its_numbers(tmp_path: Path) -> None:
    cmyk = np.asarray(Image.fromarray(scene(400, 300)).convert("CMYK"))
    source = tmp_path / "original"
    tifffile.imwrite(source, cmyk, photometric="separated")

    outcome = optimise(source, Plan(jpeg_quality=89), tmp_path, Limits())

    assert (outcome.source.colour_space, outcome.source.bands) == ("CMYK", 4)
    assert mean_difference(levels(tmp_path / "pyramid.tif")[0], cmyk) < 2.5
    assert opened((tmp_path / "preview.jpg").read_bytes()).mode == "RGB"


def test_adobe_cmyk_jpeg_is_not_inverted(tmp_path: Path) -> None:
    white_paper = Image.new("CMYK", (64, 64), (0, 0, 0, 0))
    white_paper.save(tmp_path / "original", "JPEG")

    optimise(tmp_path / "original", Plan(), tmp_path, Limits())

    assert np.asarray(opened((tmp_path / "preview.jpg").read_bytes())).min() > 250


def test_cmyk_with_alpha_keeps_both(tmp_path: Path) -> None:
    pixels = np.dstack([np.asarray(Image.fromarray(scene(90, 80)).convert("CMYK")), np.full((80, 90), 77, np.uint8)])
    tifffile.imwrite(tmp_path / "original", pixels, photometric="separated", extrasamples=["unassalpha"])

    outcome = optimise(tmp_path / "original", Plan(), tmp_path, Limits())

    assert (outcome.source.colour_space, outcome.source.bands, outcome.source.has_alpha) == ("CMYK", 5, True)
    assert np.array_equal(levels(tmp_path / "pyramid.tif")[0], pixels)


def test_greyscale_stays_one_band(tmp_path: Path) -> None:
    grey = scene(400, 300)[:, :, 0]
    source = save_png(tmp_path / "original", grey)

    outcome = optimise(source, Plan(), tmp_path, Limits())

    assert (outcome.source.colour_space, outcome.source.bands) == ("GRAY", 1)
    stored = levels(tmp_path / "pyramid.tif")[0]
    assert stored.shape == (300, 400)
    assert mean_difference(stored, grey) < 2


def test_a_palette_becomes_its_colours(tmp_path: Path) -> None:
    flat = Image.new("RGB", (64, 64), (200, 20, 90))
    flat.quantize(4).save(tmp_path / "original", "PNG")

    optimise(tmp_path / "original", Plan(), tmp_path, Limits())

    inner = levels(tmp_path / "pyramid.tif")[0][:-8, :-8]
    assert np.abs(inner.astype(int) - (200, 20, 90)).max() <= 3


def test_one_bit_is_black_and_white(tmp_path: Path) -> None:
    bits = Image.fromarray(scene(64, 64)[:, :, 0] > 128)
    bits.save(tmp_path / "original", "PNG")

    facts = read_facts(tmp_path / "original", Limits())

    assert (facts.bits, facts.colour_space) == (1, "GRAY")
    assert np.array_equal(decode(tmp_path / "original", Limits()).image.numpy(), np.asarray(bits) * np.uint8(255))


def test_channels_after_alpha_are_left_out_and_said_so(tmp_path: Path) -> None:
    pixels = np.dstack([scene(64, 64), scene(64, 64)])
    tifffile.imwrite(tmp_path / "original", pixels, photometric="rgb", extrasamples=[2, 0, 0])

    outcome = optimise(tmp_path / "original", Plan(), tmp_path, Limits())

    assert "2 extra channels left out" in outcome.steps[0].detail
    assert np.array_equal(levels(tmp_path / "pyramid.tif")[0], pixels[:, :, :4])


def test_floating_point_samples_are_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "original", scene(64, 64).astype(np.float32) / 255, photometric="rgb")
    with pytest.raises(UnsupportedFormat, match="save it with 8 or 16 bits per channel"):
        probe(tmp_path / "original", Limits())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_named_resolution_is_told(tmp_path: Path, kind: str) -> None:
    Image.fromarray(scene(40, 30)).save(tmp_path / "original", kind, dpi=(300, 300))
    assert probe(tmp_path / "original", Limits()).resolution_ppi == pytest.approx(300, abs=0.02)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "GIF", "WEBP"])
def test_a_resolution_that_is_not_named_is_unknown(tmp_path: Path, kind: str) -> None:
    Image.fromarray(scene(40, 30)).save(tmp_path / "original", kind)
    assert probe(tmp_path / "original", Limits()).resolution_ppi == 0.0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.9])
def test_a_truncated_file_gives_no_picture(tmp_path: Path, kind: str, part: float) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (200, 300, 3), np.uint8)
    whole = tmp_path / "whole"
    Image.fromarray(noise).save(whole, kind)
    source = tmp_path / "original"
    source.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * part)])
    into = tmp_path / "into"
    into.mkdir()

    with pytest.raises(DamagedImage) as caught:
        optimise(source, Plan(), into, Limits())

    assert list(into.iterdir()) == []
    assert str(tmp_path) not in str(caught.value)
    assert "vips" not in str(caught.value).lower(), "an admin has not heard of the library"


@pytest.mark.parametrize("seed", range(40))
def test_a_mutated_file_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    kind = ("JPEG", "PNG", "TIFF", "GIF", "WEBP", "BMP")[seed % 6]
    source = tmp_path / "original"
    Image.fromarray(scene(60, 50)).save(source, kind)
    body = bytearray(source.read_bytes())
    for place in random.integers(8, len(body), 5):
        body[place] = random.integers(0, 256)
    source.write_bytes(body)

    with contextlib.suppress(ImagingError):
        optimise(source, Plan(), tmp_path, Limits(max_pixels=1_000_000))
    assert not list(tmp_path.glob(".*.part"))


def test_a_flipped_bit_in_compressed_pixels_is_damage(tmp_path: Path) -> None:
    source = save_png(tmp_path / "original", np.random.default_rng(7).integers(0, 255, (200, 300, 3), np.uint8))
    body = bytearray(source.read_bytes())
    body[len(body) // 2] ^= 0xFF
    source.write_bytes(body)
    with pytest.raises(DamagedImage, match="damaged or incomplete"):
        optimise(source, Plan(), tmp_path, Limits())


@pytest.mark.parametrize(
    ("width", "height", "message"),
    [
        (30_000, 30_000, "900000000 pixels .* over the limit of 400000000"),
        (100_001, 10, "100001x10 pixels, over the limit of 100000x100000"),
    ],
)
def test_a_bomb_is_refused_on_its_header(tmp_path: Path, width: int, height: int, message: str) -> None:
    source = tmp_path / "bomb"
    source.write_bytes(png_that_claims(width, height))
    with pytest.raises(ImageTooLarge, match=message):
        probe(source, Limits())
    with pytest.raises(ImageTooLarge, match=message):
        optimise(source, Plan(), tmp_path, Limits())


def test_a_bitmap_bomb_is_refused_before_pillow_sees_it(tmp_path: Path) -> None:
    source = tmp_path / "bomb"
    Image.fromarray(scene(40, 30)).save(source, "BMP")
    body = bytearray(source.read_bytes())
    body[18:26] = (50_000).to_bytes(4, "little") + (50_000).to_bytes(4, "little")
    source.write_bytes(body)
    with pytest.raises(ImageTooLarge, match="2500000000 pixels"):
        probe(source, Limits())


def test_a_bitmap_larger_than_pillow_takes_is_too_large(tmp_path: Path) -> None:
    source = tmp_path / "bomb"
    Image.fromarray(scene(40, 30)).save(source, "BMP")
    body = bytearray(source.read_bytes())
    body[18:26] = (10_000).to_bytes(4, "little") + (15_000).to_bytes(4, "little")
    source.write_bytes(body)
    with pytest.raises(ImageTooLarge, match="save it as TIFF or PNG"):
        probe(source, Limits())


@pytest.mark.parametrize("sample", [np.uint8, np.uint16])
def test_lab_is_refused(tmp_path: Path, sample: type) -> None:
    tifffile.imwrite(tmp_path / "original", scene(64, 64).astype(sample), photometric="cielab")
    with pytest.raises(UnsupportedFormat, match="save it as RGB, CMYK or greyscale"):
        probe(tmp_path / "original", Limits())


def test_the_jpeg_of_a_photo_is_stored_close_to_its_pixels(tmp_path: Path) -> None:
    source = save_jpeg(tmp_path / "original", scene(700, 500))
    optimise(source, Plan(), tmp_path, Limits())
    assert mean_difference(levels(tmp_path / "pyramid.tif")[0], np.asarray(opened(source.read_bytes()))) < 2
