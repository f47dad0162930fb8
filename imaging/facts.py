"""What is known about a file and what was made from it, as plain values that can be pickled, stored and shown."""

from dataclasses import dataclass

from imaging.errors import ImagingError
from imaging.plan import CropInsets


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What the header of an original says.

    `width` and `height` are pixels as seen, with the file's orientation applied; of a PDF, the first page in points.
    `bits` is bits per channel in the file, `bands` counts alpha, `resolution_ppi` is 0.0 when the file names none,
    `colour_space` is RGB, GRAY or CMYK.
    """

    format: str
    mime: str
    width: int
    height: int
    bands: int
    bits: int
    has_alpha: bool
    resolution_ppi: float
    colour_space: str
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One thing that ran. Pixels are computed on demand, so the time of most steps is spent in the step that writes."""

    name: str
    detail: str
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """One derivative, by its name inside the folder that was asked for; sizes in pixels and in bytes."""

    name: str
    mime: str
    width: int
    height: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that one run of the pipeline made; `width` and `height` are pixels after cropping.

    `has_alpha` and `colour_space` are what was written, after knockout and colour management. `crop` is the one
    that was applied, given or found, as insets of the upright original; None when nothing was trimmed.
    """

    source: SourceFacts
    width: int
    height: int
    files: tuple[WrittenFile, ...]
    steps: tuple[StepRecord, ...]
    has_alpha: bool
    colour_space: str
    crop: CropInsets | None = None

    def file(self, name: str) -> WrittenFile | None:
        """Return the derivative of this name, or None."""
        return next((written for written in self.files if written.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One encoded picture, as it is sent; sizes in pixels."""

    body: bytes
    mime: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A link on a page: its rectangle in pixels of the page's optimised image, and where it leads.

    Either `url` or `page`, counted from 1, is set.
    """

    left: int
    top: int
    width: int
    height: int
    url: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWord:
    """A word on a page and its rectangle in pixels of the page's optimised image."""

    text: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """A line of text on a page: its words from left to right, and the font and size in points that it begins with."""

    words: tuple[PageWord, ...]
    font: str
    size_pt: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RippedPage:
    """What was made of one page, counted from 1; its files are in `folder`, inside the folder that was asked for.

    A page that failed has no `outcome` but a `problem`. Lines are in reading order; what a crop took away is left out.
    """

    number: int
    folder: str
    outcome: Outcome | None
    problem: ImagingError | None = None
    lines: tuple[PageLine, ...] = ()
    links: tuple[PageLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RipOutcome:
    """All that was made of a document: its own preview and thumbnail, and its pages in their order."""

    document: Outcome
    pages: tuple[RippedPage, ...]
