"""Logging in and asking for the company: the first things that every client does."""

import pytest

from tests.running_server import RunningServer
from tests.soap_call import SOAP_11, SOAP_12, call
from wsdl.versions import VERSIONS, Version


@pytest.mark.covers("getCompanyInfo")
@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_version_answers_the_company_in_its_own_namespace(
    server: RunningServer, version: Version, soap: str
) -> None:
    answer = call(server, "getCompanyInfo", "<companyName>LabCo</companyName>", namespace=version.namespace, soap=soap)

    assert answer.reply.status_code == 200
    assert answer.text("companyInfo/companyHandle") == "c|110"
    assert answer.text("companyInfo/rootPath") == "LabCo/"
