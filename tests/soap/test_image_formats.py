"""Image formats through SOAP: kept, listed and deleted; what image server, exports and profiles make of them."""

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
import requests
from PIL import Image

from jobs.profiles.definitions import ProcessingProfile, ProfileKind, Rendition
from jobs.profiles.library import create_profile
from tests.jobs.flow import Client, export
from tests.jobs.pictures import noise, png
from tests.jobs.test_export import link
from tests.running_server import RunningServer
from tests.soap.batches import own_company
from tests.soap_call import Answer


@pytest.fixture(scope="module")
def own(server: RunningServer) -> Client:
    """A user of a company of this module's own."""
    return own_company(server)


def save(client: Client, name: str, commands: str, handle: str = "") -> Answer:
    """Make a format, or change the one of the handle."""
    which = f"<imageFormatHandle>{handle}</imageFormatHandle>" if handle else ""
    content = f"{which}<name>{escape(name)}</name><urlModifier>{escape(commands)}</urlModifier>"
    return client.call("saveImageFormat", content)


def formats(client: Client) -> dict[str, str]:
    """The commands of the company's formats by name."""
    answer = client.call("getImageFormats")
    names, commands = (answer.texts(f"imageFormatArray/items/{field}") for field in ("name", "urlModifier"))
    return dict(zip(names, commands, strict=True))


def delete(client: Client, handle: str) -> Answer:
    """Delete a format."""
    return client.call("deleteImageFormat", f"<imageFormatHandle>{handle}</imageFormatHandle>")


@pytest.mark.covers("saveImageFormat", "getImageFormats", "deleteImageFormat")
def test_a_format_is_kept_as_it_is_changed_and_deleted(own: Client) -> None:
    handle = save(own, "thumb", "wid=100&qlt=750").text("imageFormatHandle")
    made = formats(own)
    save(own, "Thumb", "wid=90", handle.removeprefix("if|"))
    changed = formats(own)
    delete(own, handle)

    assert handle.startswith(f"if|{own.company.removeprefix('c|')}|")
    assert (made["thumb"], changed["Thumb"]) == ("wid=100&qlt=750", "wid=90")
    assert not {"thumb", "Thumb"} & set(formats(own))


@pytest.mark.covers("saveImageFormat")
def test_a_name_is_there_once_and_can_stand_in_a_url(own: Client) -> None:
    save(own, "once", "wid=5")

    assert save(own, "ONCE", "wid=6").fault[2].startswith("name: there is an image format once already")
    assert save(own, "a&b", "wid=6").fault[2].startswith("name: ")
    assert save(own, " ", "wid=6").is_fault


@pytest.mark.covers("saveImageFormat", "deleteImageFormat", "getImageFormats")
def test_the_format_of_a_profile_is_seen_and_stays_while_it_is_used(own: Client) -> None:
    rendition = Rendition(name="campaign-web", format="jpeg", width=80)
    database = own.server.database
    with database.write() as tx:
        company = int(own.company.removeprefix("c|"))
        definition = ProcessingProfile(renditions=(rendition,))
        create_profile(tx, company, (ProfileKind.PROCESSING, "Campaign"), definition, own.user)
    database.close()
    shown = own.call("getImageFormats")
    handle = dict(
        zip(*(shown.texts(f"imageFormatArray/items/{each}") for each in ("name", "imageFormatHandle")), strict=True)
    )["campaign-web"]

    assert formats(own)["campaign-web"] == "fmt=jpeg&wid=80&fit=constrain&qlt=85"
    assert delete(own, handle).fault[1:] == (
        30001,
        "imageFormatHandle: profile Campaign uses it: its rendition campaign-web is made with campaign-web.",
    )
    refused = save(own, "campaign-web", "layer=1", handle).fault[2]
    assert refused.startswith(
        "urlModifier: profile Campaign uses it: campaign-web cannot make a rendition: unsupported"
    )


@pytest.mark.covers("saveImageFormat", "exportJob.macro", "exportJob.is_modifier")
def test_image_server_and_exports_make_what_a_format_says(own: Client) -> None:
    handles = own.upload({"a.png": png(noise(200, 100))}, {"readyForPublish": "true"})
    own.publish()
    save(own, "tiny", "wid=50&fmt=png")
    save(own, "nested", "$tiny$&qlt=750")

    served = own.fetch("a", "$TINY$")
    exported = own.run(export(handles.values(), fmt="convert", is_modifier="wid=90&amp;fmt=gif", macro="nested"))

    assert Image.open(io.BytesIO(served.content)).size == (50, 25)
    with zipfile.ZipFile(io.BytesIO(requests.get(link(own, exported), timeout=60).content)) as archive:
        assert archive.namelist() == [f"{own.tag}-a.png"]
        assert Image.open(io.BytesIO(archive.read(archive.namelist()[0]))).size == (50, 25)


@pytest.mark.covers("exportJob.macro")
def test_an_export_with_a_format_that_is_not_there_is_refused(own: Client) -> None:
    refused = own.submit(export(["a|1"], fmt="convert", macro="nothing")).fault[2]

    assert refused.startswith("exportJob.macro: there is no image format nothing")
