"""From one original to its derivatives: decode, run the steps that the plan asks for, encode.

Storing the derivatives is left to the caller, and a document's pages to `rip`.

The functions here are meant for a child process that bounds memory and time and has switched libvips' cache off;
they start no thread of their own.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pyvips

from imaging.codecs import pdf, raster
from imaging.codecs.levels import open_level
from imaging.codecs.pdf_port import PdfDocument
from imaging.codecs.preview import screen_picture, write_preview
from imaging.codecs.pyramid import write_pyramid
from imaging.codecs.raster import Decoded, colour_space_of
from imaging.facts import Outcome, SourceFacts, StepRecord, WrittenFile
from imaging.limits import Limits
from imaging.pixels import hold
from imaging.plan import AutoCrop, CropInsets, Plan
from imaging.steps import autocrop, colour, crop, knockout
from imaging.steps.crop import Rectangle
from imaging.steps.mask import mask_of
from imaging.steps.step import Asked, Step

PYRAMID = "pyramid.tif"
MASK = "mask.tif"
NO_PROFILES: Mapping[str, Path] = MappingProxyType({})
STEPS: tuple[tuple[str, Step], ...] = (
    ("crop", crop.apply),
    ("auto crop", autocrop.apply),
    ("colour", colour.apply),
    ("knockout", knockout.apply),
)
"""The steps in the order in which they run; the mask, and the unsharp mask of the smaller levels, follow in encoding.

The vendor does not publish an order. Crops come first: an automatic one then compares the original's own colours, so
that it finds the rectangle which `find_auto_crop` foretells, and no pixel is converted only to be trimmed. Knockout
comes after them, so that its corner is a corner of the picture that is kept, and after colour, so that its tolerance is
measured in the colours that are stored. The mask needs the knockout's transparency.
"""


def probe(source: Path, limits: Limits, pdf_engine: str = pdf.DEFAULT_ENGINE) -> SourceFacts:
    """Return what the header of an image, or the first page of a PDF, says; no pixel is decoded.

    Raises UnsupportedFormat, DamagedImage, ImageTooLarge, ProtectedDocument or MissingLibrary.
    """
    if raster.sniff(source).name == "PDF":
        with pdf.open_pdf(source, pdf_engine) as document:
            return pdf.read_facts(document, limits)
    return raster.read_facts(source, limits)


def find_auto_crop(source: Path, how: AutoCrop, limits: Limits) -> Rectangle:
    """Return the rectangle that an automatic crop would keep of a pixel image, in pixels of the upright original.

    It is the whole image where there is nothing to trim, or nothing but background. Raises UnsupportedFormat,
    DamagedImage or ImageTooLarge.
    """
    held = hold(raster.decode(source, limits).image, limits)
    whole = Rectangle(left=0, top=0, width=held.width, height=held.height)
    return autocrop.find_rectangle(held, how) or whole


def optimise(
    source: Path, plan: Plan, into: Path, limits: Limits, profiles: Mapping[str, Path] = NO_PROFILES
) -> Outcome:
    """Write pyramid.tif, a thumbnail and a preview of a pixel image into the folder `into`, which must exist.

    thumbnail and preview are .jpg, or .png when the image has alpha; mask.tif is there when the plan asks for it and
    the picture has transparency. Files of the same names are replaced; each file is there whole or not at all.
    `profiles` are ICC files by the names that the plan uses. Raises UnsupportedFormat, DamagedImage, ImageTooLarge,
    EmptyCrop, InvalidPlan or UnusableProfile.
    """
    started = time.perf_counter()
    decoded = raster.decode(source, limits)
    decoding = StepRecord(name="decode", detail=decoded.detail, milliseconds=_since(started))
    return derive(decoded, Asked(plan=plan, limits=limits, profiles=profiles), into, decoding)


def derive(decoded: Decoded, asked: Asked, into: Path, decoding: StepRecord) -> Outcome:
    """Run the steps over an opened image and write its derivatives, as `optimise` does; `decoding` is told first."""
    plan, steps = asked.plan, [decoding]
    image, auto_crop = _run_steps(decoded.image, asked, steps)
    with _recorded(steps, "pyramid") as detail:
        detail.append(write_pyramid(image, plan, into / PYRAMID))
    files = [_written(image, into / PYRAMID)]
    if plan.create_mask:
        with _recorded(steps, "mask") as detail:
            files += _write_mask(plan, into, detail)
    level = open_level(into / PYRAMID, _largest_box(plan) / max(image.width, image.height))
    files += write_small(level.image, plan, into, steps)
    return Outcome(
        source=decoded.facts,
        width=image.width,
        height=image.height,
        files=tuple(files),
        steps=tuple(steps),
        has_alpha=bool(image.hasalpha()),
        colour_space=colour_space_of(image),
        crop=plan.crop or auto_crop,
    )


def preview_pdf(source: Path, plan: Plan, into: Path, limits: Limits) -> Outcome:
    """Write a thumbnail and a preview of a PDF's first page into the folder `into`, which must exist.

    The outcome's size is that of the page in points; there is no pyramid. Raises DamagedImage, ImageTooLarge,
    ProtectedDocument, or MissingLibrary when the plan's engine is not installed.
    """
    with pdf.open_pdf(source, plan.pdf_engine) as document:
        return preview_document(document, plan, into, limits)


def preview_document(document: PdfDocument, plan: Plan, into: Path, limits: Limits) -> Outcome:
    """Do what `preview_pdf` does with a PDF that is open already."""
    steps: list[StepRecord] = []
    facts = pdf.read_facts(document, limits)
    with _recorded(steps, "render page 1") as detail:
        dpi = pdf.dpi_for_box(document.page_size_pt(0), plan.preview_px)
        page = pdf.render_page(document, 0, dpi, limits)
        detail.append(f"{page.width}x{page.height} at {dpi:.1f} dpi with {plan.pdf_engine}")
    return Outcome(
        source=facts,
        width=facts.width,
        height=facts.height,
        files=write_small(page, plan, into, steps),
        steps=tuple(steps),
        has_alpha=False,
        colour_space="RGB",
    )


def write_small(image: pyvips.Image, plan: Plan, into: Path, steps: list[StepRecord]) -> tuple[WrittenFile, ...]:
    """Write preview and thumbnail of an image and record both."""
    with _recorded(steps, "screen colours") as detail:
        picture = screen_picture(image, _largest_box(plan))
        detail.append(f"{picture.width}x{picture.height}, {image.interpretation} to {picture.interpretation}")
    files = []
    for stem, box_px in (("preview", plan.preview_px), ("thumbnail", plan.thumbnail_px)):
        with _recorded(steps, stem) as detail:
            files.append(write_preview(picture, box_px, into, stem))
            detail.append(f"{files[-1].width}x{files[-1].height}, {files[-1].mime}")
    return tuple(files)


def _run_steps(image: pyvips.Image, asked: Asked, steps: list[StepRecord]) -> tuple[pyvips.Image, CropInsets | None]:
    auto_crop = None
    for name, step in STEPS:
        started = time.perf_counter()
        done = step(image, asked)
        if done is not None:
            image, auto_crop = done.image, done.auto_crop or auto_crop
            steps.append(StepRecord(name=name, detail=done.detail, milliseconds=_since(started)))
    return image, auto_crop


def _write_mask(plan: Plan, into: Path, detail: list[str]) -> list[WrittenFile]:
    """Write the mask of the pyramid that was just written: with alpha it is stored without loss."""
    mask = mask_of(open_level(into / PYRAMID, 1.0).image)
    if mask is None:
        detail.append("the picture has no transparency, so there is no mask")
        return []
    detail.append(write_pyramid(mask, plan, into / MASK, is_lossless=True))
    return [_written(mask, into / MASK)]


def _written(image: pyvips.Image, target: Path) -> WrittenFile:
    return WrittenFile(
        name=target.name,
        mime="image/tiff",
        width=image.width,
        height=image.height,
        size_bytes=target.stat().st_size,
    )


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
