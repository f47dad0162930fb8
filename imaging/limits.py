"""The bounds that an image must keep, checked on its header before a pixel is decoded.

Ending a process that takes too long or too much is left to whoever started it.
"""

from dataclasses import dataclass

from imaging.errors import ImageTooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for one file. `timeout_s` is kept by whoever starts the process that decodes."""

    max_width: int = 100_000
    max_height: int = 100_000
    max_pixels: int = 400_000_000
    max_pages: int = 5_000
    max_buffered_bytes: int = 1_600_000_000
    timeout_s: float = 120.0


def check_size(width: int, height: int, limits: Limits) -> None:
    """Raise ImageTooLarge when an image of this size, in pixels, is over the limits."""
    if width > limits.max_width or height > limits.max_height:
        raise ImageTooLarge(
            "the image is {width}x{height} pixels, over the limit of {max_width}x{max_height}; "
            "upload a smaller one or raise the limit",
            width=width,
            height=height,
            max_width=limits.max_width,
            max_height=limits.max_height,
        )
    if width * height > limits.max_pixels:
        raise ImageTooLarge(
            "the image has {pixels} pixels ({width}x{height}), over the limit of {limit}; "
            "upload a smaller one or raise the limit",
            pixels=width * height,
            width=width,
            height=height,
            limit=limits.max_pixels,
        )


def check_pages(pages: int, limits: Limits) -> None:
    """Raise ImageTooLarge when a document has more pages than the limits allow."""
    if pages > limits.max_pages:
        raise ImageTooLarge(
            "the document has {pages} pages, over the limit of {limit}; split it or raise the limit",
            pages=pages,
            limit=limits.max_pages,
        )


def check_buffer(size: int, limits: Limits) -> None:
    """Raise ImageTooLarge when an image that cannot be streamed would need more than the allowed bytes of memory."""
    if size > limits.max_buffered_bytes:
        raise ImageTooLarge(
            "the image must be held whole and would need {size} bytes, over the limit of {limit}; "
            "upload a smaller one, upright and not interlaced, ask for fewer steps, or raise the limit",
            size=size,
            limit=limits.max_buffered_bytes,
        )
