"""Making the background transparent, so that the subject can be layered."""

import cv2
import numpy as np
import pyvips

from imaging.background import Mask, background_mask, corner_at, find_background
from imaging.pixels import hold, strips
from imaging.plan import Knockout
from imaging.steps.step import Asked, Done

_FLOODED = 128
_FOUR_NEIGHBOURS = 4


def apply(image: pyvips.Image, asked: Asked) -> Done | None:
    """Give the image an alpha channel that is 0 where the background is, and what it was before elsewhere.

    Colours keep their numbers. Raises ImageTooLarge when the image cannot be held in memory, or DamagedImage.
    """
    how = asked.plan.knockout
    if how is None:
        return None
    held = hold(image, asked.limits)
    kept = _subject(held, how)
    share = 1 - cv2.countNonZero(kept) / kept.size
    detail = f"{how.fill} from {how.corner} with tolerance {how.tolerance:g}: {share:.2%} of the pixels are transparent"
    return Done(image=_with_alpha(held, kept), detail=detail)


def _subject(held: pyvips.Image, how: Knockout) -> Mask:
    """Return 255 where the picture stays and 0 where it becomes transparent."""
    background = find_background(held, how.corner, how.tolerance)
    mask = np.empty((held.height, held.width), np.uint8)
    for top, pixels in strips(held):
        mask[top : top + len(pixels)] = background_mask(pixels, background)
    if how.fill == "MatchPixel":
        return np.asarray(cv2.bitwise_not(mask), np.uint8)
    seed = corner_at(how.corner, held.width, held.height)
    cv2.floodFill(mask, None, seed, (_FLOODED,), flags=_FOUR_NEIGHBOURS | cv2.FLOODFILL_FIXED_RANGE)
    return np.asarray((mask != _FLOODED) * np.uint8(255), np.uint8)


def _with_alpha(held: pyvips.Image, kept: Mask) -> pyvips.Image:
    height, width = kept.shape
    stays = pyvips.Image.new_from_memory(kept.data, width, height, 1, "uchar")
    if held.hasalpha():
        colours, alpha = held.extract_band(0, n=held.bands - 1), stays.ifthenelse(held[held.bands - 1], 0)
    elif held.format == "ushort":
        colours, alpha = held, (stays * 257).cast("ushort")
    else:
        colours, alpha = held, stays
    return colours.bandjoin(alpha.cast(held.format)).copy(interpretation=held.interpretation)
