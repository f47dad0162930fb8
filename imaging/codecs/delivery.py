"""Writing a finished picture as the file that a browser or a printer asked for."""

import io
from typing import Any

import PIL.Image
import pyvips

from imaging.facts import Rendered
from imaging.view import Output

_PILLOW_NAMES = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "tif": "TIFF", "webp": "WEBP"}
_TIFF_COMPRESSIONS = {"none": None, "lzw": "tiff_lzw", "zip": "tiff_adobe_deflate", "jpeg": "jpeg"}
_SUBSAMPLING_444, _SUBSAMPLING_420 = 0, 2


def encode(picture: PIL.Image.Image, output: Output, source_profile: bytes | None) -> Rendered:
    """Encode an RGB, RGBA or CMYK picture; the same picture and output give the same bytes.

    `source_profile` is the ICC profile of a CMYK picture. With `embed_profile` the profile is put into formats that
    can hold it: sRGB for RGB, the CMYK profile for CMYK, none for grey.
    """
    ready, profile = _in_pixel_type(picture, output, source_profile)
    if output.container == "gif":
        ready = _with_palette(ready)
    options = _options(ready, output)
    if output.embed_profile and profile is not None and output.container in {"jpeg", "png", "tif"}:
        options["icc_profile"] = profile
    written = io.BytesIO()
    ready.save(written, _PILLOW_NAMES[output.container], **options)
    return Rendered(body=written.getvalue(), mime=output.mime, width=ready.width, height=ready.height)


def _in_pixel_type(
    picture: PIL.Image.Image, output: Output, source_profile: bytes | None
) -> tuple[PIL.Image.Image, bytes | None]:
    if output.pixel_type == "gray":
        return picture.convert("LA" if output.alpha else "L"), None
    if output.pixel_type == "cmyk":
        return (picture, source_profile) if picture.mode == "CMYK" else _srgb_to_cmyk(picture)
    return picture, pyvips.Operation.call("profile_load", "srgb")


def _with_palette(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Choose the 256 colours that suit the picture and scatter the error of the others; grey needs no palette."""
    if picture.mode == "L":
        return picture
    return picture.quantize(palette=picture.quantize(256), dither=PIL.Image.Dither.FLOYDSTEINBERG)


def _srgb_to_cmyk(picture: PIL.Image.Image) -> tuple[PIL.Image.Image, bytes]:
    """Convert with libvips' own CMYK profile."""
    image = pyvips.Image.new_from_memory(picture.tobytes(), picture.width, picture.height, 3, "uchar")
    printed = image.copy(interpretation="srgb").icc_transform("cmyk", input_profile="srgb", intent="relative")
    separated = PIL.Image.frombytes("CMYK", picture.size, printed.write_to_memory())
    return separated, printed.get("icc-profile-data")


def _options(picture: PIL.Image.Image, output: Output) -> dict[str, Any]:
    if output.container == "jpeg":
        subsampling = _SUBSAMPLING_444 if output.full_chroma else _SUBSAMPLING_420
        colour_options = {"subsampling": subsampling} if picture.mode == "RGB" else {}
        return {"quality": output.quality, "progressive": output.progressive, "optimize": True, **colour_options}
    if output.container == "webp":
        return {"quality": output.quality, "lossless": output.compression == "lossless"}
    if output.container == "tif":
        quality = {"quality": output.quality} if output.compression == "jpeg" else {}
        return {"compression": _TIFF_COMPRESSIONS[output.compression], **quality}
    return {}
