"""The arithmetic of a view, without pixels: how large the picture will be and which part of the source it shows."""

import math
from dataclasses import dataclass

from imaging.view import Box, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a view's picture comes from.

    `crop` is in whole pixels of the source. The composite is the cropped, rotated, flipped image at full size.
    `window` is the part of the composite, in its pixels and possibly beyond its edges, that fills the picture of
    `width` x `height` pixels; the scales are picture pixels per composite pixel.
    """

    crop: Box
    composite_width: int
    composite_height: int
    window: Box
    width: int
    height: int
    scale_x: float
    scale_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scaled:
    """The selected region after scaling, and the picture that it is placed in; whole pixels."""

    width: int
    height: int
    picture_width: int
    picture_height: int
    is_aligned: bool = True


def lay_out(source_width: int, source_height: int, view: View) -> Layout:
    """Return the layout of a view of a source of this size in pixels.

    Sizes round half up and are at least 1; an image fitted into a box is never larger than the box.
    """
    crop = crop_box(source_width, source_height, view)
    composite_width, composite_height = turned_size(int(crop.width), int(crop.height), view.rotate)
    region = view.region or Box(left=0, top=0, width=composite_width, height=composite_height)
    scaled = _scale(region, view)
    scale_x, scale_y = scaled.width / region.width, scaled.height / region.height
    align_x, align_y = view.align if scaled.is_aligned else (0.0, 0.0)
    offset_x = _half_up((scaled.picture_width - scaled.width) * (1 + align_x) / 2)
    offset_y = _half_up((scaled.picture_height - scaled.height) * (1 + align_y) / 2)
    return Layout(
        crop=crop,
        composite_width=composite_width,
        composite_height=composite_height,
        window=Box(
            left=region.left - offset_x / scale_x,
            top=region.top - offset_y / scale_y,
            width=scaled.picture_width / scale_x,
            height=scaled.picture_height / scale_y,
        ),
        width=scaled.picture_width,
        height=scaled.picture_height,
        scale_x=scale_x,
        scale_y=scale_y,
    )


def crop_box(source_width: int, source_height: int, view: View) -> Box:
    """Return the view's crop in whole source pixels, or the whole source."""
    if view.crop is None:
        return Box(left=0, top=0, width=source_width, height=source_height)
    across, down = (source_width, source_height) if view.crop_is_fraction else (1, 1)
    return Box(
        left=_half_up(view.crop.left * across),
        top=_half_up(view.crop.top * down),
        width=max(1, _half_up(view.crop.width * across)),
        height=max(1, _half_up(view.crop.height * down)),
    )


def turned_size(width: int, height: int, degrees: float) -> tuple[int, int]:
    """Return the size of the upright rectangle that holds a turned one; exact for quarter turns."""
    if degrees % 180 == 0:
        return width, height
    if degrees % 90 == 0:
        return height, width
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    return _size(width * cos + height * sin), _size(width * sin + height * cos)


def _scale(region: Box, view: View) -> _Scaled:
    if view.reduction is not None:
        width, height = _size(region.width / view.reduction), _size(region.height / view.reduction)
        return _Scaled(
            width=width, height=height, picture_width=view.width or width, picture_height=view.height or height
        )
    if view.width and view.height:
        return _scale_to_both(region, view, view.width, view.height)
    return _scale_proportionally(region, view)


def _scale_proportionally(region: Box, view: View) -> _Scaled:
    """Scale by the one side that is given, or down into the default box when none is; there is no padding."""
    if view.width or view.height:
        box = (view.width or 0, view.height or 0)
        highest = math.inf if view.fit.upscale else 1.0
    else:
        box, highest = view.default_box, 1.0
    factor = min(highest, *(side / whole for side, whole in zip(box, _sides(region), strict=True) if side), math.inf)
    factor = 1.0 if factor == math.inf else factor
    width, height = (_size(whole * factor) for whole in _sides(region))
    return _Scaled(width=width, height=height, picture_width=width, picture_height=height)


def _scale_to_both(region: Box, view: View, width: int, height: int) -> _Scaled:
    mode = view.fit.mode
    highest = math.inf if view.fit.upscale else 1.0
    across, down = min(highest, width / region.width), min(highest, height / region.height)
    if mode == "stretch":
        return _Scaled(
            width=min(width, _size(region.width * across)),
            height=min(height, _size(region.height * down)),
            picture_width=width,
            picture_height=height,
            is_aligned=False,
        )
    factors = {"crop": max(across, down), "wrap": max(across, down), "hfit": across, "vfit": down}
    factor = factors.get(mode, min(across, down))
    scaled_width, scaled_height = _size(region.width * factor), _size(region.height * factor)
    if mode in {"fit", "constrain"}:
        scaled_width, scaled_height = min(width, scaled_width), min(height, scaled_height)
    if mode in {"constrain", "wrap"}:
        width, height = scaled_width, scaled_height
    return _Scaled(width=scaled_width, height=scaled_height, picture_width=width, picture_height=height)


def _sides(region: Box) -> tuple[float, float]:
    return region.width, region.height


def _size(pixels: float) -> int:
    return max(1, _half_up(pixels))


def _half_up(number: float) -> int:
    return math.floor(number + 0.5)
