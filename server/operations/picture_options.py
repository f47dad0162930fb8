"""The options of a job that change a picture, from the wire to a spec, each number and word checked."""

from typing import TYPE_CHECKING, TypedDict

from domain.errors import invalid
from jobs.specs import AutoCropSpec, ColourSpec, Insets, KnockoutSpec, PdfSpec, UnsharpSpec
from server.dispatch import Call
from server.operations.choices import check_word
from server.operations.company_settings import default_profile, find_profile
from wsdl import contract

if TYPE_CHECKING:
    from server.operations.job_options import ImageJob

CORNERS = ("UpperLeft", "UpperRight", "BottomLeft", "BottomRight")
FILL_METHODS = ("FloodFill", "MatchPixel")
PDF_PROCESSES = ("None", "Rasterize", "Thumbnail")
_RASTERIZE = (None, "", "render", "Render")
"""What else means Rasterize: nothing, and the word of the vendor's own answers."""
PAGE_COLOURS = ("Auto", "Rgb", "Cmyk", "Gray")
MAX_PAGE_DPI = 2400
COLOUR_MODES = ("Default", "MaintainOriginal", "Convert")


class PictureOptions(TypedDict):
    """The fields of ImageOptions that this module makes."""

    manual_crop: Insets | None
    auto_color_crop: AutoCropSpec | None
    auto_transparent_crop: AutoCropSpec | None
    knockout: KnockoutSpec | None
    unsharp: UnsharpSpec | None
    colour: ColourSpec | None
    pdf: PdfSpec


def picture_options(call: Call, job: "ImageJob", field: str) -> PictureOptions:
    """Return the options; ApiError 30001 for one out of its documented range, naming it below ``field``."""
    has_both = job.auto_color_crop_options is not None and job.auto_transparent_crop_options is not None
    if has_both and call.services.settings.strict:
        raise invalid(f"{field}.autoColorCropOptions, {field}.autoTransparentCropOptions", "give one of the two.")
    return PictureOptions(
        manual_crop=_manual_crop(job.manual_crop_options, f"{field}.manualCropOptions"),
        auto_color_crop=color_crop(job.auto_color_crop_options, f"{field}.autoColorCropOptions"),
        auto_transparent_crop=transparent_crop(
            job.auto_transparent_crop_options, f"{field}.autoTransparentCropOptions"
        ),
        knockout=_knockout(job.knockout_background_options, f"{field}.knockoutBackgroundOptions"),
        unsharp=_unsharp(job.unsharp_mask_options, f"{field}.unsharpMaskOptions"),
        colour=_colour(call, job.color_management_options, f"{field}.colorManagementOptions"),
        pdf=_pdf(call, job.pdf_options, f"{field}.pdfOptions"),
    )


def color_crop(options: contract.AutoColorCropOptions | None, field: str) -> AutoCropSpec | None:
    """Return a crop by the colour of a corner, or None when it is not asked for."""
    if options is None:
        return None
    check_word(f"{field}.corner", options.corner, CORNERS)
    _check_range(options.tolerance, 0, 1, f"{field}.tolerance")
    return AutoCropSpec(corner=options.corner, tolerance=options.tolerance)


def transparent_crop(options: contract.AutoTransparentCropOptions | None, field: str) -> AutoCropSpec | None:
    """Return a crop by transparency, or None when it is not asked for."""
    if options is None:
        return None
    _check_range(options.tolerance, 0, 1, f"{field}.tolerance")
    return AutoCropSpec(tolerance=options.tolerance)


def _manual_crop(options: contract.ManualCropOptions | None, field: str) -> Insets | None:
    if options is None:
        return None
    sides = {"left": options.left, "right": options.right, "top": options.top, "bottom": options.bottom}
    for side, pixels in sides.items():
        if pixels < 0:
            raise invalid(
                f"{field}.{side}", f"{pixels} is negative; it is the number of pixels to trim from that edge."
            )
    return Insets(**sides)


def _knockout(options: contract.KnockoutBackgroundOptions | None, field: str) -> KnockoutSpec | None:
    if options is None:
        return None
    check_word(f"{field}.corner", options.corner, CORNERS)
    check_word(f"{field}.fillMethod", options.fill_method, FILL_METHODS)
    tolerance = options.tolerance or 0.0
    _check_range(tolerance, 0, 1, f"{field}.tolerance")
    return KnockoutSpec(corner=options.corner, fill_method=options.fill_method, tolerance=tolerance)


def _unsharp(options: contract.UnsharpMaskOptions | None, field: str) -> UnsharpSpec | None:
    if options is None:
        return None
    _check_range(options.amount, 0, 5, f"{field}.amount")
    _check_range(options.radius, 0, 250, f"{field}.radius")
    _check_range(options.threshold, 0, 255, f"{field}.threshold")
    _check_range(options.monochrome, 0, 1, f"{field}.monochrome")
    if not options.amount:
        return None
    return UnsharpSpec(
        amount=options.amount,
        radius=options.radius,
        threshold=options.threshold,
        monochrome=options.monochrome == 1,
    )


def _colour(call: Call, options: contract.ColorManagementOptions | None, field: str) -> ColourSpec | None:
    mode = "Default" if options is None else options.color_management
    check_word(f"{field}.colorManagement", mode, COLOUR_MODES)
    if mode == "MaintainOriginal":
        return None
    source = _profile_key(call, options.source_profile_handle if options else None, f"{field}.sourceProfileHandle")
    output = _profile_key(call, options.output_profile_handle if options else None, f"{field}.outputProfileHandle")
    if mode == "Convert":
        display = default_profile(call, "display_profile_id").original.key
        return ColourSpec(mode=mode, source_profile=source, output_profile=output or display)
    if source is None and call.company.source_profile_id is not None:
        source = default_profile(call, "source_profile_id").original.key
    if output is None and call.company.display_profile_id is not None:
        output = default_profile(call, "display_profile_id").original.key
    return ColourSpec(mode=mode, source_profile=source, output_profile=output)


def _pdf(call: Call, options: contract.PDFOptions | None, field: str) -> PdfSpec:
    if options is None:
        return PdfSpec()
    given = PdfSpec(
        process="Rasterize" if options.process in _RASTERIZE else options.process or "",
        resolution=PdfSpec().resolution if options.resolution is None else options.resolution,
        colour_space=options.colorspace or PdfSpec().colour_space,
        extract_words=bool(options.extract_search_words),
        extract_links=options.extract_links is not False,
    )
    check_word(f"{field}.process", given.process, PDF_PROCESSES)
    _check_range(given.resolution, 1, MAX_PAGE_DPI, f"{field}.resolution")
    check_word(f"{field}.colorspace", given.colour_space, PAGE_COLOURS)
    if given.colour_space == "Cmyk" and call.services.settings.pdf_engine == "pypdfium2":
        raise invalid(f"{field}.colorspace", "the PDF engine of this server (pypdfium2) cannot draw in Cmyk.")
    if given.extract_words and given.process != "Rasterize":
        raise invalid(f"{field}.extractSearchWords", f"words belong to pages, and process {given.process} makes none.")
    return given


def _profile_key(call: Call, handle: str | None, field: str) -> str | None:
    return find_profile(call, handle, field).original.key if handle else None


def _check_range(value: float | None, low: float, high: float, field: str) -> None:
    if value is not None and not low <= value <= high:
        raise invalid(field, f"{value:g} is not between {low:g} and {high:g}.")
