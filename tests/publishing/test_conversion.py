"""Commands that are kept under a name, for renditions: made plain, read leniently, refused by name."""

import pytest

from imaging.view import Fit
from publishing.conversion import conversion_of, kept_conversion, plain_commands
from publishing.image_errors import ImageRequestError

FORMATS = {"base": "qlt=750&fmt=png", "a b": "wid=5&$base$"}


@pytest.mark.parametrize(
    ("commands", "plain"),
    [
        ("wid=100&$Base$&hei=50", "wid=100&qlt=750&fmt=png&hei=50"),
        ("?$a%20b$&bgc=255%2C0%2C0", "wid=5&qlt=750&fmt=png&bgc=255,0,0"),
        ("crop=0,0,50,50&.a comment&&req=img", "crop=0,0,50,50&req=img"),
    ],
)
def test_formats_that_are_named_are_put_in_place(commands: str, plain: str) -> None:
    assert plain_commands(commands, lambda name: FORMATS.get(name.lower())) == plain


@pytest.mark.parametrize(
    ("commands", "problem"),
    [
        ("layer=1&wid=5", "layer= is not supported"),
        ("fmt=avif", "fmt=avif is not supported"),
        ("req=props", "req=props makes no picture"),
        ("cache=off", "cache= is no command that makes a picture"),
        ("widd=5", "widd= is no command"),
        ("$none$", "there is no preset .none."),
        ("$x=5", "a variable is not supported"),
        ("wid=many", "is not a whole number"),
    ],
)
def test_what_makes_no_picture_is_refused_by_name(commands: str, problem: str) -> None:
    with pytest.raises(ImageRequestError, match=problem):
        plain_commands(commands, lambda name: FORMATS.get(name.lower()))


def test_numbers_that_are_kept_are_brought_into_range_and_others_refused() -> None:
    assert kept_conversion("qlt=750&fmt=jpeg").view.output.quality == 100
    with pytest.raises(ImageRequestError, match="is not from 1 to 100"):
        conversion_of("qlt=750")


def test_a_picture_may_be_as_large_as_its_original() -> None:
    size = (20_000, 10_000)

    assert kept_conversion("fmt=png&scl=1", size).view.reduction == 1
    with pytest.raises(ImageRequestError, match="image too large"):
        kept_conversion("wid=40000&fit=fit,1", size)


def test_a_box_without_a_flag_never_enlarges() -> None:
    assert kept_conversion("wid=5&fit=constrain").view.fit == Fit(mode="constrain", upscale=False)
