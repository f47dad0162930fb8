"""Answers of the image server to whole requests, over real pyramids."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.findings import SmartCrop
from imaging.facts import Rendered
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
from publishing.image_catalog import CatalogAttributes, PublishedImage
from publishing.image_replies import PictureCache
from publishing.image_server import Asked, Reply, answer

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PUBLISHED = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
RED, BLUE = (200, 30, 30), (30, 40, 200)


@dataclass(frozen=True, kw_only=True)
class SmallCatalog:
    """A catalog with what a test puts in."""

    images: Mapping[tuple[str, str], PublishedImage]
    crops: Mapping[tuple[str, str, str], SmartCrop] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    settings: CatalogAttributes = field(default_factory=CatalogAttributes)

    def find(self, root_id: str, object_id: str) -> PublishedImage | None:
        return self.images.get((root_id, object_id))

    def find_crop(self, root_id: str, object_id: str, name: str) -> SmartCrop | None:
        return self.crops.get((root_id, object_id, name))

    def macro(self, root_id: str, name: str) -> str | None:
        return self.macros.get(name.lower()) if root_id == "Acme" else None

    def attributes(self, root_id: str) -> CatalogAttributes:
        return self.settings if root_id == "Acme" else CatalogAttributes()

    def with_settings(self, **settings: Any) -> "SmallCatalog":
        return replace(self, settings=replace(self.settings, **settings))

    def with_image(self, name: str, **changes: Any) -> "SmallCatalog":
        return replace(self, images={**self.images, ("Acme", name): replace(self.images["Acme", "shoe"], **changes)})


def published(folder: Path, colour: tuple[int, int, int], size: tuple[int, int]) -> PublishedImage:
    folder.mkdir()
    Image.new("RGB", size, colour).save(folder / "original", "PNG")
    optimise(folder / "original", Plan(), folder, Limits())
    return PublishedImage(
        root_id="Acme",
        name=folder.name,
        pyramid=folder / "pyramid.tif",
        width=size[0],
        height=size[1],
        has_alpha=False,
        published_at=PUBLISHED,
        revision="r1",
        resolution_ppi=300.0,
    )


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> SmallCatalog:
    pyvips.cache_set_max(0)
    folder = tmp_path_factory.mktemp("catalog")
    shoe, missing = published(folder / "shoe", RED, (1600, 1200)), published(folder / "none", BLUE, (400, 400))
    images = {("Acme", "shoe"): shoe, ("Acme", "none"): missing, ("Acme", "summer/shoe"): shoe}
    return SmallCatalog(images=images, macros={"thumb": "wid=100&qlt=750"})


def get(catalog: SmallCatalog, path: str, query: str = "", **asked: Any) -> Reply:
    return answer(Asked(path=path, query=query, **asked), catalog, PictureCache(), NOW)


def header(reply: Reply, name: str) -> str | None:
    return dict(reply.headers).get(name)


def picture(reply: Reply) -> Image.Image:
    assert reply.status == 200, reply.body
    return Image.open(io.BytesIO(reply.body))


def properties(reply: Reply) -> dict[str, str]:
    lines = reply.body.decode().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def mean_colour(reply: Reply) -> tuple[int, ...]:
    return tuple(round(part) for part in np.asarray(picture(reply).convert("RGB")).mean(axis=(0, 1)))


def test_an_image_is_sent_with_its_type_and_length(catalog: SmallCatalog) -> None:
    reply = get(catalog, "/Acme/shoe", "wid=200")
    assert picture(reply).size == (200, 150)
    assert header(reply, "Content-Type") == "image/jpeg"
    assert header(reply, "Content-Length") == str(len(reply.body))
    assert np.abs(np.array(mean_colour(reply)) - RED).max() <= 3


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("", (1280, 960)),
        ("scl=1", (1600, 1200)),
        ("wid=100&hei=100", (100, 100)),
        ("wid=100&hei=100&fit=constrain", (100, 75)),
        ("$thumb$", (100, 75)),
        ("$Thumb$&wid=50", (50, 38)),
        ("crop=0,0,64,32", (64, 32)),
        ("cropN=0,0,.5,.25&wid=80", (80, 30)),
        ("rotate=90&hei=160", (120, 160)),
    ],
)
def test_the_size_of_the_picture_is_the_one_asked_for(catalog: SmallCatalog, query: str, size: tuple[int, int]) -> None:
    assert picture(get(catalog, "Acme/shoe", query)).size == size


def test_the_name_of_an_image_may_have_slashes(catalog: SmallCatalog) -> None:
    assert picture(get(catalog, "/Acme/summer/shoe", "wid=20")).size == (20, 15)


@pytest.mark.parametrize("path", ["/Acme/nothing", "/Acme/SHOE", "/acme/shoe", "/Other/shoe"])
def test_a_missing_image_is_refused_with_its_name(catalog: SmallCatalog, path: str) -> None:
    reply = get(catalog, path)
    assert (reply.status, reply.body.decode()) == (403, f"Unable to find {path.strip('/')}")
    assert header(reply, "Content-Type") == "text/plain;charset=UTF-8"


def test_a_company_may_answer_404_for_a_missing_image(catalog: SmallCatalog) -> None:
    assert get(catalog.with_settings(missing_status=404), "/Acme/nothing").status == 404


@pytest.mark.parametrize("query", ["wid=abc", "$unknown$", "layer=1", "req=tmb", "wid=5000", "fit=crop"])
def test_a_refusal_is_text_that_nobody_keeps(catalog: SmallCatalog, query: str) -> None:
    reply = get(catalog, "/Acme/shoe", query)
    assert reply.status == 403
    assert header(reply, "Cache-Control") == "no-store"
    assert header(reply, "ETag") is None
    assert header(reply, "Content-Type") == "text/plain;charset=UTF-8"


def test_the_detail_of_a_refusal_can_be_kept_from_the_public(catalog: SmallCatalog) -> None:
    assert get(catalog, "/Acme/shoe", "wid=x").body == b"bad request: wid=x: 'x' is not a whole number"
    assert get(catalog.with_settings(error_detail=0), "/Acme/shoe", "wid=x").body == b"bad request"


@pytest.mark.parametrize(
    ("max_pix", "query", "status"),
    [
        ((2000, 2000), "wid=2000", 200),
        ((2000, 2000), "wid=2001", 403),
        ((2000, 100), "wid=200", 403),
        ((0, 0), "scl=0.5", 200),
        ((0, 0), "scl=0.25", 403),
        ((300, 0), "wid=300", 200),
        ((300, 0), "wid=301", 403),
    ],
)
def test_a_picture_over_the_limits_is_an_error_and_not_made_smaller(
    catalog: SmallCatalog, max_pix: tuple[int, int], query: str, status: int
) -> None:
    small = catalog.with_settings(max_pix=max_pix, max_rendered_pixels=8_000_000)
    reply = get(small, "/Acme/shoe", query)
    assert reply.status == status
    assert (b"image too large" in reply.body) == (status == 403)


def test_settings_of_the_company_shape_the_picture(catalog: SmallCatalog) -> None:
    small = catalog.with_settings(default_pix=(300, 100))
    assert picture(get(small, "/Acme/shoe")).size == (133, 100)


def test_a_default_image_keeps_size_and_format_and_loses_the_rest(catalog: SmallCatalog) -> None:
    reply = get(catalog, "/Acme/nothing", "wid=60&fmt=png&crop=0,0,10,200&defaultImage=Acme/none")
    assert (picture(reply).size, picture(reply).format) == ((60, 60), "PNG")
    assert np.abs(np.array(mean_colour(reply)) - BLUE).max() <= 3
    assert header(reply, "Cache-Control") == "max-age=3600"


def test_in_mode_1_the_default_image_takes_the_place_of_the_missing_one(catalog: SmallCatalog) -> None:
    mode_1 = catalog.with_settings(default_image="none", default_image_mode=1)
    assert picture(get(mode_1, "/Acme/nothing", "crop=0,0,10,200")).size == (10, 200)


@pytest.mark.parametrize(
    "query", ["defaultImage=", "defaultImage=gone", "defaultImage=Acme/gone", "req=props", "req=imageprops"]
)
def test_without_a_default_image_that_exists_a_missing_image_is_refused(catalog: SmallCatalog, query: str) -> None:
    assert get(catalog.with_settings(default_image="none"), "/Acme/nothing", query).status == 403


def test_props_tell_of_the_picture_that_the_request_would_get(catalog: SmallCatalog) -> None:
    query = "wid=123&rotate=90&fmt=png-alpha,gray&qlt=33&bgc=ff8000"
    told = properties(get(catalog, "/Acme/shoe", f"{query}&req=props"))
    shown = picture(get(catalog, "/Acme/shoe", query))
    assert (int(told["image.width"]), int(told["image.height"])) == shown.size
    assert told["image.type"] == "image/png"
    assert told["image.pixTyp"] == "BW"
    assert told["image.quality"] == "33,0"
    assert told["image.bgc"] == "FF8000"
    assert told["image.version"] == told["metadata.version"] == "r1"


def test_imageprops_tell_of_the_source_whatever_the_request_says(catalog: SmallCatalog) -> None:
    told = properties(get(catalog, "/Acme/shoe", "req=imageprops&wid=abc&layer=1"))
    assert (told["image.width"], told["image.height"], told["image.pixTyp"]) == ("1600", "1200", "RGB")
    assert (told["image.anchor"], told["image.resolution"], told["image.mask"]) == ("800,600", "300", "0")
    assert told["image.timeStamp"] == "1767323045678"


@pytest.mark.parametrize(("path", "exists"), [("/Acme/shoe", "1"), ("/Acme/nothing", "0"), ("/Other/shoe", "0")])
def test_exists_answers_for_any_name(catalog: SmallCatalog, path: str, exists: str) -> None:
    assert properties(get(catalog, path, "req=exists&wid=abc")) == {"catalogRecord.exists": exists}


def test_facts_are_good_for_six_minutes(catalog: SmallCatalog) -> None:
    assert header(get(catalog, "/Acme/shoe", "req=exists"), "Cache-Control") == "max-age=360"


def test_no_path_and_no_modifiers_show_the_banner(catalog: SmallCatalog) -> None:
    reply = get(catalog, "/")
    assert reply.status == 200
    assert reply.body.startswith(b"#S7Z OK\n#Wed Mar 04 05:06:07 UTC 2026\n")


def test_modifiers_without_a_path_are_refused(catalog: SmallCatalog) -> None:
    assert get(catalog, "/", "wid=100").status == 403


@pytest.mark.parametrize(("hours", "seconds"), [(None, 36_000), (0.5, 1800), (0.0, 0), (-1.0, 365 * 24 * 3600)])
def test_a_picture_is_good_for_as_long_as_its_record_says(
    catalog: SmallCatalog, hours: float | None, seconds: int
) -> None:
    reply = get(catalog.with_image("kept", expiration_h=hours), "/Acme/kept", "wid=10")
    assert header(reply, "Cache-Control") == f"max-age={seconds}"
    assert parsedate_to_datetime(header(reply, "Expires") or "") == NOW + timedelta(seconds=seconds)


def test_the_etag_is_the_md5_of_the_body_in_quotes(catalog: SmallCatalog) -> None:
    reply = get(catalog, "/Acme/shoe", "wid=10")
    assert header(reply, "ETag") == f'"{hashlib.md5(reply.body).hexdigest()}"'


@pytest.mark.parametrize(("form", "status"), [("{}", 304), ('"x", {}', 304), ("W/{}", 304), ("*", 304), ('"x"', 200)])
def test_a_client_that_has_the_picture_gets_304(catalog: SmallCatalog, form: str, status: int) -> None:
    etag = header(get(catalog, "/Acme/shoe", "wid=10"), "ETag") or ""
    reply = get(catalog, "/Acme/shoe", "wid=10", if_none_match=form.format(etag))
    assert reply.status == status
    assert bool(reply.body) == (status == 200)
    assert (header(reply, "ETag"), header(reply, "Cache-Control")) == (etag, "max-age=36000")


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Fri, 02 Jan 2026 03:04:05 GMT", 304),
        ("Fri, 02 Jan 2026 03:04:04 GMT", 200),
        ("yesterday", 200),
        ("", 200),
    ],
)
def test_last_modified_counts_where_the_company_uses_it(catalog: SmallCatalog, since: str, status: int) -> None:
    dated = catalog.with_settings(use_last_modified=True)
    reply = get(dated, "/Acme/shoe", "wid=10", if_modified_since=since)
    assert reply.status == status
    assert header(reply, "Last-Modified") == "Fri, 02 Jan 2026 03:04:05 GMT"
    assert get(catalog, "/Acme/shoe", "wid=10", if_modified_since=since).status == 200


def test_what_never_expires_is_never_sent_twice(catalog: SmallCatalog) -> None:
    for_ever = catalog.with_image("kept", expiration_h=-1.0)
    assert get(for_ever, "/Acme/kept", "wid=10", if_none_match='"anything"').status == 304


@pytest.mark.parametrize(
    ("query", "control"), [("cache=off", "no-store"), ("cache=off,on", "no-store"), ("cache=on,off", "max-age=36000")]
)
def test_a_request_can_forbid_keeping(catalog: SmallCatalog, query: str, control: str) -> None:
    assert header(get(catalog, "/Acme/shoe", f"wid=10&{query}"), "Cache-Control") == control


def test_head_has_the_headers_of_get_and_no_body(catalog: SmallCatalog) -> None:
    full, head = get(catalog, "/Acme/shoe", "wid=10"), get(catalog, "/Acme/shoe", "wid=10", method="HEAD")
    assert head == replace(full, body=b"")


def test_a_pyramid_that_cannot_be_read_is_the_servers_fault_and_no_path_is_told(
    catalog: SmallCatalog, tmp_path: Path
) -> None:
    reply = get(catalog.with_image("lost", pyramid=tmp_path / "gone.tif"), "/Acme/lost")
    assert (reply.status, reply.body) == (500, b"the published image cannot be read")


def test_a_repeated_request_is_answered_from_memory(catalog: SmallCatalog, tmp_path: Path) -> None:
    moved = tmp_path / "pyramid.tif"
    moved.write_bytes(catalog.images["Acme", "shoe"].pyramid.read_bytes())
    once = catalog.with_image("once", pyramid=moved)
    pictures = PictureCache()
    first = answer(Asked(path="/Acme/once", query="wid=10&.1"), once, pictures, NOW)
    moved.unlink()

    assert answer(Asked(path="/Acme/once", query="id=9&WID=10"), once, pictures, NOW) == first
    assert answer(Asked(path="/Acme/once", query="wid=11"), once, pictures, NOW).status == 500
    for fresh in ("cache=update", "cache=validate", "cache=off"):
        assert answer(Asked(path="/Acme/once", query=f"wid=10&{fresh}"), once, pictures, NOW).status == 500


def test_a_new_revision_is_never_answered_with_the_old_picture(catalog: SmallCatalog) -> None:
    pictures = PictureCache()
    ask = Asked(path="/Acme/shoe", query="wid=10")
    before = answer(ask, catalog, pictures, NOW)
    changed = catalog.with_image("shoe", revision="r2", pyramid=catalog.images["Acme", "none"].pyramid)
    after = answer(ask, changed, pictures, NOW)
    assert header(before, "ETag") != header(after, "ETag")
    assert np.abs(np.array(mean_colour(after)) - BLUE).max() <= 3


commands = st.builds(
    "{}={}".format,
    st.sampled_from(
        [
            "wid",
            "hei",
            "fit",
            "scl",
            "rgn",
            "crop",
            "cropN",
            "align",
            "rotate",
            "flip",
            "bgc",
            "fmt",
            "qlt",
            "op_usm",
            "req",
            "cache",
            "$thumb$",
            "$x",
        ]
    ),
    st.text("0123456789.,-abcfgkpns$%{(", max_size=12) | st.text(max_size=5),
)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(["/Acme/none", "/Acme/gone"]) | st.text(max_size=20), asked=st.lists(commands, max_size=5))
def test_every_request_gets_a_reply(catalog: SmallCatalog, path: str, asked: list[str]) -> None:
    reply = get(catalog, path, "&".join(asked))
    assert reply.status in {200, 403}
    assert header(reply, "Content-Length") == str(len(reply.body))


def test_memory_lets_go_of_what_was_not_used_for_longest() -> None:
    pictures = PictureCache(max_bytes=25)
    kept = {key: Rendered(body=key.encode() * 10, mime="image/png", width=1, height=1) for key in "abc"}
    pictures.put("a", kept["a"])
    pictures.put("b", kept["b"])
    assert pictures.find("a") == kept["a"]
    pictures.put("c", kept["c"])
    assert [pictures.find(key) for key in "abc"] == [kept["a"], None, kept["c"]]


def test_memory_does_not_keep_what_is_larger_than_itself() -> None:
    pictures = PictureCache(max_bytes=5)
    pictures.put("a", Rendered(body=b"123456", mime="image/png", width=1, height=1))
    assert pictures.find("a") is None


def test_memory_counts_a_replaced_picture_once() -> None:
    pictures = PictureCache(max_bytes=20)
    for _ in range(5):
        pictures.put("a", Rendered(body=b"1234567890", mime="image/png", width=1, height=1))
    pictures.put("b", Rendered(body=b"1234567890", mime="image/png", width=1, height=1))
    assert pictures.find("a") is not None
    assert pictures.find("b") is not None
