"""The three faults, and the rows in which operations on many things report what failed."""

from wsdl.declare import Element, Handle, Since, message
from wsdl.versions import V2010_01_31


@message
class AssetOperationFault:
    """An asset that an operation on many could not handle, and why."""

    asset_handle: Handle
    code: int
    reason: str


@message(Since(V2010_01_31))
class OperationFault:
    """A part of a request that could not be handled, and why."""

    code: int
    reason: str


@message(Element("ipsApiFault", shared=True))
class IpsApiFault:
    """The request was understood and allowed, but could not be carried out (codes 30000 and up)."""

    code: int
    reason: str


@message(Element("authenticationFault", shared=True))
class AuthenticationFault:
    """Nobody knows who is calling (codes 10000 and up)."""

    code: int
    reason: str


@message(Element("authorizationFault", shared=True))
class AuthorizationFault:
    """The caller may not do this (codes 20000 and up)."""

    code: int
    reason: str
