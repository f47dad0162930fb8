"""What the commands share: what they write and where, their options, settings, and a transaction for each."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.errors import RepriseError
from domain.model import Company
from server.app import open_database
from server.settings import Settings
from store.audit import Act, record
from store.companies import find_company
from store.engine import Tx

out = Console()
err = Console(stderr=True)
DataOption = Annotated[Path | None, typer.Option("--data", help="The data folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
OPERATOR = "operator"
"""Who made what a command makes."""


def settings_of(**given: Any) -> Settings:
    """Return the settings, of which the options that are not None are the strongest; else say why not and end."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        fail(
            "; ".join(": ".join([*map(str, e["loc"]), e["msg"].removeprefix("Value error, ")]) for e in error.errors())
        )
    except tomllib.TOMLDecodeError as error:
        fail(f"reprise.toml: {error}")


def say(message: str) -> None:
    """Write a line to standard output, without what would drive the terminal."""
    out.print(cell(message), markup=False, highlight=False, soft_wrap=True)


def complain(message: str) -> None:
    """Write a line to standard error, without what would drive the terminal."""
    err.print(cell(message), style="red", markup=False, highlight=False, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Say why the command cannot do its work, and end with status 1."""
    complain(message)
    raise typer.Exit(1)


@contextmanager
def transaction(data: Path | None, *, writes: bool = True) -> Iterator[tuple[Tx, Settings]]:
    """Yield a transaction on the data folder's database; an error of ours ends the command and is its complaint."""
    settings = settings_of(data=data)
    try:
        with closing(open_database(settings)) as database, database.write() if writes else database.read() as tx:
            yield tx, settings
    except RepriseError as error:
        fail(str(error))


def note(tx: Tx, company_id: int | None, action: str, subject: str) -> None:
    """Write into the audit log what a command does, in the transaction that does it; None for the whole server."""
    record(tx, Act(company_id=company_id, actor=OPERATOR, action=action, subject=subject, address=""))


def company_named(tx: Tx, name: str) -> Company:
    """Return the company of this name, else say that there is none and end."""
    found = find_company(tx, name)
    if found is None:
        fail(f"There is no company {name}: add it with add-company.")
    return found


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool = False) -> None:
    """Write rows as a table of these columns, or whole as JSON."""
    if as_json:
        print_json(rows)
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(row[column])) for column in columns))
    out.print(table)


def print_facts(facts: Mapping[str, Any], *, as_json: bool = False) -> None:
    """Write names and values below each other, or as JSON."""
    if as_json:
        print_json(facts)
    else:
        print_rows([{"what": name, "value": value} for name, value in facts.items()], ("what", "value"))


def print_json(value: Any) -> None:
    """Write a value as JSON."""
    out.print(json.dumps(value, ensure_ascii=False, indent=2), markup=False, highlight=False, soft_wrap=True)


def cell(value: Any) -> str:
    """Return a value as the text of a table's cell."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {cell(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(map(cell, value))
    text = "" if value is None else str(value)
    return "".join(each if each.isprintable() else " " for each in text)  # nobody's file name drives the terminal
