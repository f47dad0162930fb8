"""Settings: each by command line, by REPRISE_*, or by reprise.toml, in this order; unknown ones refused."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from server.settings import Settings, forget_environment

HERE = Path(__file__)
POSTGRES, BROKER = "postgresql://h/x", "redis://h/0"
VALUES: dict[str, tuple[str, str, Any]] = {
    "data": ("/srv/x", '"/srv/x"', Path("/srv/x")),
    "database_url": ("postgresql://h/x", '"postgresql://h/x"', None),
    "blob_url": ("s3://b/x", '"s3://b/x"', None),
    "blob_cache_mb": ("65", "65", 65),
    "role": ("front", '"front"', "front"),
    "engine": ("celery", '"celery"', "celery"),
    "broker_url": ("redis://h/0", '"redis://h/0"', None),
    "lease_s": ("12", "12", 12.0),
    "host": ("::1", '"::1"', "::1"),
    "port": ("81", "81", 81),
    "tls_cert": (str(HERE), f'"{HERE}"', HERE),
    "tls_key": (str(HERE), f'"{HERE}"', HERE),
    "public_url": ("https://x.example", '"https://x.example"', "https://x.example"),
    "trust_forwarded": ("true", "true", True),
    "http_workers": ("3", "3", 3),
    "http_threads": ("4", "4", 4),
    "slots": ("5", "5", 5),
    "interactive_items": ("3", "3", 3),
    "bulk_items": ("300", "300", 300),
    "selection_warning": ("9", "9", 9),
    "no_worker_s": ("45", "45", 45.0),
    "slot_memory_mb": ("600", "600", 600),
    "slot_timeout_s": ("1.5", "1.5", 1.5),
    "max_pixels": ("7", "7", 7),
    "max_request_bytes": ("8", "8", 8),
    "max_upload_bytes": ("9", "9", 9),
    "upload_root": (str(HERE.parent), f'"{HERE.parent}"', HERE.parent),
    "publish_root": (str(HERE.parent), f'"{HERE.parent}"', HERE.parent),
    "max_unpacked_bytes": ("11", "11", 11),
    "max_unpacked_files": ("12", "12", 12),
    "export_days": ("2", "2", 2),
    "history_days": ("30", "30", 30),
    "upload_idle_minutes": ("10", "10", 10.0),
    "blob_sweep_minutes": ("5", "5", 5.0),
    "blob_grace_hours": ("48", "48", 48.0),
    "allowed_networks": (
        "10.0.0.0/8, ::1/128",
        '["10.0.0.0/8", "::1/128"]',
        (ip_network("10.0.0.0/8"), ip_network("::1")),
    ),
    "fetch_timeout_s": ("9.5", "9.5", 9.5),
    "smtp_url": ("smtp://h:25", '"smtp://h:25"', None),
    "mail_from": ("a@b.example", '"a@b.example"', "a@b.example"),
    "time_zone": ("Europe/Berlin", '"Europe/Berlin"', "Europe/Berlin"),
    "pdf_engine": ("pypdfium2", '"pypdfium2"', "pypdfium2"),
    "smart_tags_model": (str(HERE), f'"{HERE}"', HERE),
    "smart_tags_labels": (str(HERE), f'"{HERE}"', HERE),
    "smart_tags_vocabulary": (str(HERE), f'"{HERE}"', HERE),
    "strict": ("true", "true", True),
    "strict_roles": ("true", "true", True),
    "credential_cache_s": ("0", "0", 0.0),
    "lockout_failures": ("3", "3", 3),
    "lockout_minutes": ("2", "2", 2.0),
    "metrics_token": ("s3cret", '"s3cret"', None),
    "missing_image_status": ("404", "404", 404),
    "log_level": ("error", '"error"', "error"),
}
PARTNERS: dict[str, dict[str, Any]] = {
    "tls_cert": {"tls_key": HERE},
    "tls_key": {"tls_cert": HERE},
    "role": {"database_url": POSTGRES},
    "engine": {"database_url": POSTGRES, "broker_url": BROKER},
    "broker_url": {"database_url": POSTGRES, "engine": "celery"},
    "smart_tags_model": {"smart_tags_labels": HERE},
    "smart_tags_labels": {"smart_tags_model": HERE},
    "smart_tags_vocabulary": {"smart_tags_model": HERE, "smart_tags_labels": HERE},
}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(**given: Any) -> Settings:
    return Settings(**given)


def value_of(settings: Settings, name: str) -> Any:
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        return None if value.get_secret_value() == VALUES[name][0] else value
    return value


def test_the_table_of_this_test_has_every_setting() -> None:
    assert list(VALUES) == list(Settings.model_fields)


@pytest.mark.parametrize("name", VALUES)
def test_each_setting_is_taken_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, _toml, expected = VALUES[name]
    monkeypatch.setenv(f"REPRISE_{name.upper()}", text)

    assert value_of(read(**PARTNERS.get(name, {})), name) == expected


@pytest.mark.parametrize("name", VALUES)
def test_each_setting_is_taken_from_the_file(name: str, empty_folder: Path) -> None:
    _text, toml, expected = VALUES[name]
    (empty_folder / "reprise.toml").write_text(f"{name} = {toml}\n")

    assert value_of(read(**PARTNERS.get(name, {})), name) == expected


def test_the_command_line_is_stronger_than_the_environment_and_that_than_the_file(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "reprise.toml").write_text('port = 1\nhost = "file"\nlog_level = "error"\n')
    monkeypatch.setenv("REPRISE_PORT", "2")
    monkeypatch.setenv("REPRISE_HOST", "environment")

    settings = read(port=3)

    assert (settings.port, settings.host, settings.log_level) == (3, "environment", "error")


@pytest.mark.parametrize("text", ['["127.0.0.0/8"]', "127.0.0.0/8", " 127.0.0.0/8, "])
def test_networks_are_read_from_a_json_list_and_from_a_text_with_commas(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPRISE_ALLOWED_NETWORKS", text)

    assert read().allowed_networks == (ip_network("127.0.0.0/8"),)


def test_an_unknown_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRISE_PROT", "8080")

    with pytest.raises(ValidationError, match="REPRISE_PROT"):
        read()


def test_an_unknown_line_in_the_file_is_refused_by_name(empty_folder: Path) -> None:
    (empty_folder / "reprise.toml").write_text("prot = 8080\n")

    with pytest.raises(ValidationError, match="prot"):
        read()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "65536"),
        ("port", "-1"),
        ("http_workers", "0"),
        ("time_zone", "Middle/Earth"),
        ("slots", "0"),
        ("bulk_items", "10"),
        ("no_worker_s", "19"),
        ("slot_memory_mb", "1"),
        ("slot_timeout_s", "0"),
        ("max_upload_bytes", "0"),
        ("blob_grace_hours", "0.5"),
        ("allowed_networks", "localhost"),
        ("pdf_engine", "ghostscript"),
        ("missing_image_status", "200"),
        ("log_level", "loud"),
        ("public_url", "ftp://x"),
        ("tls_cert", str(HERE)),
        ("engine", "dask"),
        ("lease_s", "0"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"REPRISE_{name.upper()}", text)

    with pytest.raises(ValidationError):
        read()


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"engine": "celery", "broker_url": BROKER}, "engine celery needs a Postgres .*: set database_url"),
        ({"role": "front"}, "role front needs a Postgres .*: set database_url"),
        ({"role": "leader"}, "role leader needs a Postgres .*: set database_url"),
        ({"role": "worker", "database_url": POSTGRES}, "role worker needs tokens .*: set engine to celery"),
        ({"role": "worker", "database_url": POSTGRES, "engine": "celery"}, "role worker: set broker_url"),
        ({"database_url": POSTGRES, "engine": "celery"}, "role all: set broker_url"),
        ({"database_url": POSTGRES, "broker_url": BROKER}, "broker_url has no use for engine embedded"),
        ({"database_url": POSTGRES, "engine": "celery", "broker_url": "kafka://h"}, "must begin with one of redis://"),
    ],
)
def test_a_cluster_that_cannot_work_is_refused_with_what_would(given: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        read(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"role": "front", "database_url": POSTGRES, "engine": "celery"},
        {"role": "front", "database_url": POSTGRES},
        {"role": "leader", "database_url": POSTGRES},
        {"role": "worker", "database_url": POSTGRES, "engine": "celery", "broker_url": "amqps://h//"},
    ],
)
def test_a_cluster_that_works_is_taken(given: dict[str, Any]) -> None:
    assert read(**given).role == given["role"]


def test_the_database_password_is_not_shown() -> None:
    settings = read(database_url="postgresql://lab:hunter2secret@db/x")

    assert "hunter2secret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        read().port = 1


def test_a_worker_forgets_our_variables_and_what_looks_like_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REPRISE_DATABASE_URL", "HTTP_PROXY", "LANG_OF_TEST"):
        monkeypatch.setenv(name, "x")

    forget_environment()

    assert "REPRISE_DATABASE_URL" not in os.environ
    assert "HTTP_PROXY" not in os.environ
    assert "LANG_OF_TEST" in os.environ


@pytest.mark.parametrize("given", ["smart_tags_model", "smart_tags_labels", "smart_tags_vocabulary"])
def test_a_part_of_a_model_of_smart_tags_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="smart_tags_model"):
        read(**{given: HERE})
