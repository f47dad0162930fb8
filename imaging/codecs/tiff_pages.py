"""Putting pages of several TIFF files into one without decoding them: tiles are copied as they are.

This is for files that libvips wrote a moment ago, not for originals. tifffile would do it only together with a JPEG
encoder of its own.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_NEW_SUBFILE_TYPE, _TILE_OFFSETS, _TILE_BYTE_COUNTS = 254, 324, 325
_LONG, _LONG8 = 4, 16
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_REDUCED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a tiled TIFF file, counted from 0."""

    file: Path
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How a file stores numbers: byte order, and the widths of offsets and counts in classic TIFF or BigTIFF."""

    order: str
    is_big: bool

    @property
    def offset(self) -> str:
        return f"{self.order}{'Q' if self.is_big else 'L'}"

    @property
    def entry_count(self) -> str:
        return f"{self.order}{'Q' if self.is_big else 'H'}"

    @property
    def entry(self) -> str:
        return f"{self.order}HH{'Q8s' if self.is_big else 'L4s'}"

    @property
    def inline_bytes(self) -> int:
        return 8 if self.is_big else 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    type: int
    count: int
    value: bytes


_Directory = dict[int, _Field]


def join_pages(pages: list[Page], target: Path) -> None:
    """Write a file of these pages, in the byte order and kind of TIFF of the first; pages after it are marked reduced.

    All must be of the same kind, which is so when one libvips with one setting of `bigtiff` wrote them.
    """
    with target.open("wb") as out:
        link = 0
        for position, page in enumerate(pages):
            with page.file.open("rb") as file:
                layout, first = _read_header(file)
                if position == 0:
                    link = _write_header(out, layout)
                directory = _read_directory(file, layout, _offset_of(file, layout, first, page.number))
                directory.update(_copy_tiles(file, out, layout, directory))
            if position > 0:
                directory[_NEW_SUBFILE_TYPE] = _numbers(layout, _LONG, [_REDUCED])
            link = _write_directory(out, layout, directory, link)


def _read_header(file: BinaryIO) -> tuple[_Layout, int]:
    """Return the file's layout and where its first directory is."""
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    is_big = struct.unpack(f"{order}H", head[2:4])[0] == 43
    first = struct.unpack(f"{order}Q", head[8:16])[0] if is_big else struct.unpack(f"{order}L", head[4:8])[0]
    return _Layout(order=order, is_big=is_big), first


def _write_header(out: BinaryIO, layout: _Layout) -> int:
    """Write a header that points nowhere yet and return where its pointer stands."""
    out.write(b"II" if layout.order == "<" else b"MM")
    out.write(struct.pack(f"{layout.order}HHH", 43, 8, 0) if layout.is_big else struct.pack(f"{layout.order}H", 42))
    link = out.tell()
    out.write(struct.pack(layout.offset, 0))
    return link


def _offset_of(file: BinaryIO, layout: _Layout, first: int, number: int) -> int:
    offset = first
    for _ in range(number):
        file.seek(offset)
        entries = _unpack(file, layout.entry_count)
        file.seek(entries * struct.calcsize(layout.entry), 1)
        offset = _unpack(file, layout.offset)
    return offset


def _read_directory(file: BinaryIO, layout: _Layout, offset: int) -> _Directory:
    file.seek(offset)
    raw = file.read(_unpack(file, layout.entry_count) * struct.calcsize(layout.entry))
    directory: _Directory = {}
    for tag, kind, count, inline in struct.iter_unpack(layout.entry, raw):
        size = _TYPE_BYTES[kind] * count
        if size <= layout.inline_bytes:
            value = inline[:size]
        else:
            file.seek(struct.unpack(layout.offset, inline)[0])
            value = file.read(size)
        directory[tag] = _Field(type=kind, count=count, value=value)
    return directory


def _copy_tiles(file: BinaryIO, out: BinaryIO, layout: _Layout, directory: _Directory) -> _Directory:
    """Copy a page's tiles and return the field that says where they are now."""
    offsets = []
    sizes = _values(layout, directory[_TILE_BYTE_COUNTS])
    for offset, size in zip(_values(layout, directory[_TILE_OFFSETS]), sizes, strict=True):
        file.seek(offset)
        offsets.append(out.tell())
        out.write(file.read(size))
    return {_TILE_OFFSETS: _numbers(layout, _LONG8 if layout.is_big else _LONG, offsets)}


def _write_directory(out: BinaryIO, layout: _Layout, directory: _Directory, link: int) -> int:
    """Write a directory, point the one before to it, and return where its own pointer to the next stands."""
    entries = []
    for tag, field in sorted(directory.items()):
        inline = field.value
        if len(inline) > layout.inline_bytes:
            inline = struct.pack(layout.offset, _align(out))
            out.write(field.value)
        entries.append(struct.pack(layout.entry, tag, field.type, field.count, inline))
    start = _align(out)
    out.write(struct.pack(layout.entry_count, len(entries)))
    out.write(b"".join(entries))
    next_link = out.tell()
    out.write(struct.pack(layout.offset, 0))
    out.seek(link)
    out.write(struct.pack(layout.offset, start))
    out.seek(0, 2)
    return next_link


def _align(out: BinaryIO) -> int:
    """Pad to a multiple of 8 bytes and return the position."""
    out.write(b"\0" * (-out.tell() % 8))
    return out.tell()


def _values(layout: _Layout, field: _Field) -> Iterator[int]:
    letter = {3: "H", _LONG: "L", _LONG8: "Q"}[field.type]
    return iter(struct.unpack(f"{layout.order}{field.count}{letter}", field.value))


def _numbers(layout: _Layout, kind: int, numbers: list[int]) -> _Field:
    letter = {_LONG: "L", _LONG8: "Q"}[kind]
    packed = struct.pack(f"{layout.order}{len(numbers)}{letter}", *numbers)
    return _Field(type=kind, count=len(numbers), value=packed)


def _unpack(file: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, file.read(struct.calcsize(form)))[0])
