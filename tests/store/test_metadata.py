"""Rows of metadata: what is found by it, from which index, and what goes with an asset."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from domain.metadata import Field, Held, Origin, Value, text_value
from domain.model import StoredFile
from store.asset_changes import set_trash_state
from store.asset_search import AssetQuery, Group, search_assets
from store.assets import load_asset
from store.engine import Database, Tx, is_postgres
from store.metadata_fields import add_field, add_tags, load_dictionary
from store.metadata_search import SearchKey, ValueCondition, value_clause
from store.metadata_values import count_distinct, load_held, load_packet, save_held, save_packet
from store.references import referenced_keys
from store.tables import asset
from store.usage import used_bytes
from tests.store.rows import add_tenant, stored_asset

PACKET = StoredFile(key=hashlib.sha256(b"packet").hexdigest(), size=1000)


def asset_with(database: Database, company: int, name: str, **values: tuple[Value, ...]) -> int:
    """Return the number of an asset that has these values, read from its file, under ``dc.`` keys."""
    number = stored_asset(database, company, name)
    with database.write() as tx:
        found = load_asset(tx, company, number)
        assert found is not None
        changes = {f"dc.{key}": Held(values=each, origin=Origin.FILE) for key, each in values.items()}
        save_held(tx, found, changes)
    return number


def found_by(database: Database, company: int, condition: ValueCondition) -> list[str]:
    """The names of the assets that a condition finds."""
    with database.read() as tx:
        query = AssetQuery(company_id=company, groups=(Group(conditions=(condition,)),))
        return [each.name for each in search_assets(tx, query)[1]]


def equals(text: str) -> ValueCondition:
    """A condition on the text under dc.title."""
    return ValueCondition(keys=(SearchKey(key="dc.title"),), kind="text", op="Equals", value=text)


@pytest.mark.parametrize("text", ["ÄPFEL_100%", "x" * 600])
def test_text_of_any_length_and_script_is_found_in_the_other_letter_case(database: Database, text: str) -> None:
    company = add_tenant(database)
    asset_with(database, company, "yes", title=(text_value(text),))
    asset_with(database, company, "no", title=(text_value(text.replace("_", "-").replace("x", "y") + "z"),))

    found = [
        found_by(database, company, replace(equals(text.lower()), op=op))
        for op in ("Equals", "Contains", "StartsWith", "EndsWith", "NotEquals", "NotContains")
    ]

    assert found == [["yes"]] * 4 + [["no"]] * 2


def test_long_texts_that_differ_at_their_ends_are_told_apart(database: Database) -> None:
    company = add_tenant(database)
    for end in "ab":
        asset_with(database, company, end, title=(text_value("x" * 600 + end),))

    assert found_by(database, company, equals("x" * 600 + "a")) == ["a"]


def test_a_company_finds_nothing_of_anothers(database: Database) -> None:
    lab, other = add_tenant(database), add_tenant(database, "OtherCo")
    for company in (lab, other):
        asset_with(database, company, f"of {company}", title=(text_value("x"),))

    assert found_by(database, lab, equals("x")) == [f"of {lab}"]


def test_a_value_is_looked_up_in_the_index(database: Database) -> None:
    with database.read() as tx:
        query = sa.select(asset.c.id).where(value_clause(1, equals("x")))
        plan = _explained(tx, query)

    assert "ix_asset_metadata_folded" in plan


def test_values_are_counted_over_assets_outside_the_trash(database: Database) -> None:
    company = add_tenant(database)
    asset_with(database, company, "a", subject=(text_value("x"), text_value("y")))
    asset_with(database, company, "b", subject=(text_value("x"),))
    asset_with(database, company, "c")
    trash(database, company, asset_with(database, company, "d", subject=(text_value("z"),)), "InTrash")

    with database.read() as tx:
        assert count_distinct(tx, company, ["dc.subject"]) == ({"x": 2, "y": 1}, 1)


def test_a_packet_keeps_its_bytes_and_counts_until_its_asset_is_given_up(database: Database) -> None:
    company = add_tenant(database)
    number = asset_with(database, company, "a", title=(text_value("x"),))
    with database.write() as tx:
        found = load_asset(tx, company, number)
        assert found is not None
        save_packet(tx, found, PACKET, Origin.FILE)

    before = state(database, company)
    trash(database, company, number, "InEmptiedTrash")

    assert before == (True, 1010)
    assert state(database, company) == (False, 0)
    with database.read() as tx:
        assert (load_held(tx, [number]), load_packet(tx, number)) == ({}, None)


def test_a_dictionary_keeps_the_order_in_which_its_values_came(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        field = add_field(tx, Field(id=0, company_id=company, asset_type="Asset", name="t", type="MultiTag"))
        add_tags(tx, field, ["b", "a"])
        add_tags(tx, field, ["c", "b"])

    with database.read() as tx:
        assert load_dictionary(tx, field) == ("b", "a", "c")


def state(database: Database, company: int) -> tuple[bool, int]:
    """Whether the packet's bytes are referred to, and how many bytes the company takes."""
    with database.read() as tx:
        return PACKET.key in set(referenced_keys(tx)), used_bytes(tx, company)


def trash(database: Database, company: int, number: int, state: str) -> None:
    """Move an asset to a state of the trash."""
    with database.write() as tx:
        found = load_asset(tx, company, number)
        assert found is not None
        set_trash_state(tx, found, state, "lab@example.com")


def _explained(tx: Tx, query: sa.Select[Any]) -> str:
    compiled: Callable[..., Any] = query.compile
    text = str(compiled(tx, compile_kwargs={"literal_binds": True})).replace("%", "%%")
    explain = "EXPLAIN QUERY PLAN"
    if is_postgres(tx):  # it would read an empty table without any index
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN"
    return str(tx.exec_driver_sql(f"{explain} {text}").all())
