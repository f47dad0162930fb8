"""ICC profiles: what kind of profile a file is, whether it fits an image, and putting one on."""

from dataclasses import dataclass
from pathlib import Path

import pyvips

from imaging.errors import UnusableProfile

_HEADER_BYTES = 128
_LARGEST_BYTES = 32_000_000
_BANDS = {"GRAY": 1, "RGB": 3, "CMYK": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class IccProfile:
    """A profile and what its header says, in the ICC's words without padding, such as RGB and mntr."""

    body: bytes
    colour_space: str
    device_class: str


def read_icc(source: Path) -> IccProfile:
    """Return the profile in a file. Raises UnusableProfile when the file is none."""
    if source.stat().st_size > _LARGEST_BYTES:
        raise UnusableProfile(
            "the file is over {limit} bytes; it is not taken for an ICC profile", limit=_LARGEST_BYTES
        )
    body = source.read_bytes()
    if len(body) < _HEADER_BYTES or body[36:40] != b"acsp" or int.from_bytes(body[:4], "big") > len(body):
        raise UnusableProfile("the file is not an ICC profile, or not a whole one; upload it again")
    return profile_of(body)


def profile_of(body: bytes) -> IccProfile:
    """Return the bytes of a profile with what their header says."""
    return IccProfile(
        body=body,
        colour_space=body[16:20].decode("ascii", "replace").strip(),
        device_class=body[12:16].decode("ascii", "replace").strip(),
    )


def embedded_profile(image: pyvips.Image) -> IccProfile | None:
    """Return the profile that the image carries, or None when it has none or one that does not fit its channels."""
    if not image.get_typeof("icc-profile-data"):
        return None
    profile = profile_of(bytes(image.get("icc-profile-data")))
    return profile if fits(profile, image) else None


def fits(profile: IccProfile, image: pyvips.Image) -> bool:
    """Return whether the profile describes as many channels as the image has colours."""
    return _BANDS.get(profile.colour_space) == int(image.bands) - int(image.hasalpha())


def with_profile(image: pyvips.Image, profile: IccProfile) -> pyvips.Image:
    """Return the image with the same numbers, which now mean the profile's colours."""
    named = image.copy()
    named.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile.body)
    return named


def split_alpha(image: pyvips.Image) -> tuple[pyvips.Image, pyvips.Image | None]:
    """Return the colours and the alpha channel apart: libvips' conversions rescale 16 bit alpha beside CMYK."""
    if not image.hasalpha():
        return image, None
    return image.extract_band(0, n=image.bands - 1), image[image.bands - 1]
