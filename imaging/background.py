"""What counts as background: the one rule by which automatic crops and knockouts compare a pixel with a colour.

The vendor says only that a tolerance of 0 is an exact match and 1 allows the largest difference. Here a pixel matches
when no channel differs by more than the tolerance's share of the full range.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pyvips

from imaging.plan import Corner

Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.uint8]
_DEEP = 257


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is to be found: pixels of this colour, or with `colour` None transparent ones; `bands` counts alpha."""

    colour: tuple[int, ...] | None
    tolerance: float
    bands: int
    has_alpha: bool


def corner_at(corner: Corner, width: int, height: int) -> tuple[int, int]:
    """Return the column and row of a corner's pixel."""
    return (width - 1 if corner.endswith("Right") else 0, height - 1 if corner.startswith("Bottom") else 0)


def find_background(image: pyvips.Image, corner: Corner | None, tolerance: float) -> Background:
    """Return the background that a corner's pixel names; no corner, or a fully transparent one, names transparency."""
    alpha = bool(image.hasalpha())
    if corner is None:
        return Background(colour=None, tolerance=tolerance, bands=image.bands, has_alpha=alpha)
    pixel = [int(sample) for sample in image.getpoint(*corner_at(corner, image.width, image.height))]
    is_seen = not alpha or pixel[-1] > 0
    colour = tuple(pixel[:-1] if alpha else pixel) if is_seen else None
    return Background(colour=colour, tolerance=tolerance, bands=image.bands, has_alpha=alpha)


def background_mask(pixels: Pixels, background: Background) -> Mask:
    """Return 255 where a pixel is background and 0 elsewhere; pixels are rows x columns x bands of 8 or 16 bit.

    A fully transparent pixel is background whatever its colour.
    """
    if background.colour is None:
        if not background.has_alpha:
            return np.zeros(pixels.shape[:2], np.uint8)
        return similar(pixels[:, :, -1:], (0,), background.tolerance)
    if not background.has_alpha:
        return similar(pixels, background.colour, background.tolerance)
    matching = similar(pixels[:, :, :-1], background.colour, background.tolerance)
    return np.asarray(cv2.bitwise_or(matching, similar(pixels[:, :, -1:], (0,), 0.0)), np.uint8)


def similar(pixels: Pixels, colour: Sequence[int], tolerance: float) -> Mask:
    """Return 255 where every channel is within round(tolerance * 255) of the colour, in steps of 8 bit."""
    highest = np.iinfo(pixels.dtype).max
    reach = round(tolerance * 255) * (_DEEP if pixels.dtype == np.uint16 else 1)
    low = [max(0, sample - reach) for sample in colour]
    high = [min(highest, sample + reach) for sample in colour]
    return np.asarray(cv2.inRange(np.ascontiguousarray(pixels), tuple(low), tuple(high)), np.uint8)
