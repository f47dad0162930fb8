"""Small pictures for people to look at: upright, sRGB, 8 bit, JPEG or, with alpha, PNG."""

from pathlib import Path

import pyvips

from imaging.codecs.colour import to_srgb
from imaging.codecs.levels import shrink_to_box
from imaging.codecs.vips_errors import reading
from imaging.codecs.whole_file import whole_file
from imaging.facts import WrittenFile

_JPEG_QUALITY = 85


def screen_picture(image: pyvips.Image, box_px: int) -> pyvips.Image:
    """Return the image as sRGB, scaled down to fit a square box, held in memory. Raises DamagedImage."""
    with reading():
        return to_srgb(shrink_to_box(image, box_px)).copy_memory()


def write_preview(picture: pyvips.Image, box_px: int, into: Path, stem: str) -> WrittenFile:
    """Write a screen picture scaled down to fit a square box; a smaller one keeps its size.

    The file is `stem`.jpg, or `stem`.png when the picture has alpha.
    """
    small = shrink_to_box(picture, box_px)
    suffix, mime = ("png", "image/png") if small.hasalpha() else ("jpg", "image/jpeg")
    target = into / f"{stem}.{suffix}"
    with whole_file(target) as partial, reading():
        if suffix == "png":
            small.pngsave(str(partial), compression=6, keep="none")
        else:
            small.jpegsave(str(partial), Q=_JPEG_QUALITY, keep="none")
    return WrittenFile(
        name=target.name, mime=mime, width=small.width, height=small.height, size_bytes=target.stat().st_size
    )
