"""Commands become views."""

from typing import Any

import pytest

from imaging.view import Box, Colour, Fit, Output, Unsharp, View
from publishing.image_catalog import CatalogAttributes
from publishing.image_errors import ImageRequestError
from publishing.image_request import parse_request
from publishing.image_view import build_view

ATTRIBUTES = CatalogAttributes(default_pix=(1280, 1280), jpeg_quality=80)


def view_of(query: str, preset: str = "") -> View:
    request = parse_request("Acme/shoe", query, lambda _: preset)
    return build_view(request.modifiers, ATTRIBUTES)


def colour(red: int, green: int, blue: int) -> Colour:
    return Colour(red=red, green=green, blue=blue)


def test_without_commands_the_settings_of_the_company_count() -> None:
    assert view_of("") == View(default_box=(1280, 1280), output=Output(quality=80), resampling="sharp2")


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("wid=300", "width", 300),
        ("hei=300", "height", 300),
        ("wid=300&wid=400", "width", 400),
        ("wid=300&fit=crop", "fit", Fit(mode="crop", upscale=False)),
        ("wid=300&fit=crop,1", "fit", Fit(mode="crop", upscale=True)),
        ("wid=300&fit=CONSTRAIN,0", "fit", Fit(mode="constrain", upscale=False)),
        ("wid=300", "fit", Fit(mode="fit", upscale=True)),
        ("scl=2.5", "reduction", 2.5),
        ("scl=.5", "reduction", 0.5),
        ("rgn=10,-20,30,40", "region", Box(left=10, top=-20, width=30, height=40)),
        ("crop=10,-20,30,40", "crop", Box(left=10, top=-20, width=30, height=40)),
        ("cropN=0.1,0,.5,1", "crop", Box(left=0.1, top=0, width=0.5, height=1)),
        ("cropN=0,0,1,1&crop=1,2,3,4", "crop", Box(left=1, top=2, width=3, height=4)),
        ("align=-1,0.5", "align", (-1.0, 0.5)),
        ("rotate=-90", "rotate", 270.0),
        ("rotate=725", "rotate", 5.0),
        ("flip=lrud", "flip", "lrud"),
        ("resMode=bicub", "resampling", "bicub"),
        ("resMode=sharp", "resampling", "sharp2"),
        ("op_usm=1.75", "unsharp", Unsharp(amount=1.75)),
        ("op_usm=1.75,0.2,2,1", "unsharp", Unsharp(amount=1.75, radius=0.2, threshold=2, monochrome=True)),
        ("op_sharpen=1", "sharpen", True),
        ("id=123&locale=de&unheardof=1", "width", None),
        ("layer=comp&op_blur=0&dpr=off&opac=100", "width", None),
    ],
)
def test_a_command_sets_its_part_of_the_view(query: str, field: str, value: Any) -> None:
    assert getattr(view_of(query), field) == value


def test_a_crop_in_fractions_is_told_from_one_in_pixels() -> None:
    assert view_of("crop=1,2,3,4&cropN=0,0,1,1").crop_is_fraction
    assert not view_of("cropN=0,0,1,1&crop=1,2,3,4").crop_is_fraction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("255,0,128", colour(255, 0, 128)),
        ("255,0,128,7", colour(255, 0, 128)),
        ("ff0080", colour(255, 0, 128)),
        ("FF0080", colour(255, 0, 128)),
        ("0xFF0080", colour(255, 0, 128)),
        ("0xFF008011", colour(255, 0, 128)),
        ("FF0080r", colour(255, 0, 128)),
        ("ff0080s", colour(255, 0, 128)),
        ("50g", colour(128, 128, 128)),
        ("0x80g", colour(128, 128, 128)),
        ("0x80ffG", colour(128, 128, 128)),
        ("100", colour(255, 255, 255)),
        ("100S", colour(255, 255, 255)),
        ("0,100,100,0k", colour(255, 0, 0)),
        ("00FFFF00k", colour(255, 0, 0)),
        ("0,0,0,100,50K", colour(0, 0, 0)),
    ],
)
def test_colours_are_written_in_many_ways(text: str, expected: Colour) -> None:
    assert view_of(f"bgc={text}").background == expected


@pytest.mark.parametrize(
    ("query", "output"),
    [
        ("fmt=jpeg", Output()),
        ("fmt=jpg", Output()),
        ("fmt=pjpeg", Output(progressive=True)),
        ("fmt=jpeg,gray", Output(pixel_type="gray")),
        ("fmt=jpeg,cmyk&qlt=90,1", Output(pixel_type="cmyk", quality=90, full_chroma=True)),
        ("fmt=png", Output(container="png")),
        ("fmt=PNG-Alpha,gray", Output(container="png", alpha=True, pixel_type="gray")),
        ("fmt=gif", Output(container="gif")),
        ("fmt=tif,,lzw", Output(container="tif", compression="lzw")),
        ("fmt=tif,cmyk,jpeg", Output(container="tif", pixel_type="cmyk", compression="jpeg")),
        ("fmt=tif-alpha,,zip", Output(container="tif", alpha=True, compression="zip")),
        ("fmt=webp", Output(container="webp", compression="lossy")),
        ("fmt=webp-alpha,,lossless", Output(container="webp", alpha=True, compression="lossless")),
        ("qlt=30", Output(quality=30)),
        ("iccEmbed=1", Output(embed_profile=True)),
    ],
)
def test_the_output_format(query: str, output: Output) -> None:
    assert view_of(query).output == output


@pytest.mark.parametrize(
    "query",
    [
        "wid=abc",
        "wid=",
        "wid=0",
        "wid=-5",
        "wid=1.5",
        "wid=999999999999",
        "hei=1e3",
        "wid=١٢",
        "bgc=١٢٣٤٥٦",
        "scl=0",
        "scl=nan",
        "scl=inf",
        "rgn=1,2,3",
        "rgn=1,2,0,4",
        "crop=1,2,3,4,5",
        "crop=0.5,0,1,1",
        "cropN=0,0,0,1",
        "align=2,0",
        "align=1",
        "rotate=ninety",
        "flip=diagonal",
        "resMode=nearest",
        "op_usm=6",
        "op_usm=1,300",
        "op_usm=1,1,1,2",
        "op_usm=1,1,1,1,1",
        "op_sharpen=yes",
        "bgc=zebra",
        "bgc=1,2",
        "bgc=256,0,0",
        "bgc=ff00",
        "fmt=bmp",
        "fmt=gif,cmyk",
        "fmt=webp,gray",
        "fmt=jpeg,,lzw",
        "fmt=tif-alpha,,jpeg",
        "qlt=0",
        "qlt=101",
        "qlt=80,2",
        "iccEmbed=maybe",
        "wid=1&fit=squeeze",
        "wid=1&fit=crop,2",
        "fit=crop",
    ],
)
def test_a_bad_value_of_a_known_command_is_refused(query: str) -> None:
    with pytest.raises(ImageRequestError) as caught:
        view_of(query)
    assert (caught.value.status, caught.value.title) == (403, "bad request")


@pytest.mark.parametrize(
    "query",
    [
        "layer=1",
        "src=Acme/other",
        "mask=x",
        "template=x",
        "text=hello",
        "rect=0,0,10,10",
        "size=1,1",
        "scale=2",
        "res=72",
        "extend=1,1,1,1",
        "bgColor=ff0000",
        "icc=AdobeRGB",
        "op_blur=3",
        "op_saturation=-100",
        "op_invert=1",
        "jpegSize=30",
        "quantize=web",
        "dpr=on,2",
        "opac=50",
        "fmt=avif",
        "fmt=png8",
        "fmt=gif-alpha",
        "fmt=pdf",
    ],
)
def test_a_command_of_the_vendor_that_is_not_here_is_refused_and_not_passed_over(query: str) -> None:
    with pytest.raises(ImageRequestError) as caught:
        view_of(query)
    assert (caught.value.status, caught.value.title) == (403, "unsupported")


@pytest.mark.parametrize(("preset", "quality"), [("qlt=750", 100), ("qlt=0", 1), ("qlt=-3", 1), ("qlt=50", 50)])
def test_numbers_of_a_stored_preset_are_brought_into_range(preset: str, quality: int) -> None:
    assert view_of("$preset$", preset).output.quality == quality


def test_text_that_is_no_number_is_refused_in_a_preset_too() -> None:
    with pytest.raises(ImageRequestError):
        view_of("$preset$", "qlt=best")


@pytest.mark.parametrize(("query", "width"), [("$preset$&wid=480", 480), ("wid=480&$preset$", 100)])
def test_commands_before_a_preset_lose_to_it_and_commands_after_it_win(query: str, width: int) -> None:
    assert view_of(query, "wid=100").width == width


def test_requests_for_the_same_picture_are_equal_however_written() -> None:
    assert view_of("wid=100&fmt=jpeg&id=1&.x") == view_of("WID=100&qlt=80,0&&fmt=jpg&id=2")
