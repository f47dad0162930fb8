"""From one document to its pages: each becomes an optimised image like any other, with its words and links."""

import time
from collections.abc import Mapping
from pathlib import Path

from imaging.codecs import pdf
from imaging.codecs.pdf_port import BANDS, POINTS_PER_INCH, Colours, PdfDocument, PdfLink
from imaging.codecs.raster import Decoded
from imaging.errors import ImagingError, InvalidPlan, UnsupportedByEngine
from imaging.facts import Outcome, PageLink, RipOutcome, RippedPage, SourceFacts, StepRecord
from imaging.limits import Limits
from imaging.pipeline import NO_PROFILES, derive, preview_document
from imaging.plan import CropInsets, PageColours, Plan, Rip
from imaging.steps.step import Asked

_COLOURS: Mapping[PageColours, Colours] = {"Auto": "RGB", "Rgb": "RGB", "Cmyk": "CMYK", "Gray": "GRAY"}
"""Auto is RGB: neither library tells cheaply in which colours a page was composed."""


def rip(source: Path, plan: Plan, into: Path, limits: Limits, profiles: Mapping[str, Path] = NO_PROFILES) -> RipOutcome:
    """Write a document's preview and thumbnail into `into`, and each page's derivatives into a folder below it.

    The number of pages, and the size of every page at the plan's resolution, are checked before anything is drawn.
    Every page goes through the steps that `optimise` runs for an image, each with its own automatic crop. A page that
    cannot be drawn or cropped is told as its problem and does not keep the others from being made. Raises InvalidPlan
    when the plan has no `rip`, DamagedImage, ImageTooLarge, ProtectedDocument, MissingLibrary, or UnsupportedByEngine
    when the engine cannot draw in the colours asked for.
    """
    if plan.rip is None:
        raise InvalidPlan("the plan does not ask for the pages of a document")
    asked = Asked(plan=plan, limits=limits, profiles=profiles)
    with pdf.open_pdf(source, plan.pdf_engine) as document:
        facts = pdf.read_facts(document, limits)
        for page in range(facts.pages):
            pdf.check_page(document.page_size_pt(page), plan.rip.dpi, limits, _COLOURS[plan.rip.colour_space])
        shown = preview_document(document, plan, into, limits)
        pages = tuple(_rip_page(document, page, asked, into) for page in range(facts.pages))
    return RipOutcome(document=shown, pages=pages)


def _rip_page(document: PdfDocument, page: int, asked: Asked, into: Path) -> RippedPage:
    how = asked.plan.rip
    assert how is not None
    number, folder = page + 1, f"page-{page + 1:04}"
    try:
        (into / folder).mkdir(exist_ok=True)
        outcome = _optimise_page(document, page, asked, into / folder)
        words = document.words(page) if how.extract_words else ()
        links = document.links(page) if how.extract_links else ()
    except UnsupportedByEngine:
        raise
    except ImagingError as error:
        return RippedPage(number=number, folder=folder, outcome=None, problem=f"page {number}: {error}")
    except RuntimeError:
        problem = f"page {number}: it is damaged and cannot be drawn"
        return RippedPage(number=number, folder=folder, outcome=None, problem=problem)
    placed = tuple(found for link in links if (found := _place(link, how, asked.plan, outcome)) is not None)
    return RippedPage(number=number, folder=folder, outcome=outcome, words=words, links=placed)


def _optimise_page(document: PdfDocument, page: int, asked: Asked, into: Path) -> Outcome:
    how = asked.plan.rip
    assert how is not None
    colours = _COLOURS[how.colour_space]
    started = time.perf_counter()
    image = pdf.render_page(document, page, how.dpi, asked.limits, colours)
    detail = f"page {page + 1}, {image.width}x{image.height} {colours} at {how.dpi:g} dpi with {asked.plan.pdf_engine}"
    facts = SourceFacts(
        format="PDF",
        mime="application/pdf",
        width=image.width,
        height=image.height,
        bands=BANDS[colours],
        bits=8,
        has_alpha=False,
        resolution_ppi=how.dpi,
        colour_space=colours,
    )
    rendering = StepRecord(name="render", detail=detail, milliseconds=round((time.perf_counter() - started) * 1000, 3))
    return derive(Decoded(image=image, facts=facts, detail=detail), asked, into, rendering)


def _place(link: PdfLink, how: Rip, plan: Plan, outcome: Outcome) -> PageLink | None:
    """Return the link in pixels of the page's optimised image, or None when the crop took it away."""
    crop = plan.crop or outcome.auto_crop or CropInsets(left=0, right=0, top=0, bottom=0)
    scale = how.dpi / POINTS_PER_INCH
    left, right = (_within(edge * scale - crop.left, outcome.width) for edge in (link.left, link.right))
    top, bottom = (_within(edge * scale - crop.top, outcome.height) for edge in (link.top, link.bottom))
    if left >= right or top >= bottom:
        return None
    target = None if link.page is None else link.page + 1
    return PageLink(left=left, top=top, width=right - left, height=bottom - top, url=link.url, page=target)


def _within(edge: float, length: int) -> int:
    return min(length, max(0, round(edge)))
