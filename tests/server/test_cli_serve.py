"""serve: on an empty folder, beside another server, with settings that cannot be; and no secret anywhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_server import PASSWORD, RunningServer, add_account
from tests.server.command import complaint, run, run_as_process
from tests.soap_call import call


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    started = RunningServer(
        tmp_path_factory.mktemp("serve") / "data", {"log_level": "debug", "credential_cache_s": "0"}
    )
    database = started.database
    add_account(database, "LabCo", "lab@example.com")
    database.close()
    started.start()
    yield started
    started.stop()


def test_serve_on_an_empty_folder_says_how_to_add_a_company_and_a_user(tmp_path: Path) -> None:
    started = RunningServer(tmp_path / "data").start()
    assert started.process is not None
    assert started.process.stdout is not None
    said = [started.process.stdout.readline() for _n in range(4)]
    status = started.stop()

    assert said[0].startswith("WSDL: http://127.0.0.1:")
    assert "no user" in said[1]
    assert "add-company 'My Company'" in said[2]
    assert "add-user me@example.com --company 'My Company'" in said[3]
    assert status == 0


def test_a_second_server_on_the_folder_says_so_in_one_line(running: RunningServer) -> None:
    answer = run_as_process("serve", "--port", "0", data=running.data)

    assert "A server is running on this data folder" in complaint(answer)


def test_a_second_server_on_the_port_says_so_in_one_line(running: RunningServer, tmp_path: Path) -> None:
    port = running.url.rpartition(":")[2]

    line = complaint(run_as_process("serve", "--port", port, data=tmp_path / "data"))

    assert f"Cannot listen on 127.0.0.1:{port}" in line


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"nonsense": "1"}, "REPRISE_NONSENSE"),
        ({"port": "x"}, "port"),
        ({"allowed_networks": "10.0.0.0/99"}, "allowed_networks"),
        ({"tls_cert": __file__}, "tls_key"),
        ({"tls_cert": "/no/such/file.pem"}, "tls_cert"),
        ({"public_url": "ips.example.com"}, "public_url"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_setting_that_cannot_be_is_refused_in_one_line(tmp_path: Path, settings: dict[str, str], word: str) -> None:
    assert word in complaint(run("doctor", data=tmp_path / "data", **settings))


@pytest.mark.parametrize("url", ["mysql://lab:{}@db/x", "postgresql://lab:{}@127.0.0.1:1/x"], ids=["mysql", "silent"])
def test_a_database_that_cannot_be_opened_is_named_in_one_line_without_its_password(tmp_path: Path, url: str) -> None:
    secret = "s3cret-of-the-database"

    line = complaint(run_as_process("serve", "--port", "0", data=tmp_path / "data", database_url=url.format(secret)))

    assert "database" in line
    assert secret not in line


def test_a_settings_file_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "reprise.toml").write_text("port = = 1")

    assert "reprise.toml" in complaint(run_as_process("serve", data=tmp_path / "data"))


def test_no_password_is_in_the_log_or_the_data_folder(running: RunningServer) -> None:
    right = call(running, "getCompanyInfo", "<companyName>LabCo</companyName>")
    wrong = call(running, "getCompanyInfo", "<companyName>LabCo</companyName>", password="wrong-pass-word")

    assert not right.is_fault
    assert wrong.is_fault
    assert b"argon2id" in b"".join(path.read_bytes() for path in running.data.glob("reprise.db*"))
    for secret in (PASSWORD, "wrong-pass-word"):
        assert secret not in running.log()
        for path in running.data.rglob("*"):
            assert not path.is_file() or secret.encode() not in path.read_bytes(), path
