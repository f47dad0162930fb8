"""What the commands share: what they write and where, the --data option, and the settings they were given."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from server.settings import Settings

out = Console()
err = Console(stderr=True)
DataOption = Annotated[Path | None, typer.Option("--data", help="The data folder.")]


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
    """Write a line to standard output as it is."""
    out.print(message, markup=False, highlight=False, soft_wrap=True)


def complain(message: str) -> None:
    """Write a line to standard error as it is."""
    err.print(message, style="red", markup=False, highlight=False, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Say why the command cannot do its work, and end with status 1."""
    complain(message)
    raise typer.Exit(1)
