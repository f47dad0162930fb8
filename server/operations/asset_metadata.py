"""The metadata of assets: setting and deleting values, showing them, and which values there are."""

from collections.abc import Mapping, Sequence

from domain.errors import ApiError, invalid
from domain.metadata import Field, Held, Origin, Value, read_value
from domain.model import Asset
from server.dispatch import Call, implements
from server.operations.batch import find_asset
from server.operations.metadata_conditions import search_keys, system_column
from server.operations.metadata_fields import find_field
from server.operations.metadata_updates import updated
from store.asset_changes import note_change
from store.asset_search import count_values
from store.metadata_fields import add_tags, find_fields, load_dictionary
from store.metadata_values import count_distinct, find_distinct, load_held, save_held
from store.usage import hold_company
from wsdl import contract

NONE = "N/A"
"""What the vendor's sample counts the assets without a value under."""


@implements(contract.SET_ASSET_METADATA, writes=True)
def set_asset_metadata(call: Call, param: contract.SetAssetMetadataParam) -> contract.SetAssetMetadataReturn:
    """Set values of one asset: all of them, or at the first that cannot be set none."""
    asset = find_asset(call, param.asset_handle)
    _hold_tags(call)
    for n, update in enumerate(param.update_array):
        try:
            _set(call, asset, update)
        except ApiError as error:
            raise ApiError(error.code, f"updateArray.items[{n}].{error.reason}") from error
    return contract.SetAssetMetadataReturn()


@implements(contract.BATCH_SET_ASSET_METADATA, writes=True)
def batch_set_asset_metadata(
    call: Call, param: contract.BatchSetAssetMetadataParam
) -> contract.BatchSetAssetMetadataReturn:
    """Set values of many assets; each value of each asset succeeds or fails by itself, and counts by itself."""
    _hold_tags(call)
    done, faults = 0, []
    for batch in param.update_array:
        for handle in batch.asset_handle_array:
            for update in batch.update_array:
                try:
                    _set(call, find_asset(call, handle), update)
                except ApiError as error:
                    faults.append(
                        contract.SetMetadataFault(
                            asset_handle=handle,
                            field_handle=update.field_handle,
                            code=int(error.code),
                            reason=error.reason,
                        )
                    )
                else:
                    done += 1
    return contract.BatchSetAssetMetadataReturn(
        success_count=done, warning_count=0, error_count=len(faults), error_detail_array=faults or None
    )


@implements(contract.DELETE_ASSET_METADATA, writes=True)
def delete_asset_metadata(call: Call, param: contract.DeleteAssetMetadataParam) -> contract.DeleteAssetMetadataReturn:
    """Remove the values of some fields from the asset; a field that has none there stays so."""
    asset = find_asset(call, param.asset_handle)
    fields = [
        _field_of(call, asset, each.field_handle, f"deleteArray.items[{n}].fieldHandle")
        for n, each in enumerate(param.delete_array)
    ]
    note_change(call.tx, asset, call.principal.user.email)
    save_held(call.tx, asset, {field.key: Held(values=(), origin=Origin.PERSON) for field in fields})
    return contract.DeleteAssetMetadataReturn()


@implements(contract.GET_UNIQUE_METADATA_VALUES)
def get_unique_metadata_values(
    call: Call, param: contract.GetUniqueMetadataValuesParam
) -> contract.GetUniqueMetadataValuesReturn:
    """Answer each value that assets outside the trash have in the field, once."""
    field = find_field(call, param.field_handle)
    return contract.GetUniqueMetadataValuesReturn(values=find_distinct(call.tx, call.company.id, [field.key]))


@implements(contract.GET_DISTINCT_METADATA_VALUES)
def get_distinct_metadata_values(
    call: Call, param: contract.GetDistinctMetadataValuesParam
) -> contract.GetDistinctMetadataValuesReturn:
    """Answer each value under the key with the number of assets that have it, first of those that have none."""
    column = system_column(param.metadata_key)
    if column is not None:
        counted, without = count_values(call.tx, call.company.id, column), 0
    else:
        keys = [each.key for each in search_keys(call, param.metadata_key, "metadataKey")]
        counted, without = count_distinct(call.tx, call.company.id, keys)
    found = [contract.ValueCount(value=value, count=number) for value, number in counted.items()]
    return contract.GetDistinctMetadataValuesReturn(
        value_array=[contract.ValueCount(value=NONE, count=without), *found] if without else found
    )


def metadata_arrays(call: Call, assets: Sequence[Asset]) -> Mapping[int, Sequence[contract.Metadata]]:
    """Return what each asset has in the fields of the company's own, by its number: its values, else the default."""
    fields = find_fields(call.tx, call.company.id)
    if not fields:
        return {}
    held = load_held(call.tx, [asset.id for asset in assets], {field.key for field in fields})
    return {asset.id: list(_shown(fields, asset, held.get(asset.id, {}))) for asset in assets}


def wire_metadata(name: str, values: Sequence[Value], field_type: str = "Untyped") -> contract.Metadata:
    """Return values under a name as the wire has them: all in ``value`` and ``valueArray``, one in its own type."""
    first = values[0] if values else None
    return contract.Metadata(
        name=name,
        value=", ".join(value.text for value in values),
        bool_val=bool(first.whole) if first and first.whole is not None and field_type == "Boolean" else None,
        long_val=first.whole if first and field_type == "Int" else None,
        double_val=first.number if first and field_type == "Float" else None,
        date_val=first.moment if first and field_type == "Date" else None,
        value_array=tuple(value.text for value in values),
    )


def _shown(fields: Sequence[Field], asset: Asset, held: Mapping[str, Held]) -> Sequence[contract.Metadata]:
    shown = []
    for field in fields:
        if not field.is_of(asset.type):
            continue
        if field.key in held:
            shown.append(wire_metadata(field.name, held[field.key].values, field.type))
        elif field.default:
            shown.append(wire_metadata(field.name, [read_value(field, field.default)], field.type))
    return shown


def _hold_tags(call: Call) -> None:
    if any(field.is_tag for field in find_fields(call.tx, call.company.id)):
        hold_company(call.tx, call.company.id)


def _set(call: Call, asset: Asset, update: contract.MetadataUpdate) -> None:
    field = _field_of(call, asset, update.field_handle, "fieldHandle")
    dictionary = load_dictionary(call.tx, field) if field.is_tag else ()
    held = load_held(call.tx, [asset.id], [field.key]).get(asset.id, {}).get(field.key)
    changed = updated(field, held, update, dictionary)
    if field.is_tag:
        add_tags(call.tx, field, changed.texts)
    note_change(call.tx, asset, call.principal.user.email)
    save_held(call.tx, asset, {field.key: changed})


def _field_of(call: Call, asset: Asset, handle: str, path: str) -> Field:
    field = find_field(call, handle, path)
    if not field.is_of(asset.type):
        raise invalid(path, f"{handle} is a field of {field.asset_type} assets, and the asset is of type {asset.type}.")
    return field
