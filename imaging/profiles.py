"""The colour profiles that come with the imaging library, for companies that have not chosen their own."""

from typing import Literal

import pyvips


def builtin_profile(name: Literal["srgb", "cmyk"]) -> bytes:
    """Return the ICC profile of this name."""
    profile: bytes = pyvips.Operation.call("profile_load", name)
    return profile
