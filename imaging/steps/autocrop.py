"""Trimming the border that has the colour of a corner, or that is transparent; the original's own colours count."""

import numpy as np
import pyvips

from imaging.background import background_mask, find_background
from imaging.pixels import hold, strips
from imaging.plan import AutoCrop, CropInsets
from imaging.steps.crop import Rectangle
from imaging.steps.step import Asked, Done


def find_rectangle(held: pyvips.Image, how: AutoCrop) -> Rectangle | None:
    """Return the smallest rectangle with every pixel that is not background, or None when all of it is background."""
    background = find_background(held, how.corner, how.tolerance)
    columns = np.zeros(held.width, bool)
    rows = np.zeros(held.height, bool)
    for top, pixels in strips(held):
        subject = background_mask(pixels, background) == 0
        columns |= subject.any(axis=0)
        rows[top : top + len(pixels)] = subject.any(axis=1)
    if not rows.any():
        return None
    across, down = np.flatnonzero(columns), np.flatnonzero(rows)
    return Rectangle(
        left=int(across[0]),
        top=int(down[0]),
        width=int(across[-1] - across[0]) + 1,
        height=int(down[-1] - down[0]) + 1,
    )


def apply(image: pyvips.Image, asked: Asked) -> Done | None:
    """Trim the border and tell the insets; an image that is all background, or has no border, stays whole.

    Raises ImageTooLarge when the image cannot be held in memory, or DamagedImage.
    """
    how = asked.plan.auto_crop
    if how is None:
        return None
    held = hold(image, asked.limits)
    rule = f"by the colour at {how.corner}" if how.corner else "by transparency"
    rule = f"{rule} with tolerance {how.tolerance:g}"
    if how.corner is None and not held.hasalpha():
        return Done(image=held, detail=f"{rule}: the image has no transparency, so it stays whole")
    kept = find_rectangle(held, how)
    if kept is None:
        return Done(image=held, detail=f"{rule}: everything is background, so the image stays whole")
    insets = CropInsets(
        left=kept.left,
        right=held.width - kept.left - kept.width,
        top=kept.top,
        bottom=held.height - kept.top - kept.height,
    )
    return Done(
        image=held.crop(kept.left, kept.top, kept.width, kept.height),
        detail=f"{rule}: {held.width}x{held.height} to {kept.width}x{kept.height} at {kept.left},{kept.top}",
        auto_crop=insets,
    )
