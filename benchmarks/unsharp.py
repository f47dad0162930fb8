"""Unsharp masking from the quarter level on, against the other ways to make such a pyramid."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips
import tifffile

from imaging.codecs.pyramid import write_pyramid
from imaging.codecs.tiff_pages import Page, join_pages
from imaging.pixels import image_of, pixels_of
from imaging.plan import Plan, UnsharpMask
from imaging.process import prepare_process
from imaging.steps.unsharp import sharpen

WIDTH, HEIGHT, LEVELS = 6000, 4000, 6
ROUNDS = 3
UNSHARP = UnsharpMask(amount=1.75, radius=1.5, threshold=2)
JPEG = {"tile": True, "tile_width": 256, "tile_height": 256, "keep": "icc", "compression": "jpeg", "Q": 85}
Pixels = npt.NDArray[Any]


def figures() -> Iterator[str]:
    """Yield the best time of three rounds, the peak memory of a fresh process, and the quarter level's mean error."""
    prepare_process()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _draw(folder / "jpeg")
        right = _right_quarter(folder / "jpeg")
        for way, work in _WAYS.items():
            measured = [_measure(work, folder / "jpeg", folder / "made.tif") for _ in range(ROUNDS)]
            seconds, megabytes = min(one[0] for one in measured), max(one[1] for one in measured)
            made = pyvips.Image.tiffload(str(folder / "made.tif"), page=2)[:3].numpy()
            error = f"; quarter level off by {np.abs(made - right).mean():.2f} of 255" if way != "no unsharp" else ""
            size = (folder / "made.tif").stat().st_size / 1e6
            yield f"{way}: {seconds:.2f} s, peak {megabytes:.0f} MB, {size:.1f} MB written{error}"


def no_unsharp(source: Path, target: Path) -> None:
    """Write the pyramid as it is without the option."""
    write_pyramid(_open(source), Plan(), target)


def as_shipped(source: Path, target: Path) -> None:
    """Write the pyramid, then replace its smaller levels, each made from the half level."""
    write_pyramid(_open(source), Plan(unsharp=UNSHARP), target)


def from_stored_levels(source: Path, target: Path) -> None:
    """Write the pyramid, then replace its smaller levels, each made from what it holds already."""
    write_pyramid(_open(source), Plan(), target)
    _replace(target, [pyvips.Image.tiffload(str(target), page=number) for number in range(2, LEVELS)])


def from_held_image(source: Path, target: Path) -> None:
    """Hold the original in memory, write its pyramid, then replace the smaller levels, made from the original."""
    held = _open(source).copy_memory()
    write_pyramid(held, Plan(), target)
    _replace(target, [held.shrink(2**number, 2**number).copy_memory() for number in range(2, LEVELS)])


def lossless_as_shipped(source: Path, target: Path) -> None:
    """Do what is shipped without JPEG, so that it can be compared with tifffile, which here has no JPEG encoder."""
    write_pyramid(_open(source), Plan(unsharp=UNSHARP), target, is_lossless=True)


def lossless_by_tifffile(source: Path, target: Path) -> None:
    """Hold the original in memory and have tifffile write every level."""
    held = _open(source).copy_memory()
    with tifffile.TiffWriter(target) as writer:
        for number in range(LEVELS):
            level = pixels_of(held.shrink(2**number, 2**number))
            pixels = level if number < 2 else sharpen(level, UNSHARP, has_alpha=False)
            reduced = 1 if number else 0
            writer.write(
                pixels,
                tile=(256, 256),
                compression="zlib",
                compressionargs={"level": 1},
                predictor=True,
                photometric="rgb",
                subfiletype=reduced,
                metadata=None,
            )


_WAYS: dict[str, Callable[[Path, Path], None]] = {
    "no unsharp": no_unsharp,
    "as shipped": as_shipped,
    "from the stored levels": from_stored_levels,
    "from the image held in memory": from_held_image,
    "lossless, as shipped": lossless_as_shipped,
    "lossless, all by tifffile": lossless_by_tifffile,
}


def _draw(target: Path) -> None:
    noise = pyvips.Image.perlin(WIDTH, HEIGHT, cell_size=64, seed=3) * 90 + 128
    grain = pyvips.Image.gaussnoise(WIDTH, HEIGHT, sigma=6, seed=4)
    picture = (noise + grain).bandjoin([noise + grain * 0.5, 255 - noise]).cast("uchar").copy(interpretation="srgb")
    picture.jpegsave(str(target), Q=92)


def _open(source: Path) -> pyvips.Image:
    return pyvips.Image.jpegload(str(source), access="sequential")


def _right_quarter(source: Path) -> Pixels:
    pixels = _open(source).numpy().reshape(HEIGHT // 4, 4, WIDTH // 4, 4, 3)
    return sharpen(np.rint(pixels.mean(axis=(1, 3))).astype(np.uint8), UNSHARP, has_alpha=False).astype(float)


def _replace(pyramid: Path, levels: list[pyvips.Image]) -> None:
    pages = [Page(file=pyramid, number=0), Page(file=pyramid, number=1)]
    for number, level in enumerate(levels):
        file = pyramid.with_suffix(f".{number}")
        image_of(sharpen(pixels_of(level), UNSHARP, has_alpha=False), level).tiffsave(str(file), **JPEG)
        pages.append(Page(file=file, number=0))
    joined = pyramid.with_suffix(".joined")
    join_pages(pages, joined)
    joined.replace(pyramid)


def _measure(work: Callable[[Path, Path], None], source: Path, target: Path) -> tuple[float, float]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, prepare_process, maxtasksperchild=1) as pool:
        return pool.apply(_timed, (work, source, target))


def _timed(work: Callable[[Path, Path], None], source: Path, target: Path) -> tuple[float, float]:
    start = time.perf_counter()
    work(source, target)
    seconds = time.perf_counter() - start
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return seconds, int(status.split("VmHWM:")[1].split()[0]) / 1024
