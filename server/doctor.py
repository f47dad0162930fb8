"""Examines an installation: Python, libraries, optional codecs, the data folder and the database."""

import importlib.metadata
import importlib.util
import sys
import tempfile

from rich.console import Console
from rich.table import Table

from domain.errors import RepriseError
from server.app import open_database
from server.settings import Settings

REQUIRED = (
    "spyne",
    "lxml",
    "sqlalchemy",
    "pyvips",
    "pyvips-binary",
    "pillow",
    "numpy",
    "opencv-python-headless",
    "apscheduler",
    "celery",
    "pebble",
    "granian",
)
PDF_ENGINES = ("pymupdf", "pypdfium2")


def examine(settings: Settings, console: Console) -> bool:
    """Print a table of findings; return whether the server can run."""
    findings = [
        _python(),
        *(_library(name) for name in REQUIRED),
        _pdf(settings),
        _folder(settings),
        _database(settings),
    ]
    table = Table("what", "found", "verdict")
    for what, found, problem in findings:
        table.add_row(what, found, problem or "ok")
    console.print(table)
    return not any(problem for *_rest, problem in findings)


Finding = tuple[str, str, str]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    is_supported = (3, 11) <= sys.version_info[:2] < (3, 14)
    return "Python", version, "" if is_supported else "supported are 3.11 to 3.13"


def _library(name: str) -> Finding:
    try:
        return name, importlib.metadata.version(name), ""
    except importlib.metadata.PackageNotFoundError:
        return name, "missing", "install requirements.txt"


def _pdf(settings: Settings) -> Finding:
    present = [name for name in PDF_ENGINES if importlib.util.find_spec(name)]
    found = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in present) or "none"
    problem = "" if settings.pdf_engine in present else f"{settings.pdf_engine} is not installed: set pdf_engine"
    return "PDF engines", found, problem


def _folder(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data):
            return "data folder", "writable", ""
    except OSError as error:
        return "data folder", "not writable", str(error.strerror)


def _database(settings: Settings) -> Finding:
    try:
        database = open_database(settings)
    except (RepriseError, OSError) as error:
        return "database", "not usable", str(error)
    name = database.engine.dialect.name
    database.close()
    return "database", name, ""
