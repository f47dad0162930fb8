"""The XMP packet of an asset: reading it, and setting another one in its place."""

import tempfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path

from domain.errors import ApiError, FaultCode, Permanent, Retryable, invalid
from domain.metadata import Held, Origin, text_value
from domain.model import Asset, StoredFile
from imaging.errors import DamagedImage
from imaging.metadata import read_metadata
from imaging.xmp import MAX_PACKET, read_packet, with_properties
from jobs.packet_values import packet_values
from jobs.quota import within_quota
from server.dispatch import Call, implements
from server.operations.batch import find_asset
from store.asset_changes import note_change
from store.assets import NO_FILE
from store.metadata_values import load_held, load_packet, save_held, save_packet
from wsdl import contract

_ANY_HEADER = 47
"""zlib's word for "zlib or gzip, as the data says"."""


@implements(contract.GET_XMP_PACKET)
def get_xmp_packet(call: Call, param: contract.GetXMPPacketParam) -> contract.GetXMPPacketReturn:
    """Answer the packet that is kept of the asset, else that of its original, with what profiles have filled in."""
    asset = find_asset(call, param.asset_handle)
    base = _kept_packet(call, asset) or _original_packet(call, asset)
    packet = _filled(base, packet_values(call.tx, asset))
    if packet is None:
        raise ApiError(FaultCode.EXCEPTION, "The asset has no XMP packet: set one with updateXMPPacket.")
    return contract.GetXMPPacketReturn(compressed_packet=zlib.compress(packet))


@implements(contract.UPDATE_XMP_PACKET, writes=True)
def update_xmp_packet(call: Call, param: contract.UpdateXMPPacketParam) -> contract.UpdateXMPPacketReturn:
    """Keep the packet in place of the asset's, and what it says in place of what the asset's said.

    The packet's bytes are stored before any row is held; on SQLite, whose one writer an operation is from its
    beginning, others wait for that.
    """
    asset = find_asset(call, param.asset_handle)
    packet = _unpacked(param.compressed_packet)
    try:
        said = read_packet(packet)
    except DamagedImage as error:
        raise invalid("compressedPacket", f"{error}.") from error
    shown = packet_values(call.tx, asset)
    kept, former = _stored(call, packet), _filled(_kept_packet(call, asset), shown)
    try:
        with within_quota(call.tx, call.company.id):
            note_change(call.tx, asset, call.principal.user.email)
            save_packet(call.tx, asset, kept, Origin.PERSON)
    except Permanent as error:
        raise ApiError(FaultCode.EXCEPTION, str(error)) from error
    held = load_held(call.tx, [asset.id]).get(asset.id, {})
    changed = {key: texts for key, texts in said.items() if texts != shown.get(key)}
    save_held(call.tx, asset, _changes(changed, _said_by(former).keys() - said.keys(), held))
    return contract.UpdateXMPPacketReturn(success=True)


def _filled(packet: bytes | None, values: Mapping[str, tuple[str, ...]]) -> bytes | None:
    """Return the packet with the values; a damaged one stays as it is."""
    try:
        return with_properties(packet, values) if values else packet
    except DamagedImage:
        return packet


def _changes(said: Mapping[str, tuple[str, ...]], gone: Collection[str], held: Mapping[str, Held]) -> dict[str, Held]:
    """Return the values that differ from the asset's, as a person's; what only the former packet said is gone."""
    changes = {
        key: Held(values=tuple(text_value(text) for text in texts), origin=Origin.PERSON)
        for key, texts in said.items()
        if key not in held or held[key].texts != texts
    }
    return changes | {key: Held(values=(), origin=Origin.PERSON) for key in gone}


def _said_by(former: bytes | None) -> Mapping[str, tuple[str, ...]]:
    """Return what the packet said that goes: nothing when there was none, or it was damaged."""
    try:
        return read_packet(former) if former else {}
    except DamagedImage:
        return {}


def _kept_packet(call: Call, asset: Asset) -> bytes | None:
    kept = load_packet(call.tx, asset.id)
    if kept is None:
        return None
    with call.services.blobs.as_file(kept[0].key) as path:
        return path.read_bytes()


def _original_packet(call: Call, asset: Asset) -> bytes | None:
    if asset.original == NO_FILE:
        return None
    services = call.services
    with services.blobs.as_file(asset.original.key) as source:
        try:
            return services.slots.run(object(), read_metadata, source, services.settings.slot_timeout_s).packet
        except (DamagedImage, Retryable) as error:
            raise ApiError(FaultCode.EXCEPTION, f"The original cannot be read: {error}") from error


def _stored(call: Call, packet: bytes) -> StoredFile:
    with tempfile.TemporaryDirectory(dir=call.services.scratch) as folder:
        written = Path(folder) / "packet"
        written.write_bytes(packet)
        return call.services.blobs.put(written)


def _unpacked(data: bytes) -> bytes:
    """Return what is compressed with zlib, or with gzip around it as in the vendor's sample."""
    for _layer in range(2):
        inflater = zlib.decompressobj(_ANY_HEADER)
        try:
            data = inflater.decompress(data, MAX_PACKET + 1)
        except zlib.error as error:
            raise invalid("compressedPacket", "is not compressed with zlib.") from error
        if len(data) > MAX_PACKET:
            raise invalid("compressedPacket", f"a packet has at most {MAX_PACKET} bytes.")
        if not inflater.eof:
            raise invalid("compressedPacket", "the compressed data ends early.")
        if data[:1] != b"\x78":
            break
    return data
