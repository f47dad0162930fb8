"""The metadata of an asset: what it has in which field, changing a field by the operation's own rules, its packet."""

import zlib
from typing import Any

from flask import abort, make_response, request

from domain.errors import ApiError
from domain.handles import asset_handle
from domain.metadata import Field, Held
from domain.model import Asset
from server.admin.asset_findings import as_file, find_asset
from server.admin.visits import Answer, Page, Visit
from server.dispatch import Call, Origin
from server.operations.asset_metadata import set_asset_metadata
from server.operations.metadata_fields import handle_of
from server.operations.xmp import get_xmp_packet
from server.soap.header import Caller
from store.engine import Tx
from store.metadata_fields import find_fields
from store.metadata_values import load_held
from wsdl import contract


def metadata_of(tx: Tx, asset: Asset) -> dict[str, Any]:
    """Return what a page about the asset shows of its metadata."""
    held = load_held(tx, [asset.id]).get(asset.id, {})
    fields = [field for field in find_fields(tx, asset.company_id, asset.type) if not field.is_hidden]
    own = {field.key for field in fields}
    return {
        "fields": [(handle_of(field), field, _text(field, held.get(field.key))) for field in fields],
        "values": [(key, ", ".join(found.texts)) for key, found in sorted(held.items()) if key not in own],
    }


def change_metadata(visit: Visit, asset_id: int) -> Answer:
    """Set the fields that the form changes, all of them or none, as setAssetMetadata does."""
    with visit.write() as tx:
        asset = find_asset(visit, tx, asset_id)
        shown = metadata_of(tx, asset)["fields"]
        updates = [
            _update(field, handle, request.form[handle])
            for handle, field, text in shown
            if handle in request.form and request.form[handle].strip() != text
        ]
        if updates:
            param = contract.SetAssetMetadataParam(
                company_handle="", asset_handle=asset_handle(asset.id), update_array=updates
            )
            try:
                set_asset_metadata(_call(visit, tx), param)
            except ApiError as error:
                abort(400, error.reason)
            names = ", ".join(
                field.name for handle, field, _text in shown if handle in {u.field_handle for u in updates}
            )
            visit.note(tx, "set metadata", f"{names} of {asset.name}")
    return visit.go("asset", asset_id=asset_id, _anchor="metadata")


def xmp_packet(visit: Visit, asset_id: int) -> Answer:
    """Send the asset's XMP packet as a file to keep."""
    with visit.read() as tx:
        asset = find_asset(visit, tx, asset_id)
        param = contract.GetXMPPacketParam(company_handle="", asset_handle=asset_handle(asset.id))
        try:
            packet = get_xmp_packet(_call(visit, tx), param).compressed_packet
        except ApiError as error:
            abort(404, error.reason)
    return make_response(as_file(zlib.decompress(packet), "application/rdf+xml", f"{asset.name}.xmp"))


def _text(field: Field, held: Held | None) -> str:
    return ", ".join(held.texts) if held else "" if field.is_tag else field.default


def _update(field: Field, handle: str, text: str) -> contract.MetadataUpdate:
    if field.is_tag:
        tags = [tag.strip() for tag in text.split(",") if tag.strip()]
        return contract.MetadataUpdate(field_handle=handle, set_tag_value_array=tags)
    return contract.MetadataUpdate(field_handle=handle, value=text.strip())


def _call(visit: Visit, tx: Tx) -> Call:
    origin = Origin(caller=Caller(), address=visit.address, base_url="", accept_language="")
    return Call(tx=tx, services=visit.services, origin=origin, principal=visit.principal, chosen=visit.company)


PAGES = (
    Page(
        rule="assets/<int:asset_id>/metadata",
        view=change_metadata,
        needs=contract.SET_ASSET_METADATA,
        methods=("POST",),
    ),
    Page(rule="assets/<int:asset_id>/xmp", view=xmp_packet, needs=contract.GET_XMP_PACKET),
)
