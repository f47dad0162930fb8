"""Gives a test its own schema in a shared Postgres cluster."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from store.engine import Database


@contextmanager
def own_schema(cluster_url: str) -> Iterator[str]:
    """Yield the URL of a new, empty schema, which is dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    cluster = Database(cluster_url)
    with cluster.write() as tx:
        tx.exec_driver_sql(f"CREATE SCHEMA {name}")
    separator = "&" if "?" in cluster_url else "?"
    yield f"{cluster_url}{separator}options={quote(f'-csearch_path={name}')}"
    with cluster.write() as tx:
        tx.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    cluster.close()
