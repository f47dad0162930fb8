"""PDFs through pypdfium2, for where the AGPL is not wanted; it draws in RGB and greyscale."""

import ctypes
import re
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
from imaging.errors import ProtectedDocument, UnsupportedByEngine

_PASSWORD_ERROR = 4
_SUBPOINTS = 1000
"""Whole numbers per point: PDFium tells places on a page as whole pixels of a picture of it."""
_WORD = re.compile(r"\S+")
_BROKEN_WORD = "\ufffe"
"""What PDFium puts where a word is hyphenated at the end of a line."""


@contextmanager
def open_with_pdfium(library: Any, source: Path) -> Iterator[PdfDocument]:
    """Open a PDF with pypdfium2. Raises ProtectedDocument."""
    try:
        document = library.PdfDocument(str(source))
    except library.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:
            raise ProtectedDocument("the PDF needs a password; upload one without") from error
        raise
    try:
        yield _PdfiumDocument(library, document)
    finally:
        document.close()


class _PdfiumDocument:
    def __init__(self, library: Any, document: Any) -> None:
        self._raw = library.raw
        self._document = document

    def page_count(self) -> int:
        return len(self._document)

    def page_size_pt(self, page: int) -> tuple[float, float]:
        width, height = self._document.get_page_size(page)
        return float(width), float(height)

    def render(self, page: int, dpi: float, colours: Colours) -> Drawn:
        if colours == "CMYK":
            raise UnsupportedByEngine("pypdfium2 cannot draw in CMYK; choose another colour space, or PyMuPDF")
        with self._page(page) as opened:
            drawn = opened.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True, grayscale=colours == "GRAY")
            try:
                samples = without_padding(bytes(drawn.buffer), drawn.width * BANDS[colours], drawn.stride)
                return Drawn(width=drawn.width, height=drawn.height, samples=samples)
            finally:
                drawn.close()

    def lines(self, page: int) -> tuple[PdfLine, ...]:
        with self._page(page) as opened:
            text = opened.get_textpage()
            try:
                return tuple(self._lines(opened, text))
            finally:
                text.close()

    def links(self, page: int) -> tuple[PdfLink, ...]:
        with self._page(page) as opened:
            found = [self._link(opened, link) for link in self._annotations(opened)]
        return tuple(link for link in found if link.url is not None or link.page is not None)

    @contextmanager
    def _page(self, page: int) -> Iterator[Any]:
        opened = self._document[page]
        try:
            yield opened
        finally:
            opened.close()

    def _lines(self, opened: Any, text: Any) -> Iterator[PdfLine]:
        """Yield the lines of a page: PDFium tells characters, with line ends and blanks of its own among them."""
        letters = [chr(self._raw.FPDFText_GetUnicode(text, n)) for n in range(text.count_chars())]
        first = 0
        for line in "".join(letters).splitlines(keepends=True):
            words = tuple(
                self._word(opened, text, range(first + found.start(), first + found.end()))
                for found in _WORD.finditer(line)
            )
            if words:
                start = first + len(line) - len(line.lstrip())
                size = float(self._raw.FPDFText_GetFontSize(text, start))
                yield PdfLine(words=words, font=self._font(text, start), size_pt=size)
            first += len(line)

    def _word(self, opened: Any, text: Any, letters: range) -> PdfWord:
        boxes = [text.get_charbox(n, loose=True) for n in letters]
        corners = [
            self._place(opened, x, y) for left, bottom, right, top in boxes for x, y in ((left, top), (right, bottom))
        ]
        across, down = zip(*corners, strict=True)
        return PdfWord(
            text="".join(chr(self._raw.FPDFText_GetUnicode(text, n)) for n in letters).replace(_BROKEN_WORD, ""),
            left=min(across),
            top=min(down),
            right=max(across),
            bottom=max(down),
        )

    def _font(self, text: Any, letter: int) -> str:
        flags = ctypes.c_int()
        size = self._raw.FPDFText_GetFontInfo(text, letter, None, 0, ctypes.byref(flags))
        name = ctypes.create_string_buffer(size)
        self._raw.FPDFText_GetFontInfo(text, letter, name, size, ctypes.byref(flags))
        return name.value.decode("utf-8", "replace")

    def _annotations(self, opened: Any) -> Iterator[Any]:
        position = ctypes.c_int(0)
        link = self._raw.FPDF_LINK()
        while self._raw.FPDFLink_Enumerate(opened, ctypes.byref(position), ctypes.byref(link)):
            yield link

    def _link(self, opened: Any, link: Any) -> PdfLink:
        box = self._raw.FS_RECTF()
        self._raw.FPDFLink_GetAnnotRect(link, ctypes.byref(box))
        across, down = zip(
            self._place(opened, box.left, box.top), self._place(opened, box.right, box.bottom), strict=True
        )
        return PdfLink(
            left=min(across),
            top=min(down),
            right=max(across),
            bottom=max(down),
            url=self._url(link),
            page=self._target_page(link),
        )

    def _place(self, opened: Any, x: float, y: float) -> tuple[float, float]:
        """Return a place on the page in points of the page as seen."""
        width, height = (round(side * _SUBPOINTS) for side in opened.get_size())
        across, down = ctypes.c_int(), ctypes.c_int()
        self._raw.FPDF_PageToDevice(opened, 0, 0, width, height, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        return across.value / _SUBPOINTS, down.value / _SUBPOINTS

    def _url(self, link: Any) -> str | None:
        action = self._raw.FPDFLink_GetAction(link)
        if not action or self._raw.FPDFAction_GetType(action) != self._raw.PDFACTION_URI:
            return None
        size = self._raw.FPDFAction_GetURIPath(self._document, action, None, 0)
        text = ctypes.create_string_buffer(size)
        self._raw.FPDFAction_GetURIPath(self._document, action, text, size)
        return text.value.decode("utf-8", "replace")

    def _target_page(self, link: Any) -> int | None:
        target = self._raw.FPDFLink_GetDest(self._document, link)
        page = self._raw.FPDFDest_GetDestPageIndex(self._document, target) if target else -1
        return page if page >= 0 else None
