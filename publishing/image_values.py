"""The values of image serving commands, from text: numbers, colours and file formats.

Numbers of a stored preset that are out of range are brought into it, because presets are stored unchecked; numbers of
the URL itself are refused. Text that is no number is refused in both.
"""

import re
from dataclasses import dataclass
from typing import TypeVar

from imaging.view import Colour, Compression, Container, Output, PixelType
from publishing.image_errors import ImageRequestError, unsupported

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_REAL = re.compile(r"[+-]?([0-9]{1,9}\.?[0-9]{0,12}|\.[0-9]{1,12})")
_COLOUR = re.compile(r"(?P<digits>[^rgks]*)(?P<space>[rgk]?)s?")
_Word = TypeVar("_Word", bound=str)
_RGB_AND_GRAY: tuple[PixelType, ...] = ("rgb", "gray")
_ALL_TYPES: tuple[PixelType, ...] = ("rgb", "gray", "cmyk")
_FORMATS: dict[str, tuple[Container, bool, tuple[PixelType, ...], tuple[Compression, ...]]] = {
    "jpeg": ("jpeg", False, _ALL_TYPES, ("none",)),
    "jpg": ("jpeg", False, _ALL_TYPES, ("none",)),
    "pjpeg": ("jpeg", False, _ALL_TYPES, ("none",)),
    "png": ("png", False, _RGB_AND_GRAY, ("none",)),
    "png-alpha": ("png", True, _RGB_AND_GRAY, ("none",)),
    "gif": ("gif", False, _RGB_AND_GRAY, ("none",)),
    "tif": ("tif", False, _ALL_TYPES, ("none", "lzw", "zip", "jpeg")),
    "tif-alpha": ("tif", True, _RGB_AND_GRAY, ("none", "lzw", "zip")),
    "webp": ("webp", False, ("rgb",), ("lossy", "lossless")),
    "webp-alpha": ("webp", True, ("rgb",), ("lossy", "lossless")),
}
"""Format name to container, alpha, pixel types and compressions; the first compression is the default."""

_VENDOR_FORMATS = {"png8", "png8-alpha", "gif-alpha", "avif", "avif-alpha", "jpeg2000", "jpeg2000-alpha", "jpegxr"}
_VENDOR_FORMATS |= {"jpegxr-alpha", "heic", "pdf", "eps", "swf", "swf-alpha", "swf3", "swf3-alpha", "f4m", "m3u8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier:
    """One command of a request: its lower case name, its decoded value, and whether a stored preset said so."""

    name: str
    value: str
    is_stored: bool = False


def items(modifier: Modifier, least: int, most: int) -> list[str]:
    """Return the comma separated items of a value. Raises ImageRequestError when there are too few or too many."""
    found = [item.strip() for item in modifier.value.split(",")]
    if not least <= len(found) <= most:
        expected = str(least) if least == most else f"{least} to {most}"
        raise _wrong(modifier, f"needs {expected} values separated by commas")
    return found


def whole(modifier: Modifier, text: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`. Raises ImageRequestError."""
    if not _WHOLE.fullmatch(text):
        raise _wrong(modifier, f"{text!r} is not a whole number")
    return int(_in_range(modifier, int(text), low, high))


def real(modifier: Modifier, text: str, low: float, high: float) -> float:
    """Return a number from `low` to `high`. Raises ImageRequestError."""
    if not _REAL.fullmatch(text):
        raise _wrong(modifier, f"{text!r} is not a number")
    return _in_range(modifier, float(text), low, high)


def switch(modifier: Modifier) -> bool:
    """Return True for 1 and False for 0. Raises ImageRequestError."""
    return chosen(modifier, modifier.value, ("0", "1")) == "1"


def chosen(modifier: Modifier, text: str, words: tuple[_Word, ...]) -> _Word:
    """Return the one of the words that the text is, in any case. Raises ImageRequestError."""
    lowered = text.strip().lower()
    for word in words:
        if lowered == word:
            return word
    raise _wrong(modifier, f"{text!r} is none of {', '.join(words)}")


def colour(modifier: Modifier) -> Colour:
    """Return a colour written in one of the vendor's ways, made opaque.

    Decimal or hexadecimal RGB, grey (suffix g, or one bare number) and CMYK (suffix k) in percent or hexadecimal; a
    last s, for the source's colour space, is ignored as the vendor does for backgrounds. Raises ImageRequestError.
    """
    parts = _COLOUR.fullmatch(modifier.value.strip().lower())
    if parts is None:
        raise _wrong(modifier, "is not a colour")
    digits, space = parts["digits"], parts["space"]
    if space == "k":
        return _cmyk_colour(modifier, digits)
    if space == "g" or re.fullmatch(r"[0-9.]{1,5}", digits):
        return _grey_colour(modifier, digits)
    if "," in digits:
        red, green, blue, *_ = _numbers(modifier, digits, (3, 4), 255)
        return Colour(red=round(red), green=round(green), blue=round(blue))
    red, green, blue, *_ = _hexadecimal(modifier, digits.removeprefix("0x"), (3, 4))
    return Colour(red=red, green=green, blue=blue)


def file_format(modifier: Modifier) -> Output:
    """Return the output that a value of fmt= asks for: format, pixel type and compression, the last two optional.

    Raises ImageRequestError, for formats that only the vendor's server writes too.
    """
    name, pixel_type, compression = [*items(modifier, 1, 3), "", ""][:3]
    name = name.lower()
    if name in _VENDOR_FORMATS:
        raise unsupported(f"fmt={name}")
    if name not in _FORMATS:
        raise _wrong(modifier, f"{name!r} is none of {', '.join(_FORMATS)}")
    container, alpha, pixel_types, compressions = _FORMATS[name]
    return Output(
        container=container,
        alpha=alpha,
        pixel_type=chosen(modifier, pixel_type or pixel_types[0], pixel_types),
        compression=chosen(modifier, compression or compressions[0], compressions),
        progressive=name == "pjpeg",
    )


def _cmyk_colour(modifier: Modifier, digits: str) -> Colour:
    if "," in digits:
        cyan, magenta, yellow, black, *_ = (part / 100 for part in _numbers(modifier, digits, (4, 5), 100))
    else:
        read = _hexadecimal(modifier, digits.removeprefix("0x"), (4, 5))
        cyan, magenta, yellow, black, *_ = (part / 255 for part in read)
    red, green, blue = (round(255 * (1 - ink) * (1 - black)) for ink in (cyan, magenta, yellow))
    return Colour(red=red, green=green, blue=blue)


def _grey_colour(modifier: Modifier, digits: str) -> Colour:
    if digits.startswith("0x"):
        level = _hexadecimal(modifier, digits.removeprefix("0x"), (1, 2))[0]
    else:
        level = round(_numbers(modifier, digits, (1, 2), 100)[0] * 255 / 100)
    return Colour(red=level, green=level, blue=level)


def _numbers(modifier: Modifier, digits: str, counts: tuple[int, int], high: float) -> list[float]:
    parts = [part.strip() for part in digits.split(",")]
    if len(parts) not in counts:
        raise _wrong(modifier, "is not a colour")
    return [real(modifier, part, 0, high) for part in parts]


def _hexadecimal(modifier: Modifier, digits: str, counts: tuple[int, int]) -> list[int]:
    if not re.fullmatch(r"[0-9a-f]+", digits) or len(digits) not in {2 * count for count in counts}:
        raise _wrong(modifier, "is not a colour")
    return list(bytes.fromhex(digits))


def _in_range(modifier: Modifier, number: float, low: float, high: float) -> float:
    if not low <= number <= high and not modifier.is_stored:
        raise _wrong(modifier, f"{number:g} is not from {low:g} to {high:g}")
    return min(high, max(low, number))


def _wrong(modifier: Modifier, why: str) -> ImageRequestError:
    return ImageRequestError("bad request", f"{modifier.name}={modifier.value[:80]}: {why}")
