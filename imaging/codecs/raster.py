"""Opening pixel images: what kind a file is by its first bytes, what its header says, its pixels ready for the steps.

Orientation: the file's own orientation tag is applied, so that a picture is stored, cropped and served the way viewers
show it; the derivatives carry no tag.
"""

from dataclasses import dataclass
from pathlib import Path

import pyvips

from imaging.codecs import bitmap
from imaging.codecs.vips_errors import reading
from imaging.errors import UnsupportedFormat
from imaging.facts import SourceFacts
from imaging.limits import Limits, check_buffer, check_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file that is known by its first bytes."""

    name: str
    mime: str
    magic: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """An opened image. Its pixels are read when something asks for them, from the top down and only once."""

    image: pyvips.Image
    facts: SourceFacts
    detail: str


FORMATS = (
    Format(name="JPEG", mime="image/jpeg", magic=(b"\xff\xd8\xff",)),
    Format(name="PNG", mime="image/png", magic=(b"\x89PNG\r\n\x1a\n",)),
    Format(name="TIFF", mime="image/tiff", magic=(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    Format(name="GIF", mime="image/gif", magic=(b"GIF87a", b"GIF89a")),
    Format(name="WEBP", mime="image/webp", magic=(b"RIFF",)),
    Format(name="BMP", mime="image/bmp", magic=(b"BM",)),
    Format(name="PDF", mime="application/pdf", magic=(b"%PDF-",)),
)
_LOADERS = {
    "JPEG": pyvips.Image.jpegload,
    "PNG": pyvips.Image.pngload,
    "TIFF": pyvips.Image.tiffload,
    "GIF": pyvips.Image.gifload,
    "WEBP": pyvips.Image.webpload,
}
_COLOUR_BANDS = {"b-w": 1, "grey16": 1, "srgb": 3, "rgb": 3, "rgb16": 3, "scrgb": 3, "cmyk": 4}
_COLOUR_SPACES = {1: "GRAY", 3: "RGB", 4: "CMYK"}
_PDF_HEADER_WITHIN = 1024
_PNG_WITHOUT_RESOLUTION = 2.834
_LIBVIPS_WITHOUT_RESOLUTION = 1.0


def sniff(source: Path) -> Format:
    """Return the kind of the file, by its first bytes and never by its name. Raises UnsupportedFormat."""
    with source.open("rb") as file:
        head = file.read(_PDF_HEADER_WITHIN)
    for known in FORMATS:
        if head.startswith(known.magic) and not (known.name == "WEBP" and head[8:12] != b"WEBP"):
            return known
    if b"%PDF-" in head:
        return FORMATS[-1]
    names = ", ".join(known.name for known in FORMATS)
    if not head:
        raise UnsupportedFormat("the file is empty")
    raise UnsupportedFormat("the file is none of {names} (it begins with {head})", names=names, head=head[:8].hex(" "))


def read_facts(source: Path, limits: Limits) -> SourceFacts:
    """Return what the header of a pixel image says, without decoding pixels.

    Raises UnsupportedFormat, DamagedImage or ImageTooLarge.
    """
    kind = sniff(source)
    return _facts(_open(source, kind, "sequential", limits), kind)


def decode(source: Path, limits: Limits) -> Decoded:
    """Open a pixel image upright, as 8 or 16 bit greyscale, RGB or CMYK, with at most one alpha channel.

    Colours keep the numbers and the ICC profile of the file; a palette becomes RGB, channels after
    the alpha are left out. Raises UnsupportedFormat, DamagedImage or ImageTooLarge; damage that lies deeper in the file
    shows as DamagedImage from whatever reads the pixels inside `vips_errors.reading`.
    """
    kind = sniff(source)
    image = _open(source, kind, "sequential", limits)
    facts = _facts(image, kind)
    if _orientation(image) > 2 and kind.name != "BMP":
        check_buffer(image.width * image.height * image.bands * (2 if image.format == "ushort" else 1), limits)
        image = _open(source, kind, "random", limits)
    with reading():
        upright = image.autorot()
        ready, detail = _in_known_colours(upright)
    turned = f", orientation {_orientation(image)} applied" if _orientation(image) > 1 else ""
    return Decoded(image=ready, facts=facts, detail=f"{kind.name} {facts.width}x{facts.height}{detail}{turned}")


def colour_space_of(image: pyvips.Image) -> str:
    """Return GRAY, RGB or CMYK for an image that `decode` made or a step made of one."""
    return _COLOUR_SPACES[_COLOUR_BANDS[_interpretation(image)]]


def _open(source: Path, kind: Format, access: str, limits: Limits) -> pyvips.Image:
    if kind.name == "BMP":
        return bitmap.open_bitmap(source, limits)
    if kind.name not in _LOADERS:
        raise UnsupportedFormat("a {format} file is not a pixel image", format=kind.name)
    with reading():
        image = _LOADERS[kind.name](str(source), access=access, fail_on="error")
    check_size(image.width, image.height, limits)
    if _interpretation(image) not in _COLOUR_BANDS:
        raise UnsupportedFormat(
            "the {format} file has {colours} colours; save it as RGB, CMYK or greyscale",
            format=kind.name,
            colours=image.interpretation,
        )
    if image.format not in {"uchar", "ushort"}:
        raise UnsupportedFormat(
            "the {format} file has samples of type {type}; save it with 8 or 16 bits per channel",
            format=kind.name,
            type=image.format,
        )
    return image


def _facts(image: pyvips.Image, kind: Format) -> SourceFacts:
    turned = _orientation(image) >= 5
    colours = _COLOUR_BANDS[_interpretation(image)]
    return SourceFacts(
        format=kind.name,
        mime=kind.mime,
        width=image.height if turned else image.width,
        height=image.width if turned else image.height,
        bands=image.bands,
        bits=_bits(image),
        has_alpha=image.bands > colours,
        resolution_ppi=_resolution_ppi(image, kind),
        colour_space=_COLOUR_SPACES[colours],
    )


def _interpretation(image: pyvips.Image) -> str:
    """Return the colour space in libvips' words, guessed by the number of bands where the file names none."""
    if image.interpretation in {"b-w", "grey16", "srgb", "rgb", "rgb16", "multiband"}:
        names = ("grey16", "rgb16") if image.format == "ushort" else ("b-w", "srgb")
        return names[0] if image.bands < 3 else names[1]
    return str(image.interpretation)


def _in_known_colours(image: pyvips.Image) -> tuple[pyvips.Image, str]:
    interpretation = _interpretation(image)
    named = image.copy(interpretation=interpretation)
    kept = _COLOUR_BANDS[interpretation] + 1
    if named.bands <= kept:
        return named, ""
    return named.extract_band(0, n=kept), f", {named.bands - kept} extra channels left out"


def _orientation(image: pyvips.Image) -> int:
    return int(image.get("orientation")) if image.get_typeof("orientation") else 1


def _bits(image: pyvips.Image) -> int:
    if image.get_typeof("bits-per-sample"):
        return int(image.get("bits-per-sample"))
    return 16 if image.format == "ushort" else 8


def _resolution_ppi(image: pyvips.Image, kind: Format) -> float:
    """Return the resolution that the file names, else 0.0; libvips itself fills in a default that must not count."""
    declared = bool(image.get_typeof("resolution-unit")) or (
        kind.name in {"PNG", "BMP"} and image.xres != _PNG_WITHOUT_RESOLUTION
    )
    if not declared or image.xres == _LIBVIPS_WITHOUT_RESOLUTION:
        return 0.0
    return round(float(image.xres) * 25.4, 2)
