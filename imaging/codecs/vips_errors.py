"""Turning what libvips reports while it reads into an error of ours, without the path that its text may hold."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyvips

from imaging.errors import DamagedImage, UnsupportedFormat

_EIGHT_BIT_LAB = "bad labq format"
"""What libvips 8.18 says to every TIFF with 8 bit Lab pixels, which is sound but which it cannot read."""

_NO_MEMORY = "out of memory"

_LOADER = re.compile(r"^\w+: ")
_INNER = re.compile(r"[/\\]|vips|\blib", re.IGNORECASE)


@contextmanager
def reading() -> Iterator[None]:
    """Run a block that reads pixels or a header; raises DamagedImage where libvips gives up on the file.

    Raises OSError where it gives up on the disk that it writes to, and MemoryError where it gives up for want of
    memory, which say nothing against the file.
    """
    try:
        yield
    except pyvips.Error as error:
        refuse_disk_errors(str(error.detail))
        if _NO_MEMORY in error.detail:
            raise MemoryError from error
        if _EIGHT_BIT_LAB in error.detail:
            raise UnsupportedFormat("the file has Lab colours; save it as RGB, CMYK or greyscale") from error
        raise DamagedImage(
            "the file is damaged or incomplete ({reason}); upload it again from an intact copy", reason=_reason(error)
        ) from error


def refuse_disk_errors(report: str) -> None:
    """Raise OSError when a library's report says that it could not write for want of room, or of the right to."""
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        if os.strerror(number) in report:
            raise OSError(number, os.strerror(number))


def _reason(error: pyvips.Error) -> str:
    """Return the first line of libvips' own report that names no file and no library, without its loader's name."""
    lines = [_LOADER.sub("", line.strip()) for line in str(error.detail).splitlines()]
    return next((line for line in lines if line and not _INNER.search(line)), "it cannot be decoded")
