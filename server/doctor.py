"""Examines an installation: Python, libraries, optional codecs, data folder, database, files, workers and the queue."""

import importlib.metadata
import importlib.util
import sys
import tempfile
from contextlib import closing
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from domain.clock import utc_now
from domain.errors import RepriseError
from imaging.errors import MissingLibrary
from imaging.metadata import exiftool_version
from server import health
from server.app import build_services, open_database, open_tag_model
from server.dispatch import Services
from server.settings import Settings
from store.figures import read_figures
from store.outbox import count_by_state
from store.workers import find_workers

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
        _smart_tags(settings),
        _metadata(),
        _folder(settings),
        *_state(settings),
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


def _smart_tags(settings: Settings) -> Finding:
    try:
        model = open_tag_model(settings)
    except RepriseError as error:
        return "smart tags", "not usable", str(error)
    if model is None:
        return "smart tags", "no model", ""
    problem = "" if importlib.util.find_spec("onnxruntime") else "onnxruntime is not installed: pip install it"
    return "smart tags", f"{model.path.name} with {len(model.labels)} labels", problem


def _metadata() -> Finding:
    """Return how metadata is read: it works without exiftool, too, of fewer formats."""
    try:
        return "exiftool", exiftool_version(), ""
    except MissingLibrary as error:
        return "exiftool", f"none ({error}): metadata is read of the common formats alone", ""


def _folder(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data):
            return "data folder", "writable", ""
    except OSError as error:
        return "data folder", "not writable", str(error.strerror)


def _state(settings: Settings) -> list[Finding]:
    """Return what there is to say of the database, the files, the workers and the queue."""
    try:
        database = open_database(settings)
    except (RepriseError, OSError) as error:
        return [("database", "not usable", str(error))]
    with closing(database):
        services = build_services(settings, database)
        problems = health.examine(services)
        services.slots.close()
        findings = [
            ("database", database.engine.dialect.name, problems["database"]),
            ("files", "written and removed" if not problems["blobs"] else "not writable", problems["blobs"]),
        ]
        return findings if problems["database"] else findings + _work(services, problems["workers"])


def _work(services: Services, no_worker: str) -> list[Finding]:
    now = utc_now()
    with services.database.read() as tx:
        workers = find_workers(tx, now - timedelta(seconds=services.settings.no_worker_s))
        figures = read_figures(tx)
        deliveries = count_by_state(tx)
    named = ", ".join(f"{worker.name} ({worker.slots} slots)" for worker in workers)
    oldest = figures.oldest_ready
    waiting = f"; the oldest waits {(now - oldest).total_seconds():.0f} s" if oldest else ""
    tasks = ", ".join(f"{number} {state.name.lower()}" for state, number in figures.tasks.items())
    failures = sorted(figures.failures.items(), key=lambda each: -each[1])
    return [
        ("workers", named or "none", no_worker if oldest else ""),  # a server that is stopped has none
        ("queue", f"{tasks}; {figures.paused_jobs} jobs paused{waiting}", ""),
        ("deliveries", ", ".join(f"{number} {state}" for state, number in deliveries.items()), ""),
        ("failures", ", ".join(f"{number} {reason}" for reason, number in failures) or "none", ""),
    ]
