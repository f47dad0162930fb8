"""Draws sample pictures and a document, the same ones every time, for the demo and for trying a new installation."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyvips
from PIL import Image, ImageDraw, ImageFont

SEED = 7
PAGE_DPI = 144


def draw_samples(into: Path) -> list[Path]:
    """Write the samples into the folder ``into`` and return their paths.

    Each picture, and each page of the PDF at 144 dpi, is at least 1,000 pixels wide.
    """
    paths = []
    for name, (width, height, options) in _SAMPLES.items():
        path = into / name
        picture = _DRAWERS[name](width, height)
        picture.write_to_file(str(path), **options)
        paths.append(path)
    return [*paths, _leaflet(into / "leaflet.pdf")]


def _leaflet(path: Path) -> Path:
    pages = [_page(title, paper) for title, paper in _PAGES.items()]
    pages[0].save(path, "PDF", resolution=PAGE_DPI, save_all=True, append_images=pages[1:])
    return path


def _page(title: str, paper: tuple[int, int, int]) -> Image.Image:
    page = Image.new("RGB", (1240, 1754), paper)
    pen = ImageDraw.Draw(page)
    pen.text((620, 500), title, fill=(40, 40, 40), font=ImageFont.load_default(120), anchor="mm")
    pen.ellipse((370, 800, 870, 1300), outline=(40, 40, 40), width=12)
    return page


def _hills(width: int, height: int) -> pyvips.Image:
    up = pyvips.Image.xyz(width, height)[1] / height
    noise = _clouds(width, height, 240) - 128
    ridge = up > 0.55 + noise / 900
    sky = _mix(up, (70, 130, 200), (250, 220, 190))
    land = _mix(up, (60, 120, 60), (20, 50, 30)) + _clouds(width, height, 24) / 4 - 30
    return _as_picture(ridge.ifthenelse(land, sky))


def _marble(width: int, height: int) -> pyvips.Image:
    across = pyvips.Image.xyz(width, height)[0] / width
    veins = ((across * 2400 + _clouds(width, height, 180) * 6).sin() + 1) / 2
    return _as_picture(_mix(veins, (235, 230, 222), (90, 96, 110)))


def _sunflower(width: int, height: int) -> pyvips.Image:
    places = pyvips.Image.xyz(width, height)
    across, down = places[0] - width / 2, places[1] - height / 2
    radius = (across**2 + down**2) ** 0.5 / (min(width, height) / 2)
    turn = across.bandjoin(down).copy(format="float")
    angle = turn[1].math2(turn[0], "atan2")
    petals = radius < 0.45 + 0.3 * ((angle * 8).cos() + 1) / 2
    flower = (radius < 0.3).ifthenelse(
        _mix(radius * 3, (60, 35, 15), (120, 75, 20)), _mix(radius, (255, 190, 0), (240, 140, 0))
    )
    alpha = petals.ifthenelse(255, 0)
    return _as_picture(flower).bandjoin(alpha.cast("uchar"))


def _weave(width: int, height: int) -> pyvips.Image:
    places = pyvips.Image.xyz(width, height)
    warp = ((places[0] * 9).sin() + 1) / 2
    weft = ((places[1] * 9).sin() + 1) / 2
    cloth = _mix(warp * 0.6 + weft * 0.4, (150, 40, 50), (235, 205, 170))
    return _as_picture(cloth + _clouds(width, height, 60) / 8 - 16)


def _mix(amount: pyvips.Image, low: tuple[int, int, int], high: tuple[int, int, int]) -> pyvips.Image:
    return amount * [b - a for a, b in zip(low, high, strict=True)] + list(low)


def _clouds(width: int, height: int, cell: int) -> pyvips.Image:
    return pyvips.Image.perlin(width, height, cell_size=cell, seed=SEED) * 127 + 128


def _as_picture(image: pyvips.Image) -> pyvips.Image:
    return image.cast("uchar").copy(interpretation="srgb")


_SAMPLES: Mapping[str, tuple[int, int, dict[str, object]]] = {
    "hills.jpg": (2400, 1600, {"Q": 92}),
    "marble.tif": (1800, 1800, {"compression": "deflate"}),
    "sunflower.png": (1400, 1400, {}),
    "weave.jpg": (3000, 2000, {"Q": 90}),
    "dusk.jpg": (1600, 1000, {"Q": 88}),
}
_DRAWERS: Mapping[str, Callable[[int, int], pyvips.Image]] = {
    "hills.jpg": _hills,
    "marble.tif": _marble,
    "sunflower.png": _sunflower,
    "weave.jpg": _weave,
    "dusk.jpg": _hills,
}
_PAGES: Mapping[str, tuple[int, int, int]] = {
    "Morning": (253, 226, 160),
    "Noon": (178, 220, 239),
    "Evening": (226, 178, 200),
}
