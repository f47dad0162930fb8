"""The optimised image: a tiled TIFF that holds each smaller level as a page of its own."""

from pathlib import Path
from typing import Any

import pyvips

from imaging.codecs.vips_errors import reading
from imaging.codecs.whole_file import whole_file
from imaging.plan import Plan

_BIGTIFF_ABOVE_BYTES = 3_500_000_000


def write_pyramid(image: pyvips.Image, plan: Plan, target: Path) -> str:
    """Write the pyramid and return one line about how it is compressed; the same image gives the same bytes.

    Every level is half of the one before, down to one tile. 8 bit images without alpha become JPEG tiles; all others
    are deflated without loss, because JPEG tiles would silently lose alpha and the lower 8 of 16 bits. libvips fills
    the tiles beyond the right and bottom edges with black, which takes saturation from the last pixel or two of JPEG
    levels. The ICC profile is kept, other metadata is not. Raises DamagedImage when the source turns out to be damaged.
    """
    compression = _compression(image, plan)
    with whole_file(target) as partial, reading():
        image.tiffsave(
            str(partial),
            tile=True,
            pyramid=True,
            tile_width=plan.tile_px,
            tile_height=plan.tile_px,
            bigtiff=_bytes_uncompressed(image) > _BIGTIFF_ABOVE_BYTES,
            keep="icc",
            **compression,
        )
    quality = f" quality {compression['Q']}" if "Q" in compression else " lossless"
    return f"{image.width}x{image.height}, tiles of {plan.tile_px}, {compression['compression']}{quality}"


def _compression(image: pyvips.Image, plan: Plan) -> dict[str, Any]:
    if image.format == "uchar" and not image.hasalpha():
        return {"compression": "jpeg", "Q": plan.jpeg_quality}
    return {"compression": "deflate", "predictor": "horizontal", "level": 1}


def _bytes_uncompressed(image: pyvips.Image) -> int:
    return int(image.width * image.height * image.bands * (2 if image.format == "ushort" else 1) * 4 // 3)
