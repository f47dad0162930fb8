"""Uploads that the servlet refuses: each with a bare typed fault, and without leaving anything behind."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import requests

from tests.imaging.pictures import scene
from tests.jobs.pictures import png
from tests.running_server import RunningServer, add_account
from tests.server import upload_call as up
from tests.soap.raw import RawRequest, send, send_in_pieces
from tests.soap_call import call
from wsdl.roles import Role

PICTURE = png(scene(40, 30))


@pytest.fixture
def name() -> str:
    """A name for a job that no other test uses."""
    return uuid4().hex[:10]


def multipart_headers(length: int) -> tuple[str, ...]:
    """Return the headers of an upload of this length."""
    return ("Host: x", f"Content-Type: multipart/form-data; boundary={up.BOUNDARY}", f"Content-Length: {length}")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that takes at most 10,000 bytes of files in one POST, and believes its proxy."""
    running = RunningServer(tmp_path_factory.mktemp("small") / "data", {"max_upload_bytes": "10000"})
    database = running.database
    add_account(database, "LabCo", up.USER, company_id=110)
    database.close()
    yield running.start()
    running.stop()


def test_an_upload_without_an_auth_part_has_no_credentials(server: RunningServer, name: str) -> None:
    assert up.post(server, up.params(*up.named(name))).fault[:2] == ("authenticationFault", 10000)


def test_an_upload_without_parameters_is_told_so(server: RunningServer) -> None:
    element, code, reason = up.post(server, up.auth_part()).fault
    assert (element, code) == ("ipsApiFault", 30002)
    assert "uploadParams" in reason


def test_an_upload_of_too_many_parts_is_told_the_number_that_may_come(server: RunningServer, name: str) -> None:
    many = [up.part("note", b"")] * 10_001
    element, code, reason = up.post(server, up.auth_part(), up.params(*up.named(name)), *many).fault
    assert (element, code) == ("ipsApiFault", 30003)
    assert "10000 parts" in reason
    assert "several POSTs" in reason


def test_a_wrong_password_is_a_bare_fault_with_status_500(server: RunningServer, name: str) -> None:
    posted = up.post(server, up.auth_part(password="wrong"), up.params(*up.named(name)))
    assert posted.fault == ("authenticationFault", 10001, "Invalid username/password")
    assert posted.reply.status_code == 500
    assert "Envelope" not in posted.reply.text


@pytest.mark.parametrize("status", [200, 403, 555])
def test_a_fault_has_the_status_that_the_auth_part_asks_for(server: RunningServer, status: int, name: str) -> None:
    header = up.auth_part(password="wrong", extra=f"<faultHttpStatusCode>{status}</faultHttpStatusCode>")
    assert up.post(server, header, up.params(*up.named(name))).reply.status_code == status


def test_a_role_that_may_not_upload_gets_20003(server: RunningServer, name: str) -> None:
    database = server.database
    add_account(database, "LabCo", "viewer@example.com", role=Role.IMAGE_PORTAL_USER)
    database.close()
    posted = up.post(server, up.auth_part("viewer@example.com"), up.params(*up.named(name)))
    assert posted.fault[:2] == ("authorizationFault", 20003)


def test_a_foreign_company_is_an_unknown_one(server: RunningServer, name: str) -> None:
    posted = up.post(server, up.auth_part("other@example.com"), up.params(*up.named(name)))
    assert posted.fault[:2] == ("authorizationFault", 20000)


@pytest.mark.parametrize("fields", ["", "<jobName>a</jobName><jobHandle>j|110|a||</jobHandle>", "<jobName/>"])
def test_exactly_one_of_name_and_handle_is_needed(server: RunningServer, fields: str) -> None:
    element, code, reason = up.post(server, up.auth_part(), up.params(fields)).fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert "jobName" in reason
    assert "jobHandle" in reason


def test_a_new_job_needs_its_options(server: RunningServer, name: str) -> None:
    posted = up.post(server, up.auth_part(), up.params(*up.named(name), options=""))
    assert posted.fault[:2] == ("ipsApiFault", 30002)


@pytest.mark.parametrize("handle", ["j|110||nothing|99999", "j|110|nothing||", "nonsense", "j|1||x|1"])
def test_an_unknown_job_cannot_be_gone_on_with(server: RunningServer, handle: str) -> None:
    posted = up.post(server, up.auth_part(), up.params(f"<jobHandle>{handle}</jobHandle>"))
    assert posted.fault[:2] == ("ipsApiFault", 30001)


def test_an_ended_job_cannot_be_gone_on_with(server: RunningServer, name: str) -> None:
    ended = up.post(server, up.auth_part(), up.params(*up.named(name)))
    posted = up.post(server, up.auth_part(), up.params(f"<jobHandle>{ended.handle}</jobHandle>"))
    assert posted.fault[:2] == ("ipsApiFault", 30001)
    assert "ended" in posted.fault[2]


@pytest.mark.parametrize("file_name", ["", "..", "LabCo/", "x" * 300 + ".png", "../../etc/passwd", "a/../b.png"])
def test_a_file_name_that_cannot_be_is_refused(server: RunningServer, file_name: str, name: str) -> None:
    posted = up.post(server, up.auth_part(), up.params(*up.named(name)), up.file(file_name, PICTURE))
    assert posted.fault[:2] == ("ipsApiFault", 30001)


def test_parameters_that_are_no_xml_are_refused(server: RunningServer) -> None:
    posted = up.post(server, up.auth_part(), up.part("uploadParams", b"<uploadPostParam"))
    assert posted.fault[:2] == ("ipsApiFault", 30003)


@pytest.mark.parametrize("document", [b"", b"<authHeader", b"<!DOCTYPE a []><authHeader/>", b"<?xml version='1.0'?>"])
def test_an_auth_part_that_is_no_document_is_refused(server: RunningServer, document: bytes, name: str) -> None:
    posted = up.post(server, up.part("auth", document), up.params(*up.named(name)))
    assert posted.fault[:2] == ("ipsApiFault", 30003)


def test_options_that_are_not_built_are_refused_by_name(server: RunningServer, name: str) -> None:
    options = up.OPTIONS.replace(
        "</emailSetting>", "</emailSetting><excludeMasterVideoFromAVS>false</excludeMasterVideoFromAVS>"
    )
    element, _, reason = up.post(server, up.auth_part(), up.params(*up.named(name), options=options)).fault
    assert element == "ipsApiFault"
    assert "excludeMasterVideoFromAVS" in reason


@pytest.mark.parametrize("count", [1, 3])
def test_more_file_data_than_the_limit_is_refused_in_one_file_or_several(
    small: RunningServer, count: int, name: str
) -> None:
    files = [up.file(f"{name}-{n}.png", b"x" * (10_200 // count), f"file{n}") for n in range(count)]
    element, code, reason = up.post(small, up.auth_part(), up.params(*up.named(name)), *files).fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert "UploadPostMaxFileSize" in reason


def test_file_data_up_to_the_limit_is_taken(small: RunningServer, name: str) -> None:
    file = up.file(f"{name}.png", b"x" * 10_000)
    assert up.post(small, up.auth_part(), up.params(*up.named(name)), file).handle


def test_a_refused_upload_leaves_no_file_behind(small: RunningServer, name: str) -> None:
    for part in (up.file("a.png", b"x" * 20_000), up.file("..", b"x"), up.file("b.png", b"x")):
        up.post(small, part, up.auth_part(password="wrong"), up.params(*up.named(name)))
    assert list((small.data / "scratch" / "uploads").iterdir()) == []


DAMAGED = {
    "nothing": b"",
    "no boundary": b"hello",
    "no end": b'--frontier\r\nContent-Disposition: form-data; name="auth"\r\n\r\n<auth',
    "no headers": b"--frontier\r\n\r\nx\r\n--frontier--\r\n",
    "no name": b"--frontier\r\nContent-Disposition: form-data\r\n\r\nx\r\n--frontier--\r\n",
    "an endless header": b"--frontier\r\nContent-Disposition: " + b"x" * 3_000_000,
    "too many parts": b'--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1500,
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_body_is_a_fault(server: RunningServer, data: bytes) -> None:
    posted = up.post_body(server, data)
    assert posted.fault[:2] in {("ipsApiFault", 30003), ("authenticationFault", 10000)}


@pytest.mark.parametrize("media", ["", "text/xml", "multipart/form-data", "multipart/mixed; boundary=x", "multipart"])
def test_what_is_not_form_data_with_a_boundary_is_refused(server: RunningServer, media: str) -> None:
    url = f"{server.url}/scene7/UploadFile"
    posted = up.Posted(requests.post(url, data=b"--x--", headers={"Content-Type": media}, timeout=30))
    assert posted.fault[:2] == ("ipsApiFault", 30003)


def test_a_text_part_of_many_megabytes_is_refused(server: RunningServer) -> None:
    posted = up.post(server, up.part("auth", b"<a>" + b" " * 3_000_000 + b"</a>"))
    assert posted.fault[0] == "ipsApiFault"


def test_an_upload_that_ends_early_is_a_fault_and_leaves_no_file_behind(server: RunningServer, name: str) -> None:
    whole = up.body([up.auth_part(), up.params(*up.named(name)), up.file(f"{name}.png", b"x" * 100_000)])
    request = RawRequest("POST /scene7/UploadFile HTTP/1.1", multipart_headers(len(whole)))
    posted = up.Posted(send_in_pieces(server, request.head, whole[:50_000]))
    assert posted.fault[:2] == ("ipsApiFault", 30003)
    assert list((server.data / "scratch" / "uploads").iterdir()) == []


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_post_is_allowed(server: RunningServer, method: str) -> None:
    assert requests.request(method, f"{server.url}/scene7/UploadFile", timeout=30).status_code == 405


def test_a_job_goes_on_only_from_the_address_that_began_it(server: RunningServer, name: str) -> None:
    begun = up.post(server, up.auth_part(), up.params(*up.named(name, end=False)))
    going_on = up.body([up.auth_part(), up.params(f"<jobHandle>{begun.handle}</jobHandle>", options="")])
    request = RawRequest("POST /scene7/UploadFile HTTP/1.1", multipart_headers(len(going_on)), going_on)
    posted = up.Posted(send(server, request, source="127.0.0.2"))
    assert posted.fault[:2] == ("ipsApiFault", 30001)
    assert "address" in posted.fault[2]


def test_a_file_without_any_name_is_refused_and_not_dropped(server: RunningServer, name: str) -> None:
    nameless = up.part("file1", b"\x89PNG", "", "Content-Type: image/png")
    element, code, reason = up.post(server, up.auth_part(), up.params(*up.named(name)), nameless).fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert "fileName" in reason


def test_a_part_and_an_element_that_nobody_knows_are_told_of_in_the_log(server: RunningServer, name: str) -> None:
    options = up.OPTIONS.replace("</emailSetting>", "</emailSetting><manualCrop>1</manualCrop>")
    assert up.post(
        server, up.auth_part(), up.params(*up.named(name), options=options), up.part("note", b"hello")
    ).handle

    details = f"<companyHandle>c|110</companyHandle><originalName>{name}</originalName>"
    log = call(server, "getJobLogDetails", f"{details}<logTypeArray><items>UploadWarning</items></logTypeArray>")

    messages = log.texts("jobLogArray/items/detailArray/items/logMessage")
    assert [message.partition(" is not")[0] for message in messages] == ["uploadParams/manualCrop", "part note"]
