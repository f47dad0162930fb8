"""The commands of an image serving request that decide the pixels, turned into a `View`."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from imaging.geometry import lay_out
from imaging.view import Box, Fit, FitMode, Output, Unsharp, View
from publishing.image_catalog import CatalogAttributes
from publishing.image_errors import ImageRequestError, unsupported
from publishing.image_values import Modifier, chosen, colour, file_format, items, real, switch, whole

_LARGEST_SIDE = 100_000
_LARGEST_PLACE = 1_000_000
_MODES: tuple[FitMode, ...] = ("fit", "constrain", "crop", "wrap", "stretch", "hfit", "vfit")
_FIT_WITHOUT_COMMAND = Fit(mode="fit", upscale=True)
"""A request without fit= enlarges, as the vendor's servers are seen to do; fit= without its flag does not."""

_OFF = frozenset({"", "0", "off"})
_NOT_SUPPORTED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("bfc", "dpr", "network", "hide", "jpegsize", "xmpembed", "pathembed", "op_blur"), _OFF),
    **dict.fromkeys(("op_brightness", "op_contrast", "op_saturation", "op_hue", "op_invert", "op_noise"), _OFF),
    **dict.fromkeys(("op_grow", "op_growmask", "op_growmaskr", "op_usmr"), _OFF),
    **dict.fromkeys(
        ("op_colorbalance", "op_colorize", "rect", "src", "mask", "template", "icc", "imageset"), frozenset()
    ),
    **dict.fromkeys(("size", "sizen", "res", "extend", "extendn", "bgcolor", "anchor", "anchorn"), frozenset()),
    **dict.fromkeys(("pos", "posn", "origin", "originn", "blendmode", "croppathe", "clippath", "effect"), frozenset()),
    **dict.fromkeys(("text", "textps", "perspective", "color", "quantize", "pscan", "printres"), frozenset()),
    "layer": frozenset({"comp"}),
    "maskuse": frozenset({"norm"}),
    "opac": frozenset({"100", "100,100"}),
    "scale": frozenset({"1"}),
}
"""Commands that the vendor's server obeys and this one does not, with the values that change nothing."""


def build_view(modifiers: Iterable[Modifier], attributes: CatalogAttributes) -> View:
    """Return the view that the modifiers ask for; of a repeated command the last counts, unknown ones are ignored.

    Raises ImageRequestError for a bad value, for fit= without a size, and for what is not supported.
    """
    last: dict[str, Modifier] = {}
    for modifier in modifiers:
        _refuse_unsupported(modifier)
        name = {"cropn": "crop"}.get(modifier.name, modifier.name)
        last[name] = modifier
    values: dict[str, Any] = {
        "default_box": attributes.default_pix,
        "background": attributes.background,
        "resampling": attributes.res_mode,
        "fit": _FIT_WITHOUT_COMMAND,
    }
    for name, read in _COMMANDS.items():
        if name in last:
            values.update(read(last[name]))
    if "fit" in last and not {"wid", "hei", "scl"} & last.keys():
        raise ImageRequestError("bad request", "fit= needs wid= or hei=")
    return View(**values, output=_output(last, attributes))


def check_size(size: tuple[int, int], view: View, attributes: CatalogAttributes) -> None:
    """Raise ImageRequestError when the view of a picture of this width and height would be too large a picture."""
    layout = lay_out(*size, view)
    made = f"{layout.width}x{layout.height}"
    across, down = attributes.max_pix
    if (across and layout.width > across) or (down and layout.height > down):
        raise ImageRequestError("image too large", f"the picture would be {made} pixels, over {across}x{down}")
    if layout.width * layout.height > attributes.max_rendered_pixels:
        most = attributes.max_rendered_pixels
        raise ImageRequestError("image too large", f"the picture would be {made}, over {most} pixels")


def _refuse_unsupported(modifier: Modifier) -> None:
    harmless = _NOT_SUPPORTED.get(modifier.name)
    if harmless is not None and modifier.value.strip().lower() not in harmless:
        raise unsupported(f"{modifier.name}=")


def _output(last: dict[str, Modifier], attributes: CatalogAttributes) -> Output:
    output = file_format(last["fmt"]) if "fmt" in last else Output()
    output = replace(output, quality=attributes.jpeg_quality, full_chroma=attributes.jpeg_full_chroma)
    if "qlt" in last:
        quality, chroma = [*items(last["qlt"], 1, 2), ""][:2]
        output = replace(output, quality=whole(last["qlt"], quality, 1, 100))
        if chroma:
            output = replace(output, full_chroma=chosen(last["qlt"], chroma, ("0", "1")) == "1")
    if "iccembed" in last:
        output = replace(output, embed_profile=switch(last["iccembed"]))
    return output


def _width(modifier: Modifier) -> dict[str, Any]:
    return {"width": whole(modifier, modifier.value, 1, _LARGEST_SIDE)}


def _height(modifier: Modifier) -> dict[str, Any]:
    return {"height": whole(modifier, modifier.value, 1, _LARGEST_SIDE)}


def _fit(modifier: Modifier) -> dict[str, Any]:
    mode, upscale = [*items(modifier, 1, 2), "0"][:2]
    return {
        "fit": Fit(
            mode=chosen(modifier, mode, _MODES),
            upscale=chosen(modifier, upscale, ("0", "1")) == "1",
        )
    }


def _reduction(modifier: Modifier) -> dict[str, Any]:
    return {"reduction": real(modifier, modifier.value, 0.001, 100_000)}


def _region(modifier: Modifier) -> dict[str, Any]:
    return {"region": _whole_box(modifier)}


def _crop(modifier: Modifier) -> dict[str, Any]:
    if modifier.name == "crop":
        return {"crop": _whole_box(modifier), "crop_is_fraction": False}
    left, top, width, height = items(modifier, 4, 4)
    box = Box(
        left=real(modifier, left, -100, 100),
        top=real(modifier, top, -100, 100),
        width=real(modifier, width, 1e-6, 100),
        height=real(modifier, height, 1e-6, 100),
    )
    return {"crop": box, "crop_is_fraction": True}


def _whole_box(modifier: Modifier) -> Box:
    left, top, width, height = items(modifier, 4, 4)
    return Box(
        left=whole(modifier, left, -_LARGEST_PLACE, _LARGEST_PLACE),
        top=whole(modifier, top, -_LARGEST_PLACE, _LARGEST_PLACE),
        width=whole(modifier, width, 1, _LARGEST_PLACE),
        height=whole(modifier, height, 1, _LARGEST_PLACE),
    )


def _align(modifier: Modifier) -> dict[str, Any]:
    across, down = items(modifier, 2, 2)
    return {"align": (real(modifier, across, -1, 1), real(modifier, down, -1, 1))}


def _rotate(modifier: Modifier) -> dict[str, Any]:
    return {"rotate": real(modifier, modifier.value, -1_000_000, 1_000_000) % 360}


def _flip(modifier: Modifier) -> dict[str, Any]:
    return {"flip": chosen(modifier, modifier.value, ("lr", "ud", "lrud"))}


def _background(modifier: Modifier) -> dict[str, Any]:
    return {"background": colour(modifier)}


def _resampling(modifier: Modifier) -> dict[str, Any]:
    mode = chosen(modifier, modifier.value, ("bilin", "bicub", "sharp2", "bisharp", "sharp"))
    return {"resampling": "sharp2" if mode == "sharp" else mode}


def _unsharp(modifier: Modifier) -> dict[str, Any]:
    amount, radius, threshold, monochrome = [*items(modifier, 1, 4), "0", "0", "0"][:4]
    mask = Unsharp(
        amount=real(modifier, amount, 0, 5),
        radius=real(modifier, radius, 0, 250),
        threshold=whole(modifier, threshold, 0, 255),
        monochrome=chosen(modifier, monochrome, ("0", "1")) == "1",
    )
    return {"unsharp": mask}


def _sharpen(modifier: Modifier) -> dict[str, Any]:
    return {"sharpen": switch(modifier)}


_COMMANDS: dict[str, Callable[[Modifier], dict[str, Any]]] = {
    "wid": _width,
    "hei": _height,
    "fit": _fit,
    "scl": _reduction,
    "rgn": _region,
    "crop": _crop,
    "align": _align,
    "rotate": _rotate,
    "flip": _flip,
    "bgc": _background,
    "resmode": _resampling,
    "op_usm": _unsharp,
    "op_sharpen": _sharpen,
}
PICTURE_COMMANDS = frozenset({*_COMMANDS, *_NOT_SUPPORTED, "cropn", "fmt", "qlt", "iccembed"})
"""The commands that say what picture is wanted, also those that only the vendor's server obeys."""
