"""The optimised image: a tiled TIFF that holds each smaller level as a page of its own."""

import tempfile
from pathlib import Path
from typing import Any

import pyvips

from imaging.codecs.tiff_pages import Page, join_pages
from imaging.codecs.vips_errors import reading
from imaging.codecs.whole_file import whole_file
from imaging.pixels import image_of, pixels_of
from imaging.plan import Plan, UnsharpMask
from imaging.steps.unsharp import sharpen

_BIGTIFF_ABOVE_BYTES = 3_500_000_000
_UNSHARPENED_LEVELS = 2
"""The full size and the half: unsharp masking is for levels reduced by more than half."""


def write_pyramid(image: pyvips.Image, plan: Plan, target: Path, is_lossless: bool = False) -> str:
    """Write the pyramid and return one line about how it is compressed; the same image gives the same bytes.

    Every level is half of the one before, down to one tile. 8 bit images without alpha become JPEG tiles; all others,
    and with `is_lossless` these too, are deflated without loss, because JPEG tiles would silently lose alpha and the
    lower 8 of 16 bits. libvips fills the tiles beyond the right and bottom edges with black, which takes saturation
    from the last pixel or two of JPEG levels. The ICC profile is kept, other metadata is not.

    With the plan's unsharp mask the levels from a quarter of the size on are sharpened, and the first two are byte for
    byte what they are without it. Raises DamagedImage when the source turns out to be damaged.
    """
    options = _options(image, plan, is_lossless)
    with whole_file(target) as partial, reading():
        image.tiffsave(str(partial), pyramid=True, **options)
        sharpened = _sharpen_levels(partial, plan.unsharp, options) if plan.unsharp else ""
    quality = f" quality {options['Q']}" if "Q" in options else " lossless"
    return f"{image.width}x{image.height}, tiles of {plan.tile_px}, {options['compression']}{quality}{sharpened}"


def _options(image: pyvips.Image, plan: Plan, is_lossless: bool) -> dict[str, Any]:
    common = {
        "tile": True,
        "tile_width": plan.tile_px,
        "tile_height": plan.tile_px,
        "bigtiff": _bytes_uncompressed(image) > _BIGTIFF_ABOVE_BYTES,
        "keep": "icc",
    }
    if image.format == "uchar" and not image.hasalpha() and not is_lossless:
        return {**common, "compression": "jpeg", "Q": plan.jpeg_quality}
    return {**common, "compression": "deflate", "predictor": "horizontal", "level": 1}


def _bytes_uncompressed(image: pyvips.Image) -> int:
    return int(image.width * image.height * image.bands * (2 if image.format == "ushort" else 1) * 4 // 3)


def _sharpen_levels(pyramid: Path, how: UnsharpMask, options: dict[str, Any]) -> str:
    """Replace the levels of a written pyramid that are to be sharpened, and return what was done as words."""
    full = pyvips.Image.tiffload(str(pyramid))
    levels = int(full.get("n-pages"))
    if not how.does_something or levels <= _UNSHARPENED_LEVELS:
        return ", no level is sharpened"
    with tempfile.TemporaryDirectory(dir=pyramid.parent, prefix=".levels.") as folder:
        pages = [Page(file=pyramid, number=number) for number in range(_UNSHARPENED_LEVELS)]
        level = _open(pyramid, _UNSHARPENED_LEVELS - 1)
        for number in range(_UNSHARPENED_LEVELS, levels):
            level = _next_level(level, _open(pyramid, number), options)
            file = Path(folder) / f"{number}.tif"
            pixels = sharpen(pixels_of(level), how, bool(level.hasalpha()))
            image_of(pixels, level).tiffsave(str(file), **options)
            pages.append(Page(file=file, number=0))
        joined = Path(folder) / "joined.tif"
        join_pages(pages, joined)
        joined.replace(pyramid)
    return f", {levels - _UNSHARPENED_LEVELS} levels sharpened by {how.amount:g} at radius {how.radius:g}"


def _open(pyramid: Path, number: int) -> pyvips.Image:
    return pyvips.Image.tiffload(str(pyramid), page=number, fail_on="error")


def _next_level(larger: pyvips.Image, stored: pyvips.Image, options: dict[str, Any]) -> pyvips.Image:
    """Return what is to be sharpened: the stored level or, where that has lost detail to JPEG, the larger one halved.

    The larger one has lost as much, but the mean of four pixels evens it out before the mask would amplify it.
    """
    if options["compression"] != "jpeg":
        return stored
    even = larger.crop(0, 0, stored.width * 2, stored.height * 2)
    return even.shrink(2, 2).copy(interpretation=stored.interpretation).copy_memory()
