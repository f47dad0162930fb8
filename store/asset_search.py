"""Searching a company's assets: by folder, state and type, and by conditions on their rows and their metadata."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.model import Asset
from store import tables as t
from store.assets import asset_from_row
from store.engine import Tx
from store.metadata_search import ValueCondition, value_clause
from store.tags import LEAST_SHARE, with_colour, with_smart_tag

Value = str | int | datetime
Column = sa.ColumnElement[Any]

FIELDS: Mapping[str, Column] = {
    "Name": t.asset.c.name,
    "FileName": t.asset.c.file_name,
    "FileSize": t.asset.c.original_size,
    "Created": t.asset.c.created,
    "LastModified": t.asset.c.last_modified,
    "CreateUser": t.asset.c.created_by,
    "LastModifyUser": t.asset.c.last_modified_by,
}
"""The searchable system fields, by the vendor's names."""
COLUMNS: Mapping[str, Column] = {
    **FIELDS,
    "AssetId": sa.cast(t.asset.c.id, sa.Text),
    "Folder": t.asset.c.folder,
    "Type": t.asset.c.type,
}
"""Those, and what else of an asset's row the metadata index knows."""

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
TEXT_OPERATORS: Mapping[str, Callable[[Column, str], Any]] = {
    "Equals": lambda column, text: sa.func.lower(column) == text.lower(),
    "NotEquals": lambda column, text: sa.func.lower(column) != text.lower(),
    "Contains": lambda column, text: column.icontains(text, autoescape=True),
    "NotContains": lambda column, text: ~column.icontains(text, autoescape=True),
    "StartsWith": lambda column, text: column.istartswith(text, autoescape=True),
    "EndsWith": lambda column, text: column.iendswith(text, autoescape=True),
}
"""How text is compared without regard to letter case."""
EXACT_OPERATORS: Mapping[str, Callable[[Column, str], Any]] = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "Contains": lambda column, text: column.contains(text, autoescape=True),
    "NotContains": lambda column, text: ~column.contains(text, autoescape=True),
    "StartsWith": lambda column, text: column.startswith(text, autoescape=True),
    "EndsWith": lambda column, text: column.endswith(text, autoescape=True),
}
"""How text is compared letter by letter, where a condition asks for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition on one field: one value, or for Between and NotBetween the two ends of a range."""

    field: str
    op: str
    value: Value
    high: Value | None = None
    is_case_sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Conditions that go together: an asset must meet all of them, or with ``match_any`` one."""

    conditions: tuple[Condition | ValueCondition, ...]
    match_any: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetQuery:
    """Which assets of a company a search wants. ``folder`` is a path; None stands for no condition.

    An asset must meet each of the ``groups``, or with ``match_any_group`` one of them.
    """

    company_id: int
    folder: str | None = None
    include_subfolders: bool = True
    ready_for_publish: bool | None = None
    trash_states: tuple[str, ...] = ("NotInTrash",)
    types: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    sub_types: tuple[str, ...] = ()
    strict_sub_types: bool = False
    """Whether assets without a subtype are left out when ``sub_types`` are wanted."""
    groups: tuple[Group, ...] = ()
    match_any_group: bool = False
    project_id: int | None = None
    exclude_generated: tuple[tuple[str, str], ...] = ()
    """Engines and the types of assets that they made, to leave out; an empty word stands for all of them."""
    colour: str | None = None
    """The CSS name of a colour tag, of which the picture has ``least_share``."""
    least_share: float = LEAST_SHARE
    smart_tag: str | None = None
    sort_by: str = "name"
    descending: bool = False
    offset: int = 0
    limit: int = 1000


def search_assets(tx: Tx, query: AssetQuery) -> tuple[int, tuple[Asset, ...]]:
    """Return the number of assets that match, and one page of them."""
    where = list(clauses(query))
    total = tx.scalar(sa.select(sa.func.count()).select_from(t.asset).where(*where)) or 0
    order = t.asset.c[query.sort_by]
    page = (
        sa.select(t.asset)
        .where(*where)
        .order_by(order.desc() if query.descending else order, t.asset.c.id)
        .offset(query.offset)
        .limit(query.limit)
    )
    return total, tuple(asset_from_row(row) for row in tx.execute(page).mappings())


def count_values(tx: Tx, company_id: int, field: str) -> dict[str, int]:
    """Return how many of the company's assets outside the trash have each value of a text of COLUMNS, in order."""
    c, column = t.asset.c, COLUMNS[field]
    query = sa.select(column, sa.func.count()).where(c.company_id == company_id, c.trash_state == "NotInTrash")
    return {row[0]: row[1] for row in tx.execute(query.group_by(column).order_by(column))}


def clauses(query: AssetQuery) -> Iterator[Column]:
    """Yield the conditions that the query sets on rows of assets."""
    c = t.asset.c
    yield c.company_id == query.company_id
    if query.folder is not None:
        below = c.folder.startswith(query.folder, autoescape=True)
        yield below if query.include_subfolders else c.folder == query.folder
    if query.ready_for_publish is not None:
        yield c.ready_for_publish == query.ready_for_publish
    if query.trash_states:
        yield c.trash_state.in_(query.trash_states)
    if query.types:
        yield c.type.in_(query.types)
    if query.exclude_types:
        yield c.type.not_in(query.exclude_types)
    if query.sub_types:
        kind = t.asset_set.c
        of = sa.select(kind.sub_type).where(kind.asset_id == c.id).scalar_subquery()
        has = sa.func.coalesce(of, "")
        yield has.in_(query.sub_types if query.strict_sub_types else (*query.sub_types, ""))
    if query.project_id is not None:
        member = t.project_asset.c
        yield sa.exists().where(member.asset_id == c.id, member.project_id == query.project_id)
    for engine, asset_type in query.exclude_generated:
        made = t.generated.c
        is_made = sa.exists().where(made.asset_id == c.id, (made.engine == engine) if engine else sa.true())
        yield ~(is_made & ((c.type == asset_type) if asset_type else sa.true()))
    yield from _findings(query)
    if groups := [_group(query.company_id, group) for group in query.groups if group.conditions]:
        yield sa.or_(*groups) if query.match_any_group else sa.and_(*groups)


def _findings(query: AssetQuery) -> Iterator[Column]:
    if query.colour is not None:
        yield t.asset.c.id.in_(with_colour(query.colour, query.least_share))
    if query.smart_tag is not None:
        yield t.asset.c.id.in_(with_smart_tag(query.smart_tag))


def _group(company_id: int, group: Group) -> Column:
    clauses = [_clause(company_id, condition) for condition in group.conditions]
    return sa.or_(*clauses) if group.match_any else sa.and_(*clauses)


def _clause(company_id: int, condition: Condition | ValueCondition) -> Column:
    if isinstance(condition, ValueCondition):
        return value_clause(company_id, condition)
    column = COLUMNS[condition.field]
    if condition.high is not None:
        between: Column = column.between(condition.value, condition.high)
        return ~between if condition.op == "NotBetween" else between
    if isinstance(condition.value, str):
        operators = EXACT_OPERATORS if condition.is_case_sensitive else TEXT_OPERATORS
        text: Column = operators[condition.op](column, condition.value)
        return text
    compared: Column = COMPARISONS[condition.op](column, condition.value)
    return compared
