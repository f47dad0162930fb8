"""How files are processed: the options that jobs share, and the preview of an automatic crop."""

from collections.abc import Sequence
from typing import Annotated

from wsdl.declare import Handle, Long, Since, message, operation
from wsdl.roles import METADATA_READERS
from wsdl.versions import BETAS, V2008_01_15, V2009_07_31, V2010_01_31, V2012_02_14, V2013_02_15


@message
class UnsharpMaskOptions:
    """Sharpening of the optimised image: amount 0 to 5, radius 0 to 250 pixels, threshold 0 to 255."""

    amount: float | None = None
    radius: float | None = None
    threshold: int | None = None
    monochrome: int | None = None


@message(Since(V2012_02_14))
class KnockoutBackgroundOptions:
    """Make the background transparent that is found at a corner; tolerance 0 to 1."""

    corner: str
    tolerance: float | None = None
    fill_method: str


@message
class ManualCropOptions:
    """Pixels to trim from each edge of the original, not coordinates; all zero is no crop."""

    left: int
    right: int
    top: int
    bottom: int


@message
class AutoColorCropOptions:
    """Trim the border that has the colour of a corner; tolerance 0 to 1."""

    corner: str
    tolerance: float


@message
class AutoTransparentCropOptions:
    """Trim the transparent border; tolerance 0 to 1."""

    tolerance: float


@message(Since(BETAS))
class AutoSmartCropOptions:
    """A named size, in pixels, of a smart crop; type Banner, or Swatch for the swatch."""

    name: str
    width: int
    height: int
    type: str | None = None


@message
class PhotoshopLayerOptions:
    """How the layers of a Photoshop document become assets."""

    layer_naming: str | None = None
    anchor: str | None = None
    create_template: Annotated[bool | None, Since(V2008_01_15)] = None
    extract_text: Annotated[bool | None, Since(V2008_01_15)] = None
    extend_layers: Annotated[bool | None, Since(V2008_01_15)] = None


@message
class PhotoshopOptions:
    """What is made of a Photoshop document: the flat image, or its layers too."""

    process: str | None = None
    layer_options: PhotoshopLayerOptions | None = None


@message
class PostScriptOptions:
    """How PostScript documents are rendered; resolution in pixels per inch."""

    process: Annotated[str | None, Since(V2008_01_15)] = None
    resolution: float | None = None
    colorspace: str | None = None
    alpha: Annotated[bool | None, Since(V2008_01_15)] = None
    extract_search_words: Annotated[bool | None, Since(V2008_01_15)] = None


@message(Since(V2008_01_15))
class IllustratorOptions:
    """How Illustrator documents are rendered; resolution in pixels per inch."""

    process: str | None = None
    resolution: float | None = None
    colorspace: str | None = None
    alpha: bool | None = None


@message
class UnCompressOptions:
    """Whether archives are unpacked or kept as assets."""

    process: str


@message(Since(V2010_01_31))
class InDesignOptions:
    """What is made of an InDesign document."""

    process: str | None = None


@message(Since(V2008_01_15))
class PDFOptions:
    """How PDF documents are rendered and what is extracted; resolution in pixels per inch."""

    process: str | None = None
    resolution: float | None = None
    colorspace: str | None = None
    pdf_catalog: bool | None = None
    extract_search_words: bool | None = None
    extract_links: Annotated[bool | None, Since(V2009_07_31)] = None


@message
class ColorManagementOptions:
    """Whether and between which profiles colours are converted."""

    color_management: str
    source_profile_handle: Handle | None = None
    output_profile_handle: Handle | None = None


@message(Since(V2009_07_31))
class ThumbnailOptions:
    """The time of a video's thumbnail frame, in milliseconds from its start."""

    thumbnail_time: Long | None = None


@message(Since(V2009_07_31))
class MediaOptions:
    """How videos are encoded and which frame is their thumbnail."""

    video_encoding_presets_array: Sequence[Handle] | None = None
    generate_thumbnail: bool | None = None
    thumbnail_options: ThumbnailOptions | None = None


@message(Since(V2009_07_31))
class AutoSetCreationOptions:
    """The set scripts, as property sets, that run over a job's assets."""

    auto_sets_array: Sequence[Handle] | None = None


@message
class GetAutoCropRectParam:
    """Compute, without applying it, what an automatic crop would leave of an image."""

    company_handle: Handle
    asset_handle: Handle
    auto_color_crop_options: AutoColorCropOptions | None = None
    auto_transparent_crop_options: AutoTransparentCropOptions | None = None


@message
class GetAutoCropRectReturn:
    """What would be left, in pixels of the original."""

    x_offset: int
    y_offset: int
    width: int
    height: int


GET_AUTO_CROP_RECT = operation(GetAutoCropRectParam, GetAutoCropRectReturn, Since(V2013_02_15), roles=METADATA_READERS)
