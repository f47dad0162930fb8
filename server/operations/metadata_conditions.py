"""Conditions on metadata as a search on the wire gives them, by field handle or by key, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.errors import invalid, missing, not_built
from domain.metadata import EVERY_TYPE, Field, read_value, whole_of
from server.dispatch import Call
from server.operations.metadata_fields import find_field
from server.operations.metadata_updates import typed_names
from store.asset_search import TEXT_OPERATORS
from store.metadata_fields import find_fields
from store.metadata_search import NUMERIC_OPERATORS, TAG_OPERATORS, SearchKey, ValueCondition
from wsdl import contract

CUSTOM = "custom_attributes."
"""What a key of a company's own field begins with; its name follows."""
SYSTEM_KEYS: Mapping[str, str] = {
    "asset_id": "AssetId",
    "name": "Name",
    "folder_path": "Folder",
    "type": "Type",
    "file_name": "FileName",
    "description": "Name",
    "sku": "Name",
    "modified_by": "LastModifyUser",
    "created_by": "CreateUser",
    "modified_at": "LastModified",
    "created_at": "Created",
}
"""The vendor's keys of what every asset has; description and SKU of an asset here are its name."""
DATE_KEYS = ("modified_at", "created_at")
_UNINDEXED = ("comment", "user_data")
_TYPED = ("bool_val", "long_val", "double_val", "date_val")
_RANGES = {"long_val": ("min_long", "max_long"), "double_val": ("min_double", "max_double")} | {
    "date_val": ("min_date", "max_date")
}
AnyCondition = contract.SystemFieldCondition | contract.MetadataCondition
_KINDS: Mapping[str, Any] = {"Float": "number", "Int": "whole", "Boolean": "whole", "Date": "whole"}


def metadata_condition(call: Call, condition: contract.MetadataCondition, path: str) -> ValueCondition:
    """Return a condition on a field of the company's own, named by its handle; ApiError says what is wrong with it."""
    field = find_field(call, condition.field_handle, f"{path}.fieldHandle")
    return _field_condition(field, (_search_key(field),), condition, path)


def key_condition(call: Call, condition: contract.MetadataCondition, path: str) -> ValueCondition:
    """Return a condition on a key of the metadata index that is none of the system's; its values are texts.

    Typed values can be given of a company's own field, if all that have the name are of one type.
    """
    keys = search_keys(call, condition.field_handle, f"{path}.fieldHandle")
    own = _own_fields(call, condition.field_handle)
    if len({field.type for field in own}) == 1:
        return _field_condition(own[0], keys, condition, path)
    return text_condition(keys, condition, path)


def tag_condition(call: Call, condition: contract.TagCondition, path: str) -> ValueCondition:
    """Return a condition on a tag field: Matches with a value, MatchesAny or MatchesAll with several."""
    field = find_field(call, condition.field_handle, f"{path}.fieldHandle")
    if not field.is_tag:
        raise invalid(
            f"{path}.fieldHandle", f"{field.name} is of type {field.type}, no tag field: use a metadata condition."
        )
    if condition.op not in TAG_OPERATORS:
        raise invalid(f"{path}.op", f"{condition.op} is not one of {', '.join(TAG_OPERATORS)}.")
    is_one = condition.op == "Matches"
    given = [condition.value] if is_one and condition.value is not None else condition.value_array
    if not given or (is_one and condition.value is None):
        raise missing(f"{path}.{'value' if is_one else 'valueArray'}")
    if (condition.value_array if is_one else condition.value) is not None:
        raise invalid(f"{path}.op", "give value with Matches, valueArray with MatchesAny and MatchesAll.")
    if condition.op == "MatchesAll" and not field.is_multiple:
        raise invalid(f"{path}.op", f"{field.name} has one value at most: use MatchesAny.")
    return ValueCondition(keys=(_search_key(field),), kind="tags", op=condition.op, value=tuple(given))


def search_keys(call: Call, key: str, path: str) -> tuple[SearchKey, ...]:
    """Return what a key of the metadata index names; ApiError 30001 for one that is none."""
    if not key.strip():
        raise missing(path)
    if key in _UNINDEXED:
        raise not_built(f"{path} {key}")
    if key.startswith(CUSTOM):
        fields = _own_fields(call, key)
        if not fields:
            raise invalid(path, f"there is no metadata field {key} in this company.")
        return tuple(_search_key(field) for field in fields)
    if "." not in key or "|" in key:
        raise invalid(path, f"{key} is not a key such as {', '.join(SYSTEM_KEYS)}, dc.rights or {CUSTOM}Name.")
    return (SearchKey(key=key),)


def system_column(key: str) -> str | None:
    """Return the name under which a search knows what every asset has, for a key of texts; None for another key."""
    return None if key in DATE_KEYS else SYSTEM_KEYS.get(key)


def text_condition(keys: tuple[SearchKey, ...], condition: contract.MetadataCondition, path: str) -> ValueCondition:
    """Return a condition on texts; ApiError for an operator that is none of theirs, and for values of other types."""
    return ValueCondition(
        keys=keys,
        kind="text",
        op=condition.op,
        value=given_text(condition, path),
        is_case_sensitive=bool(condition.case_sensitive),
    )


def given_text(condition: contract.MetadataCondition, path: str) -> str:
    """Return the text that a condition compares with; ApiError when it has none, or an operator for other types."""
    refuse_values(condition, path)
    for name in (*_TYPED, *(each for pair in _RANGES.values() for each in pair)):
        if getattr(condition, name) is not None:
            raise invalid(f"{path}.{_wire(name)}", "what is compared here is text: give value.")
    if condition.op not in TEXT_OPERATORS:
        raise invalid(f"{path}.op", f"{condition.op} is not one of {', '.join(TEXT_OPERATORS)}.")
    if condition.value is None:
        raise missing(f"{path}.value")
    return condition.value


def given_values(condition: AnyCondition, names: Sequence[str], path: str) -> tuple[Any, ...]:
    """Return what the condition has in the fields of these names; ApiError 30002 when it lacks one of them."""
    values = tuple(getattr(condition, name) for name in names)
    if any(value is None for value in values):
        raise missing(f"{path}.{' and '.join(map(_wire, names))}")
    return values


def refuse_values(condition: contract.MetadataCondition, path: str) -> None:
    """Raise ApiError for a condition with several values, which no page of the vendor's says the meaning of."""
    if condition.values:
        raise not_built(f"{path}.values")


def _field_condition(
    field: Field, keys: tuple[SearchKey, ...], condition: contract.MetadataCondition, path: str
) -> ValueCondition:
    names = typed_names(field.type)
    if names is None or condition.value is not None:
        return text_condition(keys, condition, path)
    refuse_values(condition, path)
    wire, name = names
    low, high = _ends(condition, name, path)
    _refuse_others(condition, field, (wire, name, *_RANGES.get(name, ())), path)
    allowed: Sequence[str] = ("Equals", "NotEquals") if field.type == "Boolean" else NUMERIC_OPERATORS
    if condition.op not in allowed:
        raise invalid(f"{path}.op", f"{condition.op} is not one of {', '.join(allowed)}.")
    made = ValueCondition(keys=keys, kind=_KINDS[field.type], op=condition.op, value=low)
    return made if high is None else replace(made, high=high)


def _ends(condition: contract.MetadataCondition, name: str, path: str) -> tuple[float, float | None]:
    """Return the value that is compared with, or the two ends of the range."""
    if condition.op in ("Between", "NotBetween") and name in _RANGES:
        least, most = _RANGES[name]
        low, high = given_values(condition, (least, most), path)
        return _number(low), _number(high)
    (value,) = given_values(condition, (name,), path)
    return _number(value), None


def _refuse_others(condition: contract.MetadataCondition, field: Field, own: tuple[str, ...], path: str) -> None:
    for name in (*_TYPED, *(each for pair in _RANGES.values() for each in pair)):
        if name not in own and getattr(condition, name) is not None:
            raise invalid(f"{path}.{_wire(name)}", f"{field.name} is of type {field.type}: give {own[0]}.")


def _number(value: float | datetime) -> float:
    return whole_of(value) if isinstance(value, datetime) else value


def _search_key(field: Field) -> SearchKey:
    default = read_value(replace(field, is_enforced=False), field.default) if field.default else None
    return SearchKey(key=field.key, default=default, asset_type=field.asset_type or EVERY_TYPE)


def _own_fields(call: Call, key: str) -> list[Field]:
    name = key.removeprefix(CUSTOM)
    return [f for f in find_fields(call.tx, call.company.id) if key.startswith(CUSTOM) and f.name == name]


def _wire(name: str) -> str:
    first, _, second = name.partition("_")
    return first + second.capitalize()
