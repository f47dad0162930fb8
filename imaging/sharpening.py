"""Sharpening of a picture that is already scaled, as image serving's op_usm and op_sharpen ask."""

import PIL.Image
from PIL import ImageFilter

from imaging.view import Unsharp, View

_BICUBIC_SHARPER = Unsharp(amount=0.5, radius=0.6)


def sharpen(picture: PIL.Image.Image, view: View, scale: float) -> PIL.Image.Image:
    """Return the picture sharpened as the view asks; alpha is sharpened too.

    `scale` is picture pixels per source pixel: the unsharp mask's radius shrinks with the image. bisharp is ours:
    bicubic with a light unsharp mask when the image shrinks.
    """
    if view.resampling == "bisharp" and scale < 1:
        picture = _unsharp(picture, _BICUBIC_SHARPER, _BICUBIC_SHARPER.radius)
    if view.unsharp is not None and view.unsharp.amount > 0 and view.unsharp.radius > 0:
        picture = _unsharp(picture, view.unsharp, view.unsharp.radius * min(1.0, scale))
    if view.sharpen:
        picture = _per_channel(picture, ImageFilter.SHARPEN())
    return picture


def _unsharp(picture: PIL.Image.Image, mask: Unsharp, radius: float) -> PIL.Image.Image:
    shape = ImageFilter.UnsharpMask(radius=radius, percent=round(mask.amount * 100), threshold=mask.threshold)
    if not mask.monochrome or picture.mode not in {"RGB", "RGBA"}:
        return _per_channel(picture, shape)
    luma, blue, red = picture.convert("RGB").convert("YCbCr").split()
    sharpened = PIL.Image.merge("YCbCr", (luma.filter(shape), blue, red)).convert("RGB")
    if picture.mode == "RGBA":
        sharpened.putalpha(picture.getchannel("A").filter(shape))
    return sharpened


def _per_channel(picture: PIL.Image.Image, shape: ImageFilter.Filter) -> PIL.Image.Image:
    return PIL.Image.merge(picture.mode, [channel.filter(shape) for channel in picture.split()])
