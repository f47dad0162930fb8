"""A plan is stored as text and comes back the same, or not at all."""

import json
from typing import Any

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
    plan_from_json,
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
def test_a_stored_plan_comes_back_equal(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan)) == plan


def test_a_plan_stored_before_a_field_existed_takes_its_default() -> None:
    assert plan_from_json('{"jpeg_quality": 70}') == Plan(jpeg_quality=70)
    assert plan_from_json('{"unsharp": {"amount": 1}}') == Plan(unsharp=UnsharpMask(amount=1, threshold=6))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"sharpen": 1}',
        '{"crop": 5}',
        '{"crop": {"left": 1}}',
        '{"crop": {"left": 1, "right": 1, "top": 1, "bottom": true}}',
        '{"crop": {"left": 1, "right": 1, "top": 1, "bottom": 1, "unit": "cm"}}',
        '{"auto_crop": {"tolerance": 1.01}}',
        '{"auto_crop": {"tolerance": NaN}}',
        '{"auto_crop": {"tolerance": 0, "corner": "Center"}}',
        '{"auto_crop": {}, "crop": {"left": 1, "right": 1, "top": 1, "bottom": 1}}',
        '{"knockout": {"corner": "UpperLeft"}}',
        '{"knockout": {"corner": "UpperLeft", "fill": "Flood"}}',
        '{"create_mask": 1}',
        '{"unsharp": {"amount": 5.1}}',
        '{"unsharp": {"radius": -1}}',
        '{"unsharp": {"threshold": 6.0}}',
        '{"unsharp": {"is_monochrome": 0}}',
        '{"colour": {"mode": "Convert"}}',
        '{"colour": {"mode": "Default", "source_profile": 5}}',
        '{"colour": {"mode": "Default", "intent": "auto"}}',
        '{"rip": {"dpi": 0}}',
        '{"rip": {"colour_space": "rgb"}}',
        '{"rip": {"extract_words": null}}',
        '{"jpeg_quality": 90}',
        '{"jpeg_quality": "70"}',
    ],
)
def test_a_plan_that_cannot_be_run_as_stored_is_refused(text: str) -> None:
    with pytest.raises(InvalidPlan):
        plan_from_json(text)


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
