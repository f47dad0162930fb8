"""Uploads that the company's quota has no room for: refused as soon as that is known, and nothing left behind."""

from uuid import uuid4

import pytest

from store.companies import change_company
from tests.jobs.flow import Client
from tests.running_server import RunningServer
from tests.server import upload_call as up
from tests.soap.batches import own_company
from tests.soap.raw import RawRequest, send

QUOTA = 10_000
GIGABYTE = 10**9


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own, with a quota."""
    client = own_company(server)
    allow(client, QUOTA)
    return client


def allow(client: Client, quota: int) -> None:
    database = client.server.database
    with database.write() as tx:
        change_company(tx, number(client), quota_bytes=quota)
    database.close()


def number(client: Client) -> int:
    return int(client.company.removeprefix("c|"))


def params(client: Client, *fields: str) -> bytes:
    """The part that begins and ends a job in the client's company."""
    return up.params(*(fields or up.named(uuid4().hex[:10]))).replace(up.COMPANY.encode(), client.company.encode())


def file(size: int, name: str = "") -> bytes:
    return up.file(name or f"{uuid4().hex[:10]}.xml", b"x" * size)


def post(client: Client, *parts: bytes) -> up.Posted:
    return up.post(client.server, up.auth_part(client.user), params(client), *parts)


def test_files_up_to_the_quota_are_taken(own: Client) -> None:
    assert post(own, file(QUOTA)).handle


def test_a_file_beyond_the_quota_is_refused_with_the_company_its_use_and_its_quota(own: Client) -> None:
    element, code, reason = post(own, file(QUOTA + 1)).fault

    assert (element, code) == ("ipsApiFault", 30000)
    assert f"company {own.root} has no room for this: 0 of {QUOTA} bytes are used" in reason
    assert "empty them from the trash" in reason


def test_the_files_of_one_post_count_together(own: Client) -> None:
    half = QUOTA // 2
    assert post(own, file(half), file(half)).handle
    own_two = own_company(own.server)
    allow(own_two, QUOTA)

    assert post(own_two, file(half), file(half + 1)).fault[1] == 30000


def test_a_file_that_comes_before_its_company_is_known_is_refused_too(own: Client) -> None:
    posted = up.post(own.server, file(QUOTA + 1), params(own), up.auth_part(own.user))

    assert posted.fault[1] == 30000


def test_text_parts_that_look_like_files_do_not_count(own: Client) -> None:
    header = up.auth_part(own.user).replace(b'name="auth"', b'name="auth"; filename="auth.xml"')

    assert up.post(own.server, header, params(own), file(QUOTA)).handle


def test_a_refused_upload_leaves_neither_file_nor_job(own: Client) -> None:
    post(own, file(QUOTA + 1))

    assert list((own.server.data / "scratch" / "uploads").iterdir()) == []
    assert not own.call("getJobLogs").texts("jobLogArray/items/jobHandle")


def test_an_upload_that_says_it_is_too_large_is_refused_before_its_file_is_sent(own: Client) -> None:
    allow(own, GIGABYTE // 2)
    head = up.body([up.auth_part(own.user), params(own)]).removesuffix(b"--\r\n") + b"\r\n"
    request = RawRequest(
        "POST /scene7/UploadFile HTTP/1.1",
        (
            "Host: x",
            f"Content-Type: multipart/form-data; boundary={up.BOUNDARY}",
            f"Content-Length: {GIGABYTE}",
        ),
        head + b"\r\n".join((b'Content-Disposition: form-data; name="a"; filename="a.xml"', b"", b"x" * 400_000)),
    )

    posted = up.Posted(send(own.server, request))

    assert posted.fault[1] == 30000


def test_what_has_been_uploaded_counts_whether_or_not_it_has_been_taken_in(own: Client) -> None:
    begun = up.post(
        own.server, up.auth_part(own.user), params(own, *up.named(uuid4().hex[:10], end=False)), file(QUOTA, "a.xml")
    )

    going_on = params(own, f"<jobHandle>{begun.handle}</jobHandle>")
    posted = up.post(own.server, up.auth_part(own.user), going_on, file(1, "b.xml"))

    assert posted.fault[1] == 30000


def test_a_job_can_be_ended_when_the_quota_is_used_up(own: Client) -> None:
    begun = up.post(
        own.server, up.auth_part(own.user), params(own, *up.named(uuid4().hex[:10], end=False)), file(QUOTA, "a.xml")
    )
    allow(own, 0)

    ending = params(own, f"<jobHandle>{begun.handle}</jobHandle>", "<endJob>true</endJob>")

    assert up.post(own.server, up.auth_part(own.user), ending).handle == begun.handle


def test_a_foreign_company_is_an_unknown_one_whatever_its_quota(own: Client) -> None:
    posted = up.post(own.server, up.auth_part("other@example.com"), params(own), file(QUOTA + 1))

    assert posted.fault[:2] == ("authorizationFault", 20000)
