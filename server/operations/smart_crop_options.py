"""The smart crops that a job of AEM's betas names, from the wire to a spec."""

from collections.abc import Sequence

from domain.errors import invalid
from jobs.kinds.own_crops import profile_of
from jobs.profiles.definitions import ProfileError
from jobs.profiles.library import check_definition
from jobs.specs import SmartCropSpec
from server.operations.choices import check_word
from wsdl import contract

CROP_TYPES = ("Banner", "Swatch")


def smart_crops(options: Sequence[contract.AutoSmartCropOptions] | None, field: str) -> tuple[SmartCropSpec, ...]:
    """Return the crops; ApiError 30001, naming ``field``, for impossible ones. Without a type one is a Banner."""
    specs = []
    for number, option in enumerate(options or ()):
        kind = option.type or CROP_TYPES[0]
        check_word(f"{field}.items[{number}].type", kind, CROP_TYPES)
        is_swatch = kind == CROP_TYPES[1]
        specs.append(SmartCropSpec(name=option.name, width=option.width, height=option.height, is_swatch=is_swatch))
    if sum(spec.is_swatch for spec in specs) > 1:
        raise invalid(field, "An asset has one swatch; leave the others out.")
    try:
        check_definition(profile_of(specs))
    except ProfileError as error:
        raise invalid(field, str(error)) from error
    return tuple(specs)
