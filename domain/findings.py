"""What processing finds in a picture, or makes of it beside its derivatives: crops, colours, tags, renditions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.model import StoredFile

SWATCH = "Swatch"
"""The name of the crop that is a swatch; no other crop can have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fraction:
    """A rectangle in fractions of a picture's width and height, from its top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartCrop:
    """A named part of an asset's picture, and the size in pixels that it is served at.

    ``colour`` makes it a swatch of one colour, written ``#rrggbb``. ``source`` says whether a person has drawn it. It
    follows the version of a profile, or none.
    """

    name: str
    width: int
    height: int
    area: Fraction
    colour: str | None = None
    source: Literal["auto", "manual"] = "auto"
    profile_id: int | None = None
    profile_version: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return self.width, self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourTag:
    """A dominant colour: the CSS name nearest to it, the colour itself as ``#rrggbb``, its share of the picture."""

    name: str
    colour: str
    share: float


class TagState(StrEnum):
    """What people have said of a smart tag."""

    SUGGESTED = "suggested"
    REMOVED = "removed"
    PROMOTED = "promoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartTag:
    """A label that a model gave a picture, how sure it was (0 to 1), and which model that was."""

    label: str
    score: float
    model: str
    state: TagState = TagState.SUGGESTED


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRendition:
    """A file made of an asset under a name, by the version of a profile. Sizes in pixels."""

    name: str
    file: StoredFile
    mime: str
    width: int
    height: int
    profile_id: int | None
    profile_version: int | None
    made: datetime
