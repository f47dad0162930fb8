"""The mask of a picture: its transparency as an 8 bit greyscale image of its own."""

import pyvips

from imaging.codecs.colour import eight_bit_alpha


def mask_of(image: pyvips.Image) -> pyvips.Image | None:
    """Return the mask, 255 opaque and 0 transparent, or None when the image has no alpha channel."""
    alpha = eight_bit_alpha(image)
    return None if alpha is None else alpha.copy(interpretation="b-w")
