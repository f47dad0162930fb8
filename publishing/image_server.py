"""Answering image serving requests: find the published image, make or recall its picture, say how long it is good.

It knows no web framework: `Asked` goes in, `Reply` comes out. What is published is told by a `Catalog`.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal

from imaging.errors import ImagingError
from imaging.facts import Rendered
from imaging.render import render, render_flat
from imaging.view import View
from publishing.image_catalog import NEVER_EXPIRES, Catalog, CatalogAttributes, PublishedImage
from publishing.image_crops import Located, crop_view, locate, write_userdata
from publishing.image_errors import ImageRequestError
from publishing.image_properties import Properties, banner, reply_properties, source_properties, write_properties
from publishing.image_replies import PictureCache
from publishing.image_request import ImageRequest, parse_request, split_path
from publishing.image_view import build_view, check_size

_FAR_FUTURE_S = 365 * 24 * 3600
_KEPT_FOR_DEFAULT_IMAGE = {"wid", "hei", "fmt", "qlt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One HTTP request: `path` is what follows /is/image, still percent-encoded, and so is `query`."""

    method: Literal["GET", "HEAD"] = "GET"
    path: str
    query: str = ""
    if_none_match: str = ""
    if_modified_since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP reply, to be sent as it is; the reply to HEAD has the headers of GET and no body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The image or crop that answers a request, under which modifiers, for how many hours."""

    located: Located
    request: ImageRequest
    expiration_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What is to be sent with status 200, before caching is decided. `modified_at` None tells no time."""

    body: bytes
    mime: str
    expiration_h: float
    modified_at: datetime | None = None
    client_cache: bool = True


def answer(asked: Asked, catalog: Catalog, pictures: PictureCache, now: datetime) -> Reply:
    """Return the reply to a request; what the client or an image did wrong becomes 403 or 500, never an exception."""
    if not asked.path.strip("/") and not asked.query:
        content = _Content(body=banner(now).encode(), mime="text/plain", expiration_h=0)
        return _for_method(_conditional(content, asked, now), asked)
    attributes = CatalogAttributes()
    try:
        root_id, _ = split_path(asked.path)
        attributes = catalog.attributes(root_id)
        request = parse_request(asked.path, asked.query, lambda name: catalog.macro(root_id, name))
        reply = _conditional(_content(request, catalog, pictures, now), asked, now)
    except ImageRequestError as error:
        reply = _refusal(error, attributes)
    except (ImagingError, MemoryError):
        reply = _refusal(ImageRequestError("the published image cannot be read", status=500), attributes)
    return _for_method(reply, asked)


def _content(request: ImageRequest, catalog: Catalog, pictures: PictureCache, now: datetime) -> _Content:
    attributes = catalog.attributes(request.root_id)
    if request.type == "exists":
        exists = locate(request, catalog) is not None
        return _written({"catalogRecord.exists": str(int(exists))}, request, attributes, now)
    found = _find(request, catalog, attributes)
    image = found.located.image
    if request.type == "imageprops":
        return _written(source_properties(image, attributes), request, attributes, now)
    if request.type == "userdata":
        told = write_userdata(found.located, request, now)
        return _Content(body=told.body, mime=told.mime, expiration_h=found.expiration_h)
    view = crop_view(build_view(found.request.modifiers, attributes), found.located)
    check_size((image.width, image.height), view, attributes)
    if request.type == "props":
        return _written(reply_properties(image, view), request, attributes, now)
    picture = _picture(found, view, pictures)
    never_expires = found.expiration_h == NEVER_EXPIRES
    return _Content(
        body=picture.body,
        mime=picture.mime,
        expiration_h=found.expiration_h,
        modified_at=image.published_at if attributes.use_last_modified or never_expires else None,
        client_cache=request.client_cache == "on" or never_expires,
    )


def _find(request: ImageRequest, catalog: Catalog, attributes: CatalogAttributes) -> _Found:
    """Return the image that was asked for or, for a picture, the default image. Raises ImageRequestError."""
    located = locate(request, catalog)
    if located is not None:
        own = located.image.expiration_h
        return _Found(located=located, request=request, expiration_h=attributes.expiration_h if own is None else own)
    default_id = attributes.default_image if request.default_image is None else request.default_image
    default = _find_default(default_id, request.root_id, catalog) if default_id and request.type == "img" else None
    if default is None:
        title = f"Unable to find {request.root_id}/{request.object_id}"
        raise ImageRequestError(title, status=attributes.missing_status)
    hours = attributes.default_expiration_h if default.expiration_h is None else default.expiration_h
    return _Found(located=Located(image=default), request=_for_default(request, attributes), expiration_h=hours)


def _find_default(object_id: str, root_id: str, catalog: Catalog) -> PublishedImage | None:
    """Look the id up in the request's company, then as company and image."""
    image = catalog.find(root_id, object_id)
    if image is not None or "/" not in object_id:
        return image
    other_root, _, rest = object_id.strip("/").partition("/")
    return catalog.find(other_root, rest)


def _for_default(request: ImageRequest, attributes: CatalogAttributes) -> ImageRequest:
    """Keep of the request what counts for the default image: in mode 0 its size and file format only."""
    if attributes.default_image_mode == 1:
        return request
    kept = tuple(modifier for modifier in request.modifiers if modifier.name in _KEPT_FOR_DEFAULT_IMAGE)
    return replace(request, modifiers=kept)


def _picture(found: _Found, view: View, pictures: PictureCache) -> Rendered:
    image, colour = found.located.image, found.located.colour
    key = (image.root_id, image.name, image.revision, image.width, image.height, colour, view)
    if found.request.server_cache == "on":
        kept = pictures.find(key)
        if kept is not None:
            return kept
    size = (image.width, image.height)
    picture = render(image.pyramid, view) if colour is None else render_flat(colour, size, view)
    if found.request.server_cache != "off":
        pictures.put(key, picture)
    return picture


def _written(properties: Properties, request: ImageRequest, attributes: CatalogAttributes, now: datetime) -> _Content:
    written = write_properties(properties, request, now)
    return _Content(body=written.body, mime=written.mime, expiration_h=attributes.non_image_expiration_h)


def _conditional(content: _Content, asked: Asked, now: datetime) -> Reply:
    """Return the content with its caching headers, or 304 when the client has it already.

    Content that never expires is taken as unchanged by whoever asks, as the vendor's server does.
    """
    etag = f'"{hashlib.md5(content.body, usedforsecurity=False).hexdigest()}"'
    caching = _caching_headers(content, etag, now)
    if _is_known(content, etag, asked):
        return Reply(status=304, headers=caching)
    length = ("Content-Length", str(len(content.body)))
    return Reply(status=200, headers=(("Content-Type", content.mime), length, *caching), body=content.body)


def _caching_headers(content: _Content, etag: str, now: datetime) -> tuple[tuple[str, str], ...]:
    if not content.client_cache:
        return (("ETag", etag), ("Cache-Control", "no-store"))
    seconds = _FAR_FUTURE_S if content.expiration_h == NEVER_EXPIRES else round(content.expiration_h * 3600)
    expires = format_datetime((now + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True)
    headers = [("ETag", etag), ("Cache-Control", f"max-age={seconds}"), ("Expires", expires)]
    if content.modified_at is not None:
        headers.append(("Last-Modified", format_datetime(content.modified_at.astimezone(UTC), usegmt=True)))
    return tuple(headers)


def _is_known(content: _Content, etag: str, asked: Asked) -> bool:
    if content.expiration_h == NEVER_EXPIRES:
        return bool(asked.if_none_match or asked.if_modified_since)
    if asked.if_none_match:
        tags = {tag.strip().removeprefix("W/") for tag in asked.if_none_match.split(",")}
        return bool(tags & {etag, "*"})
    if not asked.if_modified_since or content.modified_at is None:
        return False
    try:
        since = parsedate_to_datetime(asked.if_modified_since)
    except ValueError:
        return False
    return content.modified_at.replace(microsecond=0) <= since.astimezone(UTC)


def _refusal(error: ImageRequestError, attributes: CatalogAttributes) -> Reply:
    text = str(error) if attributes.error_detail else error.title
    body = text.encode("utf-8", errors="replace")
    headers = (
        ("Content-Type", "text/plain;charset=UTF-8"),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    )
    return Reply(status=error.status, headers=headers, body=body)


def _for_method(reply: Reply, asked: Asked) -> Reply:
    return replace(reply, body=b"") if asked.method == "HEAD" else reply
