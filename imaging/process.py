"""Prepares a process for running the pipeline many times over files whose names come back."""


def prepare_process() -> None:
    """Switch off libvips' cache of operations, which knows files by name and would answer for an older file.

    libvips is imported here and not with the module, so that a caller can set its environment first.
    """
    import pyvips  # noqa: PLC0415

    pyvips.cache_set_max(0)
