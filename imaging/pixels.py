"""Between libvips and numpy: holding an image in memory so that it can be read twice, and reading it strip by strip."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips

from imaging.codecs.vips_errors import reading
from imaging.limits import Limits, check_buffer

Pixels = npt.NDArray[Any]
_STRIP_BYTES = 8_000_000
_COPIES = 2
"""A step that changes a held image is followed by one that holds the result, before the first copy is let go."""


def hold(image: pyvips.Image, limits: Limits) -> pyvips.Image:
    """Return the image with its pixels in memory. Raises ImageTooLarge before reading, DamagedImage while reading."""
    check_buffer(_COPIES * _row_bytes(image) * image.height, limits)
    with reading():
        return image.copy_memory()


def strips(held: pyvips.Image) -> Iterator[tuple[int, Pixels]]:
    """Yield an image from the top down: the first row of each strip and its rows x columns x bands, 8 or 16 bit."""
    rows = max(1, _STRIP_BYTES // _row_bytes(held))
    region = pyvips.Region.new(held)
    for top in range(0, held.height, rows):
        height = min(rows, held.height - top)
        body = region.fetch(0, top, held.width, height)
        yield top, np.frombuffer(body, _sample_type(held)).reshape(height, held.width, held.bands)


def pixels_of(image: pyvips.Image) -> Pixels:
    """Return all pixels as one array, rows x columns x bands of 8 or 16 bit. Raises DamagedImage."""
    with reading():
        body = image.write_to_memory()
    return np.frombuffer(body, _sample_type(image)).reshape(image.height, image.width, image.bands)


def image_of(pixels: Pixels, like: pyvips.Image) -> pyvips.Image:
    """Return an array, rows x columns x bands, as an image with the colour space, resolution and profile of another."""
    height, width, bands = pixels.shape
    samples = np.ascontiguousarray(pixels)
    bare = pyvips.Image.new_from_memory(samples.data, width, height, bands, like.format)
    image = bare.copy(interpretation=like.interpretation, xres=like.xres, yres=like.yres)
    if like.get_typeof("icc-profile-data"):
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", like.get("icc-profile-data"))
    return image


def _row_bytes(image: pyvips.Image) -> int:
    return int(image.width * image.bands * (2 if image.format == "ushort" else 1))


def _sample_type(image: pyvips.Image) -> type[np.uint8 | np.uint16]:
    return np.uint16 if image.format == "ushort" else np.uint8
