"""One picture of a pyramid, as image serving sends it: a part of the source scaled, sharpened, padded and encoded.

A small view reads a small level and only its tiles. Which picture is asked for is decided in `publishing`.
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import PIL.Image
import pyvips

from imaging.codecs.colour import to_srgb
from imaging.codecs.delivery import encode
from imaging.codecs.vips_errors import reading
from imaging.composite import Plane, is_quarter_turn, open_plane, visible
from imaging.facts import Rendered
from imaging.geometry import Layout, lay_out
from imaging.sharpening import sharpen
from imaging.view import Box, Colour, View

_FILTERS = {
    "bilin": PIL.Image.Resampling.BILINEAR,
    "bicub": PIL.Image.Resampling.BICUBIC,
    "sharp2": PIL.Image.Resampling.LANCZOS,
    "bisharp": PIL.Image.Resampling.BICUBIC,
}
_WIDEST_FILTER = 3
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A scaled piece of the source and where its top left corner lies in the picture."""

    piece: PIL.Image.Image
    left: int
    top: int


def render(source: Path, view: View) -> Rendered:
    """Return the view of a pyramid as an encoded file.

    Colours go through sRGB; only CMYK to CMYK without alpha keeps its numbers. Raises DamagedImage. How large a
    picture may be is for the caller to check first, with `geometry.lay_out`.
    """
    with reading():
        full = pyvips.Image.tiffload(str(source), fail_on="error")
    layout = lay_out(full.width, full.height, view)
    keeps_cmyk = _keeps_cmyk(full, view)
    plane = open_plane(source, view, layout)
    placed = None
    if plane is not None:
        with reading():
            ready = replace(plane, image=plane.image if keeps_cmyk else to_srgb(plane.image))
            placed = _place(ready, layout, view)
    picture = _on_canvas(placed, layout, view, "CMYK" if keeps_cmyk else "RGB")
    profile = full.get("icc-profile-data") if keeps_cmyk and full.get_typeof("icc-profile-data") else None
    return encode(picture, view.output, profile)


def render_flat(colour: Colour, size: tuple[int, int], view: View) -> Rendered:
    """Return the view of a picture of one colour, whose width and height are ``size``, as an encoded file."""
    layout = lay_out(*size, view)
    picture = PIL.Image.new("RGB", (layout.width, layout.height), (colour.red, colour.green, colour.blue))
    return encode(picture, view.output, None)


def _keeps_cmyk(full: pyvips.Image, view: View) -> bool:
    is_plain_cmyk = full.interpretation == "cmyk" and full.bands == 4 and full.format == "uchar"
    return is_plain_cmyk and view.output.pixel_type == "cmyk" and is_quarter_turn(view)


def _place(plane: Plane, layout: Layout, view: View) -> _Placed | None:
    """Scale the part of the plane that the window shows, or return None when it shows nothing of it."""
    shown = visible(plane)
    left, right = _span(shown.left, shown.width, layout.window.left, layout.scale_x, layout.width)
    top, bottom = _span(shown.top, shown.height, layout.window.top, layout.scale_y, layout.height)
    if left >= right or top >= bottom:
        return None
    box = Box(
        left=(left / layout.scale_x + layout.window.left - plane.left) * plane.scale_x,
        top=(top / layout.scale_y + layout.window.top - plane.top) * plane.scale_y,
        width=(right - left) / layout.scale_x * plane.scale_x,
        height=(bottom - top) / layout.scale_y * plane.scale_y,
    )
    scaled = _resample(plane.image, box, (right - left, bottom - top), view)
    return _Placed(piece=sharpen(scaled, view, min(layout.scale_x, layout.scale_y)), left=left, top=top)


def _span(start: float, length: float, window_start: float, scale: float, limit: int) -> tuple[int, int]:
    """Return the whole picture pixels, first and one past the last, that a stretch of the composite fills."""
    first = math.floor((start - window_start) * scale + 0.5)
    last = math.floor((start + length - window_start) * scale + 0.5)
    return max(0, first), min(limit, max(last, first + 1))


def _resample(image: pyvips.Image, box: Box, size: tuple[int, int], view: View) -> PIL.Image.Image:
    """Read a part of the image, with the neighbours that the filter needs, and scale it to a size in pixels."""
    reach_x = math.ceil(_WIDEST_FILTER * max(1.0, box.width / size[0])) + 1
    reach_y = math.ceil(_WIDEST_FILTER * max(1.0, box.height / size[1])) + 1
    left, right = _read_span(box.left, box.width, reach_x, image.width)
    top, bottom = _read_span(box.top, box.height, reach_y, image.height)
    part = image.crop(left, top, right - left, bottom - top)
    mode = "CMYK" if part.interpretation == "cmyk" else _MODES[part.bands]
    pixels = PIL.Image.frombytes(mode, (part.width, part.height), part.write_to_memory())
    within = (
        max(0.0, box.left - left),
        max(0.0, box.top - top),
        min(float(part.width), box.left + box.width - left),
        min(float(part.height), box.top + box.height - top),
    )
    return pixels.resize(size, _FILTERS[view.resampling], box=within)


def _read_span(start: float, length: float, reach: int, limit: int) -> tuple[int, int]:
    first = min(limit - 1, max(0, math.floor(start) - reach))
    return first, max(first + 1, min(limit, math.ceil(start + length) + reach))


def _on_canvas(placed: _Placed | None, layout: Layout, view: View, mode: str) -> PIL.Image.Image:
    """Return the whole picture: padded, and flattened on the background unless the output keeps alpha."""
    size = (layout.width, layout.height)
    piece = None if placed is None else placed.piece
    if mode == "CMYK":
        canvas = PIL.Image.new("CMYK", size, _naive_cmyk(view.background))
    else:
        background = view.background
        colour = (background.red, background.green, background.blue)
        canvas = PIL.Image.new("RGBA", size) if view.output.alpha else PIL.Image.new("RGB", size, colour)
    if placed is None or piece is None:
        return canvas
    where = (placed.left, placed.top)
    if mode == "CMYK":
        canvas.paste(piece, where)
    elif view.output.alpha:
        canvas.paste(piece.convert("RGBA"), where)
    elif piece.mode in {"LA", "RGBA"}:
        canvas.paste(piece.convert("RGB"), where, piece.getchannel("A"))
    else:
        canvas.paste(piece.convert("RGB"), where)
    return canvas


def _naive_cmyk(colour: Colour) -> tuple[int, int, int, int]:
    black = 255 - max(colour.red, colour.green, colour.blue)
    return 255 - colour.red - black, 255 - colour.green - black, 255 - colour.blue - black, black
