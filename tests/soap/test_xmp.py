"""getXMPPacket and updateXMPPacket: the packet of the file, a packet set in its place, what it says to searches."""

import base64
import gzip
import io
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from domain.metadata import Origin
from imaging.xmp import read_packet
from jobs.processing.choices import Choice
from jobs.processing.criteria import Criteria
from jobs.processing.runs import Wanted, prepare, start_run
from jobs.profiles.definitions import MetadataProfile, MetadataRule, ProfileKind
from jobs.profiles.library import create_profile
from jobs.submit import Submission
from store.assets import load_assets
from store.blobs.local import LocalBlobs
from store.metadata_values import save_packet
from store.profiles import Assignment, assign
from tests.jobs.flow import Client, upload_directory, upload_urls
from tests.jobs.web_host import Page, serving
from tests.running_server import RunningServer
from tests.soap.batches import own_company
from tests.soap.metadata import Shelf, array, condition, update
from tests.soap_call import Answer

NAMESPACES = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def packet(properties: str) -> bytes:
    """A packet that says these properties."""
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {NAMESPACES}>'
        f'<rdf:Description rdf:about="">{properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


OF_FILE = packet("<dc:source>the camera</dc:source>")


def jpeg(xmp: bytes) -> bytes:
    """A picture with a packet."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG", xmp=xmp)
    return file.getvalue()


@pytest.fixture(scope="module")
def shelf(server: RunningServer) -> Shelf:
    """A company with a picture that has a packet."""
    client = own_company(server)
    handle = client.upload({"shoe.jpg": jpeg(OF_FILE)})["shoe.jpg"]
    return Shelf(client, {"shoe": handle})


def read(shelf: Shelf, asset: str = "shoe") -> bytes:
    """The packet of an asset."""
    answer = shelf.call("getXMPPacket", f"<assetHandle>{shelf.assets[asset]}</assetHandle>")
    return zlib.decompress(base64.b64decode(answer.text("compressedPacket")))


def write(shelf: Shelf, data: bytes) -> Answer:
    """Set the compressed packet of an asset."""
    sent = base64.b64encode(data).decode()
    content = f"<assetHandle>{shelf.assets['shoe']}</assetHandle><compressedPacket>{sent}</compressedPacket>"
    return shelf.client.call("updateXMPPacket", content)


@pytest.mark.covers("getXMPPacket")
def test_the_packet_of_the_file_is_answered_as_it_is(shelf: Shelf) -> None:
    assert read(shelf) == OF_FILE


@pytest.mark.covers("updateXMPPacket", "searchAssetsByMetadata")
def test_another_packet_takes_its_place_and_is_found_by_what_it_says(shelf: Shelf) -> None:
    title = "<dc:title><rdf:Alt><rdf:li xml:lang='de'>Schuh</rdf:li><rdf:li xml:lang='x-default'>Shoe</rdf:li>"
    new = packet(
        f"{title}</rdf:Alt></dc:title><dc:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:subject>"
    )
    shelf.call("getXMPPacket", f"<assetHandle>{shelf.assets['shoe']}</assetHandle>")

    assert write(shelf, zlib.compress(new)).text("success") == "true"

    assert read(shelf) == new
    found = [
        shelf.indexed(condition(key, "Equals", value=value), more=array("responseMetadataArray", key))
        for key, value in (
            ("dc.title", "shoe"),
            ("dc.title", "Schuh"),
            ("dc.subject", "b"),
            ("dc.source", "the camera"),
        )
    ]
    assert [len(names) for names in found] == [1, 0, 1, 0]
    assert len(shelf.found("<keywordArray><items>a</items><items>b</items></keywordArray>")) == 1
    assert len(shelf.found("<keywordArray><items>a</items><items>z</items></keywordArray>")) == 0
    write(shelf, zlib.compress(packet("<dc:rights>mine</dc:rights>")))
    assert shelf.indexed(condition("dc.title", "Equals", value="shoe")) == []


def test_a_packet_in_gzip_as_in_the_vendors_sample_is_taken(shelf: Shelf) -> None:
    new = packet("<dc:source>gzip</dc:source>")

    assert write(shelf, gzip.compress(zlib.compress(new))).text("success") == "true"

    assert read(shelf) == new


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no zlib", "is not compressed with zlib."),
        (zlib.compress(OF_FILE)[:-20], "the compressed data ends early."),
        (zlib.compress(b"<a><b></a>"), "the XMP packet is not well-formed XML."),
        (zlib.compress(b"<a/>"), "the XMP packet has no rdf:RDF."),
        (zlib.compress(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "the XMP packet has a document type"),
        (zlib.compress(bytes(5 * 2**20)), "a packet has at most 4194304 bytes."),
    ],
)
def test_what_is_no_packet_is_refused_and_changes_nothing(shelf: Shelf, data: bytes, reason: str) -> None:
    before = read(shelf)

    answer = write(shelf, data)

    assert answer.fault[:2] == ("ipsApiFault", 30001)
    assert answer.fault[2].startswith(f"compressedPacket: {reason}")
    assert read(shelf) == before


def test_an_asset_without_a_packet_says_so(server: RunningServer) -> None:
    client = own_company(server)
    handle = client.upload({"plain.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>'})["plain.svg"]

    answer = client.call("getXMPPacket", f"<assetHandle>{handle}</assetHandle>")

    assert answer.fault[2] == "The asset has no XMP packet: set one with updateXMPPacket."


def test_a_set_has_no_packet_until_it_is_given_one(server: RunningServer) -> None:
    client = own_company(server)
    fields = f"<folderHandle>{client.root}/</folderHandle><name>spin</name><type>SpinSet</type>"
    shelf = Shelf(client, {"shoe": client.call("createImageSet", fields).text("assetHandle")})

    before = client.call("getXMPPacket", f"<assetHandle>{shelf.assets['shoe']}</assetHandle>")
    write(shelf, zlib.compress(OF_FILE))

    assert before.fault[2] == "The asset has no XMP packet: set one with updateXMPPacket."
    assert read(shelf) == OF_FILE


def test_a_damaged_packet_is_replaced(shelf: Shelf, tmp_path: Path) -> None:
    server, number = shelf.client.server, int(shelf.assets["shoe"].removeprefix("a|"))
    (tmp_path / "packet").write_bytes(b"<x:xmpmeta")
    damaged = LocalBlobs(server.data / "blobs").put(tmp_path / "packet")
    with closing(server.database) as database, database.write() as tx:
        (asset,) = load_assets(tx, int(shelf.client.company.removeprefix("c|")), [number])
        save_packet(tx, asset, damaged, Origin.FILE)

    answer = write(shelf, zlib.compress(OF_FILE))

    assert (answer.text("success"), read(shelf)) == ("true", OF_FILE)


@pytest.mark.covers("uploadPostJob.xmpKeywords")
def test_the_keywords_of_an_upload_join_those_of_its_file(server: RunningServer) -> None:
    client: Client = own_company(server)
    own = packet("<dc:subject><rdf:Bag><rdf:li>red</rdf:li></rdf:Bag></dc:subject>")

    uploaded = client.upload({"shoe.jpg": jpeg(own)}, {"xmpKeywords": r"shoe, red,San José\, CA,a\\b"})

    shelf = Shelf(client, {"shoe": uploaded["shoe.jpg"]})
    counted = shelf.call("getDistinctMetadataValues", "<metadataKey>dc.subject</metadataKey>")
    assert set(counted.texts("valueArray/items/value")) == {"red", "shoe", "San José, CA", "a\\b"}
    assert "<rdf:li>San José, CA</rdf:li>" in read(shelf).decode()


@pytest.mark.covers("uploadDirectoryJob.xmpKeywords", "uploadUrlsJob.xmpKeywords")
def test_every_upload_takes_keywords(server: RunningServer) -> None:
    client = own_company(server)
    folder = Path(server.settings["upload_root"]) / client.root / "in"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(jpeg(OF_FILE))
    client.run(upload_directory("in", xmpKeywords="of a directory"))

    with serving({"/b.jpg": Page(jpeg(OF_FILE))}) as host:
        client.run(upload_urls([(host.url("/b.jpg"), "b.jpg")], xmpKeywords="of a page"))

    counted = client.call("getDistinctMetadataValues", "<metadataKey>dc.subject</metadataKey>")
    assert counted.texts("valueArray/items/value") == ["of a directory", "of a page"]


def test_the_keywords_of_a_scheduled_upload_are_echoed(server: RunningServer) -> None:
    client = own_company(server)
    given = r"San José\, CA,a\\b"
    job = upload_urls([("http://127.0.0.1:9/a", "a.jpg")], xmpKeywords=given)
    client.submit(job, client.tag, "<execSchedule>0 0 0 1 1 ? 2098</execSchedule>")

    answer = client.call("getScheduledJobs", f"<originalName>{client.tag}</originalName>")

    assert answer.text("jobArray/items/uploadUrlsJob/xmpKeywords") == given


def test_a_file_that_is_uploaded_again_keeps_the_keywords_that_a_person_gave(server: RunningServer) -> None:
    client = own_company(server)
    for word in ("first", "second"):
        handle = client.upload({"shoe.jpg": jpeg(OF_FILE)}, {"xmpKeywords": word})["shoe.jpg"]

    said = read(Shelf(client, {"shoe": handle})).decode()

    assert [said.count(f"<rdf:li>{word}</rdf:li>") for word in ("first", "second")] == [1, 1]
    assert "the camera" in said


def fill(shelf: Shelf, *rules: MetadataRule) -> None:
    """Process the shoe with a profile of its folder that has these rules."""
    company = int(shelf.client.company.removeprefix("c|"))
    with closing(shelf.client.server.database) as database, database.write() as tx:
        profile = MetadataProfile(rules=rules)
        made = create_profile(tx, company, (ProfileKind.METADATA, "filling"), profile, shelf.client.user)
        assign(tx, company, Assignment(folder=f"{shelf.client.root}/", kind=ProfileKind.METADATA, profile_id=made.id))
        criteria = Criteria(asset_ids=(int(shelf.assets["shoe"].removeprefix("a|")),))
        spec = prepare(tx, company, Wanted(criteria=criteria, choices=(Choice.METADATA,)))
        name = f"fill-{shelf.client.tag}"
        start_run(tx, Submission(company_id=company, name=name, submitter=shelf.client.user, server_name="here"), spec)
    shelf.client.wait(name)


@pytest.mark.covers("getXMPPacket", "updateXMPPacket", "setAssetMetadata")
def test_what_profiles_and_mapped_fields_say_is_in_the_packet(server: RunningServer) -> None:
    client = own_company(server)
    shelf = Shelf(client, {"shoe": client.upload({"shoe.jpg": jpeg(OF_FILE)})["shoe.jpg"]})
    own = shelf.field("Town")
    fill(
        shelf,
        MetadataRule(field="dc.rights", default="LabCo"),
        MetadataRule(field="Town", source="photoshop.City", default="Bern"),
    )

    filled = read_packet(read(shelf))
    shelf.put("shoe", update(own, value="Basel"))
    moved = read(shelf)
    write(shelf, zlib.compress(moved.replace(b"LabCo", b"Ann")))

    assert filled == {"dc.source": ("the camera",), "dc.rights": ("LabCo",), "photoshop.City": ("Bern",)}
    assert read_packet(moved)["photoshop.City"] == ("Basel",)
    assert read_packet(read(shelf)) == read_packet(moved) | {"dc.rights": ("Ann",)}
    shelf.put("shoe", update(own, value="Chur"))
    assert read_packet(read(shelf))["photoshop.City"] == ("Chur",)
