"""The row in Postgres that a rival's task writes, as durable as a task of the ledger: what a caller could trust."""

import os
from threading import local

import psycopg

DATABASE = "RIVAL_DATABASE"
_thread = local()


def connect() -> psycopg.Connection:
    """Return this thread's connection to the database of the environment."""
    if not hasattr(_thread, "connection"):
        _thread.connection = psycopg.connect(os.environ[DATABASE], autocommit=True)
    connection: psycopg.Connection = _thread.connection
    return connection


def create_table() -> None:
    """Make the table that counts what is done, empty."""
    connect().execute("CREATE TABLE IF NOT EXISTS rival_result (number integer PRIMARY KEY)")
    connect().execute("TRUNCATE rival_result")


def add_row(number: int) -> None:
    """Note that the task with this number is done."""
    connect().execute("INSERT INTO rival_result (number) VALUES (%s) ON CONFLICT DO NOTHING", (number,))


def count_rows(first: int) -> int:
    """Return how many tasks from number ``first`` on are done."""
    row = connect().execute("SELECT count(*) FROM rival_result WHERE number >= %s", (first,)).fetchone()
    assert row is not None
    return int(row[0])
