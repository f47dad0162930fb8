"""The URL of an image serving request, read into one value: which image, which kind of reply, which modifiers.

Turning modifiers into pixels is left to `image_view`, answering to `image_server`.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_to_bytes

from publishing.image_errors import ImageRequestError, unsupported
from publishing.image_values import Modifier, chosen, items

RequestType = Literal["img", "props", "imageprops", "exists", "userdata"]
Encoding = Literal["text", "javascript", "xml", "json"]
ClientCache = Literal["on", "off"]
ServerCache = Literal["on", "off", "validate", "update"]

_TYPES: tuple[RequestType, ...] = ("img", "props", "imageprops", "exists", "userdata")
_VENDOR_TYPES = {"tmb", "mask", "targets", "map", "set", "imageset", "catalogprops", "xmp", "mbrset"}
_VENDOR_TYPES |= {"validate", "resolve", "loadcache", "message", "xlate", "savetofile"}
_ENCODINGS: tuple[Encoding, ...] = ("text", "javascript", "xml", "json")
_CLIENT_CACHE: tuple[ClientCache, ...] = ("on", "off")
_SERVER_CACHE: tuple[ServerCache, ...] = ("on", "off", "validate", "update")
_CHARSETS = ("utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1")
_MACRO = re.compile(r"\$([^$=&]{1,100})\$")
_VARIABLE = re.compile(r"\$[^$=&]{1,100}(\$)?=")
_HANDLER = re.compile(r"[A-Za-z0-9]{1,100}")
_DEEPEST_MACRO = 8
_MOST_MODIFIERS = 500
_OPENING, _CLOSING = "({", ")}"

MacroLookup = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """One request. `default_image` None leaves the choice to the company, "" switches it off.

    `charset` and `handler` (a JSONP function's name) count for replies that are no image; `request_id` is handed back.
    """

    root_id: str
    object_id: str
    type: RequestType = "img"
    encoding: Encoding = "text"
    charset: str = "utf-8"
    handler: str = "s7jsonResponse"
    request_id: str = ""
    default_image: str | None = None
    client_cache: ClientCache = "on"
    server_cache: ServerCache = "on"
    modifiers: tuple[Modifier, ...] = ()


def split_path(path: str) -> tuple[str, str]:
    """Return root id and object id of a path, still percent-encoded, that follows /is/image.

    The first element is the root id, the rest is the object id, which may hold slashes. Raises ImageRequestError when
    either is missing or has a comma.
    """
    elements = [_decode(element) for element in path.strip("/").split("/")]
    root_id, object_id = elements[0], "/".join(elements[1:])
    if not root_id or not object_id:
        raise ImageRequestError("bad request", "the path must name a company and an image")
    if "," in root_id or "," in object_id:
        raise ImageRequestError("bad request", "the name of an image has no comma")
    return root_id, object_id


def parse_request(path: str, query: str, macro: MacroLookup) -> ImageRequest:
    """Return the request that a path and a query, both still percent-encoded, stand for.

    `macro` gives the text of a preset of the path's company, or None. Raises ImageRequestError.
    """
    root_id, object_id = split_path(path)
    modifiers = tuple(_expand(query, macro))
    last = {modifier.name: modifier for modifier in modifiers}
    kind, encoding, charset = _request_type(last.get("req"))
    client_cache, server_cache = _caching(last.get("cache"))
    default_image = last.get("defaultimage")
    return ImageRequest(
        root_id=root_id,
        object_id=object_id,
        type=kind,
        encoding=encoding,
        charset=charset,
        handler=_handler(last.get("handler")),
        request_id=last["id"].value if "id" in last else "",
        default_image=None if default_image is None else default_image.value,
        client_cache=client_cache,
        server_cache=server_cache,
        modifiers=modifiers,
    )


def _expand(query: str, macro: MacroLookup) -> Iterator[Modifier]:
    """Give the modifiers of a query in order, with presets put in place where they are named."""
    waiting = deque((text, 0) for text in _split_outside_brackets(query))
    read = 0
    while waiting:
        text, depth = waiting.popleft()
        read += 1
        if read > _MOST_MODIFIERS:
            raise ImageRequestError("bad request", f"more than {_MOST_MODIFIERS} modifiers")
        named = _MACRO.fullmatch(_decode(text))
        if named:
            parts = list(_split_outside_brackets(_macro_text(named[1], macro, depth)))
            waiting.extendleft((part, depth + 1) for part in reversed(parts))
        elif _VARIABLE.match(text.replace("%24", "$")):
            raise unsupported("a variable")
        elif text and not text.startswith("."):
            name, _, value = text.partition("=")
            yield Modifier(name=_decode(name).strip().lower(), value=_decode(value), is_stored=depth > 0)


def _macro_text(name: str, macro: MacroLookup, depth: int) -> str:
    if depth >= _DEEPEST_MACRO:
        raise ImageRequestError("bad request", f"presets name each other more than {_DEEPEST_MACRO} deep")
    text = macro(name)
    if text is None:
        raise ImageRequestError("unknown macro", f"there is no preset ${name}$")
    return text


def _split_outside_brackets(query: str) -> Iterator[str]:
    """Give the parts between ampersands, taking no notice of those inside a nested request."""
    depth, start = 0, 0
    for place, character in enumerate(query):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        elif character == "&" and depth == 0:
            yield query[start:place]
            start = place + 1
    yield query[start:]


def _decode(text: str) -> str:
    """Percent-decode; bytes that are not UTF-8 are read as Latin-1, as older clients write them. Plus stays plus."""
    decoded = unquote_to_bytes(text)
    try:
        return decoded.decode("utf-8")
    except UnicodeDecodeError:
        return decoded.decode("latin-1")


def _request_type(modifier: Modifier | None) -> tuple[RequestType, Encoding, str]:
    if modifier is None:
        return "img", "text", "utf-8"
    kind, encoding, charset = [*items(modifier, 1, 3), "", ""][:3]
    if kind.lower() in _VENDOR_TYPES:
        raise unsupported(f"req={kind}")
    return (
        chosen(modifier, kind, _TYPES),
        chosen(modifier, encoding or "text", _ENCODINGS),
        chosen(modifier, charset or "utf-8", _CHARSETS),
    )


def _caching(modifier: Modifier | None) -> tuple[ClientCache, ServerCache]:
    """Return who may keep the reply; one word alone counts for the server, and `off` for both."""
    if modifier is None:
        return "on", "on"
    words = items(modifier, 1, 2)
    server = chosen(modifier, words[-1], _SERVER_CACHE)
    if len(words) == 2:
        return chosen(modifier, words[0], _CLIENT_CACHE), server
    return "off" if server == "off" else "on", server


def _handler(modifier: Modifier | None) -> str:
    if modifier is None or not modifier.value:
        return "s7jsonResponse"
    if not _HANDLER.fullmatch(modifier.value):
        raise ImageRequestError("bad request", "handler= takes letters and digits only")
    return modifier.value
