"""A plan holds only what can be run, and is written down whole."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.errors import InvalidPlan
from imaging.plan import (
    AutoCrop,
    ColourManagement,
    CropInsets,
    Knockout,
    PageCrop,
    Plan,
    Rip,
    UnsharpMask,
    plan_to_json,
)

CORNERS = ["UpperLeft", "UpperRight", "BottomLeft", "BottomRight"]

insets = st.builds(CropInsets, left=st.integers(), right=st.integers(), top=st.integers(), bottom=st.integers())
auto_crops = st.builds(AutoCrop, tolerance=st.floats(0, 1), corner=st.none() | st.sampled_from(CORNERS))
crops: st.SearchStrategy[dict[str, Any]] = (
    st.fixed_dictionaries({})
    | st.fixed_dictionaries({"crop": insets})
    | st.fixed_dictionaries({"auto_crop": auto_crops})
)
knockouts = st.builds(
    Knockout,
    corner=st.sampled_from(CORNERS),
    fill=st.sampled_from(["FloodFill", "MatchPixel"]),
    tolerance=st.floats(0, 1),
)
sharpenings = st.builds(
    UnsharpMask,
    amount=st.floats(0, 5),
    radius=st.floats(0, 250),
    threshold=st.integers(0, 255),
    is_monochrome=st.booleans(),
)
colours = st.builds(
    ColourManagement,
    mode=st.sampled_from(["Default", "MaintainOriginal", "Convert"]),
    source_profile=st.none() | st.text(),
    output_profile=st.text(),
    intent=st.sampled_from(["perceptual", "relative", "saturation", "absolute"]),
    black_point_compensation=st.booleans(),
)
rips = st.builds(
    Rip,
    dpi=st.floats(1, 2400),
    colour_space=st.sampled_from(["Auto", "Rgb", "Cmyk", "Gray"]),
    extract_words=st.booleans(),
    extract_links=st.booleans(),
    crops=st.lists(st.builds(PageCrop, page=st.integers(1, 5000), crop=insets), max_size=3).map(tuple),
)
plans = st.builds(
    lambda crop, **others: Plan(**crop, **others),
    crop=crops,
    colour=st.none() | colours,
    knockout=st.none() | knockouts,
    create_mask=st.booleans(),
    unsharp=st.none() | sharpenings,
    rip=st.none() | rips,
    jpeg_quality=st.integers(1, 89),
    tile_px=st.sampled_from([64, 128, 256, 512]),
    thumbnail_px=st.integers(1, 4096),
    preview_px=st.integers(1, 8192),
    pdf_engine=st.sampled_from(["pymupdf", "pypdfium2"]),
)


@given(plan=plans)
def test_a_plan_is_written_with_every_field_that_it_has(plan: Plan) -> None:
    stored = json.loads(plan_to_json(plan))

    assert stored == json.loads(json.dumps(asdict(plan)))
    assert plan_to_json(replace(plan)) == plan_to_json(plan)


TRIMMED = CropInsets(left=1, right=1, top=1, bottom=1)
WRONG: dict[str, Callable[[], object]] = {
    "a crop by a flag": lambda: CropInsets(left=1, right=1, top=1, bottom=True),
    "too much tolerance": lambda: AutoCrop(tolerance=1.01),
    "no number": lambda: AutoCrop(tolerance=float("nan")),
    "no corner": lambda: AutoCrop(tolerance=0, corner=cast("Any", "Center")),
    "two crops": lambda: Plan(auto_crop=AutoCrop(), crop=TRIMMED),
    "an unknown fill": lambda: Knockout(corner="UpperLeft", fill=cast("Any", "Flood")),
    "a mask by a number": lambda: Plan(create_mask=cast("Any", 1)),
    "too sharp": lambda: UnsharpMask(amount=5.1),
    "a negative radius": lambda: UnsharpMask(amount=1, radius=-1),
    "a broken threshold": lambda: UnsharpMask(amount=1, threshold=cast("Any", 6.0)),
    "a flag by a number": lambda: UnsharpMask(amount=1, is_monochrome=cast("Any", 0)),
    "a conversion to nothing": lambda: ColourManagement(mode="Convert"),
    "an unknown intent": lambda: ColourManagement(mode="Default", intent=cast("Any", "auto")),
    "no resolution": lambda: Rip(dpi=0),
    "an unknown colour space": lambda: Rip(colour_space=cast("Any", "rgb")),
    "words by nothing": lambda: Rip(extract_words=cast("Any", None)),
    "a quality by text": lambda: Plan(jpeg_quality=cast("Any", "70")),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_a_plan_that_cannot_be_run_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidPlan):
        make()


def test_a_quality_that_would_switch_chroma_subsampling_off_is_refused() -> None:
    with pytest.raises(InvalidPlan, match="jpeg_quality is 90; it must be a whole number from 1 to 89"):
        Plan(jpeg_quality=90)


def test_a_tile_that_tiff_does_not_allow_is_refused() -> None:
    with pytest.raises(InvalidPlan, match="multiple of 16"):
        Plan(tile_px=250)


def test_equal_plans_give_equal_texts() -> None:
    one = Plan(crop=CropInsets(left=1, right=2, top=3, bottom=4))
    other = Plan(crop=CropInsets(bottom=4, top=3, right=2, left=1))
    assert plan_to_json(one) == plan_to_json(other)
    assert json.loads(plan_to_json(one))["crop"] == {"left": 1, "right": 2, "top": 3, "bottom": 4}
