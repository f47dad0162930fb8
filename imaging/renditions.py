"""Named renditions: a picture in a box and a file format, and believing that a file is the picture it is said to be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from imaging.codecs import raster
from imaging.codecs.levels import open_level
from imaging.codecs.vips_errors import reading
from imaging.errors import UnsupportedFormat
from imaging.facts import WrittenFile
from imaging.limits import Limits
from imaging.render import render
from imaging.view import Fit, Output, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxed:
    """A rendition: no side stands for the original's, ``quality`` (1 to 100) is for JPEG and WebP."""

    file: str
    format: Literal["jpeg", "png", "gif", "webp"]
    width: int | None
    height: int | None
    quality: int


def sniff_mime(source: Path) -> str | None:
    """Return the media type of a picture or a PDF by its first bytes, None for any other file."""
    try:
        return raster.sniff(source).mime
    except UnsupportedFormat:
        return None


def write_boxed(pyramid: Path, renditions: tuple[Boxed, ...], into: Path) -> tuple[WrittenFile, ...]:
    """Write renditions of a pyramid into the folder ``into``, each as large as fits its box and never larger than that.

    Transparency is kept in PNG and WebP; in JPEG and GIF it becomes white. Raises DamagedImage.
    """
    has_alpha = bool(open_level(pyramid, 1.0).image.hasalpha())
    return tuple(_write(pyramid, boxed, into, has_alpha=has_alpha) for boxed in renditions)


def read_foreign(source: Path, limits: Limits) -> WrittenFile:
    """Return what a file from somewhere else is, with every pixel of it decoded once.

    Raises UnsupportedFormat, DamagedImage or ImageTooLarge.
    """
    decoded = raster.decode(source, limits)
    with reading():
        decoded.image.avg()
    facts = decoded.facts
    return WrittenFile(
        name=source.name,
        mime=facts.mime,
        width=facts.width,
        height=facts.height,
        size_bytes=source.stat().st_size,
    )


def _write(pyramid: Path, boxed: Boxed, into: Path, *, has_alpha: bool) -> WrittenFile:
    keeps_alpha = has_alpha and boxed.format in {"png", "webp"}
    output = Output(container=boxed.format, alpha=keeps_alpha, quality=boxed.quality)
    fit = Fit(mode="constrain", upscale=False)
    rendered = render(pyramid, View(width=boxed.width, height=boxed.height, fit=fit, output=output))
    (into / boxed.file).write_bytes(rendered.body)
    return WrittenFile(
        name=boxed.file,
        mime=rendered.mime,
        width=rendered.width,
        height=rendered.height,
        size_bytes=len(rendered.body),
    )
