"""From one original to its derivatives: decode, run the steps that the plan asks for, encode.

Storing the derivatives is left to the caller.

The functions here are meant for a child process that bounds memory and time and has switched libvips' cache off;
they start no thread of their own.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyvips

from imaging.codecs import pdf, raster
from imaging.codecs.levels import open_level
from imaging.codecs.preview import screen_picture, write_preview
from imaging.codecs.pyramid import write_pyramid
from imaging.facts import Outcome, SourceFacts, StepRecord, WrittenFile
from imaging.limits import Limits
from imaging.plan import Plan
from imaging.steps import crop

PYRAMID = "pyramid.tif"
Step = Callable[[pyvips.Image, Plan], "tuple[pyvips.Image, str] | None"]
STEPS: tuple[tuple[str, Step], ...] = (("crop", crop.apply),)
"""The steps in the order in which they run. A step returns None when the plan does not ask for it."""


def probe(source: Path, limits: Limits, pdf_engine: str = pdf.DEFAULT_ENGINE) -> SourceFacts:
    """Return what the header of an image, or the first page of a PDF, says; no pixel is decoded.

    Raises UnsupportedFormat, DamagedImage, ImageTooLarge, ProtectedDocument or MissingLibrary.
    """
    if raster.sniff(source).name == "PDF":
        with pdf.open_pdf(source, pdf_engine) as document:
            return pdf.read_facts(document, limits)
    return raster.read_facts(source, limits)


def optimise(source: Path, plan: Plan, into: Path, limits: Limits) -> Outcome:
    """Write pyramid.tif, a thumbnail and a preview of a pixel image into the folder `into`, which must exist.

    thumbnail and preview are .jpg, or .png when the image has alpha. Files of the same names are replaced; each file
    is there whole or not at all. Raises UnsupportedFormat, DamagedImage, ImageTooLarge or EmptyCrop.
    """
    steps: list[StepRecord] = []
    with _recorded(steps, "decode") as detail:
        decoded = raster.decode(source, limits)
        detail.append(decoded.detail)
    image = _run_steps(decoded.image, plan, steps)
    with _recorded(steps, "pyramid") as detail:
        detail.append(write_pyramid(image, plan, into / PYRAMID))
    pyramid = WrittenFile(
        name=PYRAMID,
        mime="image/tiff",
        width=image.width,
        height=image.height,
        size_bytes=(into / PYRAMID).stat().st_size,
    )
    level = open_level(into / PYRAMID, _largest_box(plan) / max(image.width, image.height))
    small = _write_small(level.image, plan, into, steps)
    return Outcome(
        source=decoded.facts, width=image.width, height=image.height, files=(pyramid, *small), steps=tuple(steps)
    )


def preview_pdf(source: Path, plan: Plan, into: Path, limits: Limits) -> Outcome:
    """Write a thumbnail and a preview of a PDF's first page into the folder `into`, which must exist.

    The outcome's size is that of the page in points; there is no pyramid. Raises DamagedImage, ImageTooLarge,
    ProtectedDocument, or MissingLibrary when the plan's engine is not installed.
    """
    steps: list[StepRecord] = []
    with pdf.open_pdf(source, plan.pdf_engine) as document:
        facts = pdf.read_facts(document, limits)
        with _recorded(steps, "render page 1") as detail:
            dpi = pdf.dpi_for_box(document.page_sizes_pt(first=1)[0], plan.preview_px)
            page = pdf.render_page(document, 0, dpi, limits)
            detail.append(f"{page.width}x{page.height} at {dpi:.1f} dpi with {plan.pdf_engine}")
    files = _write_small(page, plan, into, steps)
    return Outcome(source=facts, width=facts.width, height=facts.height, files=files, steps=tuple(steps))


def _run_steps(image: pyvips.Image, plan: Plan, steps: list[StepRecord]) -> pyvips.Image:
    for name, step in STEPS:
        started = time.perf_counter()
        done = step(image, plan)
        if done is not None:
            image, detail = done
            steps.append(StepRecord(name=name, detail=detail, milliseconds=_since(started)))
    return image


def _write_small(image: pyvips.Image, plan: Plan, into: Path, steps: list[StepRecord]) -> tuple[WrittenFile, ...]:
    with _recorded(steps, "screen colours") as detail:
        picture = screen_picture(image, _largest_box(plan))
        detail.append(f"{picture.width}x{picture.height}, {image.interpretation} to {picture.interpretation}")
    files = []
    for stem, box_px in (("preview", plan.preview_px), ("thumbnail", plan.thumbnail_px)):
        with _recorded(steps, stem) as detail:
            files.append(write_preview(picture, box_px, into, stem))
            detail.append(f"{files[-1].width}x{files[-1].height}, {files[-1].mime}")
    return tuple(files)


def _largest_box(plan: Plan) -> int:
    return max(plan.preview_px, plan.thumbnail_px)


@contextmanager
def _recorded(steps: list[StepRecord], name: str) -> Iterator[list[str]]:
    started = time.perf_counter()
    detail: list[str] = []
    yield detail
    steps.append(StepRecord(name=name, detail="; ".join(detail), milliseconds=_since(started)))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
