"""Metadata fields of a company's own: listing, creating, changing and deleting them."""

from dataclasses import replace

from domain.errors import ApiError, FaultCode, invalid, missing
from domain.handles import field_handle, parse_field
from domain.metadata import FIELD_TYPES, Field, IllegalValueError, read_value
from server.dispatch import Call, implements
from server.operations.choices import ASSET_TYPES, check_length, check_word
from store import metadata_fields as rows
from store.asset_changes import note_change_of_values
from store.usage import hold_company
from wsdl import contract

BOOLEAN_TAGS = ("True", "False")
"""The fixed dictionary of BooleanTag fields, says the vendor's list of field types."""
_TYPES = {name.upper(): name for name in ASSET_TYPES} | {"ALL": "Asset"}


@implements(contract.GET_METADATA_FIELDS)
def get_metadata_fields(call: Call, param: contract.GetMetadataFieldsParam) -> contract.GetMetadataFieldsReturn:
    """Answer the company's fields that assets of this type have: those of the type and those of all types."""
    found = rows.find_fields(call.tx, call.company.id, _asset_type(param.asset_type))
    return contract.GetMetadataFieldsReturn(field_array=[_wire(field) for field in found])


@implements(contract.GET_ASSET_METADATA_FIELDS)
def get_asset_metadata_fields(
    call: Call, _param: contract.GetAssetMetadataFieldsParam
) -> contract.GetAssetMetadataFieldsReturn:
    """Answer the company's fields by the asset type that they are of; ``Asset`` stands for all types."""
    grouped: dict[str, list[contract.MetadataField]] = {}
    for field in rows.find_fields(call.tx, call.company.id):
        grouped.setdefault(field.asset_type, []).append(_wire(field))
    return contract.GetAssetMetadataFieldsReturn(
        asset_fields_array=[
            contract.AssetMetadataFields(asset_type=name, field_array=fields) for name, fields in grouped.items()
        ]
    )


@implements(contract.CREATE_METADATA_FIELD, writes=True)
def create_metadata_field(call: Call, param: contract.CreateMetadataFieldParam) -> contract.CreateMetadataFieldReturn:
    """Create a field whose name no other field of its asset type has."""
    check_word("fieldType", param.field_type, FIELD_TYPES)
    field = _create(
        call,
        Field(
            id=0,
            company_id=call.company.id,
            asset_type=_asset_type(param.asset_type),
            name=param.name.strip(),
            type=param.field_type,
            default=param.default_value or "",
            initial_tag=param.initial_tag_value or None,
            is_hidden=bool(param.is_hidden),
            is_enforced=bool(param.is_enforced),
        ),
    )
    return contract.CreateMetadataFieldReturn(field_handle=handle_of(field))


@implements(contract.SAVE_METADATA_FIELD, writes=True)
def save_metadata_field(call: Call, param: contract.SaveMetadataFieldParam) -> contract.SaveMetadataFieldReturn:
    """Create a field, or change the one whose handle is given; its types stay what they are."""
    field = find_field(call, param.field_handle) if param.field_handle else None
    check_word("fieldType", param.field_type, FIELD_TYPES)
    asset_type = _asset_type(param.asset_type)
    if field is None:
        new = Field(
            id=0,
            company_id=call.company.id,
            asset_type=asset_type,
            name=param.name.strip(),
            type=param.field_type,
            default=param.default_value,
            is_hidden=bool(param.is_hidden),
            is_enforced=bool(param.is_enforced),
        )
        return contract.SaveMetadataFieldReturn(field_handle=handle_of(_create(call, new)))
    for name, given, own in (
        ("fieldType", param.field_type, field.type),
        ("assetType", asset_type, field.asset_type),
    ):
        if given != own:
            raise invalid(name, f"the field is of type {own}, which cannot be changed: create another field.")
    changed = replace(
        field,
        name=param.name.strip(),
        default=param.default_value,
        is_hidden=field.is_hidden if param.is_hidden is None else param.is_hidden,
        is_enforced=field.is_enforced if param.is_enforced is None else param.is_enforced,
    )
    return contract.SaveMetadataFieldReturn(field_handle=handle_of(_change(call, changed)))


@implements(contract.UPDATE_METADATA_FIELD, writes=True)
def update_metadata_field(call: Call, param: contract.UpdateMetadataFieldParam) -> contract.UpdateMetadataFieldReturn:
    """Change what is given of the field; a new name makes a new handle."""
    field = find_field(call, param.field_handle)
    changed = replace(
        field,
        name=field.name if param.name is None else param.name.strip(),
        default=field.default if param.default_value is None else param.default_value,
        is_hidden=field.is_hidden if param.is_hidden is None else param.is_hidden,
        is_enforced=field.is_enforced if param.is_enforced is None else param.is_enforced,
        initial_tag=field.initial_tag if param.initial_tag_value is None else param.initial_tag_value or None,
    )
    return contract.UpdateMetadataFieldReturn(field_handle=handle_of(_change(call, changed)))


@implements(contract.DELETE_METADATA_FIELD, writes=True)
def delete_metadata_field(call: Call, param: contract.DeleteMetadataFieldParam) -> contract.DeleteMetadataFieldReturn:
    """Delete the field, its dictionary, and its values from every asset."""
    hold_company(call.tx, call.company.id)
    field = find_field(call, param.field_handle)
    note_change_of_values(call.tx, field, call.principal.user.email)
    rows.delete_field(call.tx, field)
    return contract.DeleteMetadataFieldReturn()


def find_field(call: Call, handle: str, field: str = "fieldHandle") -> Field:
    """Return the company's metadata field that ``handle`` names.

    Raises ApiError 30001 for an unknown one, the same for a foreign one, and 30002 for a blank handle.
    """
    if not handle.strip():
        raise missing(field)
    parsed = parse_field(handle)
    found = None
    if parsed is not None and parsed[0] == call.company.id:
        found = rows.find_field(call.tx, call.company.id, parsed[1], parsed[2])
    if found is None:
        raise invalid(field, f"there is no metadata field {handle} in this company.")
    return found


def handle_of(field: Field) -> str:
    """Return the handle of a field."""
    return field_handle(field.company_id, field.asset_type, field.name)


def _create(call: Call, field: Field) -> Field:
    _check(call, field)
    added = rows.add_field(call.tx, field)
    if field.type == "BooleanTag":
        rows.add_tags(call.tx, added, BOOLEAN_TAGS)
    elif field.is_tag and field.initial_tag:
        rows.add_tags(call.tx, added, [field.initial_tag])
    return added


def _change(call: Call, field: Field) -> Field:
    _check(call, field)
    rows.save_field(call.tx, field)
    if field.is_tag and field.initial_tag:
        rows.add_tags(call.tx, field, [field.initial_tag])
    return field


def _check(call: Call, field: Field) -> None:
    if not field.name:
        raise missing("name")
    check_length("name", field.name)
    if not field.name.isprintable():
        raise invalid("name", "a name has no control characters.")
    holder = rows.find_field(call.tx, field.company_id, field.asset_type, field.name)
    if holder is not None and holder.id != field.id:
        raise ApiError(
            FaultCode.EXCEPTION, f"name: there is a metadata field {field.name} of {field.asset_type} already."
        )
    if field.is_tag and field.default:
        raise invalid("defaultValue", f"a field of type {field.type} has no default: leave it out.")
    if field.initial_tag is not None:
        check_length("initialTagValue", field.initial_tag)
        if field.type == "BooleanTag":
            check_word("initialTagValue", field.initial_tag, BOOLEAN_TAGS)
    try:
        read_value(field, field.default) if field.default else None
    except IllegalValueError as error:
        raise invalid("defaultValue", str(error)) from error


def _asset_type(given: str) -> str:
    if not given:
        raise missing("assetType")
    if given.upper() not in _TYPES:
        raise invalid("assetType", f"{given} is not an asset type, such as Image, Pdf, or Asset for all types.")
    return _TYPES[given.upper()]


def _wire(field: Field) -> contract.MetadataField:
    return contract.MetadataField(
        field_handle=handle_of(field),
        name=field.name,
        type=field.type,
        default_value=field.default,
        is_required=False,
        is_user_defined=True,
        is_hidden=field.is_hidden,
        is_enforced=field.is_enforced,
        initial_tag_value=field.initial_tag,
    )
