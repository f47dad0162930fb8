"""The replies of image serving that are facts and no picture: their properties, and the four ways to write them."""

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from imaging.geometry import lay_out
from imaging.view import Colour, View
from publishing.image_catalog import CatalogAttributes, PublishedImage
from publishing.image_request import ImageRequest

Properties = Mapping[str, str]
_PIXEL_TYPES = {"rgb": "RGB", "gray": "BW", "cmyk": "CMYK", "RGB": "RGB", "GRAY": "BW", "CMYK": "CMYK"}
_JAVA_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenProperties:
    """Properties as they are sent."""

    body: bytes
    mime: str


def reply_properties(image: PublishedImage, view: View) -> Properties:
    """Return what req=props tells: the picture that the same request would get as an image."""
    layout = lay_out(image.width, image.height, view)
    output = view.output
    profile = "sRGB" if output.pixel_type == "rgb" else ""
    return {
        "image.width": str(layout.width),
        "image.height": str(layout.height),
        "image.type": output.mime,
        "image.quality": f"{output.quality},{int(output.full_chroma)}",
        "image.pixTyp": _PIXEL_TYPES[output.pixel_type],
        "image.mask": str(int(output.alpha and image.has_alpha)),
        "image.bgc": _hexadecimal(view.background),
        "image.iccProfile": profile,
        "image.iccEmbed": str(int(output.embed_profile)),
        "image.xmpEmbed": "0",
        "image.pathEmbed": "0",
        "image.printRes": f"{image.resolution_ppi:g}",
        "image.length": "0",
        "image.version": image.revision,
        "metadata.version": image.revision,
    }


def source_properties(image: PublishedImage, attributes: CatalogAttributes) -> Properties:
    """Return what req=imageprops tells of the published image itself, whatever else the request says.

    Expiration is in hours, timeStamp in milliseconds since 1970, mask is 0 for none or 2 for straight alpha.
    """
    across, down = image.anchor or (image.width // 2, image.height // 2)
    expiration = attributes.expiration_h if image.expiration_h is None else image.expiration_h
    return {
        "image.width": str(image.width),
        "image.height": str(image.height),
        "image.pixTyp": _PIXEL_TYPES[image.colour_space],
        "image.mask": "2" if image.has_alpha else "0",
        "image.anchor": f"{across},{down}",
        "image.expiration": f"{expiration:g}",
        "image.iccProfile": "",
        "image.embeddedIccProfile": str(int(image.has_profile)),
        "image.embeddedPhotoshopPaths": "0",
        "image.embeddedXmpData": "0",
        "image.photoshopPathNames": "",
        "image.modifier": "",
        "image.postModifier": "",
        "image.printRes": f"{image.resolution_ppi or attributes.print_resolution:g}",
        "image.resolution": f"{image.resolution_ppi:g}",
        "image.timeStamp": str(int(image.published_at.timestamp() * 1000)),
        "image.translatedId": f"{image.root_id}/{image.name}",
    }


def write_properties(properties: Properties, request: ImageRequest, now: datetime) -> WrittenProperties:
    """Write the properties in the encoding that the request asks for; the charset counts for XML alone."""
    match request.encoding:
        case "json":
            return WrittenProperties(body=_jsonp(properties, request).encode(), mime="text/javascript;charset=UTF-8")
        case "javascript":
            lines = [f"{key}='{_script_text(value)}'" for key, value in properties.items()]
            return WrittenProperties(body=("\n".join(lines) + "\n").encode(), mime="text/javascript;charset=UTF-8")
        case "xml":
            charset = request.charset.upper()
            body = _xml(properties, charset).encode(request.charset, errors="xmlcharrefreplace")
            return WrittenProperties(body=body, mime=f"text/xml;charset={charset}")
        case "text":
            return WrittenProperties(body=_java_properties(properties, now).encode("latin-1"), mime="text/plain")


def banner(now: datetime) -> str:
    """Return the two lines that open every text reply."""
    return f"#S7Z OK\n#{now.astimezone(UTC):%a %b %d %H:%M:%S UTC %Y}\n"


def _java_properties(properties: Properties, now: datetime) -> str:
    return banner(now) + "".join(f"{key}={_java_text(value)}\n" for key, value in properties.items())


def _java_text(value: str) -> str:
    """Escape as Java property files do: backslashes, line ends, a leading space, and all beyond Latin letters."""
    escaped = "".join(_JAVA_ESCAPES.get(character) or _java_character(character) for character in value)
    return f"\\{escaped}" if escaped.startswith(" ") else escaped


def _java_character(character: str) -> str:
    if 0x20 <= ord(character) <= 0x7E:
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[start : start + 2].hex().upper()}" for start in range(0, len(units), 2))


def _script_text(value: str) -> str:
    return value.replace("'", "''").replace("\r", " ").replace("\n", " ")


def _jsonp(properties: Properties, request: ImageRequest) -> str:
    def text(value: object) -> str:
        return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")

    return f"/*jsonp*/{request.handler}({text(dict(properties))},{text(request.request_id)});"


def _xml(properties: Properties, charset: str) -> str:
    groups: dict[str, list[str]] = {}
    for key, value in properties.items():
        group, _, name = key.partition(".")
        line = f'<property name="{html.escape(name)}" value="{html.escape(value)}"/>'
        groups.setdefault(group, []).append(line)
    inner = "".join(f'<prop-group name="{html.escape(name)}">{"".join(g)}</prop-group>' for name, g in groups.items())
    return f'<?xml version="1.0" encoding="{charset}"?>\n<prop-group>{inner}</prop-group>\n'


def _hexadecimal(colour: Colour) -> str:
    return f"{colour.red:02X}{colour.green:02X}{colour.blue:02X}"
