"""zeep, generated from the server's own eight WSDLs, runs the whole flow on both ports, and over TLS."""

import warnings
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
import trustme
import zeep.exceptions

from tests.imaging.pictures import scene
from tests.jobs.flow import Client
from tests.jobs.pictures import png
from tests.running_server import RunningServer, add_account
from tests.soap.zeep_client import BINDINGS, zeep_client
from wsdl.versions import V2008_01_15, V2014_04_03, V_UNDATED, VERSIONS, Version

CROP = {"left": 10, "right": 20, "top": 30, "bottom": 40}
WITHOUT_PRESERVE_CROP = (V_UNDATED, V2008_01_15)


@pytest.fixture(scope="module")
def picture(server: RunningServer) -> tuple[str, str]:
    """The name and the handle of an uploaded picture of 200 by 160 pixels."""
    lab = Client(server)
    handles = lab.upload({"zeep.png": png(scene(200, 160))})
    return f"{lab.tag}-zeep", handles["zeep.png"]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, str]]:
    """A server behind TLS, and the path of the authority that its clients trust."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    chain, key, trusted = folder / "chain.pem", folder / "key.pem", folder / "ca.pem"
    for blob in leaf.cert_chain_pems:
        blob.write_to_path(str(chain), append=True)
    leaf.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(trusted))
    running = RunningServer(folder / "data", arguments=("--tls-cert", str(chain), "--tls-key", str(key)))
    database = running.database
    add_account(database, "LabCo", "lab@example.com", company_id=110)
    database.close()
    with warnings.catch_warnings(action="ignore"):  # it waits for the server without checking the certificate
        running.start()
    yield running, str(trusted)
    running.stop()


def submit(service: Any, handle: str, version: Version) -> tuple[str, str]:
    """Submit a job over one asset and return its name and handle; the first API could only publish."""
    name = f"zeep-{uuid4().hex[:8]}"
    reprocess = {
        "assetHandleArray": {"items": [handle]},
        "createMask": False,
        "manualCropOptions": CROP,
        "emailSetting": "None",
    }
    if version not in WITHOUT_PRESERVE_CROP:
        reprocess["preserveCrop"] = False
    job: dict[str, Any] = {"reprocessAssetsJob": reprocess}
    if version == V_UNDATED:
        job = {"imageServingPublishJob": {"publishType": "Full", "emailSetting": "None"}}
    return name, service.submitJob(companyHandle="c|110", jobName=name, **job)


def folder_paths(answer: Any) -> list[str]:
    """Return the paths in an answer of getFolders; zeep unwraps the only field that older versions have."""
    folders = answer if isinstance(answer, list) else answer["folderArray"]["items"]
    return [folder["path"] for folder in folders]


@pytest.mark.covers("getActiveJobs", "getJobLogDetails")
@pytest.mark.parametrize("port", BINDINGS)
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_the_flow_of_the_main_job_runs_in_every_version(
    server: RunningServer, picture: tuple[str, str], version: Version, port: str
) -> None:
    service = zeep_client(server, version, port)
    name, handle = picture

    company = service.getCompanyInfo(companyName="LabCo")
    folders = service.getFolders(companyHandle=company["companyHandle"], folderPath="LabCo/")
    found = service.searchAssets(companyHandle="c|110", folder="LabCo/", includeSubfolders=True, recordsPerPage=5)
    job_name, job = submit(service, handle, version)
    Client(server).wait(job_name)
    active = service.getActiveJobs(companyHandle="c|110", jobHandle=job)
    logs = service.getJobLogs(companyHandle="c|110", numRows=5)
    (log,) = service.getJobLogDetails(companyHandle="c|110", jobHandle=job)
    (asset,) = service.getAssetsByName(companyHandle="c|110", nameArray={"items": [name]})

    assert company["companyHandle"] == "c|110"
    assert "LabCo/in/" in folder_paths(folders)
    assert found["totalRows"] >= 1
    assert not active
    assert any(row["jobName"].startswith(job_name) for row in logs)
    if version == V_UNDATED:
        assert log["fatalError"] is False
    else:
        assert log["endDate"] is not None
        assert log["fileSuccessCount"] == 1
        assert (asset["imageInfo"]["width"], asset["imageInfo"]["height"]) == (170, 90)


@pytest.mark.parametrize("port", BINDINGS)
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_wrong_password_is_an_authentication_fault_in_every_version(
    server: RunningServer, version: Version, port: str
) -> None:
    service = zeep_client(server, version, port, password="wrong")

    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.getCompanyInfo(companyName="LabCo")

    (element,) = caught.value.detail
    assert element.tag == "{http://www.scene7.com/IpsApi/xsd}authenticationFault"
    assert [child.text for child in element] == ["10001", "Invalid username/password"]


@pytest.mark.parametrize("port", BINDINGS)
def test_zeep_works_over_tls_and_is_told_an_https_address(tls: tuple[RunningServer, str], port: str) -> None:
    running, trusted = tls
    service = zeep_client(running, V2014_04_03, port, verify=trusted)
    assert running.url.startswith("https://")
    assert service.getCompanyInfo(companyName="LabCo")["companyHandle"] == "c|110"


def test_a_client_that_does_not_trust_the_certificate_is_not_served(tls: tuple[RunningServer, str]) -> None:
    running, _ = tls
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{running.url}/livez", timeout=10)
