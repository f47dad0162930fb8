"""From one document to its pages: each becomes an original and an optimised image, with its text and its links."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

from imaging.codecs import pdf
from imaging.codecs.pdf_port import BANDS, POINTS_PER_INCH, Colours, PdfDocument, PdfLine, PdfLink, PdfWord
from imaging.codecs.raster import Decoded
from imaging.codecs.vips_errors import reading, refuse_disk_errors
from imaging.errors import DamagedImage, ImagingError, InvalidPlan, UnsupportedByEngine
from imaging.facts import Outcome, PageLine, PageLink, PageWord, RipOutcome, RippedPage, SourceFacts, StepRecord
from imaging.limits import Limits
from imaging.pipeline import NO_PROFILES, derive, preview_document
from imaging.plan import CropInsets, PageColours, Plan, Rip
from imaging.progress import write_progress
from imaging.steps.step import Asked

PAGE = "page.tif"
_COLOURS: Mapping[PageColours, Colours] = {"Auto": "RGB", "Rgb": "RGB", "Cmyk": "CMYK", "Gray": "GRAY"}
"""Auto is RGB: neither library tells cheaply in which colours a page was composed."""


def rip(source: Path, plan: Plan, into: Path, limits: Limits, profiles: Mapping[str, Path] = NO_PROFILES) -> RipOutcome:
    """Write a document's preview and thumbnail into `into`, and what is made of each page into a folder below it.

    That is page.tif, the whole page as it was drawn, without loss, and the derivatives that `optimise` writes. The
    number of pages, and the size of every page at the plan's resolution, are checked before anything is drawn. Every
    page goes through the steps that `optimise` runs for an image, each with its own automatic crop. A page that cannot
    be drawn or cropped is told as its problem and does not keep the others from being made. Raises InvalidPlan when the
    plan has no `rip`, DamagedImage, ImageTooLarge, ProtectedDocument, MissingLibrary, or UnsupportedByEngine when the
    engine cannot draw in the colours asked for.
    """
    if plan.rip is None:
        raise InvalidPlan("the plan does not ask for the pages of a document")
    asked = Asked(plan=plan, limits=limits, profiles=profiles)
    with pdf.open_pdf(source, plan.pdf_engine) as document:
        facts = pdf.read_facts(document, limits)
        for page in range(facts.pages):
            pdf.check_page(document.page_size_pt(page), plan.rip.dpi, limits, _COLOURS[plan.rip.colour_space])
        shown = preview_document(document, plan, into, limits)
        pages = []
        for page in range(facts.pages):
            write_progress(into, page, facts.pages)
            pages.append(_rip_page(document, page, asked, into))
    return RipOutcome(document=shown, pages=tuple(pages))


def _rip_page(document: PdfDocument, page: int, asked: Asked, into: Path) -> RippedPage:
    number, folder = page + 1, f"page-{page + 1:04}"
    own = _of_page(asked, number)
    try:
        (into / folder).mkdir(exist_ok=True)
        outcome = _optimise_page(document, page, own, into / folder)
        frame = _Frame(own.plan, outcome)
        lines = frame.lines(document.lines(page)) if frame.how.extract_words else ()
        links = frame.links(document.links(page)) if frame.how.extract_links else ()
    except UnsupportedByEngine:
        raise
    except ImagingError as error:
        return RippedPage(number=number, folder=folder, outcome=None, problem=error)
    except RuntimeError as error:
        refuse_disk_errors(str(error))
        problem = DamagedImage("it is damaged and cannot be drawn")
        return RippedPage(number=number, folder=folder, outcome=None, problem=problem)
    return RippedPage(number=number, folder=folder, outcome=outcome, lines=lines, links=links)


def _of_page(asked: Asked, number: int) -> Asked:
    """Return what is asked of one page: its own crop, where it has one, takes the place of the plan's."""
    how = asked.plan.rip
    assert how is not None
    crop = next((each.crop for each in how.crops if each.page == number), None)
    return asked if crop is None else replace(asked, plan=replace(asked.plan, crop=crop, auto_crop=None))


def _optimise_page(document: PdfDocument, page: int, asked: Asked, into: Path) -> Outcome:
    how = asked.plan.rip
    assert how is not None
    colours = _COLOURS[how.colour_space]
    started = time.perf_counter()
    image = pdf.render_page(document, page, how.dpi, asked.limits, colours)
    with reading():
        image.tiffsave(str(into / PAGE), compression="deflate", predictor="horizontal")
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


class _Box(TypedDict):
    left: int
    top: int
    width: int
    height: int


class _Frame:
    """Where a place on a page, in points, lies in the page's optimised image."""

    def __init__(self, plan: Plan, outcome: Outcome) -> None:
        assert plan.rip is not None
        self.how: Rip = plan.rip
        self._crop = outcome.crop or CropInsets(left=0, right=0, top=0, bottom=0)
        self._size = (outcome.width, outcome.height)

    def links(self, links: Sequence[PdfLink]) -> tuple[PageLink, ...]:
        """Return the links that the crop has left, in pixels."""
        placed = ((link, self._place(link)) for link in links)
        return tuple(
            PageLink(**box, url=link.url, page=None if link.page is None else link.page + 1)
            for link, box in placed
            if box is not None
        )

    def lines(self, lines: Sequence[PdfLine]) -> tuple[PageLine, ...]:
        """Return the lines that still have a word, in pixels."""
        placed = ((line, self._words(line)) for line in lines)
        return tuple(PageLine(words=words, font=line.font, size_pt=line.size_pt) for line, words in placed if words)

    def _words(self, line: PdfLine) -> tuple[PageWord, ...]:
        placed = ((word, self._place(word)) for word in line.words)
        return tuple(PageWord(text=word.text, **box) for word, box in placed if box is not None)

    def _place(self, place: PdfLink | PdfWord) -> _Box | None:
        scale = self.how.dpi / POINTS_PER_INCH
        width, height = self._size
        left, right = (_within(edge * scale - self._crop.left, width) for edge in (place.left, place.right))
        top, bottom = (_within(edge * scale - self._crop.top, height) for edge in (place.top, place.bottom))
        if left >= right or top >= bottom:
            return None
        return _Box(left=left, top=top, width=right - left, height=bottom - top)


def _within(edge: float, length: int) -> int:
    return min(length, max(0, round(edge)))
