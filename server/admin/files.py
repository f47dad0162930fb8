"""The console's own files and those of Bootstrap, which Bootstrap-Flask packages: style sheets, script, icons."""

import hashlib
import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import Blueprint, Response, abort, send_file, url_for
from markupsafe import Markup

_OURS = Path(__file__).parent / "static"
_BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
_FILES = {
    "bootstrap.css": _BOOTSTRAP / "css" / "bootstrap.min.css",
    "console.css": _OURS / "console.css",
    "console.js": _OURS / "console.js",
    "crops.js": _OURS / "crops.js",
    "mark.svg": _OURS / "mark.svg",
}
_SYMBOL = r'<symbol[^>]*viewBox="([^"]+)" id="{name}">(.*?)</symbol>'
_FOREVER = "public, max-age=31536000, immutable"


def add_routes(console: Blueprint) -> None:
    """Serve the files, each under a name with its version, which browsers may keep."""
    console.add_url_rule("/-/<version>/<name>", "file", _file)


def style_of(name: str) -> str:
    """Return the URL of a file by its name."""
    return url_for("console.file", version=_version(name), name=name)


@cache
def icon(name: str) -> Markup:
    """Return an icon of Bootstrap's as an element, which readers of the screen pass over."""
    found = re.search(_SYMBOL.format(name=re.escape(name)), _sprite(), re.DOTALL)
    assert found, f"Bootstrap has no icon {name}"
    box, drawing = found.groups()
    frame = f'<svg class="icon" aria-hidden="true" width="16" height="16" fill="currentColor" viewBox="{box}">'
    return Markup(f"{frame}{drawing}</svg>")  # noqa: S704 - from the package


def _file(version: str, name: str) -> Response:
    if name not in _FILES or version != _version(name):
        abort(404)
    response = send_file(_FILES[name], etag=False)
    response.headers["Cache-Control"] = _FOREVER
    return response


@cache
def _version(name: str) -> str:
    return hashlib.sha256(_FILES[name].read_bytes()).hexdigest()[:12]


@cache
def _sprite() -> str:
    return (_BOOTSTRAP / "icons" / "bootstrap-icons.svg").read_text()
