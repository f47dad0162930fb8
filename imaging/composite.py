"""The source as the view's commands see it, still at a level of the pyramid: cropped, turned and flipped.

Nothing is read until someone asks for pixels, and then only the tiles that are needed.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import pyvips

from imaging.codecs.levels import open_level
from imaging.geometry import Layout
from imaging.view import Box, Flip, View

_MOST_PIXELS_READ = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Pixels that cover a part of the composite.

    `left` and `top` are where the image begins, in pixels of the composite, which is `width` x `height`; the scales
    are image pixels per composite pixel.
    """

    image: pyvips.Image
    left: float
    top: float
    scale_x: float
    scale_y: float
    width: float
    height: float


def open_plane(pyramid: Path, view: View, layout: Layout) -> Plane | None:
    """Return the source's share of the composite at the smallest level that will do, or None if the crop misses it.

    Raises DamagedImage.
    """
    needed = max(layout.scale_x, layout.scale_y)
    readable = math.sqrt(_MOST_PIXELS_READ / (layout.window.width * layout.window.height))
    level = open_level(pyramid, min(needed, readable))
    left, right = _covered(layout.crop.left, layout.crop.width, level.scale_x, level.image.width)
    top, bottom = _covered(layout.crop.top, layout.crop.height, level.scale_y, level.image.height)
    if left >= right or top >= bottom:
        return None
    plane = Plane(
        image=level.image.crop(left, top, right - left, bottom - top),
        left=left / level.scale_x - layout.crop.left,
        top=top / level.scale_y - layout.crop.top,
        scale_x=level.scale_x,
        scale_y=level.scale_y,
        width=layout.crop.width,
        height=layout.crop.height,
    )
    turned = _turn(plane, view.rotate % 360, layout)
    return _flip(turned, view.flip)


def is_quarter_turn(view: View) -> bool:
    """Tell whether the rotation needs no resampling and no transparent corners."""
    return view.rotate % 90 == 0


def _covered(start: float, length: float, scale: float, limit: int) -> tuple[int, int]:
    """Return the first and one past the last pixel of a level that hold any of a stretch of the source."""
    first = math.floor(start * scale + 1e-6)
    last = math.ceil((start + length) * scale - 1e-6)
    return max(0, first), min(limit, last)


def _turn(plane: Plane, degrees: float, layout: Layout) -> Plane:
    if degrees == 0:
        return plane
    if degrees % 90:
        return _turn_freely(plane, degrees, layout)
    for _ in range(int(degrees // 90)):
        plane = _quarter_turn(plane)
    return plane


def _quarter_turn(plane: Plane) -> Plane:
    """Turn by 90 degrees clockwise: what was at the bottom is now at the left."""
    return Plane(
        image=plane.image.rot90(),
        left=plane.height - plane.top - plane.image.height / plane.scale_y,
        top=plane.left,
        scale_x=plane.scale_y,
        scale_y=plane.scale_x,
        width=plane.height,
        height=plane.width,
    )


def _turn_freely(plane: Plane, degrees: float, layout: Layout) -> Plane:
    """Turn about the composite's centre; the corners become transparent."""
    opaque = plane.image if plane.image.hasalpha() else plane.image.addalpha()
    turned = opaque.premultiply().similarity(angle=degrees, interpolate=pyvips.Interpolate.new("bicubic"))
    image = turned.unpremultiply().rint().cast(plane.image.format)
    scale = (plane.scale_x + plane.scale_y) / 2
    across = plane.left + plane.image.width / plane.scale_x / 2 - plane.width / 2
    down = plane.top + plane.image.height / plane.scale_y / 2 - plane.height / 2
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return Plane(
        image=image,
        left=layout.composite_width / 2 + across * cos - down * sin - image.width / scale / 2,
        top=layout.composite_height / 2 + across * sin + down * cos - image.height / scale / 2,
        scale_x=scale,
        scale_y=scale,
        width=layout.composite_width,
        height=layout.composite_height,
    )


def _flip(plane: Plane, flip: Flip) -> Plane:
    image, left, top = plane.image, plane.left, plane.top
    if "lr" in flip:
        image, left = image.fliphor(), plane.width - left - image.width / plane.scale_x
    if "ud" in flip:
        image, top = image.flipver(), plane.height - top - image.height / plane.scale_y
    return Plane(
        image=image,
        left=left,
        top=top,
        scale_x=plane.scale_x,
        scale_y=plane.scale_y,
        width=plane.width,
        height=plane.height,
    )


def visible(plane: Plane) -> Box:
    """Return the part of the composite that the plane covers, in pixels of the composite and within its edges."""
    left, top = max(0.0, plane.left), max(0.0, plane.top)
    right = min(plane.width, plane.left + plane.image.width / plane.scale_x)
    bottom = min(plane.height, plane.top + plane.image.height / plane.scale_y)
    return Box(left=left, top=top, width=right - left, height=bottom - top)
