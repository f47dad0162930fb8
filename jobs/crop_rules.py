"""Which crop a run applies: the vendor's preserveCrop decision table."""

from dataclasses import dataclass

from jobs.specs import AutoCropSpec, ImageOptions

Crop = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CropDecision:
    """The crop to apply: known insets, or one to be found in the picture, or neither for the whole picture."""

    insets: Crop | None = None
    auto: AutoCropSpec | None = None


def decide_crop(stored: Crop | None, options: ImageOptions) -> CropDecision:
    """Return the crop that this run applies.

    ``stored`` is the asset's crop definition. A manual crop replaces it whatever preserveCrop says, and is always
    relative to the original; four zeros count as no manual crop. Without one, preserveCrop (true when absent) keeps a
    stored crop even beside an automatic one, which else is found anew. By colour goes before by transparency when both
    are given (vendor: ReprocessAssetsJob, preserveCrop; the open row is settled for preserving).
    """
    if options.manual_crop is not None and not options.manual_crop.is_zero:
        return CropDecision(insets=options.manual_crop.as_tuple)
    if options.preserve_crop is not False and stored is not None:
        return CropDecision(insets=stored)
    return CropDecision(auto=options.auto_color_crop or options.auto_transparent_crop)


def decide_publish_mark(stored: bool, options: ImageOptions) -> bool:
    """Return whether the asset is marked for publish after this run: the old mark unless a new one is asked for."""
    wanted = new_publish_mark(options)
    return stored if wanted is None else wanted


def new_publish_mark(options: ImageOptions) -> bool | None:
    """Return the mark that the run gives an asset in every publish context; None when the asset keeps its marks."""
    return None if options.preserve_publish_state else options.ready_for_publish
