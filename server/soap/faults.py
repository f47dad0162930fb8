"""Writes faults: the documented element in the base namespace, inside a SOAP 1.1 or 1.2 fault."""

from domain.errors import ApiError, FaultCode
from server.soap.request import SOAP_12
from server.soap.serialize import write_text
from store.unavailable import unavailability
from wsdl.versions import BASE_NAMESPACE


def fault_element(error: ApiError) -> str:
    """Return the bare fault element, as the upload servlet answers it and as SOAP carries it in the detail."""
    name = error.element
    return (
        f'<tns:{name} xmlns:tns="{BASE_NAMESPACE}"><tns:code>{int(error.code)}</tns:code>'
        f"<tns:reason>{write_text(error.reason)}</tns:reason></tns:{name}>"
    )


def fault_envelope(error: ApiError, soap: str) -> bytes:
    """Return the whole answer for a request that failed where Spyne could not answer it."""
    return envelope(soap, soap_fault(error, soap))


def envelope(soap: str, body: str) -> bytes:
    """Return the document of an answer with this body."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{soap}">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def soap_fault(error: ApiError, soap: str) -> str:
    """Return the Fault element for the Body of an answer; ``soap`` is the envelope's namespace.

    The caller is told to blame for everything but code 30000, which stands for a failure of the server's own.
    """
    is_callers = error.code is not FaultCode.EXCEPTION
    detail = fault_element(error)
    if soap == SOAP_12:
        code = "Sender" if is_callers else "Receiver"
        return (
            f"<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:{code}</soapenv:Value></soapenv:Code>"
            f'<soapenv:Reason><soapenv:Text xml:lang="en">{error.element}</soapenv:Text></soapenv:Reason>'
            f"<soapenv:Detail>{detail}</soapenv:Detail></soapenv:Fault>"
        )
    code = "Client" if is_callers else "Server"
    return (
        f"<soapenv:Fault><faultcode>soapenv:{code}</faultcode><faultstring>{error.element}</faultstring>"
        f"<detail>{detail}</detail></soapenv:Fault>"
    )


def storage_fault(error: BaseException) -> ApiError | None:
    """Return what the caller is told when storage could not be used; None for any other error."""
    reason = unavailability(error)
    if reason is None:
        return None
    return ApiError(FaultCode.EXCEPTION, f"The server cannot store anything now: {reason} Try again later.")
