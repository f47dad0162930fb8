"""Replies that are facts: one set of properties, four ways to write them."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from publishing.image_properties import write_properties
from publishing.image_request import parse_request

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PROPERTIES = {"image.width": "300", "image.note": "it's <ä> & \\ 😀\n"}


def written(query: str) -> tuple[bytes, str]:
    reply = write_properties(PROPERTIES, parse_request("Acme/shoe", query, lambda _: None), NOW)
    return reply.body, reply.mime


def test_text_is_a_java_property_file() -> None:
    body, mime = written("req=props")
    assert mime == "text/plain"
    assert body.decode("ascii").splitlines() == [
        "#S7Z OK",
        "#Wed Mar 04 05:06:07 UTC 2026",
        "image.width=300",
        "image.note=it's <\\u00E4> & \\\\ \\uD83D\\uDE00\\n",
    ]


def test_javascript_doubles_quotes() -> None:
    body, mime = written("req=props,javascript")
    assert mime == "text/javascript;charset=UTF-8"
    assert body.decode().splitlines() == ["image.width='300'", "image.note='it''s <ä> & \\ 😀 '"]


@pytest.mark.parametrize("charset", ["UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1"])
def test_xml_is_groups_of_properties_in_the_charset_asked_for(charset: str) -> None:
    body, mime = written(f"req=props,xml,{charset}")
    assert mime == f"text/xml;charset={charset}"
    text = body.decode(charset)
    root = ET.fromstring(text.partition("\n")[2])
    group = root[0]
    assert (root.tag, group.tag, group.get("name")) == ("prop-group", "prop-group", "image")
    assert [(item.tag, item.get("name")) for item in group] == [("property", "width"), ("property", "note")]
    assert group[1].get("value") == "it's <ä> & \\ 😀 "


def test_json_calls_the_handler_with_flat_keys_and_the_request_id() -> None:
    body, mime = written("req=props,json&handler=show7&id=a%22%3C/script%3E")
    text = body.decode()
    assert mime == "text/javascript;charset=UTF-8"
    assert "<" not in text
    assert text.startswith("/*jsonp*/show7(")
    properties, request_id = json.loads("[" + text.removeprefix("/*jsonp*/show7(").removesuffix(");") + "]")
    assert properties == PROPERTIES
    assert request_id == 'a"</script>'


def test_json_has_a_handler_when_none_is_named() -> None:
    assert written("req=props,json")[0].startswith(b"/*jsonp*/s7jsonResponse({")
