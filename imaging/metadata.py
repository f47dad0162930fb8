"""Reads what a file says of itself: its XMP packet, and its tags with their groups, as exiftool writes them.

Without exiftool, Pillow reads the EXIF and IPTC tags of pictures, and a packet is looked for in the file's bytes.
Whoever calls this does so in a limited process; a file that cannot be read says nothing.
"""

import json
import mmap
import re
import shutil
import struct
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from imaging.errors import DamagedImage, MissingLibrary
from imaging.xmp import LONGEST_VALUE, MAX_PACKET, MOST_KEYS, read_packet

MAX_OUTPUT = 32 * 2**20
"""How many bytes exiftool may say of one file."""
_SILENT = ("SourceFile", "ExifTool:", "System:")
_PACKET = re.compile(rb"<\?xpacket begin=.*?<\?xpacket end=[^>]*\?>", re.DOTALL)
_GROUP_KEYS = {"IFD0": "tiff", "ExifIFD": "exif", "GPS": "exif", "IPTC": "iptc"}
_IPTC_NAMES = {
    (2, 5): "ObjectName",
    (2, 25): "Keywords",
    (2, 55): "DateCreated",
    (2, 80): "By-line",
    (2, 90): "City",
    (2, 101): "Country-PrimaryLocationName",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 116): "CopyrightNotice",
    (2, 120): "Caption-Abstract",
}
"""IPTC data sets of record 2, by the names that exiftool gives them."""
_STANDARD: Mapping[str, tuple[str, ...]] = {
    "dc.title": ("IPTC:ObjectName",),
    "dc.creator": ("IPTC:By-line", "IFD0:Artist"),
    "dc.description": ("IPTC:Caption-Abstract", "IFD0:ImageDescription"),
    "dc.rights": ("IPTC:CopyrightNotice", "IFD0:Copyright"),
    "dc.subject": ("IPTC:Keywords",),
    "dc.format": ("File:MIMEType",),
    "xmp.CreatorTool": ("IFD0:Software",),
}
"""Where what XMP lacks stands in IPTC and EXIF, as the Metadata Working Group's guidelines pair them."""
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    struct.error,
    OverflowError,
    Image.DecompressionBombError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMetadata:
    """What a file says: its packet, its tags as ``Group:Tag``, and both under the keys of the metadata index."""

    packet: bytes | None = None
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_metadata(path: Path, timeout_s: float) -> FileMetadata:
    """Return the metadata of the file.

    Raises DamagedImage when exiftool gets to no answer within ``timeout_s`` seconds and MAX_OUTPUT bytes.
    """
    tool = exiftool()
    packet, tags = _ask_exiftool(tool, path, timeout_s) if tool else (_scan(path), _read_tags(path))
    if packet is not None and len(packet) > MAX_PACKET:
        packet = None
    return FileMetadata(packet=packet, tags=tags, keys=keys_of(packet, tags))


def keys_of(packet: bytes | None, tags: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return what packet and tags say by key; where they differ, the packet counts."""
    found: dict[str, tuple[str, ...]] = {}
    if packet is not None:
        with suppress(DamagedImage):  # a file may well have a damaged one
            found = read_packet(packet)
    for tag, texts in tags.items():
        group, _colon, name = tag.partition(":")
        if group in _GROUP_KEYS and len(found) < MOST_KEYS:
            found.setdefault(f"{_GROUP_KEYS[group]}.{name}", texts)
    for key, sources in _STANDARD.items():
        said = next((tags[source] for source in sources if source in tags), None)
        if said:
            found.setdefault(key, said)
    return found


def exiftool() -> str | None:
    """Return where exiftool is, None when it is not installed."""
    return shutil.which("exiftool")


def exiftool_version() -> str:
    """Return exiftool's version; raises MissingLibrary when it is not installed or does not run."""
    tool = exiftool()
    if tool is None:
        raise MissingLibrary("exiftool is not installed")
    command = [tool, "-ver"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603 - ours alone
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingLibrary("exiftool does not run") from error
    return asked.stdout.strip()


def _ask_exiftool(tool: str, path: Path, timeout_s: float) -> tuple[bytes | None, dict[str, tuple[str, ...]]]:
    """Return packet and tags. One process is asked twice; -execute rules out "--", but the path begins with a slash."""
    file = str(path.resolve())
    command = [tool, "-config", "", "-j", "-G1", "-struct", "-charset", "utf8", file, "-execute", "-b", "-XMP", file]
    with subprocess.Popen(  # noqa: S603 - a path of ours, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdout is not None
        watchdog = Timer(timeout_s, run.kill)
        watchdog.start()
        try:
            output = run.stdout.read(MAX_OUTPUT + 1)
        finally:
            watchdog.cancel()
            run.stdout.close()  # it ends when it has more to say
    text = output.decode("utf-8", "surrogateescape")
    try:
        found, end = json.JSONDecoder().raw_decode(text)
    except ValueError as error:
        raise DamagedImage("exiftool came to no answer about the file's metadata") from error
    if run.returncode < 0 or len(output) > MAX_OUTPUT:
        raise DamagedImage("exiftool came to no end with the file's metadata")
    packet = text[end:].strip().encode("utf-8", "surrogateescape")
    return packet or None, dict(_flat(found[0]))


def _flat(found: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the tags whose values are texts and numbers: no structures, no binary data, nothing of the file system."""
    for tag, value in found.items():
        if tag.startswith(_SILENT):
            continue
        items = value if isinstance(value, list) else [value]
        texts = tuple(_text(item) for item in items if isinstance(item, str | int | float))
        kept = tuple(text for text in texts if text and not text.startswith("(Binary data "))
        if kept:
            yield tag, kept


def _text(value: Any) -> str:
    return "".join(c for c in str(value).strip() if c.isprintable() or c in "\n\t")[:LONGEST_VALUE]


def _scan(path: Path) -> bytes | None:
    """Return the last packet that stands in the file's bytes as it is; most formats keep theirs so."""
    if path.stat().st_size == 0:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        begin = content.rfind(b"<?xpacket begin=")
        found = _PACKET.match(content, begin, begin + MAX_PACKET) if begin >= 0 else None
        return found[0] if found else None


def _read_tags(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the EXIF and IPTC tags that Pillow reads, by exiftool's names."""
    tags: dict[str, tuple[str, ...]] = {}
    with warnings.catch_warnings(), suppress(*_UNREADABLE), _opened(path) as picture:
        tags |= dict(_flat({"File:MIMEType": picture.get_format_mimetype()}))
        exif = picture.getexif()
        for group, found in (("IFD0", exif), ("ExifIFD", exif.get_ifd(ExifTags.IFD.Exif))):
            named = {f"{group}:{ExifTags.TAGS.get(number, '')}": value for number, value in found.items()}
            tags |= dict(_flat({tag: value for tag, value in named.items() if not tag.endswith(":")}))
        for number, value in (IptcImagePlugin.getiptcinfo(picture) or {}).items():
            if name := _IPTC_NAMES.get(number):
                items = value if isinstance(value, list) else [value]
                tags |= dict(_flat({f"IPTC:{name}": [item.decode("utf-8", "replace") for item in items]}))
    return tags


def _opened(path: Path) -> ImageFile.ImageFile:
    warnings.simplefilter("ignore")  # of a size that does not matter where no pixel is decoded
    return Image.open(path)
