"""Smart crops: which part of a picture is kept for a shape, found by what draws attention, and the swatch of it.

Storing the parts, and keeping those that a person drew, is left to the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction as Ratio
from pathlib import Path

import pyvips

from imaging.codecs import raster
from imaging.codecs.levels import open_level
from imaging.codecs.preview import screen_picture
from imaging.codecs.vips_errors import reading
from imaging.colours import mean_colours
from imaging.errors import UnsuitableImage
from imaging.view import Box

LEAST_SIDE_PX = 50
"""The smallest picture that crops are made of, as in AEM."""
_LOOKED_AT_PX = 512
_SMALLEST_PART = 0.5
_SWATCH_PART = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Cropped:
    """The part of each size in fractions of the picture, in their order, and the swatch: a part and its colour."""

    parts: tuple[Box, ...]
    swatch: Box | None
    swatch_colour: str | None


def find_crops(
    pyramid: Path,
    original: Path,
    sizes: Sequence[tuple[int, int]],
    swatch: tuple[int, int] | None,
    *,
    preserves_content: bool,
) -> Cropped:
    """Return the parts of a picture that draw attention, in the shapes of ``sizes`` (pixels) and of the swatch.

    A part is as large as the picture allows, and the same for all sizes of one shape when ``preserves_content``; else
    a size smaller than the largest of its shape gets a smaller part, at most by half, around the same point. Raises
    UnsuitableImage for an animation and for a picture under 50 pixels, DamagedImage.
    """
    _refuse_animation(original)
    full = open_level(pyramid, 1.0).image
    if min(full.width, full.height) < LEAST_SIDE_PX:
        raise UnsuitableImage(
            "the picture is {width}x{height} pixels; crops need {least} in both directions",
            width=full.width,
            height=full.height,
            least=LEAST_SIDE_PX,
        )
    picture = screen_picture(open_level(pyramid, _LOOKED_AT_PX / max(full.width, full.height)).image, _LOOKED_AT_PX)
    scales = _scales(sizes, preserves_content=preserves_content)
    parts = tuple(_part(picture, size, scales[size]) for size in sizes)
    piece = _part(picture, swatch, _SWATCH_PART) if swatch else None
    return Cropped(parts=parts, swatch=piece, swatch_colour=_colour_of(picture, piece) if piece else None)


def _refuse_animation(original: Path) -> None:
    if raster.sniff(original).name != "GIF":
        return
    with reading():
        image = pyvips.Image.gifload(str(original))
    if image.get_typeof("n-pages") and image.get("n-pages") > 1:
        raise UnsuitableImage("the file is an animation; crops are made of still pictures")


def _scales(sizes: Sequence[tuple[int, int]], *, preserves_content: bool) -> Mapping[tuple[int, int], float]:
    """Return how large the part of each size is, beside the largest that the picture allows in its shape."""
    widest: dict[Ratio, int] = {}
    for width, height in sizes:
        widest[Ratio(width, height)] = max(width, widest.get(Ratio(width, height), 0))
    if preserves_content:
        return dict.fromkeys(sizes, 1.0)
    return {size: max(_SMALLEST_PART, size[0] / widest[Ratio(*size)]) for size in sizes}


def _part(picture: pyvips.Image, size: tuple[int, int], scale: float) -> Box:
    """Return the part in the shape of ``size``, around the point that draws most attention in the largest such part."""
    whole, shape = picture.width / picture.height, size[0] / size[1]
    widest, highest = min(1.0, shape / whole), min(1.0, whole / shape)
    with reading():
        _, found = picture.smartcrop(
            max(1, round(widest * picture.width)),
            max(1, round(highest * picture.height)),
            interesting="attention",
            attention_x=True,
            attention_y=True,
        )
    width, height = widest * scale, highest * scale
    return Box(
        left=min(max(0.0, found["attention_x"] / picture.width - width / 2), 1 - width),
        top=min(max(0.0, found["attention_y"] / picture.height - height / 2), 1 - height),
        width=width,
        height=height,
    )


def _colour_of(picture: pyvips.Image, part: Box) -> str:
    """Return the colour that most of a part has, as #rrggbb; of what is transparent all through, white."""
    left, top = int(part.left * picture.width), int(part.top * picture.height)
    width, height = max(1, int(part.width * picture.width)), max(1, int(part.height * picture.height))
    found = mean_colours(picture.crop(left, top, width, height), 3)
    return found[0].colour if found else "#ffffff"
