"""Pictures made to be kept, for exports and renditions: the language of image serving URLs, at full size."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from imaging.view import View
from publishing.image_catalog import CatalogAttributes
from publishing.image_errors import ImageRequestError
from publishing.image_request import MacroLookup, parse_request
from publishing.image_view import PICTURE_COMMANDS, build_view, check_size

ATTRIBUTES = CatalogAttributes(default_pix=(0, 0), max_pix=(0, 0), max_rendered_pixels=100_000_000)
_SUFFIXES = {"jpeg": "jpg"}
_KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The picture to make, and the suffix of its file's name."""

    view: View
    suffix: str


def conversion_of(modifiers: str, size: tuple[int, int] | None = None, macro: MacroLookup | None = None) -> Conversion:
    """Return what modifiers, written as in a URL's query, make of a picture; a JPEG of it when there are none.

    ``macro`` gives the commands of an image format that they name; without, they name none. With the picture's
    ``size``, in pixels, that of the result is checked: it may always be as large. Raises ImageRequestError.
    """
    request = parse_request("/company/asset", modifiers.strip().removeprefix("?"), macro or (lambda _name: None))
    if request.type != "img":
        raise ImageRequestError("bad request", f"req={request.type} makes no picture")
    view = build_view(request.modifiers, ATTRIBUTES)
    if size is not None:
        most = max(ATTRIBUTES.max_rendered_pixels, size[0] * size[1])
        check_size(size, view, replace(ATTRIBUTES, max_rendered_pixels=most))
    return Conversion(view=view, suffix=_SUFFIXES.get(view.output.container, view.output.container))


def kept_conversion(commands: str, size: tuple[int, int] | None = None) -> Conversion:
    """Return what commands kept under a name make of a picture; their numbers are brought into range, as in URLs."""
    return conversion_of(f"${_KEPT}$", size, {_KEPT: commands}.get)


def plain_commands(commands: str, macro: MacroLookup) -> str:
    """Return the commands with those of the image formats that they name put in place.

    Raises ImageRequestError for what makes no picture, is not supported, or is no command of pictures at all.
    """
    request = parse_request("/company/asset", commands.strip().removeprefix("?"), macro)
    for modifier in request.modifiers:
        if modifier.name not in PICTURE_COMMANDS | {"req"}:
            raise ImageRequestError("unsupported", f"{modifier.name}= is no command that makes a picture")
    plain = "&".join(f"{quote(each.name)}={quote(each.value, safe=',|')}" for each in request.modifiers)
    kept_conversion(plain)
    return plain
