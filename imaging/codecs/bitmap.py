"""Windows bitmaps, which libvips does not read, through Pillow."""

import struct
import warnings
from pathlib import Path

import PIL.Image
import pyvips

from imaging.errors import DamagedImage, ImageTooLarge
from imaging.limits import Limits, check_buffer, check_size

_MODES = {"L": ("b-w", 1), "RGB": ("srgb", 3), "RGBA": ("srgb", 4)}
_CORE_HEADER = 12


def open_bitmap(source: Path, limits: Limits) -> pyvips.Image:
    """Return the pixels of a BMP file, held in memory. Raises DamagedImage or ImageTooLarge."""
    width, height = _size(source)
    check_size(width, height, limits)
    check_buffer(width * height * 8, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
        try:
            return _decode(source)
        except (PIL.Image.DecompressionBombWarning, PIL.Image.DecompressionBombError) as error:
            raise ImageTooLarge(
                "the bitmap has {pixels} pixels ({width}x{height}), more than is read from this format; "
                "save it as TIFF or PNG",
                pixels=width * height,
                width=width,
                height=height,
            ) from error
        except (OSError, ValueError, SyntaxError, struct.error) as error:
            raise DamagedImage("the bitmap is damaged or incomplete; upload it again from an intact copy") from error


def _decode(source: Path) -> pyvips.Image:
    with PIL.Image.open(source, formats=["BMP"]) as opened:
        dpi = opened.info.get("dpi", (0.0, 0.0))[0]
        picture = opened.convert({"1": "L", "P": "RGB"}.get(opened.mode, opened.mode))
    interpretation, bands = _MODES[picture.mode]
    image = pyvips.Image.new_from_memory(picture.tobytes(), picture.width, picture.height, bands, "uchar")
    return image.copy(interpretation=interpretation, xres=dpi / 25.4 or 1.0, yres=dpi / 25.4 or 1.0)


def _size(source: Path) -> tuple[int, int]:
    """Return width and height from the header alone, so that no library sees a file that is over the limits."""
    with source.open("rb") as file:
        head = file.read(26)
    if len(head) < 26:
        raise DamagedImage("the bitmap ends within its header; upload it again from an intact copy")
    if int.from_bytes(head[14:18], "little") == _CORE_HEADER:
        return struct.unpack("<HH", head[18:22])
    width, height = struct.unpack("<ii", head[18:26])
    return abs(width), abs(height)
