"""Named renditions: files of pictures, and believing that a file is the picture it is said to be."""

from dataclasses import dataclass, replace
from pathlib import Path

from imaging.codecs import raster
from imaging.codecs.levels import open_level
from imaging.codecs.vips_errors import reading
from imaging.errors import UnsupportedFormat
from imaging.facts import WrittenFile
from imaging.limits import Limits
from imaging.render import render
from imaging.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A rendition: the picture, and the name of the file to write."""

    file: str
    view: View


def sniff_mime(source: Path) -> str | None:
    """Return the media type of a picture or a PDF by its first bytes, None for any other file."""
    try:
        return raster.sniff(source).mime
    except UnsupportedFormat:
        return None


def write_renditions(pyramid: Path, renditions: tuple[Wanted, ...], into: Path) -> tuple[WrittenFile, ...]:
    """Write renditions of a pyramid into the folder ``into``. Raises DamagedImage.

    One whose output has alpha is written without where nothing of it can be transparent.
    """
    has_alpha = bool(open_level(pyramid, 1.0).image.hasalpha())
    return tuple(_write(pyramid, wanted, into, has_alpha=has_alpha) for wanted in renditions)


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


def _write(pyramid: Path, wanted: Wanted, into: Path, *, has_alpha: bool) -> WrittenFile:
    view = wanted.view
    if not has_alpha and _is_filled(view):
        view = replace(view, output=replace(view.output, alpha=False))
    rendered = render(pyramid, view)
    (into / wanted.file).write_bytes(rendered.body)
    return WrittenFile(
        name=wanted.file,
        mime=rendered.mime,
        width=rendered.width,
        height=rendered.height,
        size_bytes=len(rendered.body),
    )


def _is_filled(view: View) -> bool:
    """Return whether the picture lies on all of the view, whatever its size: nothing is turned, cut or padded."""
    is_padded = (view.width or view.height) and (view.fit.mode != "constrain" or view.reduction is not None)
    return not (is_padded or view.rotate or view.crop or view.region)
