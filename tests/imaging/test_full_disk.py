"""A disk without room is told from a damaged file, by a device that is always full."""

import errno

import pytest
import pyvips

from imaging.codecs.vips_errors import reading
from imaging.errors import DamagedImage


def test_a_full_disk_is_no_damaged_image() -> None:
    with pytest.raises(OSError, match="No space left") as raised, reading():
        pyvips.Image.black(2000, 2000).rawsave("/dev/full")

    assert raised.value.errno == errno.ENOSPC


def test_a_file_that_is_no_image_is_a_damaged_one() -> None:
    with pytest.raises(DamagedImage), reading():
        pyvips.Image.jpegload("/dev/null")
