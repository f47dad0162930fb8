"""Picture files as the tests upload them: noise, so that a crop that is off by one pixel shows at once."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pymupdf
import tifffile
from PIL import Image

from tests.imaging.pictures import Pixels, scene


def noise(width: int, height: int, bands: int = 3, dtype: Any = np.uint8, seed: int = 1) -> Pixels:
    """Random pixels, the same ones for the same arguments."""
    top = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, top, (height, width, bands), dtype=dtype, endpoint=True)


def png(pixels: Pixels) -> bytes:
    """A PNG file."""
    return _written(pixels, "PNG")


def jpeg(pixels: Pixels) -> bytes:
    """A JPEG file of high quality, colours not subsampled."""
    return _written(pixels, "JPEG", quality=95, subsampling=0)


def tiff(pixels: Pixels) -> bytes:
    """A TIFF file, of 8 or 16 bits."""
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, photometric="rgb", compression="zlib", software="")
    return file.getvalue()


def small_png(seed: int = 1) -> bytes:
    """A PNG file of 60x40 pixels."""
    return png(noise(60, 40, seed=seed))


def small_pdf() -> bytes:
    """A PDF file of one page of 200x100 points."""
    file = io.BytesIO()
    Image.fromarray(scene(200, 100)).save(file, "PDF", resolution=72.0)
    return file.getvalue()


def _written(pixels: Pixels, file_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, file_format, **options)
    return file.getvalue()


def document_pdf(pages: Sequence[tuple[str, tuple[float, float, float]]], size: tuple[int, int] = (200, 100)) -> bytes:
    """A PDF of pages of ``size`` points: a text on paper of a colour, and a link to example.com at the top left."""
    document = pymupdf.open()
    for text, colour in pages:
        page = document.new_page(width=size[0], height=size[1])
        page.draw_rect(page.rect, color=None, fill=colour)
        page.insert_text((60, 60), text, fontsize=12)
        page.insert_link({"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(0, 0, 40, 20), "uri": "https://example.com/"})
    body: bytes = document.tobytes()
    document.close()
    return body
