"""The commands that look: render-wsdl, doctor, help."""

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from server.doctor import _smart_tags
from server.settings import Settings
from store.engine import Database, sqlite_url
from store.schema import upgrade_schema
from tests.server.command import complaint, run
from tests.store.orders import submitted
from tests.store.rows import add_tenant
from wsdl.versions import VERSIONS

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]], ids=str)
def test_a_wsdl_is_printed_for_a_version_and_an_address(version: object) -> None:
    answer = run("render-wsdl", "--version", str(version), "--address", "https://ips.example.com/service")

    document = etree.fromstring(answer.stdout.encode())
    assert document.tag == f"{WSDL}definitions"
    addresses = set(document.xpath("//@location"))
    assert addresses == {"https://ips.example.com/service"}


def test_an_unknown_version_is_refused_with_those_there_are() -> None:
    line = complaint(run("render-wsdl", "--version", "1999-01-01"))

    assert all(str(version) in line for version in VERSIONS)


def test_doctor_finds_a_sound_installation(tmp_path: Path) -> None:
    answer = run("doctor", data=tmp_path / "data")

    assert answer.status == 0
    assert "pymupdf" in answer.stdout
    assert re.search(r"exiftool +│ \d+\.\d+", answer.stdout)
    assert "writable" in answer.stdout
    assert "no model" in answer.stdout


def test_doctor_tells_of_the_model_of_smart_tags_or_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("cat\ndog\n")
    (tmp_path / "words.json").write_text('{"blocked": 1}')
    (tmp_path / "m.onnx").touch()
    model: dict[str, Any] = {"smart_tags_model": tmp_path / "m.onnx", "smart_tags_labels": tmp_path / "labels.txt"}

    sound = _smart_tags(Settings(data=tmp_path, **model))
    broken = _smart_tags(Settings(data=tmp_path, **model, smart_tags_vocabulary=tmp_path / "words.json"))

    assert sound == ("smart tags", "m.onnx with 2 labels", "")
    assert "blocked" in broken[2]


def test_doctor_tells_of_jobs_that_wait_though_no_worker_lives(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database = Database(sqlite_url(tmp_path / "data" / "reprise.db"))
    upgrade_schema(database)
    submitted(database, add_tenant(database), 3)
    database.close()

    answer = run("doctor", data=tmp_path / "data")

    assert answer.status == 1
    assert "No worker has been seen" in " ".join(answer.stdout.split())
    assert "3 ready" in answer.stdout


def test_doctor_names_a_data_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    answer = run("doctor", data=tmp_path / "data")

    assert answer.status == 1
    assert "not writable" in answer.stdout
    assert "Traceback" not in answer.stderr


def test_doctor_names_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "reprise.db").write_bytes(b"no database " * 1000)

    answer = run("doctor", data=tmp_path / "data")

    assert answer.status == 1
    assert "not usable" in answer.stdout
    assert "Traceback" not in answer.stderr


def test_doctor_tries_the_bucket(bucket_url: str, tmp_path: Path) -> None:
    answer = run("doctor", data=tmp_path / "data", blob_url=bucket_url)

    assert answer.status == 0
    assert "written and removed" in answer.stdout


def test_doctor_names_a_bucket_that_cannot_be_used_without_its_secret(tmp_path: Path) -> None:
    url = "s3://id:hunter2@bucket?endpoint=http://127.0.0.1:1"
    answer = run("doctor", data=tmp_path / "data", blob_url=url)

    assert answer.status == 1
    assert "not writable" in answer.stdout
    assert "hunter2" not in answer.stdout + answer.stderr


def test_every_option_of_serve_is_a_setting() -> None:
    answer = run("serve", "--help")

    options = set(re.findall(r"--([a-z][a-z-]+)", answer.stdout)) - {"help"}
    assert {"data", "port", "host", "tls-cert", "tls-key", "role"} == options
    assert {option.replace("-", "_") for option in options} <= set(Settings.model_fields)


def test_help_names_every_command() -> None:
    answer = run("--help")

    for command in ("serve", "demo", "add-company", "add-user", "render-wsdl", "backup", "restore", "doctor"):
        assert command in answer.stdout
