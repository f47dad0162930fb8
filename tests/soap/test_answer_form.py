"""How an answer travels: the HTTP status of faults, gzip both ways, and the media type of each SOAP version."""

import gzip

import pytest
import requests

from tests.running_server import RunningServer
from tests.soap_call import ENDPOINT, SOAP_11, SOAP_12, Answer, auth, call, envelope, param, post, read
from wsdl.versions import VERSIONS, Version

pytestmark = pytest.mark.usefixtures("no_surprises")

USER = "lab@example.com"


def folders(server: RunningServer, extra: str = "", **http: str) -> Answer:
    """Ask for something whose answer is worth compressing."""
    question = param("getFolders", "<companyHandle>c|110</companyHandle>")
    return post(server, envelope(question, auth(USER, extra=extra)), **http)


@pytest.fixture(scope="module", autouse=True)
def _many_folders(server: RunningServer) -> None:
    for number in range(12):
        path = f"<companyHandle>c|110</companyHandle><folderPath>LabCo/gzip/number-{number}</folderPath>"
        assert not call(server, "createFolder", path).is_fault


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
def test_a_fault_has_the_http_status_that_the_header_asks_for(server: RunningServer, soap: str) -> None:
    status = "<faultHttpStatusCode>200</faultHttpStatusCode>"
    answer = call(server, "getFolders", "<companyHandle>c|9</companyHandle>", soap=soap, header_extra=status)
    assert (answer.reply.status_code, answer.fault[1]) == (200, 20000)


@pytest.mark.parametrize("operation", ["noSuchThing", "getCompanyInfo"])
def test_the_asked_status_counts_for_early_faults_too(server: RunningServer, operation: str) -> None:
    header = auth(USER, "wrong", extra="<faultHttpStatusCode>299</faultHttpStatusCode>")
    assert post(server, envelope(param(operation), header)).reply.status_code == 299


@pytest.mark.parametrize("status", ["", "0", "99", "1000", "abc", "-1", "100", "199", "204", "205", "304", "600"])
def test_a_status_that_cannot_carry_a_fault_is_not_used(server: RunningServer, status: str) -> None:
    extra = f"<faultHttpStatusCode>{status}</faultHttpStatusCode>"
    answer = call(server, "getFolders", "<companyHandle>c|9</companyHandle>", header_extra=extra)
    assert answer.reply.status_code == 500


def test_the_asked_status_does_not_touch_a_good_answer(server: RunningServer) -> None:
    assert folders(server, "<faultHttpStatusCode>404</faultHttpStatusCode>").reply.status_code == 200


@pytest.mark.parametrize(
    ("extra", "accepts", "is_zipped"),
    [
        ("", "gzip", True),
        ("", "identity", False),
        ("<gzipResponse>true</gzipResponse>", "identity", True),
        ("<gzipResponse>1</gzipResponse>", "identity", True),
        ("<gzipResponse>false</gzipResponse>", "gzip", False),
        ("<gzipResponse></gzipResponse>", "gzip", True),
        ("", "gzip;q=0", False),
        ("", "GZIP;q=0.5, deflate", True),
    ],
)
def test_gzip_response_decides_and_accept_encoding_where_it_is_absent(
    server: RunningServer, extra: str, accepts: str, is_zipped: bool
) -> None:
    answer = folders(server, extra, Accept_Encoding=accepts)
    assert (answer.reply.headers.get("Content-Encoding") == "gzip") is is_zipped
    assert answer.texts("folderArray/items/path")


def test_a_fault_is_zipped_when_the_header_insists(server: RunningServer) -> None:
    extra = "<gzipResponse>true</gzipResponse>"
    answer = call(server, "getFolders", "<companyHandle>c|9</companyHandle>", header_extra=extra)
    assert answer.reply.headers["Content-Encoding"] == "gzip"
    assert answer.is_fault


def test_caches_are_told_that_the_answer_depends_on_accept_encoding(server: RunningServer) -> None:
    assert folders(server).reply.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("word", ["gzip", "GZIP", "x-gzip"])
def test_a_gzip_request_is_read(server: RunningServer, word: str) -> None:
    question = envelope(param("getCompanyInfo", "<companyName>LabCo</companyName>"), auth(USER))
    assert post(server, gzip.compress(question), Content_Encoding=word).text("companyInfo/name") == "LabCo"


def test_a_gzip_request_that_is_none_is_a_fault(server: RunningServer) -> None:
    assert post(server, envelope("", ""), Content_Encoding="gzip").fault[:2] == ("ipsApiFault", 30003)


def test_a_gzip_request_cut_short_is_a_fault(server: RunningServer) -> None:
    whole = gzip.compress(envelope(param("getCompanyInfo"), auth(USER)))
    assert post(server, whole[:-12], Content_Encoding="gzip").fault[:2] == ("ipsApiFault", 30003)


def test_a_gzip_request_that_swells_past_the_limit_is_a_fault(server: RunningServer) -> None:
    bomb = gzip.compress(b"<a>" + b" " * 12 * 2**20 + b"</a>")
    answer = post(server, bomb, Content_Encoding="gzip")
    assert answer.fault[:2] == ("ipsApiFault", 30003)
    assert "larger" in answer.fault[2]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_fault_is_in_the_base_namespace_in_every_version(server: RunningServer, version: Version) -> None:
    answer = call(server, "getFolders", "<companyHandle>c|9</companyHandle>", namespace=version.namespace)
    assert answer.fault[:2] == ("authorizationFault", 20000)


def test_an_unknown_date_is_answered_in_the_namespace_it_asked_in(server: RunningServer) -> None:
    namespace = "http://www.scene7.com/IpsApi/xsd/2016-01-14-beta"
    answer = call(server, "getCompanyInfo", "<companyName>LabCo</companyName>", namespace=namespace)
    assert answer.body.tag == f"{{{namespace}}}getCompanyInfoReturn"


@pytest.mark.parametrize(
    ("envelope_version", "media", "answered"),
    [
        (SOAP_11, "application/soap+xml", "text/xml"),
        (SOAP_12, "text/xml", "application/soap+xml"),
        (SOAP_12, 'application/soap+xml; charset=utf-8; action="getCompanyInfo"', "application/soap+xml"),
        (SOAP_11, "TEXT/XML", "text/xml"),
        (SOAP_11, "application/xml", "text/xml"),
        (SOAP_11, "text/plain", "text/xml"),
        (SOAP_11, "", "text/xml"),
    ],
)
def test_the_envelope_decides_the_soap_version_and_not_the_content_type(
    server: RunningServer, envelope_version: str, media: str, answered: str
) -> None:
    question = envelope(param("getCompanyInfo", "<companyName>LabCo</companyName>"), auth(USER), envelope_version)
    reply = requests.post(server.url + ENDPOINT, data=question, headers={"Content-Type": media}, timeout=30)
    assert reply.headers["Content-Type"].startswith(answered)
    assert read(reply).text("companyInfo/name") == "LabCo"


@pytest.mark.parametrize("action", ['"getCompanyInfo"', "getCompanyInfo", '""', "", "submitJob", "urn:whatever", None])
def test_the_soap_action_is_not_needed_and_never_believed(server: RunningServer, action: str | None) -> None:
    headers = {} if action is None else {"SOAPAction": action}
    question = envelope(param("getCompanyInfo", "<companyName>LabCo</companyName>"), auth(USER))
    assert post(server, question, **headers).text("companyInfo/name") == "LabCo"
