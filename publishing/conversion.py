"""Pictures made for an export: the language of image serving URLs, at full size and without their limit of size."""

from dataclasses import dataclass

from imaging.view import View
from publishing.image_catalog import CatalogAttributes
from publishing.image_errors import ImageRequestError
from publishing.image_request import parse_request
from publishing.image_view import build_view, check_size

ATTRIBUTES = CatalogAttributes(default_pix=(0, 0), max_pix=(0, 0), max_rendered_pixels=100_000_000)
_SUFFIXES = {"jpeg": "jpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The picture to make, and the suffix of its file's name."""

    view: View
    suffix: str


def conversion_of(modifiers: str, size: tuple[int, int] | None = None) -> Conversion:
    """Return what modifiers, written as in a URL's query, make of a picture; a JPEG of it when there are none.

    With the picture's ``size``, in pixels, that of the result is checked. Raises ImageRequestError.
    """
    request = parse_request("/company/asset", modifiers.strip().removeprefix("?"), lambda _name: None)
    if request.type != "img":
        raise ImageRequestError("bad request", f"req={request.type} makes no picture")
    view = build_view(request.modifiers, ATTRIBUTES)
    if size is not None:
        check_size(size, view, ATTRIBUTES)
    return Conversion(view=view, suffix=_SUFFIXES.get(view.output.container, view.output.container))
