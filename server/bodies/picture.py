"""The options of the picture pipeline as a run gives them; their ranges are those of the vendor's options."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from jobs.specs import AutoCropSpec, ColourSpec, ImageOptions, Insets, KnockoutSpec, PdfSpec, UnsharpSpec
from server.bodies.colours import ColourBody
from server.bodies.reading import Body
from server.operations.picture_options import MAX_PAGE_DPI

Corner = Literal["UpperLeft", "UpperRight", "BottomLeft", "BottomRight"]
Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Crop(Body):
    """Pixels trimmed from each edge of the original."""

    left: Pixels = 0
    right: Pixels = 0
    top: Pixels = 0
    bottom: Pixels = 0


class ColourCrop(Body):
    """A crop by the colour at a corner."""

    corner: Corner = "UpperLeft"
    tolerance: Share


class TransparentCrop(Body):
    """A crop by transparency."""

    tolerance: Share


class Knockout(Body):
    """Make transparent what has the colour of a corner."""

    corner: Corner = "UpperLeft"
    fill_method: Literal["FloodFill", "MatchPixel"] = "FloodFill"
    tolerance: Share = 0.0


class Unsharp(Body):
    """Unsharp mask of the smaller sizes."""

    amount: Annotated[float, Field(gt=0, le=5)]
    radius: Annotated[float, Field(ge=0, le=250)] | None = None
    threshold: Annotated[int, Field(ge=0, le=255)] | None = None
    monochrome: bool = False


class Pages(Body):
    """What is made of a PDF."""

    process: Literal["None", "Rasterize", "Thumbnail"] = "Rasterize"
    resolution: Annotated[float, Field(ge=1, le=MAX_PAGE_DPI)] = 72.0
    colour_space: Literal["Auto", "Rgb", "Cmyk", "Gray"] = "Auto"
    extract_words: bool = False
    extract_links: bool = True

    @model_validator(mode="after")
    def refuse_words_without_pages(self) -> Self:
        """Refuse to look for the words of pages that are not made."""
        if self.extract_words and self.process != "Rasterize":
            raise ValueError(f"extract_words: words belong to pages, and process {self.process} makes none")
        return self


class PictureBody(Body):
    """The options of the picture pipeline: crops, knockout, mask, unsharp mask, colours, pages."""

    preserve_crop: bool | None = None
    manual_crop: Crop | None = None
    colour_crop: ColourCrop | None = None
    transparent_crop: TransparentCrop | None = None
    knockout: Knockout | None = None
    create_mask: bool = False
    unsharp: Unsharp | None = None
    colour: ColourBody = ColourBody()
    pdf: Pages = Pages()
    ready_for_publish: bool | None = None

    @model_validator(mode="after")
    def refuse_two_crops(self) -> Self:
        """Refuse two crops of which one would not be made."""
        if len([crop for crop in (self.manual_crop, self.colour_crop, self.transparent_crop) if crop]) > 1:
            raise ValueError("manual_crop, colour_crop, transparent_crop: give one of them")
        return self

    def meant(self, colour: ColourSpec | None) -> ImageOptions:
        """Return the options of the pipeline, with what the company's profiles make of the colours."""
        return ImageOptions(
            preserve_crop=self.preserve_crop,
            manual_crop=Insets(**self.manual_crop.model_dump()) if self.manual_crop else None,
            auto_color_crop=AutoCropSpec(**self.colour_crop.model_dump()) if self.colour_crop else None,
            auto_transparent_crop=AutoCropSpec(**self.transparent_crop.model_dump()) if self.transparent_crop else None,
            knockout=KnockoutSpec(**self.knockout.model_dump()) if self.knockout else None,
            create_mask=self.create_mask,
            unsharp=UnsharpSpec(**self.unsharp.model_dump()) if self.unsharp else None,
            colour=colour,
            pdf=PdfSpec(**self.pdf.model_dump()),
            ready_for_publish=self.ready_for_publish,
        )
