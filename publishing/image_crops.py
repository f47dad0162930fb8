"""Smart crops as the image server sends them: finding what ``asset:name`` means, and the view of that part.

The crops that count are those of now, not of the last publish: AEM, too, shows a change of one at once, and the URL
stays. Only crops of published images are found.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from domain.findings import SWATCH, SmartCrop
from imaging.view import Box, Colour, Fit, View
from publishing.image_catalog import Catalog, PublishedImage
from publishing.image_errors import ImageRequestError
from publishing.image_properties import Properties, WrittenProperties, write_properties
from publishing.image_request import ImageRequest

_FILLED = Fit(mode="crop", upscale=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What the path of a request names: an image, or a crop of it.

    The image of a swatch of one colour has the size of the swatch.
    """

    image: PublishedImage
    crop: SmartCrop | None = None

    @property
    def colour(self) -> Colour | None:
        """The one colour that all of it has; None for a picture."""
        if self.crop is None or self.crop.colour is None:
            return None
        red, green, blue = bytes.fromhex(self.crop.colour.removeprefix("#"))
        return Colour(red=red, green=green, blue=blue)


def locate(request: ImageRequest, catalog: Catalog) -> Located | None:
    """Return the image with the request's id or, with a colon in it, a crop of the image whose id stands before."""
    image = catalog.find(request.root_id, request.object_id)
    if image is not None:
        return Located(image=image)
    base, _, name = request.object_id.rpartition(":")
    image = catalog.find(request.root_id, base) if base and name else None
    crop = catalog.find_crop(request.root_id, base, name) if image is not None else None
    if image is None or crop is None:
        return None
    if crop.colour is not None:
        image = replace(image, width=crop.width, height=crop.height, has_alpha=False)
    return Located(image=image, crop=crop)


def crop_view(view: View, located: Located) -> View:
    """Return the view of the crop's part: at the crop's size where the view names none, else as it says.

    ``crop=`` and ``cropN=`` of the view count within the part. Raises ImageRequestError when they reach out of it.
    """
    crop, image = located.crop, located.image
    if crop is None or crop.colour is not None:
        return view
    part = _pixels(crop, image)
    within = replace(view, crop=_inner(part, view), crop_is_fraction=False)
    if view.width or view.height or view.reduction is not None:
        return within
    if view.crop is not None or view.region is not None or view.rotate % 360:
        return replace(within, default_box=crop.size)
    return replace(within, width=crop.width, height=crop.height, fit=_FILLED)


def write_userdata(located: Located, request: ImageRequest, now: datetime) -> WrittenProperties:
    """Return what req=userdata tells of a crop, as AEM does: plain lines, XML or JSON. Raises ImageRequestError."""
    if located.crop is None:
        raise ImageRequestError("not supported", "req=userdata is told of smart crops only")
    properties = _userdata(located.crop)
    if request.encoding != "text":
        return write_properties(properties, request, now)
    lines = "".join(f"{key}={value}\r\n" for key, value in properties.items())
    return WrittenProperties(body=lines.encode(), mime="text/plain;charset=UTF-8")


def _userdata(crop: SmartCrop) -> Properties:
    area, is_swatch = crop.area, crop.name == SWATCH
    numbers = (area.left, area.top, area.width, area.height, float(crop.width), float(crop.height))
    told = {
        "SmartCropDef": crop.name,
        "SmartCropHeight": f"{crop.height:.1f}",
        "SmartCropRect": ",".join(str(round(number, 6)) for number in numbers),
        "SmartCropType": "Swatch" if is_swatch else "Banner",
        "SmartCropWidth": f"{crop.width:.1f}",
    }
    return told | ({"SmartSwatchColor": f"0x{crop.colour[1:].upper()}"} if crop.colour else {})


def _pixels(crop: SmartCrop, image: PublishedImage) -> Box:
    """Return the crop's part in whole pixels of the image, at least one."""
    area = crop.area
    left, right = _span(area.left, area.width, image.width)
    top, bottom = _span(area.top, area.height, image.height)
    return Box(left=left, top=top, width=right - left, height=bottom - top)


def _span(start: float, length: float, whole: int) -> tuple[int, int]:
    first = min(whole - 1, math.floor(start * whole + 0.5))
    return first, min(whole, max(first + 1, math.floor((start + length) * whole + 0.5)))


def _inner(part: Box, view: View) -> Box:
    if view.crop is None:
        return part
    across, down = (part.width, part.height) if view.crop_is_fraction else (1, 1)
    left, top = round(view.crop.left * across), round(view.crop.top * down)
    width, height = max(1, round(view.crop.width * across)), max(1, round(view.crop.height * down))
    if min(left, top) < 0 or left + width > part.width or top + height > part.height:
        raise ImageRequestError("bad request", f"crop= reaches out of the smart crop's {part.width}x{part.height}")
    return Box(left=part.left + left, top=part.top + top, width=width, height=height)
