"""What counts as a value: the ways in which real stacks and people write elements, numbers, truth and time."""

import pytest

from tests.running_server import RunningServer
from tests.soap_call import Answer, auth, call, envelope, param, post
from wsdl.versions import V2013_02_15

pytestmark = pytest.mark.usefixtures("no_surprises")

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
XSD = "http://www.w3.org/2001/XMLSchema"
NAMESPACES = "http://www.scene7.com/IpsApi/xsd"


def search(server: RunningServer, content: str, namespace: str = "") -> Answer:
    """Search the company's assets with some fields written in a peculiar way."""
    fields = f"<companyHandle>c|110</companyHandle>{content}"
    return call(server, "searchAssets", fields, **({"namespace": namespace} if namespace else {}))


def logs(server: RunningServer, content: str) -> Answer:
    return call(server, "getJobLogs", f"<companyHandle>c|110</companyHandle>{content}")


@pytest.mark.parametrize(
    "content",
    [
        "<includeSubfolders>1</includeSubfolders>",
        "<includeSubfolders> true </includeSubfolders>",
        "<includeSubfolders>TRUE</includeSubfolders>",
        "<includeSubfolders>\n0\n</includeSubfolders>",
        "<includeSubfolders/>",
        f'<includeSubfolders {XSI} xsi:nil="true"/>',
        f'<includeSubfolders {XSI} xsi:nil="1"></includeSubfolders>',
        f'<includeSubfolders {XSI} xsi:nil="false">true</includeSubfolders>',
        f'<includeSubfolders {XSI} xmlns:x="{XSD}" xsi:type="x:boolean">1</includeSubfolders>',
        f'<includeSubfolders {XSI} xsi:type="nothing:known">1</includeSubfolders>',
        "<recordsPerPage> 200 </recordsPerPage>",
        "<recordsPerPage/>",
        "<recordsPerPage>+7</recordsPerPage>",
        "<recordsPerPage>1<!-- a comment -->0</recordsPerPage>",
        "<recordsPerPage><![CDATA[10]]></recordsPerPage>",
        "<folder/>",
        "<folder></folder>",
        "<assetTypeArray/>",
        "<assetTypeArray><items/></assetTypeArray>",
        '<includeSubfolders xmlns="">true</includeSubfolders>',
        '<includeSubfolders xmlns="urn:foreign">true</includeSubfolders>',
        f'<includeSubfolders xmlns="{NAMESPACES}/2010-01-31">true</includeSubfolders>',
        "<resultsPage>1</resultsPage><folder>LabCo/</folder><recordsPerPage>1</recordsPerPage>",
        "<folder>Nowhere</folder><folder>LabCo/</folder>",
        "<notOfThisApi><deep><deeper/></deep></notOfThisApi>",
        "text between elements<folder>LabCo/</folder>and after",
    ],
)
def test_a_peculiar_but_clear_request_is_served(server: RunningServer, content: str) -> None:
    assert not search(server, content).is_fault


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("<includeSubfolders>yes</includeSubfolders>", "includeSubfolders"),
        ("<includeSubfolders>2</includeSubfolders>", "includeSubfolders"),
        ("<recordsPerPage>5.0</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>abc</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>99999999999</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>-99999999999</recordsPerPage>", "recordsPerPage"),
        (f"<recordsPerPage>{'9' * 5000}</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>1_000</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>٣</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>0x10</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>NaN</recordsPerPage>", "recordsPerPage"),
        ("<sortBy>Colour</sortBy>", "sortBy"),
    ],
)
def test_a_value_that_is_none_is_a_fault_naming_its_field(server: RunningServer, content: str, field: str) -> None:
    element, code, reason = search(server, content).fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert field in reason


@pytest.mark.parametrize(
    "moment",
    [
        "2014-04-03T10:11:12Z",
        "2014-04-03T10:11:12.345+02:00",
        "2014-04-03T10:11:12",
        "2014-04-03T10:11:12.1234567Z",
        "  2014-04-03T10:11:12Z\n",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999",
        "9999-12-31T23:59:59-14:00",
        "",
    ],
)
def test_a_time_is_read_in_every_form_of_xml_schema(server: RunningServer, moment: str) -> None:
    assert not logs(server, f"<startDate>{moment}</startDate>").is_fault


@pytest.mark.parametrize(
    "moment",
    [
        "2014-13-01T00:00:00Z",
        "2014-02-30T00:00:00Z",
        "2014-04-03T24:00:00Z",
        "2014-04-03T10:61:00Z",
        "2014-04-03T10:11:12+99:99",
        "99999-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2014-04-03",
        "yesterday",
        "0",
    ],
)
def test_a_time_that_is_none_is_a_fault_naming_its_field(server: RunningServer, moment: str) -> None:
    element, code, reason = logs(server, f"<startDate>{moment}</startDate>").fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert "startDate" in reason


def test_a_missing_required_field_is_a_fault_naming_it(server: RunningServer) -> None:
    element, code, reason = call(server, "getAssets", "<companyHandle>c|110</companyHandle>").fault
    assert (element, code) == ("ipsApiFault", 30002)
    assert "assetHandleArray" in reason


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
@pytest.mark.parametrize(
    ("operation", "content"),
    [
        ("removeMask", "<assetHandle>{}</assetHandle>"),
        ("stopJob", "<jobHandle>{}</jobHandle>"),
        ("deleteProject", "<projectHandle>{}</projectHandle>"),
        ("moveAsset", "<assetHandle>a|1</assetHandle><folderHandle>{}</folderHandle>"),
    ],
)
def test_a_blank_handle_is_a_missing_one(server: RunningServer, operation: str, content: str, blank: str) -> None:
    answer = call(server, operation, f"<companyHandle>c|110</companyHandle>{content.format(blank)}")
    field = content.rpartition("</")[2].rstrip(">")
    assert answer.fault == ("ipsApiFault", 30002, f"{field} is required: give it a value.")


def test_a_blank_company_handle_is_a_missing_one(server: RunningServer) -> None:
    reason = call(server, "getAssetCounts", "<companyHandle> </companyHandle>").fault[2]
    assert reason == "companyHandle is required: give it a value."


def test_an_optional_handle_that_is_blank_is_not_given(server: RunningServer) -> None:
    answer = call(server, "getUserInfo", "<userHandle> </userHandle>")
    assert answer.text("userInfo/email") == "lab@example.com"


def test_a_blank_handle_among_others_is_named_by_its_place(server: RunningServer) -> None:
    content = "<companyHandle>c|110</companyHandle><assetHandleArray><items> </items></assetHandleArray>"
    answer = call(server, "getOriginalFilePaths", content)
    assert answer.fault == ("ipsApiFault", 30002, "assetHandleArray.items[0] is required: give it a value.")


def test_a_blank_handle_does_not_stop_a_batch(server: RunningServer) -> None:
    content = "<companyHandle>c|110</companyHandle><assetHandleArray><items> </items></assetHandleArray>"
    answer = call(server, "deleteAssets", content)
    assert answer.text("errorDetailArray/items/reason") == "assetHandle is required: give it a value."


def test_a_nested_missing_field_is_named_by_its_path(server: RunningServer) -> None:
    job = (
        "<companyHandle>c|110</companyHandle><jobName>x</jobName><reprocessAssetsJob><assetHandleArray/>"
        "<createMask>false</createMask><manualCropOptions><left>1</left></manualCropOptions>"
        "<emailSetting>None</emailSetting></reprocessAssetsJob>"
    )
    element, code, reason = call(server, "submitJob", job).fault
    assert (element, code) == ("ipsApiFault", 30002)
    assert "reprocessAssetsJob.manualCropOptions.right" in reason


def test_an_empty_array_is_an_array_of_nothing(server: RunningServer) -> None:
    answer = call(server, "getAssets", "<companyHandle>c|110</companyHandle><assetHandleArray/>")
    assert answer.texts("assetArray/items") == []


def test_a_field_of_a_newer_version_does_not_disturb_an_older_client(server: RunningServer) -> None:
    content = "<companyHandle>c|110</companyHandle><includeWaitingJobs>true</includeWaitingJobs>"
    assert not call(server, "getActiveJobs", content, namespace=V2013_02_15.namespace).is_fault


@pytest.mark.parametrize(
    "written", ["c&#124;110", "c&#x7C;110", "<![CDATA[c|110]]>", " c|110 ", "c|<!-- -->110", "110"]
)
def test_a_handle_is_read_however_it_is_escaped(server: RunningServer, written: str) -> None:
    answer = call(server, "getCompanyInfo", f"<companyHandle>{written}</companyHandle>")
    assert answer.text("companyInfo/companyHandle") == "c|110"


@pytest.mark.parametrize("name", ["A &amp; B", "&lt;b&gt;", "Zażółć", "图片", "😀", "tab&#9;stop", "]]&gt;", "&quot;'"])
def test_text_comes_back_as_it_was_sent(server: RunningServer, name: str) -> None:
    """A folder name that cannot be is refused, all others come back, escaped as XML needs it."""
    content = f"<companyHandle>c|110</companyHandle><folderPath>LabCo/values/{name}</folderPath>"
    created = call(server, "createFolder", content)
    if name == "tab&#9;stop":
        assert created.fault[1] == 30001
    else:
        plain = name.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
        assert created.text("folderHandle") == f"f|LabCo/values/{plain}/"


@pytest.mark.parametrize("tolerance", ["0.5", " .5 ", "5e-1", "1E0", "+1"])
def test_a_double_is_read_in_every_form_of_xml_schema(server: RunningServer, tolerance: str) -> None:
    assert cropping(server, tolerance) == ""


@pytest.mark.parametrize("tolerance", ["1_0", "abc", "INF", "NaN", "0,5", "1e999"])
def test_a_double_that_is_no_finite_number_is_a_fault_naming_it(server: RunningServer, tolerance: str) -> None:
    assert "tolerance" in cropping(server, tolerance)


def cropping(server: RunningServer, tolerance: str) -> str:
    """Submit a job with a crop, and return why it was refused; empty when it was taken."""
    job = (
        "<companyHandle>c|110</companyHandle><jobName>x</jobName><reprocessAssetsJob><assetHandleArray>"
        "<items>a|1</items></assetHandleArray><createMask>false</createMask><autoTransparentCropOptions>"
        f"<tolerance>{tolerance}</tolerance></autoTransparentCropOptions><emailSetting>None</emailSetting>"
        "</reprocessAssetsJob>"
    )
    answer = call(server, "submitJob", job)
    return answer.fault[2] if answer.is_fault else ""


@pytest.mark.parametrize("packet", ["eA", "1", "e*A=", "\u00e9\u00e9\u00e9\u00e9", "=", "eA==eA=="])
def test_bytes_that_are_no_base64_are_a_fault_naming_their_field(server: RunningServer, packet: str) -> None:
    element, code, reason = update_packet(server, packet).fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert "compressedPacket" in reason
    assert "base64" in reason


@pytest.mark.parametrize("packet", ["eA==", "\n eA\r\n== \t", "", "<![CDATA[eA==]]>"])
def test_base64_is_read_however_its_lines_are_broken(server: RunningServer, packet: str) -> None:
    assert "base64" not in update_packet(server, packet).fault[2]


def update_packet(server: RunningServer, packet: str) -> Answer:
    """Call the only operation that takes bytes, about an asset that there is not."""
    content = "<companyHandle>c|110</companyHandle><assetHandle>a|1</assetHandle>"
    return call(server, "updateXMPPacket", f"{content}<compressedPacket>{packet}</compressedPacket>")


@pytest.mark.parametrize("attribute", ['href="#a"', 'id="a" href="#a"', 'e:encodingStyle="x"', 'xml:lang="en"'])
def test_soap_encoding_attributes_are_ignored(server: RunningServer, attribute: str) -> None:
    body = param("getCompanyInfo", f"<companyName {attribute}>LabCo</companyName>")
    answer = post(server, envelope(body, auth("lab@example.com")))
    assert answer.text("companyInfo/name") == "LabCo"
