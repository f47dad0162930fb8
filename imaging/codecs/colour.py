"""From the colours of a file to the sRGB of a screen. Choosing any other output profile is not done here."""

import pyvips

from imaging.codecs.icc import split_alpha

_FALLBACK_PROFILES = {"cmyk": "cmyk", "srgb": "srgb", "rgb16": "srgb"}


def to_srgb(image: pyvips.Image) -> pyvips.Image:
    """Return the image as 8 bit sRGB, or 8 bit greyscale where it is grey without a profile; alpha is kept.

    An embedded profile is honoured; CMYK without one is read by libvips' own CMYK profile; other numbers without a
    profile are taken as sRGB.
    """
    if image.interpretation == "cmyk" or image.get_typeof("icc-profile-data"):
        colours, _ = split_alpha(image)
        alpha = eight_bit_alpha(image)
        try:
            converted = colours.icc_transform(
                "srgb",
                embedded=True,
                input_profile=_FALLBACK_PROFILES.get(image.interpretation, "srgb"),
                intent="relative",
                black_point_compensation=True,
                depth=8,
            )
        except pyvips.Error:
            return _unmanaged(image)
        return converted if alpha is None else converted.bandjoin(alpha)
    return _unmanaged(image)


def eight_bit_alpha(image: pyvips.Image) -> pyvips.Image | None:
    """Return the alpha channel, 255 opaque and 0 transparent, or None when the image has none."""
    _, alpha = split_alpha(image)
    if alpha is None or image.format == "uchar":
        return alpha
    return (alpha / 257).rint().cast("uchar")


def _unmanaged(image: pyvips.Image) -> pyvips.Image:
    """Return the image without its profile, which does not fit its pixels or is not there."""
    wanted = "b-w" if image.interpretation in {"b-w", "grey16"} else "srgb"
    return image if image.interpretation == wanted and image.format == "uchar" else image.colourspace(wanted)
