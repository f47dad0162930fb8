"""PDFs through PyMuPDF: fast, repairs damaged files, draws in CMYK; AGPL, see decision 5."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imaging.codecs.pdf_port import (
    BANDS,
    POINTS_PER_INCH,
    Colours,
    Drawn,
    PdfDocument,
    PdfLine,
    PdfLink,
    PdfWord,
    without_padding,
)
from imaging.errors import ProtectedDocument

_LINK_GOTO, _LINK_URI = 1, 2


@contextmanager
def open_with_mupdf(library: Any, source: Path) -> Iterator[PdfDocument]:
    """Open a PDF with PyMuPDF. Raises ProtectedDocument."""
    library.TOOLS.mupdf_display_errors(on=False)
    document = library.open(str(source), filetype="pdf")
    try:
        if document.needs_pass:
            raise ProtectedDocument("the PDF needs a password; upload one without")
        yield _MuPdfDocument(library, document)
    finally:
        document.close()


class _MuPdfDocument:
    def __init__(self, library: Any, document: Any) -> None:
        self._library = library
        self._document = document

    def page_count(self) -> int:
        return int(self._document.page_count)

    def page_size_pt(self, page: int) -> tuple[float, float]:
        rect = self._document.load_page(page).rect
        return float(rect.width), float(rect.height)

    def render(self, page: int, dpi: float, colours: Colours) -> Drawn:
        scale = dpi / POINTS_PER_INCH
        space = getattr(self._library, f"cs{colours}")
        drawn = self._document.load_page(page).get_pixmap(
            matrix=self._library.Matrix(scale, scale), colorspace=space, alpha=False
        )
        samples = without_padding(drawn.samples, drawn.width * BANDS[colours], drawn.stride)
        return Drawn(width=drawn.width, height=drawn.height, samples=samples)

    def lines(self, page: int) -> tuple[PdfLine, ...]:
        text = self._document.load_page(page).get_textpage(flags=self._library.TEXTFLAGS_WORDS)
        words: dict[tuple[int, int], list[PdfWord]] = {}
        for left, top, right, bottom, letters, block, line, _word in text.extractWORDS():
            word = PdfWord(text=letters, left=left, top=top, right=right, bottom=bottom)
            words.setdefault((block, line), []).append(word)
        blocks = text.extractDICT()["blocks"]
        spans = {key: blocks[key[0]]["lines"][key[1]]["spans"][0] for key in words}
        return tuple(
            PdfLine(words=tuple(found), font=spans[key]["font"], size_pt=spans[key]["size"])
            for key, found in words.items()
        )

    def links(self, page: int) -> tuple[PdfLink, ...]:
        found = self._document.load_page(page).get_links()
        return tuple(_link(link) for link in found if link["kind"] in {_LINK_GOTO, _LINK_URI})


def _link(link: dict[str, Any]) -> PdfLink:
    rectangle = link["from"]
    leads_outside = link["kind"] == _LINK_URI
    return PdfLink(
        left=float(rectangle.x0),
        top=float(rectangle.y0),
        right=float(rectangle.x1),
        bottom=float(rectangle.y1),
        url=str(link["uri"]) if leads_outside else None,
        page=None if leads_outside else int(link["page"]),
    )
