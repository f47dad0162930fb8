"""A zeep client of a running server: its WSDL from the server, every answer checked against its version's schema."""

from typing import Any

import requests
import zeep
from zeep.cache import InMemoryCache
from zeep.transports import Transport

from tests.running_server import PASSWORD, RunningServer
from tests.soap_call import ENDPOINT, read
from wsdl.versions import BASE_NAMESPACE, V2014_04_03, Version

WSDL_NAMESPACE = "http://www.scene7.com/IpsApi"
BINDINGS = {"soap11": "IpsApiServiceSoapBinding", "soap12": "IpsApiServiceSoap12Binding"}
PORTS = {"soap11": "IpsApiSoapPort", "soap12": "IpsApiSoap12Port"}


class CheckingTransport(Transport):  # type: ignore[misc]  # zeep is untyped
    """A transport that reads each SOAP answer the way the other tests do."""

    def post(self, address: str, message: Any, headers: Any) -> requests.Response:
        reply: requests.Response = super().post(address, message, headers)
        read(reply)
        return reply


def wsdl_path(version: Version) -> str:
    """Return the path of a version's WSDL."""
    return f"/scene7/webservice/IpsApi{'-' + version.date if version.date else ''}.wsdl"


def zeep_client(
    server: RunningServer, version: Version, port: str = "soap11", password: str = PASSWORD, verify: str | bool = True
) -> Any:
    """Return the service proxy of one port, logged in as lab@example.com by the header that the WSDL declares."""
    session = requests.Session()
    session.verify, session.trust_env = verify, False
    transport = CheckingTransport(session=session, cache=InMemoryCache())
    client = zeep.Client(server.url + wsdl_path(version), transport=transport, port_name=PORTS[port])
    known = {"user": "lab@example.com", "password": password, "appName": "tests", "appVersion": "1"}
    namespace = version.namespace if version == V2014_04_03 else BASE_NAMESPACE
    header = client.get_element(f"{{{namespace}}}authHeader")
    declared = {name for name, _ in header.type.elements}
    client.set_default_soapheaders([header(**{name: known[name] for name in known if name in declared})])
    address = client.wsdl.services["IpsApiService"].ports[PORTS[port]].binding_options["address"]
    assert address == server.url + ENDPOINT
    return client.service
