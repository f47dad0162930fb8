"""Reading the URL of an image serving request."""

import pytest

from publishing.image_errors import ImageRequestError
from publishing.image_request import ImageRequest, parse_request, split_path
from publishing.image_values import Modifier

PRESETS = {
    "thumb": "wid=100&hei=80&qlt=750",
    "nested": "$thumb$&fmt=png",
    "with space": "wid=7",
    "loop": "$loop$",
    "bomb": "&".join(["$bomb2$"] * 30),
    "bomb2": "&".join(["$thumb$"] * 30),
}


def parse(query: str, path: str = "Acme/shoe") -> ImageRequest:
    return parse_request(path, query, lambda name: PRESETS.get(name.lower()))


def commands(query: str) -> list[tuple[str, str]]:
    return [(modifier.name, modifier.value) for modifier in parse(query).modifiers]


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("Acme/shoe", ("Acme", "shoe")),
        ("/Acme/shoe", ("Acme", "shoe")),
        ("/Acme/summer/shoe", ("Acme", "summer/shoe")),
        ("/Acme/red%20shoe", ("Acme", "red shoe")),
        ("/Acme/sch%C3%B6n", ("Acme", "schön")),
        ("/Acme/sch%F6n", ("Acme", "schön")),
        ("/Acme/a%2Fb", ("Acme", "a/b")),
        ("/Acme/50%25", ("Acme", "50%")),
        ("/ACME/Shoe", ("ACME", "Shoe")),
        ("/Acme/a+b", ("Acme", "a+b")),
    ],
)
def test_the_first_element_is_the_company_and_the_rest_the_image(path: str, ids: tuple[str, str]) -> None:
    assert split_path(path) == ids


@pytest.mark.parametrize("path", ["", "/", "Acme", "/Acme/", "Acme/a,b", "Acme/a%2Cb"])
def test_a_path_without_an_image_or_with_a_comma_is_refused(path: str) -> None:
    with pytest.raises(ImageRequestError) as caught:
        split_path(path)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("wid=100&hei=200", [("wid", "100"), ("hei", "200")]),
        ("WID=100&Fmt=PNG-alpha", [("wid", "100"), ("fmt", "PNG-alpha")]),
        ("&&wid=100&", [("wid", "100")]),
        (".a comment&wid=100&.123", [("wid", "100")]),
        ("bgc=255%2C0%2C0", [("bgc", "255,0,0")]),
        ("id=a%26b%3Dc%25", [("id", "a&b=c%")]),
        ("id=a=b", [("id", "a=b")]),
        ("id=a+b", [("id", "a+b")]),
        ("%77id=100", [("wid", "100")]),
        ("src=is{Acme/x?wid=1&hei=2}&wid=3", [("src", "is{Acme/x?wid=1&hei=2}"), ("wid", "3")]),
        ("src=is(Acme/x?wid=1&hei=2)&wid=3", [("src", "is(Acme/x?wid=1&hei=2)"), ("wid", "3")]),
        ("wid", [("wid", "")]),
    ],
)
def test_a_query_is_split_into_commands(query: str, expected: list[tuple[str, str]]) -> None:
    assert commands(query) == expected


@pytest.mark.parametrize("query", ["$thumb$", "$THUMB$", "%24thumb%24"])
def test_a_preset_is_put_in_place(query: str) -> None:
    assert parse(f"a=1&{query}&b=2").modifiers == (
        Modifier(name="a", value="1"),
        Modifier(name="wid", value="100", is_stored=True),
        Modifier(name="hei", value="80", is_stored=True),
        Modifier(name="qlt", value="750", is_stored=True),
        Modifier(name="b", value="2"),
    )


def test_presets_may_name_presets() -> None:
    assert commands("$nested$") == [("wid", "100"), ("hei", "80"), ("qlt", "750"), ("fmt", "png")]


def test_a_preset_with_a_space_in_its_name_can_be_encoded() -> None:
    assert commands("$with%20space$") == [("wid", "7")]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("$unheard-of$", "unknown macro"),
        ("$loop$", "bad request"),
        ("$bomb$", "bad request"),
        ("$size=100&wid=$size$", "unsupported"),
        ("%24size=100", "unsupported"),
        ("&".join(["wid=1"] * 501), "bad request"),
        ("req=tmb", "unsupported"),
        ("req=saveToFile", "unsupported"),
        ("req=anything", "bad request"),
        ("req=props,yaml", "bad request"),
        ("req=props,xml,ebcdic", "bad request"),
        ("cache=never", "bad request"),
        ("cache=validate,on", "bad request"),
        ("handler=alert(1)", "bad request"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_403(query: str, title: str) -> None:
    with pytest.raises(ImageRequestError) as caught:
        parse(query)
    assert (caught.value.status, caught.value.title) == (403, title)


@pytest.mark.parametrize(
    ("query", "kind", "encoding", "charset"),
    [
        ("", "img", "text", "utf-8"),
        ("req=img", "img", "text", "utf-8"),
        ("req=props", "props", "text", "utf-8"),
        ("req=Props,JSON", "props", "json", "utf-8"),
        ("req=imageprops,xml,UTF-16", "imageprops", "xml", "utf-16"),
        ("req=exists,javascript", "exists", "javascript", "utf-8"),
        ("req=img&req=exists", "exists", "text", "utf-8"),
    ],
)
def test_the_kind_of_reply(query: str, kind: str, encoding: str, charset: str) -> None:
    request = parse(query)
    assert (request.type, request.encoding, request.charset) == (kind, encoding, charset)


@pytest.mark.parametrize(
    ("query", "caching"),
    [
        ("", ("on", "on")),
        ("cache=on", ("on", "on")),
        ("cache=off", ("off", "off")),
        ("cache=validate", ("on", "validate")),
        ("cache=update", ("on", "update")),
        ("cache=off,on", ("off", "on")),
        ("cache=on,off", ("on", "off")),
    ],
)
def test_who_may_keep_the_reply(query: str, caching: tuple[str, str]) -> None:
    request = parse(query)
    assert (request.client_cache, request.server_cache) == caching


@pytest.mark.parametrize(
    ("query", "default_image"), [("", None), ("defaultImage=", ""), ("defaultImage=Acme/none", "Acme/none")]
)
def test_a_default_image_can_be_named_or_switched_off(query: str, default_image: str | None) -> None:
    assert parse(query).default_image == default_image
