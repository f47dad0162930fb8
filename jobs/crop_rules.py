"""Which crop a run applies: the vendor's preserveCrop decision table, for the crops that need no look at the pixels."""

from jobs.specs import ImageOptions

Crop = tuple[int, int, int, int]


def decide_crop(stored: Crop | None, options: ImageOptions) -> Crop | None:
    """Return the crop that holds after this run; None for the whole picture.

    ``stored`` is the asset's crop definition. A manual crop replaces it whatever preserveCrop says, and is always
    relative to the original; four zeros count as no manual crop. Without one, preserveCrop (true when absent) decides
    whether the stored crop stays (vendor: ReprocessAssetsJob, preserveCrop).
    """
    if options.manual_crop is not None and not options.manual_crop.is_zero:
        return options.manual_crop.as_tuple
    return None if options.preserve_crop is False else stored


def decide_publish_mark(stored: bool, options: ImageOptions) -> bool:
    """Return whether the asset is marked for publish after this run: the old mark unless a new one is asked for."""
    wanted = new_publish_mark(options)
    return stored if wanted is None else wanted


def new_publish_mark(options: ImageOptions) -> bool | None:
    """Return the mark that the run gives an asset in every publish context; None when the asset keeps its marks."""
    return None if options.preserve_publish_state else options.ready_for_publish
