"""The UploadFile servlet: what it takes from clients that are not careful, and what it makes of it."""

import time
from uuid import uuid4

import pytest

from tests.imaging.pictures import scene
from tests.jobs.flow import WATCHDOG_S, Client
from tests.jobs.pictures import png
from tests.running_server import RunningServer
from tests.server import upload_call as up
from tests.soap_call import SOAP_11, auth
from wsdl.versions import VERSIONS, Version

PICTURE = png(scene(40, 30))


@pytest.fixture
def name() -> str:
    """A name for a job and a file that no other test uses."""
    return uuid4().hex[:10]


def folders_of(server: RunningServer, asset: str) -> list[str]:
    """Return the folder of the asset with this name, if there is one."""
    lab = Client(server)
    answer = lab.call("getAssetsByName", f"<nameArray><items>{asset}</items></nameArray>")
    return answer.texts("assetArray/items/folder")


def arrives(server: RunningServer, job: str, asset: str, folder: str = "LabCo/") -> bool:
    """Tell whether the job makes the asset in this folder."""
    Client(server).wait(job)
    return folders_of(server, asset) == [folder]


@pytest.mark.covers("uploadPostJob.overwrite")
def test_a_file_becomes_an_asset(server: RunningServer, name: str) -> None:
    posted = up.post(server, up.auth_part(), up.params(*up.named(name)), up.file(f"{name}.png", PICTURE))
    assert posted.handle.startswith(f"j|110||{name}")
    assert arrives(server, name, name)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_the_answer_is_in_the_namespace_of_the_parameters_and_unprefixed(
    server: RunningServer, version: Version, name: str
) -> None:
    posted = up.post(server, up.auth_part(), up.params(*up.named(name), namespace=version.namespace))
    assert posted.root.tag == f"{{{version.namespace}}}uploadPostReturn"
    assert "<jobHandle>" in posted.reply.text


@pytest.mark.parametrize("namespace", [version.namespace for version in VERSIONS])
def test_the_auth_part_may_be_in_any_namespace(server: RunningServer, namespace: str, name: str) -> None:
    assert up.post(server, up.auth_part(namespace=namespace), up.params(*up.named(name))).handle


@pytest.mark.parametrize("root", ["uploadPostParam", "uploadPostParams", "uploadParams"])
def test_the_parameters_may_have_every_documented_name(server: RunningServer, root: str, name: str) -> None:
    assert up.post(server, up.auth_part(), up.params(*up.named(name), root=root)).handle


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 0, 2), (0, 2, 1), (2, 1, 0)], ids=str)
def test_the_parts_may_come_in_any_order(server: RunningServer, order: tuple[int, ...], name: str) -> None:
    parts = (up.auth_part(), up.params(*up.named(name)), up.file(f"{name}.png", PICTURE))
    assert up.post(server, *(parts[place] for place in order)).handle
    assert arrives(server, name, name)


def test_a_boundary_that_closes_after_every_part_does_not_end_the_upload(server: RunningServer, name: str) -> None:
    parts = (up.auth_part(), up.params(*up.named(name)), up.file(f"{name}.png", PICTURE))
    closed = b"".join(up.body([each]) for each in parts)
    assert up.post_body(server, closed).handle
    assert arrives(server, name, name)


@pytest.mark.parametrize(
    "media", ["multipart/form-data; charset=UTF-8", "text/plain; charset=US-ASCII", "text/xml", "application/xml"]
)
def test_text_parts_may_have_an_odd_content_type(server: RunningServer, media: str, name: str) -> None:
    document = auth(up.USER).encode()
    header = up.part("auth", document, "", f"Content-Type: {media}", "Content-Transfer-Encoding: 8bit")
    assert up.post(server, header, up.params(*up.named(name))).handle


def test_text_parts_may_look_like_files(server: RunningServer, name: str) -> None:
    header = up.part("auth", auth(up.USER).encode(), '; filename="auth.xml"', "Content-Type: text/xml")
    assert up.post(server, header, up.params(*up.named(name))).handle


def test_text_parts_may_have_a_declaration_and_white_space(server: RunningServer, name: str) -> None:
    document = b'\r\n<?xml version="1.0" encoding="UTF-8"?>\r\n' + auth(up.USER).encode() + b"\r\n"
    assert up.post(server, up.part("auth", document.lstrip()), up.params(*up.named(name))).handle


@pytest.mark.parametrize(
    ("fields", "sent_name", "folder"),
    [
        ("", "{}.png", "LabCo/"),
        ("<destFolder>LabCo/up/</destFolder>", "{}.png", "LabCo/up/"),
        ("<destFolder>up</destFolder>", "{}.png", "LabCo/up/"),
        ("<destFolder>LabCo//up///deep/</destFolder>", "{}.png", "LabCo/up/deep/"),
        ("", "LabCo/up/{}.png", "LabCo/up/"),
        ("<destFolder>LabCo/up</destFolder>", "sub/{}.png", "LabCo/up/sub/"),
        ("<destFolder>LabCo/up</destFolder>", "LabCo/sub/{}.png", "LabCo/up/sub/"),
        ("<destFolder>LabCo/up</destFolder>", "a\\\\b\\\\{}.png", "LabCo/up/a/b/"),
        ("<fileName>{}.png</fileName>", "other.png", "LabCo/"),
        ("<destFolder>LabCo/up</destFolder><fileName>x//{}.png</fileName>", "other.png", "LabCo/up/x/"),
    ],
)
def test_a_file_goes_where_its_name_and_the_folder_say(
    server: RunningServer, fields: str, sent_name: str, folder: str, name: str
) -> None:
    started, ended = up.named(name)
    parts = (up.params(started, fields.format(name), ended), up.file(sent_name.format(name), PICTURE))
    assert up.post(server, up.auth_part(), *parts).handle
    assert arrives(server, name, name, folder)


def test_several_files_come_in_one_post(server: RunningServer, name: str) -> None:
    files = [up.file(f"{name}-{n}.png", PICTURE, f"file{n}") for n in (1, 2, 3)]
    assert up.post(server, up.auth_part(), up.params(*up.named(name)), *files).handle
    Client(server).wait(name)
    assert [folders_of(server, f"{name}-{n}") for n in (1, 2, 3)] == [["LabCo/"]] * 3


def test_a_job_goes_on_by_its_handle_until_it_is_ended(server: RunningServer, name: str) -> None:
    first = up.post(server, up.auth_part(), up.params(*up.named(name, end=False)), up.file(f"{name}-1.png", PICTURE))
    going_on = f"<jobHandle>{first.handle}</jobHandle>"
    second = up.post(server, up.auth_part(), up.params(going_on, options=""), up.file(f"{name}-2.png", PICTURE))
    assert Client(server).active(f"<originalName>{name}</originalName>").texts("jobArray/items/uploadPostJob")

    ended = up.post(server, up.auth_part(), up.params(going_on, "<endJob>true</endJob>", options=""))

    assert first.handle == second.handle == ended.handle
    assert arrives(server, name, f"{name}-1")
    assert folders_of(server, f"{name}-2") == ["LabCo/"]


def test_a_file_is_worked_on_before_its_job_is_ended(server: RunningServer, name: str) -> None:
    up.post(server, up.auth_part(), up.params(*up.named(name, end=False)), up.file(f"{name}.png", PICTURE))
    until = time.monotonic() + WATCHDOG_S
    while not folders_of(server, name) and time.monotonic() < until:
        time.sleep(0.05)
    assert folders_of(server, name) == ["LabCo/"]
    assert Client(server).active(f"<originalName>{name}</originalName>").texts("jobArray/items/name")


def test_a_soap_envelope_is_not_an_upload(server: RunningServer) -> None:
    posted = up.post_body(server, f'<e:Envelope xmlns:e="{SOAP_11}"/>'.encode(), "text/xml")
    assert posted.fault[:2] == ("ipsApiFault", 30003)
