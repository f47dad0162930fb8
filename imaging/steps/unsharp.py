"""Unsharp masking of one level of a pyramid, as arithmetic on arrays; which levels it is for is left to the codec.

The result is pixel + amount * (pixel - blurred) wherever that difference is more than the threshold.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from imaging.plan import UnsharpMask

Pixels = npt.NDArray[Any]
Plane = npt.NDArray[np.float32]
INTENSITY = (0.299, 0.587, 0.114)
"""Shares of red, green and blue (in CMYK: of cyan, magenta and yellow) in the intensity."""
_NARROW = 0.5
_WIDE = 20.0
_REDUCED_RADIUS = 8


def sharpen(pixels: Pixels, how: UnsharpMask, has_alpha: bool) -> Pixels:
    """Return the level sharpened; pixels are rows x columns x bands of 8 or 16 bit, the last one alpha if it has alpha.

    Each channel is sharpened by itself, or with `is_monochrome` all colours by the same amount, that of the intensity
    (black ink always by itself). Alpha is sharpened too; transparent pixels have no part in the blur of colours, so
    that no fringe appears.
    """
    steps = 257 if pixels.dtype == np.uint16 else 1
    threshold = np.float32(how.threshold * steps)
    colours = pixels.shape[2] - has_alpha
    weight = pixels[:, :, -1].astype(np.float32) if has_alpha else None
    sharpened = np.empty_like(pixels)
    for bands in _groups(colours, how):
        base = _mix([pixels[:, :, band] for band in bands])
        change = _change(base, weight, how, threshold)
        for band in bands:
            sharpened[:, :, band] = _add(pixels[:, :, band], change)
    if weight is not None:
        sharpened[:, :, -1] = _add(pixels[:, :, -1], _change(weight, None, how, threshold))
    return sharpened


def blur(plane: Plane, radius: float) -> Plane:
    """Return the plane under a Gaussian of this standard deviation in pixels, mirrored at the edges.

    Under half a pixel the samples of a Gaussian would not add up to its width, so three taps of the same variance
    stand for it. From 20 pixels on the plane is reduced first; that stays within 0.7 of 255 of the exact result.
    """
    if radius < _NARROW:
        side = radius * radius / 2
        taps = np.array([side, 1 - 2 * side, side], np.float32)
        return _plane(cv2.sepFilter2D(plane, cv2.CV_32F, taps, taps, borderType=cv2.BORDER_REFLECT))
    if radius < _WIDE:
        return _plane(cv2.GaussianBlur(plane, (0, 0), radius, borderType=cv2.BORDER_REFLECT))
    height, width = plane.shape
    factor = int(radius / _REDUCED_RADIUS)
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    reduced = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    rest = (radius * radius - factor * factor / 4) ** 0.5 / factor
    blurred = cv2.GaussianBlur(reduced, (0, 0), rest, borderType=cv2.BORDER_REFLECT)
    return _plane(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR))


def _groups(colours: int, how: UnsharpMask) -> tuple[tuple[int, ...], ...]:
    """Return the bands that change together."""
    if not how.is_monochrome or colours < len(INTENSITY):
        return tuple((band,) for band in range(colours))
    return ((0, 1, 2), *((band,) for band in range(3, colours)))


def _mix(planes: list[Pixels]) -> Plane:
    if len(planes) == 1:
        return planes[0].astype(np.float32)
    mixed = np.zeros(planes[0].shape, np.float32)
    for plane, share in zip(planes, INTENSITY, strict=True):
        mixed += np.float32(share) * plane
    return mixed


def _change(plane: Plane, weight: Plane | None, how: UnsharpMask, threshold: np.float32) -> Plane:
    if weight is None:
        difference = plane - blur(plane, how.radius)
    else:
        seen = blur(weight, how.radius)
        shown = np.divide(blur(plane * weight, how.radius), seen, out=plane.copy(), where=seen > 0)
        difference = plane - shown
    return _plane(difference * (np.abs(difference) > threshold) * np.float32(how.amount))


def _add(samples: Pixels, change: Plane) -> Pixels:
    highest = np.iinfo(samples.dtype).max
    return np.clip(np.rint(samples + change), 0, highest).astype(samples.dtype)


def _plane(array: Any) -> Plane:
    return np.asarray(array, np.float32)
