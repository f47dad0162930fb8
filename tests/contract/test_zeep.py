"""A real client, zeep, loads every WSDL and builds requests that the schemas of the version accept."""

from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

from tests.contract.reading import ADDRESS
from wsdl.render import render_schemas, render_wsdl
from wsdl.versions import BASE_NAMESPACE, V2008_01_15, V2013_02_15, V2014_04_03, VERSIONS, Version
from wsdl.view import view

ENVELOPES = {
    "IpsApiServiceSoapBinding": "{http://schemas.xmlsoap.org/soap/envelope/}",
    "IpsApiServiceSoap12Binding": "{http://www.w3.org/2003/05/soap-envelope}",
}


def client_for(version: Version, folder: Path) -> Any:
    """Return a zeep client of the WSDL that we render for a version."""
    path = folder / "IpsApi.wsdl"
    path.write_bytes(render_wsdl(version, ADDRESS))
    return zeep.Client(str(path))


def body_of(envelope: Any, binding: str) -> Any:
    """Return the only element in the body of an envelope."""
    (element,) = envelope.find(f"{ENVELOPES[binding]}Body")
    return element


def accepts(version: Version, element: Any) -> bool:
    """Tell whether the schema of a version accepts an element."""
    schema = etree.XMLSchema(etree.fromstring(render_schemas(version)[version.namespace]))
    return schema.validate(etree.fromstring(etree.tostring(element)))


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_zeep_loads_every_version_with_all_operations_on_both_ports(version: Version, tmp_path: Path) -> None:
    client = client_for(version, tmp_path)
    ports = client.wsdl.services["IpsApiService"].ports
    assert list(ports) == ["IpsApiSoapPort", "IpsApiSoap12Port"]
    for port in ports.values():
        assert set(port.binding.all()) == set(view(version).operations)
    for binding in ENVELOPES:
        service = client.create_service(f"{{http://www.scene7.com/IpsApi}}{binding}", ADDRESS)
        publish = {"publishType": "Full", "emailSetting": "None"}
        request = client.create_message(
            service, "submitJob", companyHandle="c|1", jobName="nightly", imageServingPublishJob=publish
        )
        assert body_of(request, binding).tag == f"{{{version.namespace}}}submitJobParam"
        assert accepts(version, body_of(request, binding))


@pytest.mark.parametrize("version", [V2008_01_15, V2013_02_15, V2014_04_03], ids=str)
def test_zeep_builds_a_reprocess_job_with_its_header(version: Version, tmp_path: Path) -> None:
    client = client_for(version, tmp_path)
    job = {
        "assetHandleArray": {"items": ["a|10", "a|11"]},
        "createMask": False,
        "manualCropOptions": {"left": 190, "right": 310, "top": 160, "bottom": 120},
        "emailSetting": "None",
    }
    header = {"user": "jo@example.test", "password": "secret", "appName": "tests", "appVersion": "1"}
    request = client.create_message(
        client.service,
        "submitJob",
        companyHandle="c|1",
        jobName="again",
        reprocessAssetsJob=job,
        _soapheaders={"authHeader": header},
    )
    assert accepts(version, body_of(request, "IpsApiServiceSoapBinding"))
    namespace = version.namespace if version == V2014_04_03 else BASE_NAMESPACE
    assert request.findtext(f".//{{{namespace}}}authHeader/{{{namespace}}}appName") == "tests"


def test_zeep_refuses_a_field_that_the_version_does_not_have(tmp_path: Path) -> None:
    client = client_for(V2013_02_15, tmp_path)
    with pytest.raises(TypeError, match="includeWaitingJobs"):
        client.create_message(client.service, "getActiveJobs", includeWaitingJobs=True)
