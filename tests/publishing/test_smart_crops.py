"""Smart crops and swatches on the image server: at their size, under all modifiers, and what is told of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pyvips
from PIL import Image

from domain.findings import Fraction, SmartCrop
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
from publishing.image_catalog import PublishedImage
from tests.publishing.test_image_server import PUBLISHED, SmallCatalog, get, mean_colour, picture

RIGHT = Fraction(left=0.5, top=0.0, width=0.5, height=1.0)
TALL = SmartCrop(name="Tall", width=150, height=300, area=RIGHT)
FLAT = SmartCrop(name="Swatch", width=30, height=20, area=RIGHT, colour="#1e28c8")
RED, BLUE = (200, 30, 30), (30, 40, 200)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> SmallCatalog:
    """One image, red on the left and blue on the right, with crops."""
    pyvips.cache_set_max(0)
    folder = tmp_path_factory.mktemp("halves")
    drawn = Image.new("RGB", (600, 600), RED)
    drawn.paste(BLUE, (300, 0, 600, 600))
    drawn.save(folder / "original", "PNG")
    optimise(folder / "original", Plan(), folder, Limits())
    return SmallCatalog(images={("Acme", "halves"): image(folder)}, crops=crops(TALL, FLAT))


def image(folder: Path) -> PublishedImage:
    return PublishedImage(
        root_id="Acme",
        name="halves",
        pyramid=folder / "pyramid.tif",
        width=600,
        height=600,
        has_alpha=False,
        published_at=PUBLISHED,
        revision="r1",
    )


def crops(*given: SmartCrop) -> dict[tuple[str, str, str], SmartCrop]:
    return {("Acme", "halves", crop.name): crop for crop in given}


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("", (150, 300)),
        ("wid=100", (100, 200)),
        ("hei=50", (25, 50)),
        ("wid=100&hei=100", (100, 100)),
        ("scl=1", (300, 600)),
        ("rotate=90", (150, 75)),
        ("rgn=0,0,300,300", (150, 150)),
        ("crop=0,0,100,100", (100, 100)),
        ("cropN=0,0,1,0.5", (150, 150)),
    ],
)
def test_a_crop_has_its_own_size_until_the_request_says_another(
    catalog: SmallCatalog, query: str, size: tuple[int, int]
) -> None:
    assert picture(get(catalog, "/Acme/halves:Tall", query)).size == size


def test_a_crop_shows_its_part(catalog: SmallCatalog) -> None:
    shown = mean_colour(get(catalog, "/Acme/halves%3ATall"))

    assert max(abs(a - b) for a, b in zip(shown, BLUE, strict=True)) <= 4


def test_a_crop_of_another_shape_than_its_size_is_cut_and_not_squeezed(catalog: SmallCatalog) -> None:
    square = replace(catalog, crops=crops(replace(TALL, width=100, height=100)))

    assert picture(get(square, "/Acme/halves:Tall")).size == (100, 100)


def test_crop_within_a_crop_must_not_reach_out_of_it(catalog: SmallCatalog) -> None:
    reply = get(catalog, "/Acme/halves:Tall", "crop=250,0,100,100")

    assert reply.status == 403
    assert b"crop= reaches out of the smart crop's 300x600" in reply.body


def test_a_changed_crop_is_shown_at_once(catalog: SmallCatalog) -> None:
    before = mean_colour(get(catalog, "/Acme/halves:Tall"))
    drawn = replace(TALL, area=Fraction(left=0.0, top=0.0, width=0.5, height=1.0), source="manual")

    after = mean_colour(get(replace(catalog, crops=crops(drawn)), "/Acme/halves:Tall"))

    assert before[2] > before[0]
    assert after[0] > after[2]


@pytest.mark.parametrize(("query", "size"), [("", (30, 20)), ("wid=90", (90, 60)), ("wid=10&hei=10", (10, 10))])
def test_a_swatch_is_a_picture_of_its_colour(catalog: SmallCatalog, query: str, size: tuple[int, int]) -> None:
    reply = get(catalog, "/Acme/halves:Swatch", query)

    assert picture(reply).size == size
    assert max(abs(a - b) for a, b in zip(mean_colour(reply), BLUE, strict=True)) <= 3


@pytest.mark.parametrize("path", ["/Acme/halves:Other", "/Acme/other:Tall", "/Acme/halves:", "/Acme/:Tall"])
def test_a_crop_that_is_not_there_is_missing(catalog: SmallCatalog, path: str) -> None:
    reply = get(catalog, path)

    assert (reply.status, b"Unable to find" in reply.body) == (403, True)


@pytest.mark.parametrize(("name", "exists"), [("halves:Tall", "1"), ("halves:Other", "0")])
def test_a_crop_exists_or_not(catalog: SmallCatalog, name: str, exists: str) -> None:
    assert f"catalogRecord.exists={exists}" in get(catalog, f"/Acme/{name}", "req=exists").body.decode()


def test_the_properties_of_a_crop_are_those_of_its_picture(catalog: SmallCatalog) -> None:
    told = get(catalog, "/Acme/halves:Tall", "req=props").body.decode()

    assert "image.width=150\n" in told
    assert "image.height=300\n" in told


def test_userdata_tells_of_a_crop_in_lines(catalog: SmallCatalog) -> None:
    reply = get(catalog, "/Acme/halves:Tall", "req=userdata")

    assert reply.body.decode().split("\r\n") == [
        "SmartCropDef=Tall",
        "SmartCropHeight=300.0",
        "SmartCropRect=0.5,0.0,0.5,1.0,150.0,300.0",
        "SmartCropType=Banner",
        "SmartCropWidth=150.0",
        "",
    ]


def test_userdata_of_a_swatch_has_its_colour_as_json_and_as_xml(catalog: SmallCatalog) -> None:
    as_json = get(catalog, "/Acme/halves:Swatch", "req=userdata,json").body.decode()
    as_xml = get(catalog, "/Acme/halves:Swatch", "req=userdata,xml").body.decode()

    told: dict[str, Any] = json.loads(as_json[as_json.index("(") + 1 : as_json.rindex(',"')])
    assert (told["SmartCropType"], told["SmartSwatchColor"]) == ("Swatch", "0x1E28C8")
    assert "0x1E28C8" in as_xml


def test_userdata_of_a_whole_image_is_refused_by_name(catalog: SmallCatalog) -> None:
    reply = get(catalog, "/Acme/halves", "req=userdata")

    assert (reply.status, b"req=userdata" in reply.body) == (403, True)
