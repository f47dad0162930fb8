"""About this server: its version, whether it is well, and what of the API it does."""

import platform
import tomllib
from functools import cache
from pathlib import Path

from server.admin.visits import Answer, Page, Visit
from server.operations.registry import implementations
from wsdl.contract import OPERATIONS

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def about(visit: Visit) -> Answer:
    """Show the page."""
    done = implementations().keys()
    return visit.page(
        "about.html",
        version=_version(),
        python=platform.python_version(),
        database=visit.services.database.engine.dialect.name,
        engine=visit.services.settings.engine,
        zone=visit.services.settings.time_zone,
        problems=visit.readiness.problems(),
        operations=[(name, name in done) for name in sorted(OPERATIONS)],
        number_done=len(done),
    )


@cache
def _version() -> str:
    version: str = tomllib.loads(_PROJECT.read_text())["project"]["version"]
    return version


PAGES = (Page(rule="about", view=about, needs=None),)
