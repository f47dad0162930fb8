"""What four real client stacks sent, replayed byte for byte but for the address: the flow of the main job."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree

from store import tables as t
from store.assets import NewAsset, add_asset
from store.blobs.local import LocalBlobs
from tests.conftest import LAB_COMPANY
from tests.imaging.pictures import save_png, scene
from tests.running_server import RunningServer, add_account
from tests.soap.raw import RawRequest, answer
from tests.soap_call import ENDPOINT, Answer, call

RECORDED = Path(__file__).parent / "recorded"
STACKS = sorted(folder.name for folder in RECORDED.iterdir())
OPERATIONS = sorted({path.name.removesuffix(".http") for path in RECORDED.glob("*/*.http")})
FAULTS = {
    "getCompanyInfo.authenticationFault": ("authenticationFault", 10001),
    "getFolders.ipsApiFault": ("authorizationFault", 20000),
    "getJobLogDetails": ("ipsApiFault", 30001),
}
"""What answers those that must fail; the last names a job of the server it was recorded with."""
PASSWORD, HAT = "secret", 1234
WATCHDOG_S = 60


@pytest.fixture(scope="module")
def recorded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with what the recorded requests name: LabCo c|110, its user, and its asset Hat a|1234."""
    folder = tmp_path_factory.mktemp("recorded")
    running = RunningServer(folder / "data")
    database = running.database
    add_account(database, "LabCo", "lab@example.com", company_id=LAB_COMPANY, password=PASSWORD)
    original = LocalBlobs(running.data / "blobs").put(save_png(folder / "Hat.png", scene(200, 160)))
    hat = NewAsset(
        company_id=LAB_COMPANY,
        folder="LabCo/",
        name="Hat",
        file_name="Hat.png",
        type="Image",
        original=original,
        ready_for_publish=True,
        created_by="lab@example.com",
    )
    with database.write() as tx:
        made = add_asset(tx, hat)
        tx.execute(sa.update(t.asset).where(t.asset.c.id == made.id).values(id=HAT))
    database.close()
    yield running.start()
    running.stop()


def recorded(stack: str, name: str, server: RunningServer, job_handle: str = "") -> RawRequest:
    """Return a recorded request for this server; ``job_handle`` takes the place of the recorded one."""
    head, _, body = (RECORDED / stack / f"{name}.http").read_bytes().partition(b"\r\n\r\n")
    if job_handle:
        body = re.sub(rb"j\|110\|[^<]*", job_handle.encode(), body)
    line, *headers = head.decode().split("\r\n")
    method, _, version = line.split(" ")
    adapted = {"host": server.url.partition("//")[2], "content-length": str(len(body))}
    lines = []
    for header in headers:
        key, _, value = header.partition(": ")
        lines.append(f"{key}: {adapted.get(key.lower(), value)}")
    return RawRequest(f"{method} {ENDPOINT} {version}", tuple(lines), body)


def replay(server: RunningServer, stack: str, name: str, job_handle: str = "") -> Answer:
    """Send a recorded request and return the answer, which must be in the request's own namespace."""
    request = recorded(stack, name, server, job_handle)
    found = answer(server, request)
    if not found.is_fault:
        namespace = found.body.nsmap[found.body.prefix]
        assert f'"{namespace}"'.encode() in request.body
    return found


def wait_until_idle(server: RunningServer) -> None:
    until = time.monotonic() + WATCHDOG_S
    while time.monotonic() < until:
        active = call(server, "getActiveJobs", "<companyHandle>c|110</companyHandle>", password=PASSWORD)
        if not active.texts("jobArray/items"):
            return
        time.sleep(0.05)
    raise AssertionError(server.log())


def test_every_stack_has_the_same_recorded_requests() -> None:
    assert len(STACKS) * len(OPERATIONS) == len(list(RECORDED.glob("*/*.http"))) == 40


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_recorded_request_is_answered_as_its_client_expects(
    recorded_server: RunningServer, stack: str, name: str
) -> None:
    found = replay(recorded_server, stack, name)

    if name in FAULTS:
        assert found.fault[:2] == FAULTS[name]
        assert found.reply.status_code == 500
    else:
        assert etree.QName(found.body).localname == f"{name}Return"
        assert found.reply.status_code == 200


@pytest.mark.covers("getFolders", "searchAssets", "getAssetsByName", "submitJob", "getJobLogs", "getJobLogDetails")
@pytest.mark.parametrize("stack", STACKS)
def test_the_recorded_flow_reprocesses_and_publishes_the_asset_it_names(
    recorded_server: RunningServer, stack: str
) -> None:
    wait_until_idle(recorded_server)
    before = replay(recorded_server, stack, "getJobLogs").texts("jobLogArray/items/jobHandle")
    submitted = replay(recorded_server, stack, "submitJob").text("jobHandle")
    wait_until_idle(recorded_server)

    company = replay(recorded_server, stack, "getCompanyInfo").text("companyInfo/companyHandle")
    folders = replay(recorded_server, stack, "getFolders").texts("folderArray/items/path")
    total = replay(recorded_server, stack, "searchAssets").text("totalRows")
    hat = replay(recorded_server, stack, "getAssetsByName")
    logs = replay(recorded_server, stack, "getJobLogs").texts("jobLogArray/items/jobHandle")
    details = replay(recorded_server, stack, "getJobLogDetails", submitted)

    assert (company, folders, total) == ("c|110", ["LabCo/"], "1")
    assert hat.texts("assetArray/items/assetHandle") == ["a|1234"]
    assert hat.text("assetArray/items/imageInfo/width") == str(200 - 10 - 20)
    assert hat.text("assetArray/items/imageInfo/height") == str(160 - 30 - 40)
    assert len(logs) == len(before) + 2, "the job and the publish that follows it"
    assert details.texts("jobLogArray/items/fileSuccessCount") == ["1"]
