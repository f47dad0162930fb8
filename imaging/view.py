"""What picture is wanted of a pyramid: the commands of an image serving URL as one frozen value, without the URL.

A View is hashable, so that two requests for the same picture compare equal however they were written.
"""

from dataclasses import dataclass, field
from typing import Literal

FitMode = Literal["fit", "constrain", "crop", "wrap", "stretch", "hfit", "vfit"]
Resampling = Literal["bilin", "bicub", "sharp2", "bisharp"]
Flip = Literal["", "lr", "ud", "lrud"]
PixelType = Literal["rgb", "gray", "cmyk"]
Container = Literal["jpeg", "png", "gif", "tif", "webp"]
Compression = Literal["none", "lzw", "zip", "jpeg", "lossy", "lossless"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle; pixels, or fractions of the image where it says so. It may reach outside of the image."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How an image is scaled into width and height; without `upscale` it is never enlarged."""

    mode: FitMode
    upscale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """An opaque sRGB colour, 0 to 255."""

    red: int
    green: int
    blue: int


WHITE = Colour(red=255, green=255, blue=255)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsharp:
    """An unsharp mask: `radius` (the blur's sigma) in pixels of the full-size image, `threshold` in 8 bit levels."""

    amount: float
    radius: float = 0.0
    threshold: int = 0
    monochrome: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The file to write. `full_chroma` stops JPEG's chroma subsampling; `progressive` is for JPEG alone."""

    container: Container = "jpeg"
    alpha: bool = False
    pixel_type: PixelType = "rgb"
    compression: Compression = "none"
    progressive: bool = False
    quality: int = 80
    full_chroma: bool = False
    embed_profile: bool = False

    @property
    def mime(self) -> str:
        """The media type of the file."""
        return "image/tiff" if self.container == "tif" else f"image/{self.container}"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One picture, in the order in which it is made.

    `crop` cuts the source (pixels, or fractions with `crop_is_fraction`; what lies outside is transparent), `rotate`
    is degrees clockwise, `region` selects from the result, then width, height, fit and `reduction` (2.0 is half size)
    scale it. Without any of these three it is shrunk into `default_box` (0 leaves a side free). `align` runs from -1
    (left, top) to 1 (right, bottom). `background` fills what is transparent when the output has no alpha.
    """

    crop: Box | None = None
    crop_is_fraction: bool = False
    rotate: float = 0.0
    flip: Flip = ""
    region: Box | None = None
    width: int | None = None
    height: int | None = None
    fit: Fit = Fit(mode="fit", upscale=True)
    reduction: float | None = None
    align: tuple[float, float] = (0.0, 0.0)
    default_box: tuple[int, int] = (0, 0)
    resampling: Resampling = "sharp2"
    unsharp: Unsharp | None = None
    sharpen: bool = False
    background: Colour = WHITE
    output: Output = field(default_factory=Output)
