"""What processing found in an asset's picture, or made of it, in JSON's words: crops, colours, tags, renditions."""

from pydantic import AwareDatetime, BaseModel

from domain.findings import ColourTag, NamedRendition, SmartCrop, SmartTag, TagState


class AreaValue(BaseModel):
    """A rectangle in fractions of a picture's width and height, from its top left corner."""

    left: float
    top: float
    width: float
    height: float


class CropValue(BaseModel):
    """A smart crop: its size in pixels, the part of the picture it shows, and whether a person has drawn it."""

    name: str
    width: int
    height: int
    area: AreaValue
    colour: str | None
    is_drawn: bool


class ColourValue(BaseModel):
    """A dominant colour: the CSS name nearest to it, itself as ``#rrggbb``, its share of the picture from 0 to 1."""

    name: str
    colour: str
    share: float


class SmartTagValue(BaseModel):
    """A smart tag: how sure the model was, from 0 to 1, which model it was, and what people have said of it."""

    label: str
    score: float
    model: str
    state: TagState


class RenditionValue(BaseModel):
    """A named rendition: sizes in bytes and pixels, and the version of the profile that it was made by."""

    name: str
    mime: str
    bytes: int
    width: int
    height: int
    profile: int | None
    profile_version: int | None
    made: AwareDatetime


def tell_crop(crop: SmartCrop) -> CropValue:
    """Return a crop in the API's words."""
    area = crop.area
    return CropValue(
        name=crop.name,
        width=crop.width,
        height=crop.height,
        area=AreaValue(left=area.left, top=area.top, width=area.width, height=area.height),
        colour=crop.colour,
        is_drawn=crop.source == "manual",
    )


def tell_colour(tag: ColourTag) -> ColourValue:
    """Return a colour in the API's words."""
    return ColourValue(name=tag.name, colour=tag.colour, share=tag.share)


def tell_tag(tag: SmartTag) -> SmartTagValue:
    """Return a smart tag in the API's words."""
    return SmartTagValue(label=tag.label, score=tag.score, model=tag.model, state=tag.state)


def tell_rendition(made: NamedRendition) -> RenditionValue:
    """Return a rendition in the API's words."""
    return RenditionValue(
        name=made.name,
        mime=made.mime,
        bytes=made.file.size,
        width=made.width,
        height=made.height,
        profile=made.profile_id,
        profile_version=made.profile_version,
        made=made.made,
    )
