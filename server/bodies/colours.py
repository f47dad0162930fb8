"""Colours as people name them: CSS names of colour tags, and which ICC profiles count for what in a run."""

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.handles import parse_asset
from domain.model import Company
from imaging.colours import colour_name
from jobs.own_profiles import usual_colours
from jobs.specs import ColourSpec
from server.bodies.reading import Body, refused
from store.assets import load_asset
from store.engine import Tx

Mode = Literal["Default", "MaintainOriginal", "Convert"]
PROFILE = "IccProfile"


class ColourBody(Body):
    """What is done with colours: what the company usually does, nothing, or all converted to one profile."""

    mode: Mode = "Default"
    source_profile: str = Field(
        default="", description="Handle of an asset of type IccProfile; the company's when left out"
    )
    output_profile: str = Field(
        default="", description="Handle of an asset of type IccProfile; the company's when left out"
    )

    @model_validator(mode="after")
    def refuse_profiles_of_nothing(self) -> Self:
        """Refuse profiles for colours that are kept as they are."""
        if self.mode == "MaintainOriginal" and (self.source_profile or self.output_profile):
            raise ValueError("source_profile, output_profile: MaintainOriginal uses none: leave them out")
        return self


def find_colour(given: str) -> str | None:
    """Return the name that pictures of a colour are found by, None for none given. Raises RefusedError."""
    if not given.strip():
        return None
    name = colour_name(given)
    if name is None:
        raise refused("colour", f"{given} is no name of a colour in CSS, such as red or navy.")
    return name


def read_colour(tx: Tx, company: Company, body: ColourBody) -> ColourSpec | None:
    """Return what is done with colours, None for nothing; as SOAP does it with the same words.

    Raises RefusedError for what is no ICC profile of the company's, and when there is nothing to convert to.
    """
    if body.mode == "MaintainOriginal":
        return None
    source = _given(tx, company, "source_profile", body.source_profile)
    output = _given(tx, company, "output_profile", body.output_profile)
    usual = usual_colours(tx, company)
    output = output or usual.output_profile
    if body.mode == "Convert":
        if output is None:
            raise refused("picture.colour.output_profile", "name one: the company has no display profile of its own.")
        return ColourSpec(mode=body.mode, source_profile=source, output_profile=output)
    return ColourSpec(mode=body.mode, source_profile=source or usual.source_profile, output_profile=output)


def _given(tx: Tx, company: Company, field: str, handle: str) -> str | None:
    if not handle:
        return None
    number = parse_asset(handle)
    asset = load_asset(tx, company.id, number) if number is not None else None
    if asset is None or asset.type != PROFILE or asset.trash_state == "InEmptiedTrash":
        raise refused(f"picture.colour.{field}", f"{handle} is no asset of type {PROFILE} of this company.")
    return asset.original.key
