"""The dominant colours of a picture, each with its share and with the name that CSS has for the nearest colour."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pyvips
from PIL import ImageColor

from imaging.codecs.levels import open_level
from imaging.codecs.preview import screen_picture
from imaging.pixels import Pixels, pixels_of

MOST_COLOURS = 40
_LOOKED_AT_PX = 128
_OPAQUE = 128
_ROUNDS = 20
_CLOSE_ENOUGH = 0.5
_ALIKE = 12.0
"""The distance in CIELAB up to which two groups are one: the noise and the shading of one colour."""
_LEAST_SHARE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """A colour of sRGB as ``#rrggbb``, its CSS name, and its share of the opaque picture, up to 1."""

    name: str
    colour: str
    share: float


def dominant_colours(pyramid: Path, limit: int) -> tuple[Colour, ...]:
    """Return at most ``limit`` (1 to 40) dominant colours, the largest share first, none of them named twice.

    What is more than half transparent does not count. The same picture gives the same colours. Raises DamagedImage.
    """
    full = open_level(pyramid, 1.0).image
    level = open_level(pyramid, _LOOKED_AT_PX / max(full.width, full.height)).image
    return mean_colours(screen_picture(level, _LOOKED_AT_PX), limit)


def colour_name(name: str) -> str | None:
    """Return the name that ``dominant_colours`` gives CSS's colour of a name, which may have several; None for none."""
    known = name.strip().lower()
    return _names()[ImageColor.getrgb(known)[:3]] if known in ImageColor.colormap else None


def colour_names() -> tuple[str, ...]:
    """Return the names that ``dominant_colours`` gives, by the alphabet."""
    return tuple(sorted(set(_names().values())))


def mean_colours(picture: pyvips.Image, limit: int) -> tuple[Colour, ...]:
    """Do what ``dominant_colours`` does with a small picture in sRGB or grey; groups are made by distance in CIELAB."""
    opaque = _opaque_pixels(picture)
    if len(opaque) == 0:
        return ()
    lab = _to_lab(opaque)
    named: dict[str, Pixels] = {}
    for group in _groups(lab, limit):
        name = _nearest_name(lab[group].mean(axis=0))
        named[name] = named.get(name, False) | group
    found = [
        Colour(name=name, colour=_text(opaque[group].mean(axis=0)), share=round(float(group.mean()), 4))
        for name, group in named.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.share, each.name)))


def _opaque_pixels(picture: pyvips.Image) -> Pixels:
    pixels = pixels_of(picture).reshape(-1, picture.bands)
    if picture.hasalpha():
        pixels = pixels[pixels[:, -1] >= _OPAQUE, :-1]
    return np.repeat(pixels, 3, axis=1) if pixels.shape[1] == 1 else pixels


def _groups(lab: Pixels, limit: int) -> list[Pixels]:
    """Return which pixels belong together, as masks; at most ``limit`` of them, none that hardly anybody would see."""
    number = min(limit, len(np.unique(lab, axis=0)))
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, _ROUNDS, _CLOSE_ENOUGH)
    _, labels, centres = cv2.kmeans(lab, number, np.empty(0), criteria, 1, cv2.KMEANS_PP_CENTERS)
    sizes = np.bincount(labels.ravel(), minlength=number)
    leaders: dict[int, int] = {}
    for each in np.argsort(-sizes):
        alike = (n for n in leaders.values() if np.linalg.norm(centres[n] - centres[each]) < _ALIKE)
        leaders[int(each)] = next(alike, int(each))
    groups = np.array([leaders[n] for n in range(number)])[labels.ravel()]
    return [mask for n in sorted(set(leaders.values())) if (mask := groups == n).mean() >= _LEAST_SHARE]


def _to_lab(rgb: Pixels) -> Pixels:
    """Return rows of 8 bit sRGB as rows of CIELAB."""
    scaled = (rgb.astype(np.float32) / 255).reshape(1, -1, 3)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)).reshape(-1, 3)


@cache
def _names() -> dict[tuple[int, ...], str]:
    return {ImageColor.getrgb(name)[:3]: name for name in reversed(tuple(ImageColor.colormap))}


@cache
def _named() -> tuple[tuple[str, ...], Pixels]:
    """Return the names of CSS, one for each colour, and the colours."""
    names = _names()
    colours = np.array(list(names), np.uint8)
    return tuple(names.values()), _to_lab(colours)


def _nearest_name(lab: Pixels) -> str:
    names, colours = _named()
    return names[int(((colours - lab) ** 2).sum(axis=1).argmin())]


def _text(rgb: Pixels) -> str:
    red, green, blue = (round(part) for part in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"
