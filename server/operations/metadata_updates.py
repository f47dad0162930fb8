"""From an update on the wire to the values that an asset gets in a field, or a fault that says what is wrong."""

from collections.abc import Sequence

from domain.errors import invalid, missing
from domain.metadata import Field, Held, IllegalValueError, Origin, Value, date_text, read_value, text_value
from server.operations.tag_fields import check_tags
from wsdl import contract

_TYPED = {"Boolean": ("boolVal", "bool_val"), "Int": ("longVal", "long_val"), "Float": ("doubleVal", "double_val")}
_WIRE = {
    "value": "value",
    "boolVal": "bool_val",
    "longVal": "long_val",
    "doubleVal": "double_val",
    "dateVal": "date_val",
}
_TAGS = {
    "setTagValueArray": "set_tag_value_array",
    "addTagValueArray": "add_tag_value_array",
    "deleteTagValueArray": "delete_tag_value_array",
}


def typed_names(field_type: str) -> tuple[str, str] | None:
    """Return the typed element of a field type, by its wire name and ours; None when its values are text alone."""
    if field_type == "Date":
        return "dateVal", "date_val"
    return _TYPED.get(field_type)


def updated(field: Field, held: Held | None, update: contract.MetadataUpdate, dictionary: Sequence[str]) -> Held:
    """Return what the asset has in the field after a person's update; no value when it was emptied.

    ``dictionary`` is that of a tag field. Raises ApiError 30001 or 30002.
    """
    values = _tags(field, held, update, dictionary) if field.is_tag else _single(field, update)
    return Held(values=values, origin=Origin.PERSON)


def _single(field: Field, update: contract.MetadataUpdate) -> tuple[Value, ...]:
    for wire, name in _TAGS.items():
        if getattr(update, name) is not None:
            raise invalid(wire, f"{field.name} is of type {field.type}, which has no tags: give value.")
    given = [wire for wire, name in _WIRE.items() if getattr(update, name) is not None]
    own = typed_names(field.type)
    if not given:
        raise missing(f"value or {own[0]}" if own else "value")
    if len(given) > 1:
        raise invalid(", ".join(given), "give one value.")
    if given[0] != "value" and (own is None or given[0] != own[0]):
        raise invalid(given[0], f"{field.name} is of type {field.type}: give {own[0] if own else 'value'}.")
    text = _text(update)
    try:
        return (read_value(field, text),) if text else ()
    except IllegalValueError as error:
        raise invalid(given[0], str(error)) from error


def _text(update: contract.MetadataUpdate) -> str:
    if update.bool_val is not None:
        return "true" if update.bool_val else "false"
    if update.date_val is not None:
        return date_text(update.date_val)
    for number in (update.long_val, update.double_val):
        if number is not None:
            return str(number)
    return update.value or ""


def _tags(
    field: Field, held: Held | None, update: contract.MetadataUpdate, dictionary: Sequence[str]
) -> tuple[Value, ...]:
    for wire in ("longVal", "doubleVal", "dateVal"):
        if getattr(update, _WIRE[wire]) is not None:
            raise invalid(wire, f"{field.name} is a tag field: give value or tag values.")
    if update.bool_val is not None and field.type != "BooleanTag":
        raise invalid("boolVal", f"{field.name} is of type {field.type}: give value or tag values.")
    resets = _resets(update)
    if resets is None and not (update.add_tag_value_array or update.delete_tag_value_array):
        raise missing("value, setTagValueArray, addTagValueArray or deleteTagValueArray")
    texts = list(held.texts if held else ()) if resets is None else list(resets)
    texts += update.add_tag_value_array or ()
    check_tags("addTagValueArray", update.add_tag_value_array or ())
    texts = [text for text in dict.fromkeys(texts) if text not in (update.delete_tag_value_array or ())]
    unknown = [text for text in texts if text not in dictionary]
    if field.is_fixed and unknown:
        raise invalid("value", f"{unknown[0]} is not in the dictionary of {field.name}: add it with addTagFieldValues.")
    return tuple(text_value(text) for text in (texts if field.is_multiple else texts[-1:]))


def _resets(update: contract.MetadataUpdate) -> Sequence[str] | None:
    """Return the tags that take the place of those there are; None when those stay."""
    given = [update.value is not None, update.bool_val is not None, update.set_tag_value_array is not None]
    if sum(given) > 1:
        raise invalid("value, boolVal, setTagValueArray", "give one of them.")
    if update.bool_val is not None:
        return (str(update.bool_val),)
    if update.value is not None:
        check_tags("value", [update.value] if update.value else [])
        return (update.value,) if update.value else ()
    if update.set_tag_value_array is not None:
        check_tags("setTagValueArray", update.set_tag_value_array)
    return update.set_tag_value_array
