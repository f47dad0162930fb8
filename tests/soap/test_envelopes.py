"""What counts as a request: envelopes as real stacks write them, and documents that are no request at all."""

import pytest

from server.operations.registry import implementations
from tests.running_server import RunningServer, add_account
from tests.soap_call import SOAP_11, SOAP_12, auth, call, envelope, param, post
from wsdl.contract import OPERATIONS
from wsdl.versions import V2014_04_03, V_UNDATED, VERSIONS, Version
from wsdl.view import view

pytestmark = pytest.mark.usefixtures("no_surprises")

USER = "lab@example.com"
NAMESPACE = V2014_04_03.namespace
QUESTION = param("getCompanyInfo", "<companyName>LabCo</companyName>")
WHOLE = envelope(QUESTION, auth(USER))
DECLARED = '<?xml version="1.0" encoding="{}"?>'


@pytest.fixture(scope="module", autouse=True)
def _administrator(server: RunningServer) -> None:
    """Make root@example.com, who may call everything."""
    database = server.database
    add_account(database, "OtherCo", "root@example.com", is_admin=True)
    database.close()


def with_prefixes(outer: str, inner: str) -> bytes:
    """Return the question with these prefixes; empty ones stand for default namespaces."""
    e, q = (f"{prefix}:" if prefix else "" for prefix in (outer, inner))
    declare_e, declare_q = (f"xmlns{':' if prefix else ''}{prefix}" for prefix in (outer, inner))
    return (
        f'<{e}Envelope {declare_e}="{SOAP_11}"><{e}Header>{auth(USER)}</{e}Header><{e}Body>'
        f'<{q}getCompanyInfoParam {declare_q}="{NAMESPACE}"><{q}companyName>LabCo</{q}companyName>'
        f"</{q}getCompanyInfoParam></{e}Body></{e}Envelope>"
    ).encode()


@pytest.mark.parametrize("outer", ["soap-env", "S", "env", "soapenv", "SOAP-ENV", ""])
@pytest.mark.parametrize("inner", ["", "ns1", "x"])
def test_any_prefixes_are_the_same_request(server: RunningServer, outer: str, inner: str) -> None:
    assert post(server, with_prefixes(outer, inner)).text("companyInfo/name") == "LabCo"


FORMS = {
    "two prefixes for one namespace": envelope(
        f'<a:getCompanyInfoParam xmlns:a="{NAMESPACE}" xmlns:b="{NAMESPACE}"><b:companyName>LabCo</b:companyName>'
        "</a:getCompanyInfoParam>",
        auth(USER),
    ),
    "a default namespace beside a prefixed body": WHOLE.replace(
        b"<e:Envelope ", f'<e:Envelope xmlns="{V_UNDATED.namespace}" '.encode()
    ),
    "an encoding style": WHOLE.replace(
        b"<e:Envelope ", b'<e:Envelope e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" '
    ),
    "white space everywhere": WHOLE.replace(b"><", b">\r\n\t <"),
    "comments everywhere": WHOLE.replace(b"><", b"><!-- note --><"),
    "a processing instruction": b"<?audience everyone?>" + WHOLE,
    "a declaration": DECLARED.format("UTF-8").encode() + WHOLE,
    "white space before the root": b"\r\n  " + WHOLE,
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE,
    "a byte order mark and a declaration": b"\xef\xbb\xbf" + DECLARED.format("utf-8").encode() + WHOLE,
    "UTF-16": (DECLARED.format("UTF-16") + WHOLE.decode()).encode("utf-16"),
    "UTF-16 without a declaration": WHOLE.decode().encode("utf-16"),
    "Latin-1 declared": DECLARED.format("ISO-8859-1").encode() + WHOLE,
}


@pytest.mark.parametrize("document", FORMS.values(), ids=FORMS)
def test_an_unusual_but_right_envelope_is_served(server: RunningServer, document: bytes) -> None:
    assert post(server, document).text("companyInfo/name") == "LabCo"


def test_the_charset_of_the_content_type_counts_where_the_document_declares_none(server: RunningServer) -> None:
    body = param("createFolder", "<companyHandle>c|110</companyHandle><folderPath>LabCo/café</folderPath>")
    document = envelope(body, auth(USER)).decode().encode("latin-1")
    answer = post(server, document, Content_Type="text/xml; charset=ISO-8859-1")
    assert answer.text("folderHandle") == "f|LabCo/café/"


NO_REQUESTS = {
    "nothing": b"",
    "white space": b"  \r\n",
    "text": b"hello",
    "JSON": b'{"operation": "getCompanyInfo"}',
    "cut off": WHOLE[:-20],
    "bytes that are no UTF-8": WHOLE.replace(b"LabCo", b"\xff\xfe\xfa"),
    "a control character": WHOLE.replace(b"LabCo", b"\x01"),
    "a reference to a control character": WHOLE.replace(b"LabCo", b"&#1;"),
    "an undeclared prefix": WHOLE.replace(b"<companyName>", b"<q:companyName>").replace(b"</comp", b"</q:comp", 1),
    "an unknown encoding": DECLARED.format("klingon").encode() + WHOLE,
    "no envelope": QUESTION.encode(),
    "an envelope of another SOAP": WHOLE.replace(SOAP_11.encode(), b"urn:soap"),
    "no body": f'<e:Envelope xmlns:e="{SOAP_11}"/>'.encode(),
    "an empty body": envelope("", auth(USER)),
    "text for a body": envelope("hello", auth(USER)),
    "two operations": envelope(QUESTION * 2, auth(USER)),
    "two bodies": WHOLE.replace(b"</e:Envelope>", b"<e:Body/></e:Envelope>"),
    "a fault": envelope("<e:Fault><faultcode>x</faultcode></e:Fault>", auth(USER)),
    "a body of another namespace": envelope(param("getCompanyInfo", "", "urn:other"), auth(USER)),
    "a body without a namespace": envelope("<getCompanyInfoParam/>", auth(USER)),
    "a namespace with a date that is none": envelope(param("getCompanyInfo", "", NAMESPACE + "x"), auth(USER)),
    "an operation without Param": envelope(f'<getCompanyInfo xmlns="{NAMESPACE}"/>', auth(USER)),
    "an unknown operation": envelope(param("makeCoffee"), auth(USER)),
    "a return": envelope(f'<getCompanyInfoReturn xmlns="{NAMESPACE}"/>', auth(USER)),
}


@pytest.mark.parametrize("document", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_is_a_fault_of_the_callers(server: RunningServer, document: bytes) -> None:
    answer = post(server, document)
    assert answer.fault[:2] == ("ipsApiFault", 30003)
    assert answer.body.findtext("faultcode") == "soapenv:Client"
    assert answer.reply.status_code == 500


@pytest.mark.parametrize("charset", ["klingon", "", "utf-7", "utf-8; charset=utf-16", "../../etc/passwd", "rot13"])
def test_a_charset_that_does_not_help_never_breaks_the_server(server: RunningServer, charset: str) -> None:
    answer = post(server, WHOLE, Content_Type=f"text/xml; charset={charset}")
    assert not answer.is_fault or answer.fault[1] == 30003


def test_a_soap_12_fault_names_the_sender(server: RunningServer) -> None:
    answer = call(server, "getFolders", "<companyHandle>c|9</companyHandle>", soap=SOAP_12)
    assert answer.texts("Code/Value") == ["soapenv:Sender"]
    assert answer.texts("Reason/Text") == ["authorizationFault"]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_an_operation_that_a_version_does_not_have_is_refused_in_it(server: RunningServer, version: Version) -> None:
    absent = min(set(OPERATIONS) - set(view(version).operations))
    answer = call(server, absent, "<companyHandle>c|110</companyHandle>", namespace=version.namespace)
    assert answer.fault[:2] == ("ipsApiFault", 30003)
    assert absent in answer.fault[2]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_answer_is_in_the_namespace_of_its_request(server: RunningServer, version: Version) -> None:
    answer = call(server, "getCompanyInfo", "<companyName>LabCo</companyName>", namespace=version.namespace)
    assert answer.body.tag == f"{{{version.namespace}}}getCompanyInfoReturn"


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - set(implementations())))
def test_an_operation_that_is_not_built_is_a_fault_naming_it_whatever_else_is_missing(
    server: RunningServer, name: str
) -> None:
    version = next(version for version in reversed(VERSIONS) if name in view(version).operations)
    element, code, reason = call(server, name, user="root@example.com", namespace=version.namespace).fault
    assert (element, code) == ("ipsApiFault", 30000)
    assert name in reason
