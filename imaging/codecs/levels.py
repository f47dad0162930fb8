"""Reading a pyramid back: the smallest level that still has enough pixels, and shrinking it to a size."""

from dataclasses import dataclass
from pathlib import Path

import pyvips

from imaging.codecs.vips_errors import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One opened level of a pyramid; the scales are its size over that of the full image, in each direction."""

    image: pyvips.Image
    scale_x: float
    scale_y: float


def open_level(pyramid: Path, needed: float) -> Level:
    """Open the smallest level whose scale is at least `needed` (1.0 is full size). Raises DamagedImage."""
    with reading():
        full = pyvips.Image.tiffload(str(pyramid), fail_on="error")
        chosen, pages = full, int(full.get("n-pages"))
        for page in range(1, pages):
            if 1 / 2**page < needed:
                break
            chosen = pyvips.Image.tiffload(str(pyramid), page=page, fail_on="error")
    return Level(image=chosen, scale_x=chosen.width / full.width, scale_y=chosen.height / full.height)


def shrink_to_box(image: pyvips.Image, box_px: int) -> pyvips.Image:
    """Return the image scaled down to fit a square box, never up; colours at transparent edges stay clean."""
    scale = min(1.0, box_px / image.width, box_px / image.height)
    if scale == 1.0:
        return image
    if not image.hasalpha():
        return image.resize(scale)
    return image.premultiply().resize(scale).unpremultiply().rint().cast(image.format)
