"""PDF pages as pixels, by one of two libraries that the plan names; each is loaded only when it is used.

PyMuPDF is the default (faster, repairs damaged files); pypdfium2 can be chosen where the AGPL is not wanted.
"""

import importlib
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyvips

from imaging.errors import DamagedImage, InvalidPlan, MissingLibrary, ProtectedDocument
from imaging.facts import SourceFacts
from imaging.limits import Limits, check_pages, check_size

DEFAULT_ENGINE = "pymupdf"
POINTS_PER_INCH = 72.0
_HIGHEST_PREVIEW_DPI = 600.0
_PDFIUM_PASSWORD_ERROR = 4


class PdfDocument(Protocol):
    """An opened PDF. Pages are counted from 0; sizes are in points, as seen (with the page's own rotation)."""

    def page_count(self) -> int:
        """Return how many pages there are."""

    def page_sizes_pt(self, first: int | None = None) -> list[tuple[float, float]]:
        """Return width and height of every page, or of the `first` so many."""

    def render_rgb(self, page: int, dpi: float) -> tuple[int, int, bytes]:
        """Return width, height and the 8 bit RGB samples of a page on white paper."""

    def close(self) -> None:
        """Give the file back."""


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
        raise MissingLibrary(f"{library} is not installed; install it, or choose another PDF engine") from error
    try:
        document = open_with(loaded, source)
        try:
            yield document
        finally:
            document.close()
    except RuntimeError as error:
        raise DamagedImage("the PDF is damaged and cannot be read; upload it again from an intact copy") from error


def read_facts(document: PdfDocument, limits: Limits) -> SourceFacts:
    """Return the facts of a PDF: its page count, and the size of the first page in points as width and height.

    Raises ImageTooLarge, or DamagedImage when there is no page.
    """
    pages = document.page_count()
    check_pages(pages, limits)
    if pages == 0:
        raise DamagedImage("the PDF has no page")
    width, height = document.page_sizes_pt(first=1)[0]
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


def render_page(document: PdfDocument, page: int, dpi: float, limits: Limits) -> pyvips.Image:
    """Return a page as an 8 bit RGB image. Raises ImageTooLarge before anything is drawn."""
    width_pt, height_pt = document.page_sizes_pt(first=page + 1)[page]
    check_size(math.ceil(width_pt * dpi / POINTS_PER_INCH), math.ceil(height_pt * dpi / POINTS_PER_INCH), limits)
    width, height, samples = document.render_rgb(page, dpi)
    image = pyvips.Image.new_from_memory(samples, width, height, 3, "uchar")
    return image.copy(interpretation="srgb", xres=dpi / 25.4, yres=dpi / 25.4)


def dpi_for_box(page_size_pt: tuple[float, float], box_px: int) -> float:
    """Return the resolution at which the longer side of a page is `box_px` pixels, 600 at most."""
    return min(_HIGHEST_PREVIEW_DPI, POINTS_PER_INCH * box_px / max(1.0, *page_size_pt))


class _MuPdfDocument:
    def __init__(self, document: Any) -> None:
        self._document = document

    def page_count(self) -> int:
        return int(self._document.page_count)

    def page_sizes_pt(self, first: int | None = None) -> list[tuple[float, float]]:
        count = self.page_count() if first is None else first
        rects = [self._document.load_page(page).rect for page in range(count)]
        return [(float(rect.width), float(rect.height)) for rect in rects]

    def render_rgb(self, page: int, dpi: float) -> tuple[int, int, bytes]:
        library = importlib.import_module("pymupdf")
        scale = dpi / POINTS_PER_INCH
        drawn = self._document.load_page(page).get_pixmap(
            matrix=library.Matrix(scale, scale), colorspace=library.csRGB, alpha=False
        )
        return drawn.width, drawn.height, _without_padding(drawn.samples, drawn.width * 3, drawn.stride)

    def close(self) -> None:
        self._document.close()


class _PdfiumDocument:
    def __init__(self, document: Any) -> None:
        self._document = document

    def page_count(self) -> int:
        return len(self._document)

    def page_sizes_pt(self, first: int | None = None) -> list[tuple[float, float]]:
        count = self.page_count() if first is None else first
        sizes = [self._document.get_page_size(page) for page in range(count)]
        return [(float(width), float(height)) for width, height in sizes]

    def render_rgb(self, page: int, dpi: float) -> tuple[int, int, bytes]:
        opened = self._document[page]
        drawn = opened.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
        try:
            return drawn.width, drawn.height, _without_padding(bytes(drawn.buffer), drawn.width * 3, drawn.stride)
        finally:
            drawn.close()
            opened.close()

    def close(self) -> None:
        self._document.close()


def _open_with_mupdf(library: Any, source: Path) -> PdfDocument:
    library.TOOLS.mupdf_display_errors(on=False)
    document = library.open(str(source), filetype="pdf")
    if document.needs_pass:
        document.close()
        raise ProtectedDocument("the PDF needs a password; upload one without")
    return _MuPdfDocument(document)


def _open_with_pdfium(library: Any, source: Path) -> PdfDocument:
    try:
        return _PdfiumDocument(library.PdfDocument(str(source)))
    except library.PdfiumError as error:
        if error.err_code == _PDFIUM_PASSWORD_ERROR:
            raise ProtectedDocument("the PDF needs a password; upload one without") from error
        raise


def _without_padding(samples: bytes, row_bytes: int, stride: int) -> bytes:
    """Return the samples without the unused bytes at the end of each row."""
    if stride == row_bytes:
        return samples
    return b"".join(samples[start : start + row_bytes] for start in range(0, len(samples), stride))


_ENGINES: dict[str, tuple[str, Callable[[Any, Path], PdfDocument]]] = {
    "pymupdf": ("pymupdf", _open_with_mupdf),
    "pypdfium2": ("pypdfium2", _open_with_pdfium),
}
