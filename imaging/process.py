"""Prepares a process for running the pipeline many times over files whose names come back."""


def prepare_process() -> None:
    """Switch off libvips' cache of operations, which knows files by name and would answer for an older file.

    OpenCV is kept to one thread, because there are as many processes as cores. Both are imported here and not with the
    module, so that a caller can set their environment first.
    """
    import cv2  # noqa: PLC0415
    import pyvips  # noqa: PLC0415

    pyvips.cache_set_max(0)
    cv2.setNumThreads(1)
