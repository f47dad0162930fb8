"""The rules that need neither pixels nor a server: which crop holds, and which publish mark."""

from hypothesis import given
from hypothesis import strategies as st

from jobs.crop_rules import CropDecision, decide_crop, decide_publish_mark
from jobs.specs import ImageOptions, Insets

SIDES = st.tuples(*[st.integers(-5, 5000)] * 4)
STORED = st.none() | SIDES
PRESERVE = st.sampled_from([None, True, False])


def manual(sides: tuple[int, ...]) -> Insets:
    left, right, top, bottom = sides
    return Insets(left=left, right=right, top=top, bottom=bottom)


@given(stored=STORED, preserve=PRESERVE, sides=SIDES.filter(any))
def test_a_manual_crop_always_replaces_the_stored_one(
    stored: tuple[int, int, int, int] | None, preserve: bool | None, sides: tuple[int, int, int, int]
) -> None:
    assert decide_crop(stored, ImageOptions(preserve_crop=preserve, manual_crop=manual(sides))).insets == sides


@given(stored=STORED, preserve=PRESERVE)
def test_four_zeros_are_as_good_as_no_manual_crop(
    stored: tuple[int, int, int, int] | None, preserve: bool | None
) -> None:
    zeros = ImageOptions(preserve_crop=preserve, manual_crop=manual((0, 0, 0, 0)))
    assert decide_crop(stored, zeros) == decide_crop(stored, ImageOptions(preserve_crop=preserve))


@given(stored=STORED, preserve=st.sampled_from([None, True]))
def test_without_a_manual_crop_the_stored_one_stays(
    stored: tuple[int, int, int, int] | None, preserve: bool | None
) -> None:
    assert decide_crop(stored, ImageOptions(preserve_crop=preserve)).insets == stored


@given(stored=STORED)
def test_without_a_manual_crop_the_stored_one_goes_when_it_is_not_preserved(
    stored: tuple[int, int, int, int] | None,
) -> None:
    assert decide_crop(stored, ImageOptions(preserve_crop=False)) == CropDecision()


@given(stored=st.booleans(), wanted=st.none() | st.booleans())
def test_a_preserved_publish_mark_stays(stored: bool, wanted: bool | None) -> None:
    options = ImageOptions(preserve_publish_state=True, ready_for_publish=wanted)
    assert decide_publish_mark(stored, options) is stored


@given(stored=st.booleans(), wanted=st.none() | st.booleans())
def test_a_publish_mark_that_is_not_preserved_is_the_one_asked_for(stored: bool, wanted: bool | None) -> None:
    mark = decide_publish_mark(stored, ImageOptions(ready_for_publish=wanted))
    assert mark is (stored if wanted is None else wanted)
