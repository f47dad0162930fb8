"""The XMP packet of an asset."""

from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import METADATA_READERS
from wsdl.versions import V2010_01_31


@message
class GetXMPPacketParam:
    """Ask for the XMP packet of an asset."""

    company_handle: Handle
    asset_handle: Handle


@message
class GetXMPPacketReturn:
    """The packet, compressed with zlib."""

    compressed_packet: bytes


GET_XMP_PACKET = operation(GetXMPPacketParam, GetXMPPacketReturn, Since(V2010_01_31), roles=METADATA_READERS)


@message
class UpdateXMPPacketParam:
    """Replace the XMP packet of an asset by one compressed with zlib."""

    company_handle: Handle
    asset_handle: Handle
    compressed_packet: bytes


@message
class UpdateXMPPacketReturn:
    """Whether the packet was replaced."""

    success: bool


UPDATE_XMP_PACKET = operation(UpdateXMPPacketParam, UpdateXMPPacketReturn, Since(V2010_01_31), roles=METADATA_READERS)
