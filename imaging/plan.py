"""What is to be done with one original, as a value that is computed once, stored and shown; the jobs decide it."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from imaging.errors import InvalidPlan

MAX_JPEG_QUALITY = 89
"""From 90 on libvips writes JPEG tiles as RGB without chroma subsampling, nearly three times as large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CropInsets:
    """Pixels to trim from each edge of the original (the API's ManualCropOptions), never from an older crop."""

    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The derivatives to make from one original. Boxes and tiles are sides of squares in pixels.

    A step is asked for by its field being set: `crop` None keeps the whole image.
    Raises InvalidPlan when a number is out of range. Whether a crop fits is known only with the image at hand.
    """

    crop: CropInsets | None = None
    jpeg_quality: int = 85
    tile_px: int = 256
    thumbnail_px: int = 128
    preview_px: int = 1280
    pdf_engine: str = "pymupdf"

    def __post_init__(self) -> None:
        _check_range("jpeg_quality", self.jpeg_quality, 1, MAX_JPEG_QUALITY)
        _check_range("tile_px", self.tile_px, 64, 1024)
        _check_range("thumbnail_px", self.thumbnail_px, 1, 4096)
        _check_range("preview_px", self.preview_px, 1, 8192)
        if self.tile_px % 16:
            raise InvalidPlan(f"tile_px is {self.tile_px}; TIFF tiles must be a multiple of 16 pixels")


def plan_to_json(plan: Plan) -> str:
    """Return the plan as JSON text; equal plans give equal texts."""
    return json.dumps(asdict(plan), sort_keys=True)


def plan_from_json(text: str) -> Plan:
    """Return the plan that `plan_to_json` wrote.

    A field that the text lacks takes its default (the plan is older than the field); a field that is not known here
    raises InvalidPlan, because dropping it would run another plan than the one that was stored.
    """
    try:
        stored = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidPlan(f"the stored plan is not JSON: {error.msg} at character {error.pos}") from error
    if not isinstance(stored, dict):
        raise InvalidPlan("the stored plan is not a JSON object")
    values: dict[str, Any] = _only_known(Plan, stored)
    if values.get("crop") is not None:
        values["crop"] = _crop_from(values["crop"])
    return Plan(**values)


def _crop_from(stored: object) -> CropInsets:
    if not isinstance(stored, dict):
        raise InvalidPlan("the crop of the stored plan is not a JSON object")
    values = _only_known(CropInsets, stored)
    missing = {field.name for field in fields(CropInsets)} - values.keys()
    if missing or not all(type(value) is int for value in values.values()):
        raise InvalidPlan("the crop of the stored plan needs left, right, top and bottom as whole numbers")
    return CropInsets(**values)


def _only_known(kind: type[Plan | CropInsets], stored: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(stored.keys() - {field.name for field in fields(kind)})
    if unknown:
        raise InvalidPlan(f"the stored plan has fields that this version does not know: {', '.join(unknown)}")
    return stored


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise InvalidPlan(f"{name} is {value!r}; it must be a whole number from {low} to {high}")
