"""What is to be done with one original, as a value that is computed once, stored and shown; the jobs decide it."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

from imaging.errors import InvalidPlan

MAX_JPEG_QUALITY = 89
"""From 90 on libvips writes JPEG tiles as RGB without chroma subsampling, nearly three times as large."""

Corner = Literal["UpperLeft", "UpperRight", "BottomLeft", "BottomRight"]
KnockoutFill = Literal["FloodFill", "MatchPixel"]
ColourMode = Literal["Default", "MaintainOriginal", "Convert"]
Intent = Literal["perceptual", "relative", "saturation", "absolute"]
PageColours = Literal["Auto", "Rgb", "Cmyk", "Gray"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CropInsets:
    """Pixels to trim from each edge of the original (the API's ManualCropOptions), never from an older crop."""

    left: int
    right: int
    top: int
    bottom: int

    def __post_init__(self) -> None:
        if not all(type(getattr(self, field.name)) is int for field in fields(self)):
            raise InvalidPlan("a crop needs left, right, top and bottom as whole numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoCrop:
    """Trim the border that has the colour of a corner or, without a corner, the border that is transparent.

    `tolerance` is from 0 (exactly that colour, fully transparent) to 1 (every colour, every pixel).
    """

    tolerance: float = 0.0
    corner: Corner | None = None

    def __post_init__(self) -> None:
        _check_number("auto_crop.tolerance", self.tolerance, 0, 1)
        if self.corner is not None:
            _check_choice("auto_crop.corner", self.corner, get_args(Corner))


@dataclass(frozen=True, slots=True, kw_only=True)
class Knockout:
    """Make the background transparent: what matches the colour of a corner, from 0 exactly to 1 always.

    FloodFill takes what is connected with the corner, MatchPixel every matching pixel.
    """

    corner: Corner
    fill: KnockoutFill
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        _check_choice("knockout.corner", self.corner, get_args(Corner))
        _check_choice("knockout.fill", self.fill, get_args(KnockoutFill))
        _check_number("knockout.tolerance", self.tolerance, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsharpMask:
    """Sharpen the levels of a pyramid that are reduced by more than half (the API's UnsharpMaskOptions).

    `radius` is the blur's standard deviation in pixels of each level; a difference must be more than `threshold`, in
    steps of 8 bit, to count. `is_monochrome` sharpens the intensity alone. An amount or radius of 0 sharpens nothing.
    """

    amount: float = 0.0
    radius: float = 0.2
    threshold: int = 6
    is_monochrome: bool = False

    def __post_init__(self) -> None:
        _check_number("unsharp.amount", self.amount, 0, 5)
        _check_number("unsharp.radius", self.radius, 0, 250)
        _check_range("unsharp.threshold", self.threshold, 0, 255)
        _check_flag("unsharp.is_monochrome", self.is_monochrome)

    @property
    def does_something(self) -> bool:
        """Return whether any pixel can change."""
        return self.amount > 0 and self.radius > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourManagement:
    """Which ICC profiles an image's colours pass through; profiles are named here and handed over with the call.

    Default takes numbers without an embedded profile for the source profile's; CMYK of that kind is converted when an
    output profile is named. Convert goes from the source profile, whatever is embedded, to the output profile.
    MaintainOriginal changes nothing.
    """

    mode: ColourMode
    source_profile: str | None = None
    output_profile: str | None = None
    intent: Intent = "relative"
    black_point_compensation: bool = True

    def __post_init__(self) -> None:
        _check_choice("colour.mode", self.mode, get_args(ColourMode))
        _check_choice("colour.intent", self.intent, get_args(Intent))
        _check_flag("colour.black_point_compensation", self.black_point_compensation)
        for name in (self.source_profile, self.output_profile):
            if not isinstance(name, str | None):
                raise InvalidPlan(f"colour has {name!r} for a profile; it must be the name of one")
        if self.mode == "Convert" and self.output_profile is None:
            raise InvalidPlan("colour.mode is Convert, which needs an output_profile")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCrop:
    """The crop of one page of a document, counted from 1, in pixels of the drawn page."""

    page: int
    crop: CropInsets


@dataclass(frozen=True, slots=True, kw_only=True)
class Rip:
    """How a document's pages become images: resolution, colours, and what else is read from them (PDFOptions).

    `crops` are those of single pages, in the place of the plan's own.
    """

    dpi: float = 72.0
    colour_space: PageColours = "Auto"
    extract_words: bool = False
    extract_links: bool = False
    crops: tuple[PageCrop, ...] = ()

    def __post_init__(self) -> None:
        _check_number("rip.dpi", self.dpi, 1, 2400)
        _check_choice("rip.colour_space", self.colour_space, get_args(PageColours))
        _check_flag("rip.extract_words", self.extract_words)
        _check_flag("rip.extract_links", self.extract_links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The derivatives to make from one original. Boxes and tiles are sides of squares in pixels.

    A step is asked for by its field being set: `crop` None and `auto_crop` None keep the whole image, and so on.
    Raises InvalidPlan when a value is out of range, or when both crops are set: which one wins is for the jobs to
    decide. Whether a crop fits is known only with the image at hand.
    """

    crop: CropInsets | None = None
    auto_crop: AutoCrop | None = None
    colour: ColourManagement | None = None
    knockout: Knockout | None = None
    create_mask: bool = False
    unsharp: UnsharpMask | None = None
    rip: Rip | None = None
    jpeg_quality: int = 85
    tile_px: int = 256
    thumbnail_px: int = 128
    preview_px: int = 1280
    pdf_engine: str = "pymupdf"

    def __post_init__(self) -> None:
        _check_flag("create_mask", self.create_mask)
        _check_range("jpeg_quality", self.jpeg_quality, 1, MAX_JPEG_QUALITY)
        _check_range("tile_px", self.tile_px, 64, 1024)
        _check_range("thumbnail_px", self.thumbnail_px, 1, 4096)
        _check_range("preview_px", self.preview_px, 1, 8192)
        if self.tile_px % 16:
            raise InvalidPlan(f"tile_px is {self.tile_px}; TIFF tiles must be a multiple of 16 pixels")
        if self.crop is not None and self.auto_crop is not None:
            raise InvalidPlan("the plan has both crop and auto_crop; choose one")


def plan_to_json(plan: Plan) -> str:
    """Return the plan as JSON text; equal plans give equal texts."""
    return json.dumps(asdict(plan), sort_keys=True)


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise InvalidPlan(f"{name} is {value!r}; it must be a whole number from {low} to {high}")


def _check_number(name: str, value: float, low: float, high: float) -> None:
    if type(value) not in {int, float} or not low <= value <= high:
        raise InvalidPlan(f"{name} is {value!r}; it must be a number from {low} to {high}")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidPlan(f"{name} is {value!r}; it must be one of {', '.join(choices)}")


def _check_flag(name: str, value: bool) -> None:
    if type(value) is not bool:
        raise InvalidPlan(f"{name} is {value!r}; it must be true or false")
