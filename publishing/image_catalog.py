"""What image serving knows of a company: its published images, its presets and its settings."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from domain.findings import SmartCrop
from imaging.view import WHITE, Colour, Resampling

NEVER_EXPIRES = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedImage:
    """One record of the catalog as it was last published.

    `width` and `height` are pixels of the pyramid, `resolution_ppi` 0.0 when unknown, `anchor` is in pixels (None is
    the centre), `expiration_h` None takes the company's. `revision` changes whenever pixels or facts change.
    """

    root_id: str
    name: str
    pyramid: Path
    width: int
    height: int
    has_alpha: bool
    published_at: datetime
    revision: str
    colour_space: str = "RGB"
    has_profile: bool = False
    resolution_ppi: float = 0.0
    anchor: tuple[int, int] | None = None
    expiration_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogAttributes:
    """The settings of a company, named after the vendor's catalog attributes; the starting values are ours.

    Pixel pairs are width and height, 0 leaves a side free. Expirations are hours: 0 is at once, -1 is never.
    `default_image_mode` 0 puts the default image in place of the whole request, 1 in place of the missing image.
    `error_detail` 0 tells the public a title only. `missing_status` is 403 as the vendor answers, or 404.
    `max_rendered_pixels` is a defence that holds even where `max_pix` is free.
    """

    max_pix: tuple[int, int] = (2000, 2000)
    default_pix: tuple[int, int] = (1280, 1280)
    background: Colour = WHITE
    jpeg_quality: int = 80
    jpeg_full_chroma: bool = False
    res_mode: Resampling = "sharp2"
    expiration_h: float = 10.0
    non_image_expiration_h: float = 0.1
    default_expiration_h: float = 1.0
    default_image: str = ""
    default_image_mode: int = 0
    error_detail: int = 1
    print_resolution: float = 72.0
    use_last_modified: bool = False
    missing_status: int = 403
    max_rendered_pixels: int = 16_000_000


class Catalog(Protocol):
    """The published snapshot, and the smart crops of now. Ids are case-sensitive, macro names are not."""

    def find(self, root_id: str, object_id: str) -> PublishedImage | None:
        """Return the published image of this id, or None."""

    def find_crop(self, root_id: str, object_id: str, name: str) -> SmartCrop | None:
        """Return the smart crop of a published image by its name, else whatever its letter case, or None."""

    def macro(self, root_id: str, name: str) -> str | None:
        """Return the modifiers that the preset `name` stands for, as in a URL's query, or None."""

    def attributes(self, root_id: str) -> CatalogAttributes:
        """Return the settings of a company; of an unknown one, the default settings."""
