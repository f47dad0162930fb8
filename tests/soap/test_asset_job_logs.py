"""getAssetJobLogs: every row of any job that names the asset, oldest first."""

import pytest

from tests.jobs.flow import Client, reprocess
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, own_company


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def told(client: Client, asset: str) -> list[tuple[str, str]]:
    """The type and the message of each row that names the asset."""
    answer = client.call("getAssetJobLogs", f"<assetHandle>{asset}</assetHandle>")
    types, messages = (answer.texts(f"jobLogArray/items/log{field}") for field in ("Type", "Message"))
    return list(zip(types, messages, strict=True))


@pytest.mark.covers("getAssetJobLogs")
def test_an_asset_tells_its_jobs_from_the_first_upload_on(own: Client) -> None:
    asset = own.upload({"a.png": small_png(1), "b.png": small_png(2)})["a.png"]
    own.run(reprocess([asset]))
    own.upload({"a.png": small_png(3)})

    rows = told(own, asset)

    assert [kind for kind, _ in rows if kind != "FileBegin"] == ["UploadSuccess", "ReoptimizeSuccess", "FileUpdated"]
    assert rows[0] == ("UploadSuccess", f"{own.root}/in/{own.tag}-a.png was processed into IPS")


def test_each_row_names_its_job_its_submitter_and_its_time(own: Client) -> None:
    asset = own.upload({"a.png": small_png()})["a.png"]
    name = own.run(reprocess([asset]))

    answer = own.call("getAssetJobLogs", f"<assetHandle>{asset}</assetHandle>")

    assert set(answer.texts("jobLogArray/items/submitUserEmail")) == {own.user}
    dates = answer.texts("jobLogArray/items/logDate")
    assert dates == sorted(dates)
    assert answer.texts("jobLogArray/items/jobName")[-1].startswith(f"{name}_")
    last = answer.texts("jobLogArray/items/jobHandle")[-1]
    details = own.call("getJobLogDetails", f"<jobHandle>{last}</jobHandle>")
    assert details.text("jobLogArray/items/originalJobName") == name


def test_a_row_tells_its_remarks(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]

    answer = own.call("getAssetJobLogs", f"<assetHandle>{asset}</assetHandle>")

    assert answer.texts("jobLogArray/items/auxArray/items/logType") == ["UploadWarning"]
    assert answer.texts("jobLogArray/items/auxArray/items/logMessage") == [
        "Stored; nothing is made of files of type Svg."
    ]


def test_a_foreign_asset_is_an_unknown_one(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    foreign = other.upload({"theirs.svg": SVG})["theirs.svg"]

    faults = [lab.call("getAssetJobLogs", f"<assetHandle>{asset}</assetHandle>").fault for asset in (foreign, UNKNOWN)]

    assert faults[0] == ("ipsApiFault", 30001, f"assetHandle: there is no asset {foreign} in this company.")
    assert faults[1][2] == faults[0][2].replace(foreign, UNKNOWN)
