"""PDF pages as pixels, by one of two libraries that the plan names; each is loaded only when it is used.

PyMuPDF is the default (faster, repairs damaged files); pypdfium2 can be chosen where the AGPL is not wanted.
"""

import importlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyvips

from imaging.codecs.pdf_mupdf import open_with_mupdf
from imaging.codecs.pdf_pdfium import open_with_pdfium
from imaging.codecs.pdf_port import BANDS, POINTS_PER_INCH, Colours, Opener, PdfDocument
from imaging.codecs.vips_errors import refuse_disk_errors
from imaging.errors import DamagedImage, InvalidPlan, MissingLibrary
from imaging.facts import SourceFacts
from imaging.limits import Limits, check_buffer, check_pages, check_size

DEFAULT_ENGINE = "pymupdf"
_HIGHEST_PREVIEW_DPI = 600.0
_INTERPRETATIONS = {"RGB": "srgb", "CMYK": "cmyk", "GRAY": "b-w"}
_COPIES = 2
"""A drawn page is copied once on its way from the library."""


@contextmanager
def open_pdf(source: Path, engine: str = DEFAULT_ENGINE) -> Iterator[PdfDocument]:
    """Open a PDF with `pymupdf` or `pypdfium2` and close it at the end of the block.

    Raises DamagedImage, ProtectedDocument, MissingLibrary, or InvalidPlan for an engine of another name; what the
    library reports while the block runs becomes DamagedImage too.
    """
    if engine not in _ENGINES:
        raise InvalidPlan(f"there is no PDF engine {engine!r}; use one of {', '.join(_ENGINES)}")
    library, open_with = _ENGINES[engine]
    try:
        loaded = importlib.import_module(library)
    except ImportError as error:
        raise MissingLibrary(
            "{library} is not installed; install it, or choose another PDF engine", library=library
        ) from error
    try:
        with open_with(loaded, source) as document:
            yield document
    except RuntimeError as error:
        refuse_disk_errors(str(error))
        raise DamagedImage("the PDF is damaged and cannot be read; upload it again from an intact copy") from error


def read_facts(document: PdfDocument, limits: Limits) -> SourceFacts:
    """Return the facts of a PDF: its page count, and the size of the first page in points as width and height.

    Raises ImageTooLarge, or DamagedImage when there is no page.
    """
    pages = document.page_count()
    check_pages(pages, limits)
    if pages == 0:
        raise DamagedImage("the PDF has no page")
    width, height = document.page_size_pt(0)
    return SourceFacts(
        format="PDF",
        mime="application/pdf",
        width=max(1, round(width)),
        height=max(1, round(height)),
        bands=3,
        bits=8,
        has_alpha=False,
        resolution_ppi=POINTS_PER_INCH,
        colour_space="RGB",
        pages=pages,
    )


def render_page(document: PdfDocument, page: int, dpi: float, limits: Limits, colours: Colours = "RGB") -> pyvips.Image:
    """Return a page, counted from 0, as an 8 bit image.

    Raises ImageTooLarge before anything is drawn, or UnsupportedByEngine for colours that the engine cannot draw in.
    """
    check_page(document.page_size_pt(page), dpi, limits, colours)
    drawn = document.render(page, dpi, colours)
    image = pyvips.Image.new_from_memory(drawn.samples, drawn.width, drawn.height, BANDS[colours], "uchar")
    return image.copy(interpretation=_INTERPRETATIONS[colours], xres=dpi / 25.4, yres=dpi / 25.4)


def check_page(size_pt: tuple[float, float], dpi: float, limits: Limits, colours: Colours = "RGB") -> None:
    """Raise ImageTooLarge when a page of this size in points would be over the limits at this resolution."""
    width, height = (math.ceil(side * dpi / POINTS_PER_INCH) for side in size_pt)
    check_size(width, height, limits)
    check_buffer(_COPIES * width * height * BANDS[colours], limits)


def dpi_for_box(page_size_pt: tuple[float, float], box_px: int) -> float:
    """Return the resolution at which the longer side of a page is `box_px` pixels, 600 at most."""
    return min(_HIGHEST_PREVIEW_DPI, POINTS_PER_INCH * box_px / max(1.0, *page_size_pt))


_ENGINES: dict[str, tuple[str, Opener]] = {
    "pymupdf": ("pymupdf", open_with_mupdf),
    "pypdfium2": ("pypdfium2", open_with_pdfium),
}
