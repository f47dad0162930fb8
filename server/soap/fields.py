"""Trims an answer to the fields that a request asks for: responseFieldArray and excludeFieldArray.

Paths are relative to the Return element, such as ``assetArray/items/name``. Naming a node keeps or drops all below it;
what the contract requires stays, so that an answer is always valid. A path that names nothing selects nothing and is no
fault: these lists only make answers smaller, and clients send the same one to operations and versions that differ.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wsdl.declare import WireField, is_message, wire_fields

Paths = frozenset[tuple[str, ...]]


def select_fields(answer: Any, param: Any) -> Any:
    """Return ``answer`` with only what ``param`` asks for; both lists may be given, excluding wins."""
    wanted = _paths(getattr(param, "response_field_array", None))
    unwanted = _paths(getattr(param, "exclude_field_array", None))
    if wanted:
        answer = _trimmed(answer, wanted, (), keep=True)
    if unwanted:
        answer = _trimmed(answer, unwanted, (), keep=False)
    return answer


def _paths(fields: Sequence[str] | None) -> Paths:
    return frozenset(tuple(part for part in field.strip().split("/") if part) for field in fields or ()) - {()}


def _trimmed(value: Any, paths: Paths, here: tuple[str, ...], *, keep: bool) -> Any:
    changes: dict[str, Any] = {}
    for field in wire_fields(type(value)):
        inner = getattr(value, field.python_name)
        if inner is None:
            continue
        changed = _trimmed_field(field, inner, paths, (*here, field.wire_name), keep=keep)
        if changed is not inner:
            changes[field.python_name] = changed
    return replace(value, **changes) if changes else value


def _trimmed_field(field: WireField, inner: Any, paths: Paths, here: tuple[str, ...], *, keep: bool) -> Any:
    is_named = here in paths or (field.array is not None and (*here, "items") in paths)
    leads_on = any(path[: len(here)] == here for path in paths)
    if is_named:
        return inner if keep or field.required else None
    if keep and not leads_on and not field.required:
        return None
    if not leads_on or not is_message(field.kind):
        return inner
    if field.array is None:
        return _trimmed(inner, paths, here, keep=keep)
    return tuple(_trimmed(item, paths, (*here, "items"), keep=keep) for item in inner)
