"""One metric says which pixels are background: the largest difference of any channel, as a share of the full range."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.background import Background, background_mask, similar


@given(
    tolerance=st.floats(0, 1),
    colour=st.tuples(*[st.integers(0, 255)] * 3),
    seed=st.integers(0, 1000),
)
def test_a_pixel_matches_when_no_channel_differs_by_more_than_the_tolerance(
    tolerance: float, colour: tuple[int, ...], seed: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (7, 9, 3), np.uint8)
    expected = np.abs(pixels.astype(int) - colour).max(axis=2) <= round(tolerance * 255)
    assert np.array_equal(similar(pixels, colour, tolerance) == 255, expected)


@pytest.mark.parametrize("bands", [1, 3, 4])
@pytest.mark.parametrize("sample", [np.uint8, np.uint16])
def test_every_kind_of_pixel_is_compared_alike(bands: int, sample: type[Any]) -> None:
    step = 257 if sample is np.uint16 else 1
    pixels = (np.random.default_rng(4).integers(0, 256, (20, 30, bands)) * step).astype(sample)
    colour = tuple(int(value) for value in pixels[3, 5])
    expected = np.abs(pixels.astype(int) - colour).max(axis=2) <= round(0.3 * 255) * step
    assert np.array_equal(similar(pixels, colour, 0.3) == 255, expected)


def test_a_sixteen_bit_step_below_one_of_eight_bits_is_no_exact_match() -> None:
    pixels = np.array([[[1000], [1001], [1257], [1258]]], np.uint16)
    assert similar(pixels, (1000,), 0.0).tolist() == [[255, 0, 0, 0]]
    assert similar(pixels, (1000,), 1 / 255).tolist() == [[255, 255, 255, 0]]


def test_transparent_pixels_are_background_whatever_their_colour() -> None:
    pixels = np.array([[[9, 9, 9, 255], [200, 9, 9, 0], [200, 9, 9, 1]]], np.uint8)
    white = Background(colour=(9, 9, 9), tolerance=0.0, bands=4, has_alpha=True)
    assert background_mask(pixels, white).tolist() == [[255, 255, 0]]


def test_transparency_has_the_same_tolerance() -> None:
    pixels = np.array([[[7, 0], [7, 26], [7, 27], [7, 255]]], np.uint8)
    clear = Background(colour=None, tolerance=0.1, bands=2, has_alpha=True)
    assert background_mask(pixels, clear).tolist() == [[255, 255, 0, 0]]
