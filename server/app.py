"""The composition root: reads the settings and builds everything, for the main process and for each HTTP worker."""

import logging
import shutil
import socket
import sys
from dataclasses import replace
from datetime import timedelta
from multiprocessing.util import Finalize
from pathlib import Path

import structlog

from domain.errors import RepriseError
from domain.priorities import SizeClasses
from imaging.limits import Limits
from imaging.process import prepare_process
from jobs.archives import UnpackLimits
from jobs.collection import CollectionRules
from jobs.election import Candidate
from jobs.engines.celery import CeleryEngine, serve_tokens
from jobs.engines.embedded import EmbeddedEngine
from jobs.kinds.port import Places, Tools
from jobs.mail import MailServer
from jobs.outbound import OutboundRules
from jobs.runner import LeaderRules, Runner
from jobs.slots import SlotLimits, SlotPool
from jobs.vocabulary import TagModel, load_model
from jobs.worker import Worker
from server.dispatch import Services
from server.lockout import Lockout
from server.passwords import Passwords
from server.settings import Settings
from server.web import Wsgi, build_application
from store.blobs.cache import FileCache
from store.blobs.local import LocalBlobs
from store.blobs.port import BlobStore
from store.blobs.s3 import S3Blobs, read_bucket_url
from store.engine import Database, sqlite_url
from store.leadership import fence
from store.schema import upgrade_schema


def open_database(settings: Settings) -> Database:
    """Return the database of the settings, its schema brought up to date."""
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(_database_url(settings))
    try:
        upgrade_schema(database)
    except (RepriseError, OSError):
        database.close()
        raise
    return database


def open_blobs(settings: Settings) -> BlobStore:
    """Return the blob store of the settings: the bucket, else the data folder."""
    url = settings.blob_url.get_secret_value() if settings.blob_url else ""
    if not url:
        return LocalBlobs(settings.data / "blobs")
    cache = FileCache(settings.data / "blob-cache", settings.blob_cache_mb * 2**20)
    return S3Blobs(read_bucket_url(url), cache)


def build_services(settings: Settings, database: Database) -> Services:
    """Return what the handlers of requests use."""
    return Services(
        settings=settings,
        database=database,
        blobs=open_blobs(settings),
        passwords=Passwords(settings.credential_cache_s, _lockout(settings)),
        slots=SlotPool(1, _slot_limits(settings), prepare_process),
        scratch=_scratch(settings),
        server_name=socket.gethostname(),
    )


def build_worker(settings: Settings) -> Wsgi:
    """Return the WSGI application, built in an HTTP worker process after the main process upgraded the schema."""
    configure_logging(settings)
    prepare_process()
    services = build_services(settings, Database(_database_url(settings)))
    Finalize(None, services.slots.close, exitpriority=0)  # else the process waits for its slot's child when it ends
    return build_application(services)


def clear_leftovers(settings: Settings) -> None:
    """Remove what a crash left half done in the data folder, before anything of this server runs."""
    shutil.rmtree(_scratch(settings), ignore_errors=True)
    _scratch(settings).mkdir(parents=True)
    if settings.role == "all" and settings.engine == "embedded":  # else other servers may be putting blobs
        open_blobs(settings).clear_staging()


def build_leader(settings: Settings, database: Database) -> Runner | Candidate:
    """Return what leads, not yet started: on SQLite the one leader, on Postgres a candidate."""
    if database.is_sqlite:
        return _build_runner(settings, database, database)
    return Candidate(
        database,
        _lease(settings) / 3,
        lambda epoch: _build_runner(settings, database, database.guarded(fence(epoch))),
    )


def run_worker(settings: Settings, database: Database) -> None:
    """Run the tasks that Celery brings until SIGTERM or SIGINT; only for the main thread."""
    worker = Worker(_build_tools(settings, database), size_classes(settings))
    serve_tokens(worker, _broker_url(settings))


def _build_runner(settings: Settings, database: Database, led: Database) -> Runner:
    """Return a leader that does its duties on ``led``, which refuses what comes late."""
    tools = _build_tools(settings, database)
    classes = size_classes(settings)
    engine = CeleryEngine(_broker_url(settings)) if settings.engine == "celery" else EmbeddedEngine(tools, classes)
    collection = CollectionRules(
        every=timedelta(minutes=settings.blob_sweep_minutes), grace=timedelta(hours=settings.blob_grace_hours)
    )
    rules = LeaderRules(
        collection=collection,
        classes=classes,
        patience=timedelta(seconds=settings.no_worker_s),
        history=timedelta(days=settings.history_days) if settings.history_days else None,
    )
    return Runner(replace(tools, database=led), engine, rules)


def _build_tools(settings: Settings, database: Database) -> Tools:
    return Tools(
        database=database,
        blobs=open_blobs(settings),
        slots=SlotPool(settings.slots, _slot_limits(settings), prepare_process),
        scratch=_scratch(settings),
        limits=Limits(max_pixels=settings.max_pixels, timeout_s=settings.slot_timeout_s),
        outbound=OutboundRules(allowed_networks=settings.allowed_networks, fetch_timeout_s=settings.fetch_timeout_s),
        mail_server=_mail_server(settings),
        pdf_engine=settings.pdf_engine,
        places=Places(uploads=settings.upload_root, publishes=settings.publish_root),
        unpack_limits=UnpackLimits(max_bytes=settings.max_unpacked_bytes, max_files=settings.max_unpacked_files),
        lease=_lease(settings),
        tag_model=open_tag_model(settings),
    )


def open_tag_model(settings: Settings) -> TagModel | None:
    """Return the model of smart tags with its vocabulary, None without one. Raises UnusableVocabularyError."""
    if settings.smart_tags_model is None or settings.smart_tags_labels is None:
        return None
    return load_model(settings.smart_tags_model, settings.smart_tags_labels, settings.smart_tags_vocabulary)


def configure_logging(settings: Settings) -> None:
    """Write log lines as JSON to standard error."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _lease(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.lease_s)


def _broker_url(settings: Settings) -> str:
    assert settings.broker_url, "the settings refuse Celery without a broker"
    return settings.broker_url.get_secret_value()


def size_classes(settings: Settings) -> SizeClasses:
    """Return from which number of items on a job is interactive, normal or bulk."""
    return SizeClasses(interactive=settings.interactive_items, bulk=settings.bulk_items)


def _scratch(settings: Settings) -> Path:
    return settings.data / "scratch"


def _lockout(settings: Settings) -> Lockout:
    return Lockout(
        per_user=settings.lockout_failures,
        per_address=10 * settings.lockout_failures,
        window_s=60 * settings.lockout_minutes,
    )


def _slot_limits(settings: Settings) -> SlotLimits:
    return SlotLimits(memory=settings.slot_memory_mb * 2**20, timeout_s=settings.slot_timeout_s)


def _mail_server(settings: Settings) -> MailServer | None:
    url = settings.smtp_url
    return MailServer(url=url.get_secret_value(), sender=settings.mail_from) if url else None


def _database_url(settings: Settings) -> str:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    return url or sqlite_url(settings.data / "reprise.db")
