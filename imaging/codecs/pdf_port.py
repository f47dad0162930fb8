"""What an opened PDF can do, whichever library opened it, and the plain values that it gives."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

POINTS_PER_INCH = 72.0
Colours = Literal["RGB", "CMYK", "GRAY"]
BANDS = {"RGB": 3, "CMYK": 4, "GRAY": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A page as 8 bit samples, row by row without padding."""

    width: int
    height: int
    samples: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfLink:
    """A link: its rectangle in points of the page as seen, from the top left; a URL or a page counted from 0."""

    left: float
    top: float
    right: float
    bottom: float
    url: str | None
    page: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfWord:
    """A word and its rectangle in points of the page as seen, from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfLine:
    """A line of text: its words, and the font and size in points of the first of them."""

    words: tuple[PdfWord, ...]
    font: str
    size_pt: float


class PdfDocument(Protocol):
    """An opened PDF. Pages are counted from 0; sizes are in points, as seen (with the page's own rotation)."""

    def page_count(self) -> int:
        """Return how many pages there are."""

    def page_size_pt(self, page: int) -> tuple[float, float]:
        """Return width and height of a page."""

    def render(self, page: int, dpi: float, colours: Colours) -> Drawn:
        """Return a page on white paper. Raises UnsupportedByEngine for colours that the library cannot draw in."""

    def lines(self, page: int) -> tuple[PdfLine, ...]:
        """Return the lines of a page in the document's reading order; a line has at least one word."""

    def links(self, page: int) -> tuple[PdfLink, ...]:
        """Return the links of a page that lead to a URL or to a page."""


Opener = Callable[[Any, Path], AbstractContextManager[PdfDocument]]
"""Opens a file with a library, and closes it. Raises ProtectedDocument."""


def without_padding(samples: bytes, row_bytes: int, stride: int) -> bytes:
    """Return the samples without the unused bytes at the end of each row."""
    if stride == row_bytes:
        return samples
    return b"".join(samples[start : start + row_bytes] for start in range(0, len(samples), stride))
