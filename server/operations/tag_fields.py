"""The dictionaries of tag fields: which values there are, and what becomes of assets that have them."""

from collections.abc import Sequence

from domain.errors import ApiError, FaultCode, invalid, missing
from domain.metadata import Field
from server.dispatch import Call, implements
from server.operations.choices import check_length
from server.operations.metadata_fields import find_field, handle_of
from store import metadata_fields as rows
from store.asset_changes import note_change_of_values
from store.usage import hold_company
from wsdl import contract


@implements(contract.SET_TAG_FIELD_VALUES, writes=True)
def set_tag_field_values(call: Call, param: contract.SetTagFieldValuesParam) -> contract.SetTagFieldValuesReturn:
    """Replace the dictionary; assets keep the values that are in the new one, too, and lose the others."""
    field = _open_dictionary(call, param.field_handle)
    wanted = _given(param.value_array)
    _delete(call, field, [each for each in rows.load_dictionary(call.tx, field) if each not in wanted])
    rows.add_tags(call.tx, field, wanted)
    return contract.SetTagFieldValuesReturn()


@implements(contract.ADD_TAG_FIELD_VALUES, writes=True)
def add_tag_field_values(call: Call, param: contract.AddTagFieldValuesParam) -> contract.AddTagFieldValuesReturn:
    """Add values to the dictionary; those that it has stay."""
    rows.add_tags(call.tx, _open_dictionary(call, param.field_handle), _given(param.value_array))
    return contract.AddTagFieldValuesReturn()


@implements(contract.DELETE_TAG_FIELD_VALUES, writes=True)
def delete_tag_field_values(
    call: Call, param: contract.DeleteTagFieldValuesParam
) -> contract.DeleteTagFieldValuesReturn:
    """Remove values from the dictionary, and from the assets that have them."""
    field = _open_dictionary(call, param.field_handle)
    known = rows.load_dictionary(call.tx, field)
    for n, value in enumerate(param.value_array):
        if value not in known:
            raise invalid(f"valueArray.items[{n}]", f"Tag value '{value}' not found.")
    _delete(call, field, param.value_array)
    return contract.DeleteTagFieldValuesReturn()


@implements(contract.UPDATE_TAG_FIELD_VALUES, writes=True)
def update_tag_field_values(
    call: Call, param: contract.UpdateTagFieldValuesParam
) -> contract.UpdateTagFieldValuesReturn:
    """Rename values in the dictionary and on the assets that have them; each succeeds or fails by itself."""
    field = _open_dictionary(call, param.field_handle)
    done, faults = 0, []
    for update in param.update_array:
        try:
            _rename(call, field, update.old_value, update.new_value)
        except ApiError as error:
            faults.append(
                contract.TagValueUpdateFault(value=update.old_value, code=int(error.code), reason=error.reason)
            )
        else:
            done += 1
    return contract.UpdateTagFieldValuesReturn(
        success_count=done, warning_count=0, error_count=len(faults), error_detail_array=faults or None
    )


@implements(contract.GET_TAG_FIELD_VALUES)
def get_tag_field_values(call: Call, param: contract.GetTagFieldValuesParam) -> contract.GetTagFieldValuesReturn:
    """Answer the dictionary of each field, in the order of the handles."""
    found = []
    for n, handle in enumerate(param.field_handle_array):
        field = _tag_field(call, handle, f"fieldHandleArray.items[{n}]")
        values = rows.load_dictionary(call.tx, field)
        found.append(contract.TagFieldValues(field_handle=handle_of(field), value_array=values))
    return contract.GetTagFieldValuesReturn(field_array=found)


def check_tags(path: str, values: Sequence[str]) -> None:
    """Raise ApiError for a blank value, 30002, or one that is too long for a dictionary, 30001."""
    for n, value in enumerate(values):
        if not value.strip():
            raise missing(f"{path}.items[{n}]")
        check_length(f"{path}.items[{n}]", value)


def _rename(call: Call, field: Field, old: str, new: str) -> None:
    """Rename one value; the words of the two faults are the vendor's."""
    known = rows.load_dictionary(call.tx, field)
    if not new.strip():
        raise missing("newValue")
    check_length("newValue", new)
    if old not in known:
        raise ApiError(FaultCode.INVALID_PARAMETER, f"Tag value '{old}' not found.")
    if new in known and new != old:
        raise ApiError(FaultCode.INVALID_PARAMETER, f"New tag value '{new}' already exists.")
    note_change_of_values(call.tx, field, call.principal.user.email, [old])
    rows.rename_tag(call.tx, field, old, new)


def _delete(call: Call, field: Field, values: Sequence[str]) -> None:
    note_change_of_values(call.tx, field, call.principal.user.email, values)
    rows.delete_tags(call.tx, field, values)


def _given(values: Sequence[str]) -> tuple[str, ...]:
    check_tags("valueArray", values)
    return tuple(dict.fromkeys(values))


def _tag_field(call: Call, handle: str, path: str) -> Field:
    field = find_field(call, handle, path)
    if not field.is_tag:
        raise invalid(path, f"{handle} is a field of type {field.type}, which has no dictionary of tags.")
    return field


def _open_dictionary(call: Call, handle: str) -> Field:
    """Return a tag field whose dictionary can be changed, and by nobody else until the call ends."""
    hold_company(call.tx, call.company.id)
    field = _tag_field(call, handle, "fieldHandle")
    if field.type == "BooleanTag":
        raise invalid("fieldHandle", "the dictionary of a BooleanTag field is True and False, and stays so.")
    return field
