"""Pictures that the tests draw themselves, and what they read them back with: numpy, Pillow and tifffile."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image, ImageCms, ImageSequence

Pixels = npt.NDArray[Any]


def scene(width: int, height: int) -> Pixels:
    """A smooth RGB gradient with four flat rectangles, no two of the same colour: every turn and flip shows."""
    down, across = np.mgrid[0:height, 0:width]
    pixels = np.dstack([across * 255 // width, down * 255 // height, (across + down) * 255 // (width + height)])
    colours = ((220, 30, 30), (30, 200, 40), (40, 60, 220), (230, 220, 40))
    for place, colour in enumerate(colours):
        top, left = (place // 2) * height // 2 + height // 8, (place % 2) * width // 2 + width // 8
        pixels[top : top + height // 5, left : left + width // 4] = colour
    return pixels.astype(np.uint8)


def with_alpha(pixels: Pixels, alpha: int | Pixels = 255) -> Pixels:
    """The same picture with an alpha channel; a picture with alpha is stored without loss."""
    return np.dstack([pixels, np.broadcast_to(np.asarray(alpha, pixels.dtype), pixels.shape[:2])])


def save_png(target: Path, pixels: Pixels, **options: Any) -> Path:
    Image.fromarray(pixels).save(target, "PNG", **options)
    return target


def save_jpeg(target: Path, pixels: Pixels, **options: Any) -> Path:
    Image.fromarray(pixels).save(target, "JPEG", **{"quality": 95, "subsampling": 0, **options})
    return target


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def levels(pyramid: Path) -> list[Pixels]:
    """Every level of a pyramid as tifffile reads it or, where the tiles are JPEG, Pillow."""
    with tifffile.TiffFile(pyramid) as file:
        if file.pages[0].compression != tifffile.COMPRESSION.JPEG:
            return [page.asarray() for page in file.pages]
    return [np.asarray(page) for page in ImageSequence.Iterator(opened(pyramid.read_bytes()))]


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def pixels_of(body: bytes) -> Pixels:
    return np.asarray(opened(body))


def mean_difference(one: Pixels, other: Pixels) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header names any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
