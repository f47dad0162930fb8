"""A plan is stored as text and comes back the same, or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.errors import InvalidPlan
from imaging.plan import CropInsets, Plan, plan_from_json, plan_to_json

insets = (
    st.builds(CropInsets, left=st.integers(), right=st.integers(), top=st.integers(), bottom=st.integers()) | st.none()
)
plans = st.builds(
    Plan,
    crop=insets,
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
