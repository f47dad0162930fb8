"""Colour management: what an image's numbers mean, and converting them to another profile, as the plan asks."""

import pyvips

from imaging.codecs.icc import IccProfile, embedded_profile, fits, read_icc, split_alpha, with_profile
from imaging.errors import InvalidPlan, UnusableProfile
from imaging.steps.step import Asked, Done

_BUILT_IN = {1: "srgb", 3: "srgb", 4: "cmyk"}
"""libvips' own profiles, by the number of channels, for numbers that nothing else explains."""
_OUTPUTS = {"RGB", "CMYK", "GRAY"}


def apply(image: pyvips.Image, asked: Asked) -> Done | None:
    """Return the image with its profile, converted where the mode says so; 16 bit stays 16 and alpha stays.

    A source profile that does not fit the image's channels is passed over: one job's options serve images of every
    kind. Raises InvalidPlan when the call lacks a profile that the plan names, UnusableProfile when one is damaged or
    cannot be converted to.
    """
    how = asked.plan.colour
    if how is None:
        return None
    if how.mode == "MaintainOriginal":
        return Done(image=image, detail="MaintainOriginal: numbers and profile are kept")
    source = None if how.source_profile is None else _load(how.source_profile, asked)
    assumed = source if source is not None and fits(source, image) else None
    embedded = embedded_profile(image)
    if how.mode == "Convert":
        return _convert(image, assumed or embedded, asked)
    if embedded is not None:
        return Done(image=image, detail=f"Default: the embedded {embedded.colour_space} profile is kept")
    if image.interpretation == "cmyk" and how.output_profile is not None:
        return _convert(image, assumed, asked)
    return _assume(image, assumed, how.source_profile)


def _assume(image: pyvips.Image, assumed: IccProfile | None, name: str | None) -> Done:
    if assumed is None:
        return Done(image=image, detail="Default: there is no profile for these channels; the numbers are kept")
    return Done(image=with_profile(image, assumed), detail=f"Default: the numbers are taken for colours of {name}")


def _convert(image: pyvips.Image, source: IccProfile | None, asked: Asked) -> Done:
    how = asked.plan.colour
    assert how is not None
    assert how.output_profile is not None
    wanted = _load(how.output_profile, asked)
    if wanted.colour_space not in _OUTPUTS:
        raise UnusableProfile(
            "the output profile is one for {colours}; images are stored as RGB, CMYK or greyscale",
            colours=wanted.colour_space,
        )
    colours, alpha = split_alpha(image)
    known = colours if source is None else with_profile(colours, source)
    depth = 16 if image.format == "ushort" else 8
    try:
        converted = known.icc_transform(
            str(asked.profiles[how.output_profile]),
            embedded=source is not None,
            input_profile=_BUILT_IN[colours.bands],
            intent=how.intent,
            black_point_compensation=how.black_point_compensation,
            depth=depth,
        )
    except pyvips.Error as error:
        raise UnusableProfile(
            "the colours cannot be converted to those of the output profile; choose another one"
        ) from error
    meaning = "no profile" if source is None else f"a {source.colour_space} profile"
    detail = f"{how.mode}: from {meaning} to {how.output_profile} ({wanted.colour_space}), {how.intent}, {depth} bit"
    return Done(image=converted if alpha is None else converted.bandjoin(alpha), detail=detail)


def _load(name: str, asked: Asked) -> IccProfile:
    path = asked.profiles.get(name)
    if path is None:
        raise InvalidPlan(f"the plan names the ICC profile {name}, which was not handed over")
    return read_icc(path)
