"""How large a view is and which part of the source it shows, by arithmetic alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import lay_out, turned_size
from imaging.view import Box, Fit, FitMode, View

sides = st.integers(1, 20_000)


def fit(mode: FitMode, *, upscale: bool = False) -> Fit:
    return Fit(mode=mode, upscale=upscale)


def box(left: float, top: float, width: float, height: float) -> Box:
    return Box(left=left, top=top, width=width, height=height)


@pytest.mark.parametrize(
    ("view", "size", "window"),
    [
        (View(), (1000, 500), (0, 0, 1000, 500)),
        (View(default_box=(400, 400)), (400, 200), (0, 0, 1000, 500)),
        (View(default_box=(0, 100)), (200, 100), (0, 0, 1000, 500)),
        (View(default_box=(4000, 4000)), (1000, 500), (0, 0, 1000, 500)),
        (View(width=200), (200, 100), (0, 0, 1000, 500)),
        (View(height=200), (400, 200), (0, 0, 1000, 500)),
        (View(width=2000), (2000, 1000), (0, 0, 1000, 500)),
        (View(width=2000, fit=fit("fit")), (1000, 500), (0, 0, 1000, 500)),
        (View(width=200, height=200), (200, 200), (0, -250, 1000, 1000)),
        (View(width=200, height=200, align=(0, -1)), (200, 200), (0, 0, 1000, 1000)),
        (View(width=200, height=200, align=(0, 1)), (200, 200), (0, -500, 1000, 1000)),
        (View(width=200, height=200, fit=fit("constrain")), (200, 100), (0, 0, 1000, 500)),
        (View(width=200, height=200, fit=fit("crop")), (200, 200), (250, 0, 500, 500)),
        (View(width=200, height=200, fit=fit("crop"), align=(-1, 0)), (200, 200), (0, 0, 500, 500)),
        (View(width=200, height=200, fit=fit("crop"), align=(1, 0)), (200, 200), (500, 0, 500, 500)),
        (View(width=200, height=200, fit=fit("wrap")), (400, 200), (0, 0, 1000, 500)),
        (View(width=200, height=200, fit=fit("stretch")), (200, 200), (0, 0, 1000, 500)),
        (View(width=200, height=200, fit=fit("hfit")), (200, 200), (0, -250, 1000, 1000)),
        (View(width=200, height=200, fit=fit("vfit")), (200, 200), (250, 0, 500, 500)),
        (View(width=2000, height=2000, fit=fit("fit")), (2000, 2000), (-500, -750, 2000, 2000)),
        (View(width=2000, height=2000, fit=fit("fit", upscale=True)), (2000, 2000), (0, -250, 1000, 1000)),
        (View(width=2000, height=2000, fit=fit("crop")), (2000, 2000), (-500, -750, 2000, 2000)),
        (View(width=2000, height=200, fit=fit("stretch")), (2000, 200), (-500, 0, 2000, 500)),
        (View(reduction=2), (500, 250), (0, 0, 1000, 500)),
        (View(reduction=0.5), (2000, 1000), (0, 0, 1000, 500)),
        (View(reduction=2, width=100), (100, 250), (400, 0, 200, 500)),
        (View(reduction=2, width=100, height=400, align=(-1, -1)), (100, 400), (0, 0, 200, 800)),
        (View(region=box(100, 50, 200, 100)), (200, 100), (100, 50, 200, 100)),
        (View(region=box(100, 50, 200, 100), width=400), (400, 200), (100, 50, 200, 100)),
        (View(region=box(400, 200, 200, 100), width=100, height=100), (100, 100), (400, 150, 200, 200)),
        (View(region=box(-100, 0, 200, 100)), (200, 100), (-100, 0, 200, 100)),
        (View(rotate=90), (500, 1000), (0, 0, 500, 1000)),
        (View(rotate=270, width=100), (100, 200), (0, 0, 500, 1000)),
        (View(crop=box(10, 20, 100, 50)), (100, 50), (0, 0, 100, 50)),
        (View(crop=box(0.1, 0.2, 0.5, 0.5), crop_is_fraction=True), (500, 250), (0, 0, 500, 250)),
    ],
)
def test_a_view_of_1000_by_500_pixels(
    view: View, size: tuple[int, int], window: tuple[float, float, float, float]
) -> None:
    layout = lay_out(1000, 500, view)
    found = layout.window
    assert (layout.width, layout.height) == size
    assert (found.left, found.top, found.width, found.height) == pytest.approx(window)


@pytest.mark.parametrize(
    ("source", "wanted", "size"),
    [((1000, 667), 400, (400, 267)), ((3, 2), 1, (1, 1)), ((1000, 1), 10, (10, 1)), ((800, 301), 400, (400, 151))],
)
def test_sizes_round_half_up_and_are_never_nothing(source: tuple[int, int], wanted: int, size: tuple[int, int]) -> None:
    layout = lay_out(*source, View(width=wanted))
    assert (layout.width, layout.height) == size


@pytest.mark.parametrize(
    ("degrees", "size"), [(0, (300, 200)), (90, (200, 300)), (180, (300, 200)), (45, (354, 354)), (30, (360, 323))]
)
def test_a_turned_rectangle_grows_to_hold_its_corners(degrees: float, size: tuple[int, int]) -> None:
    assert turned_size(300, 200, degrees) == size


@given(width=sides, height=sides, wanted_width=st.integers(1, 4000), wanted_height=st.integers(1, 4000))
def test_fit_modes_keep_their_promise_for_every_size(
    width: int, height: int, wanted_width: int, wanted_height: int
) -> None:
    def size(mode: FitMode) -> tuple[int, int]:
        view = View(width=wanted_width, height=wanted_height, fit=Fit(mode=mode, upscale=True))
        layout = lay_out(width, height, view)
        return layout.width, layout.height

    exact: tuple[FitMode, ...] = ("fit", "crop", "stretch", "hfit", "vfit")
    assert all(size(mode) == (wanted_width, wanted_height) for mode in exact)
    inner, outer = size("constrain"), size("wrap")
    assert inner[0] <= wanted_width
    assert inner[1] <= wanted_height
    assert outer[0] >= wanted_width
    assert outer[1] >= wanted_height
    assert wanted_width in {inner[0], outer[0]}


@given(width=sides, height=sides, wanted=st.integers(1, 4000), degrees=st.floats(0, 360))
def test_an_image_without_upscaling_is_never_enlarged(width: int, height: int, wanted: int, degrees: float) -> None:
    view = View(width=wanted, height=wanted, rotate=degrees, fit=Fit(mode="crop", upscale=False))
    layout = lay_out(width, height, view)
    assert layout.scale_x <= 1
    assert layout.scale_y <= 1
