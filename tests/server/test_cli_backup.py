"""The commands backup and restore, as an operator uses them: beside a running server, and into an empty folder."""

from contextlib import closing
from pathlib import Path

import pytest

from domain.model import StoredFile
from server.supervisor import AlreadyRunningError
from store.backup import BLOBS
from store.blobs.local import LocalBlobs
from store.companies import find_company
from tests.jobs.own_server import own_server
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.server.command import complaint, run
from tests.store.rows import add_tenant, stored_asset


def test_a_running_server_is_backed_up_restored_and_verified(tmp_path: Path) -> None:
    saved, restored = tmp_path / "saved", tmp_path / "restored"
    with own_server(tmp_path / "data") as lab:
        handle = lab.upload({"a.png": small_png()})["a.png"]
        assert "files copied" in run("backup", str(saved), data=lab.server.data).stdout
        key = lab.stored(handle).original.key

    said = run("restore", str(saved), "--verify", data=restored)

    assert said.status == 0
    assert "files are there with the right content" in said.stdout
    assert key in set(LocalBlobs(restored / BLOBS).keys())
    with closing(RunningServer(restored).database) as database, database.read() as tx:
        assert find_company(tx, "LabCo") is not None


def test_what_the_backup_lacks_is_said(tmp_path: Path) -> None:
    lost, saved = "ab" * 32, tmp_path / "saved"
    with closing(RunningServer(tmp_path / "old").database) as database:
        stored_asset(database, add_tenant(database), original=StoredFile(key=lost, size=1))

    assert lost in complaint(run("backup", str(saved), data=tmp_path / "old"))
    assert lost in complaint(run("restore", str(saved), data=tmp_path / "new"))


def test_nothing_is_restored_under_a_running_server(server: RunningServer, tmp_path: Path) -> None:
    with pytest.raises(AlreadyRunningError):
        run("restore", str(tmp_path), data=server.data)
