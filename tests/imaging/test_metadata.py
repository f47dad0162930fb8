"""Reading what a file says of itself, with exiftool and without, and reading and writing XMP packets."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from imaging.errors import DamagedImage
from imaging.metadata import FileMetadata, exiftool_version, read_metadata
from imaging.xmp import is_property, read_packet, with_keywords, with_properties

WATCHDOG_S = 60
IPTC = b"\x1c\x02\x50\x00\x03Ann\x1c\x02\x19\x00\x01a\x1c\x02\x19\x00\x01b"
"""A by-line and two keywords."""
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
DC = 'xmlns:p="http://purl.org/dc/elements/1.1/"'


def packet(properties: str, attributes: str = "") -> bytes:
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}>'
        f'<rdf:Description rdf:about="" {DC} {attributes}>{properties}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A JPEG with XMP, EXIF and IPTC."""
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Bob", "(c) Bob"
    file = io.BytesIO()
    xmp = packet("<p:source>the camera</p:source>")
    Image.new("RGB", (40, 30)).save(file, "JPEG", exif=exif, xmp=xmp)
    block = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + len(IPTC).to_bytes(4, "big") + IPTC + bytes(len(IPTC) % 2)
    segment = b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block
    path = tmp_path / "-evil name; $(touch x).jpg"
    path.write_bytes(file.getvalue()[:2] + segment + file.getvalue()[2:])
    return path


@pytest.fixture(params=["exiftool", "without"])
def said(request: pytest.FixtureRequest, picture: Path, monkeypatch: pytest.MonkeyPatch) -> FileMetadata:
    """What the picture says, read with exiftool, or with none on the path."""
    if request.param == "without":
        monkeypatch.setenv("PATH", str(picture.parent))
    return read_metadata(picture, WATCHDOG_S)


def test_a_picture_says_its_packet_its_tags_and_both_by_key(said: FileMetadata) -> None:
    assert said.packet == packet("<p:source>the camera</p:source>")
    assert said.tags["IPTC:By-line"] == ("Ann",)
    assert said.tags["IFD0:Artist"] == ("Bob",)
    assert said.keys["dc.source"] == ("the camera",)
    assert said.keys["dc.creator"] == ("Ann",)
    assert said.keys["dc.subject"] == ("a", "b")
    assert said.keys["dc.rights"] == ("(c) Bob",)
    assert said.keys["tiff.Artist"] == ("Bob",)
    assert said.keys["dc.format"] == ("image/jpeg",)


def test_no_control_character_comes_out_of_iptc(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture.write_bytes(picture.read_bytes().replace(b"Ann", b"A\0\7"))
    monkeypatch.setenv("PATH", "")

    assert read_metadata(picture, WATCHDOG_S).tags["IPTC:By-line"] == ("A",)


def test_nothing_is_said_of_where_the_file_lies(said: FileMetadata) -> None:
    assert not [tag for tag in said.tags if tag.startswith(("System:", "SourceFile", "ExifTool:"))]


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe1\x00", packet("<p:")])
@pytest.mark.parametrize("path", ["/usr/bin:/bin", "/nowhere"])
def test_a_file_that_is_none_says_little_and_does_no_harm(
    content: bytes, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(content)
    monkeypatch.setenv("PATH", path)

    said = read_metadata(tmp_path / "x", WATCHDOG_S)

    assert not [key for key in said.keys if not key.startswith("dc.format")]


def test_an_exiftool_that_hangs_is_ended(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = picture.parent / "exiftool"
    tool.write_text("#!/bin/sh\nexec sleep 600\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{picture.parent}:/bin")

    with pytest.raises(DamagedImage):
        read_metadata(picture, 0.2)


def test_doctor_can_ask_for_the_version() -> None:
    assert shutil.which("exiftool")
    assert exiftool_version()[0].isdigit()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (packet("<p:source>x</p:source>"), {"dc.source": ("x",)}),
        (packet("", 'p:source="x"'), {"dc.source": ("x",)}),
        (
            packet("<p:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag></p:subject>"),
            {"dc.subject": ("a", "b")},
        ),
        (
            packet(
                '<p:title><rdf:Alt><rdf:li xml:lang="de">Schuh</rdf:li><rdf:li xml:lang="x-default">Shoe</rdf:li>'
                "</rdf:Alt></p:title>"
            ),
            {"dc.title": ("Shoe",)},
        ),
        (packet('<m:x xmlns:m="urn:mine">y</m:x>'), {"m.x": ("y",)}),
        (packet('<p:source rdf:parseType="Resource"><p:inner>x</p:inner></p:source>'), {}),
        (packet(""), {}),
    ],
)
def test_a_packet_says_its_simple_properties_by_the_names_of_their_namespaces(
    content: bytes, said: dict[str, tuple[str, ...]]
) -> None:
    assert read_packet(content) == said


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + packet(""),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + packet("").partition(b"?>")[2],
        packet("<p:source>" + "<a>" * 5000 + "</a>" * 5000 + "</p:source>"),
        bytes(5 * 2**20),
    ],
)
def test_what_is_no_packet_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedImage):
        read_packet(content)


@pytest.mark.parametrize(
    "base", [None, packet(""), packet("<p:subject/>"), packet("<p:subject><rdf:Bag/></p:subject>")]
)
def test_keywords_join_a_packet_once(base: bytes | None) -> None:
    once = with_keywords(base, ["a & b", "c"])

    again = with_keywords(once, ["c", "d"])

    assert read_packet(again) == {"dc.subject": ("a & b", "c", "d")}
    assert again.startswith(b"<?xpacket begin=")


@pytest.mark.parametrize(
    "base", [None, packet(""), packet("<p:rights>theirs</p:rights><p:source>the camera</p:source>")]
)
def test_properties_take_the_place_of_a_packets_own(base: bytes | None) -> None:
    given = {
        "dc.rights": ["ours & \x01yours"],
        "dc.creator": ["Ann", "Bob"],
        "photoshop.City": ["Bern"],
        "dc.subject": ["one"],
        "tiff.Make": [" "],
    }

    made = with_properties(base, given)

    said = read_packet(made)
    assert {key: said[key] for key in said if key != "dc.source"} == {
        "dc.rights": ("ours & yours",),
        "dc.creator": ("Ann", "Bob"),
        "photoshop.City": ("Bern",),
        "dc.subject": ("one",),
    }
    assert ("dc.source" in said) is (base is not None and b"camera" in base)
    assert with_properties(made, given) == made
    assert b"<rdf:Alt>" in made


@pytest.mark.parametrize(
    ("key", "is_one"),
    [("dc.rights", True), ("dc.ri ghts", False), ("field/7", False), ("foo.bar", False), ("IPTC:By-line", False)],
)
def test_a_property_has_a_namespace_with_a_known_name(key: str, is_one: bool) -> None:
    assert is_property(key) is is_one
