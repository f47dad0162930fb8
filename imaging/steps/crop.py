"""Trimming pixels from the edges of an original, as the API's manual crop asks."""

from dataclasses import dataclass

import pyvips

from imaging.errors import EmptyCrop
from imaging.plan import CropInsets
from imaging.steps.step import Asked, Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A part of an image in pixels, from its top left corner."""

    left: int
    top: int
    width: int
    height: int


def rectangle(insets: CropInsets, width: int, height: int) -> Rectangle:
    """Return what is left of an image of this size when the insets are trimmed.

    Raises EmptyCrop when an inset is negative or nothing would be left.
    """
    kept = Rectangle(
        left=insets.left,
        top=insets.top,
        width=width - insets.left - insets.right,
        height=height - insets.top - insets.bottom,
    )
    asked = {"left": insets.left, "right": insets.right, "top": insets.top, "bottom": insets.bottom}
    if min(insets.left, insets.right, insets.top, insets.bottom) < 0:
        raise EmptyCrop(
            "the crop has a negative side (left {left}, right {right}, top {top}, bottom {bottom}) for an image of "
            "{width}x{height} pixels; sides are pixels to trim",
            width=width,
            height=height,
            **asked,
        )
    if kept.width <= 0 or kept.height <= 0:
        raise EmptyCrop(
            "the crop (left {left}, right {right}, top {top}, bottom {bottom}) leaves {kept_width}x{kept_height} "
            "pixels of an image of {width}x{height}; trim less",
            kept_width=kept.width,
            kept_height=kept.height,
            width=width,
            height=height,
            **asked,
        )
    return kept


def apply(image: pyvips.Image, asked: Asked) -> Done | None:
    """Trim the plan's insets. Raises EmptyCrop."""
    if asked.plan.crop is None:
        return None
    kept = rectangle(asked.plan.crop, image.width, image.height)
    detail = f"{image.width}x{image.height} to {kept.width}x{kept.height} at {kept.left},{kept.top}"
    return Done(image=image.crop(kept.left, kept.top, kept.width, kept.height), detail=detail)
