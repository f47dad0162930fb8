"""Conditions of a search on what assets have in their metadata; which keys they mean is decided by who asks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from domain.metadata import EVERY_TYPE, Value
from store import tables as t
from store.metadata_values import FOLDED, fold

Clause = sa.ColumnElement[Any]
POSITIVE: Mapping[str, str] = {"NotEquals": "Equals", "NotContains": "Contains", "NotBetween": "Between"}
"""The operators that hold where another one does not, and so of every asset without a value, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchKey:
    """A key of asset metadata; assets of ``asset_type`` that have nothing under it have ``default`` there."""

    key: str
    default: Value | None = None
    asset_type: str = EVERY_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCondition:
    """A condition on the values under some keys: one that any of them meets.

    ``kind`` says what is compared: the text, the whole number (dates and Booleans, too), the number, or tags, which
    ``op`` MatchesAny or MatchesAll takes several of. ``high`` is the other end of the range of Between and NotBetween.
    """

    keys: tuple[SearchKey, ...]
    kind: Literal["text", "whole", "number", "tags"]
    op: str
    value: str | float | tuple[str, ...]
    high: float | None = None
    is_case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class _Columns:
    """A value as SQL sees it: the columns of a row, or what a default is."""

    text: Clause
    folded: Clause
    whole: Clause
    number: Clause


_STORED = _Columns(
    t.asset_metadata.c.value, t.asset_metadata.c.folded, t.asset_metadata.c.whole, t.asset_metadata.c.number
)
_NUMERIC: Mapping[str, Callable[[Clause, Any], Any]] = {
    "Equals": lambda column, value: column == value,
    "LessThan": lambda column, value: column < value,
    "LessThanEquals": lambda column, value: column <= value,
    "GreaterThan": lambda column, value: column > value,
    "GreaterThanEquals": lambda column, value: column >= value,
}
NUMERIC_OPERATORS = (*_NUMERIC, "NotEquals", "Between", "NotBetween")
_TEXT: Mapping[str, Callable[[Clause, str], Any]] = {
    "Contains": lambda column, text: column.contains(text, autoescape=True),
    "StartsWith": lambda column, text: column.startswith(text, autoescape=True),
    "EndsWith": lambda column, text: column.endswith(text, autoescape=True),
}
TAG_OPERATORS = ("Matches", "MatchesAny", "MatchesAll")


def value_clause(company_id: int, condition: ValueCondition) -> Clause:
    """Return the condition as a clause on the asset's row."""
    if condition.op == "MatchesAll":
        wanted = condition.value if isinstance(condition.value, tuple) else ()
        return sa.and_(*(_any_key(company_id, condition, _tags_test((each,))) for each in wanted))
    clause = _any_key(company_id, condition, _test(condition))
    return sa.not_(clause) if condition.op in POSITIVE else clause


Test = Callable[[_Columns], Clause]


def _any_key(company_id: int, condition: ValueCondition, test: Test) -> Clause:
    return sa.or_(*(clause for key in condition.keys for clause in _key_clauses(company_id, key, test)))


def _key_clauses(company_id: int, key: SearchKey, test: Test) -> Iterator[Clause]:
    v = t.asset_metadata.c
    having = sa.select(v.asset_id).where(v.company_id == company_id, v.name == key.key)
    yield t.asset.c.id.in_(having.where(test(_STORED)))
    if key.default is not None:
        is_of = sa.true() if key.asset_type == EVERY_TYPE else t.asset.c.type == key.asset_type
        yield sa.and_(is_of, test(_literals(key.default)), t.asset.c.id.not_in(having))


def _test(condition: ValueCondition) -> Test:
    op = POSITIVE.get(condition.op, condition.op)
    if condition.kind == "text":
        return _text_test(op, str(condition.value), is_case_sensitive=condition.is_case_sensitive)
    if condition.kind == "tags":
        return _tags_test(condition.value if isinstance(condition.value, tuple) else (str(condition.value),))
    is_whole = condition.kind == "whole"

    def test(columns: _Columns) -> Clause:
        column = columns.whole if is_whole else columns.number
        if op == "Between":
            return column.between(condition.value, condition.high)
        compared: Clause = _NUMERIC[op](column, condition.value)
        return compared

    return test


def _text_test(op: str, wanted: str, *, is_case_sensitive: bool) -> Test:
    def test(columns: _Columns) -> Clause:
        if op == "Equals":
            indexed = columns.folded == fold(wanted)
            if is_case_sensitive:
                return indexed & (columns.text == wanted)
            return indexed if len(wanted) < FOLDED else indexed & (sa.func.lower(columns.text) == wanted.lower())
        if is_case_sensitive:
            found: Clause = _TEXT[op](columns.text, wanted)
            return found
        is_long = sa.func.length(columns.folded) >= FOLDED
        whole_text = sa.case((is_long, sa.func.lower(columns.text)), else_=columns.folded)
        folded: Clause = _TEXT[op](whole_text, wanted.lower())
        return folded

    return test


def _tags_test(wanted: tuple[str, ...]) -> Test:
    folded = [fold(each) for each in wanted]
    return lambda columns: columns.folded.in_(folded) & columns.text.in_(wanted)


def _literals(value: Value) -> _Columns:
    return _Columns(
        sa.literal(value.text, sa.Text),
        sa.literal(fold(value.text), sa.Text),
        sa.literal(value.whole, sa.BigInteger),
        sa.literal(value.number, sa.Float),
    )
