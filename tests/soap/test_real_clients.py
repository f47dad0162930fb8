"""SOAP stacks that pip cannot bring, run as programs: PHP's SoapClient, Perl's SOAP::Lite, and curl."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.imaging.pictures import scene
from tests.jobs.flow import Client
from tests.jobs.pictures import png
from tests.running_server import PASSWORD, RunningServer
from tests.soap_call import ENDPOINT, SOAP_11, auth, envelope, param, read

CLIENTS = Path(__file__).parent / "clients"
USER = "lab@example.com"
PROBES = {
    "php": ("php", "-r", "exit(extension_loaded('soap') ? 0 : 1);"),
    "perl": ("perl", "-MSOAP::Lite", "-e", "1"),
    "curl": ("curl", "--version"),
}
Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tool() -> Tool:
    """Run a system program by its name; one that is missing fails the test under CI, and skips it elsewhere."""

    def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        is_there = shutil.which(name) and not subprocess.run(PROBES[name], check=False, capture_output=True).returncode
        if not is_there:
            problem = f"{name} is missing or lacks its SOAP library: run make system"
            assert os.environ.get("CI") != "true", problem
            pytest.skip(problem)
        return subprocess.run([name, *arguments], check=True, capture_output=True, text=True, timeout=120)

    return run


@pytest.fixture(scope="module")
def picture(server: RunningServer) -> str:
    """The handle of an uploaded picture."""
    return Client(server).upload({"real.png": png(scene(200, 160))})["real.png"]


def check_answers(server: RunningServer, found: dict[str, Any]) -> None:
    """Check every answer that the client was given against its schema."""
    assert found["answers"]
    for answer in found["answers"]:
        reply = requests.Response()
        reply._content = answer.encode()
        reply.headers["Content-Type"] = "text/xml"
        read(reply)


SCRIPTS = [("php", "flow.php"), ("perl", "flow.pl")]


@pytest.mark.covers("getCompanyInfo", "getFolders", "submitJob", "getActiveJobs", "getJobLogDetails")
@pytest.mark.parametrize(("name", "script"), SCRIPTS, ids=["php", "perl"])
def test_the_flow_of_the_main_job_runs(server: RunningServer, picture: str, tool: Tool, name: str, script: str) -> None:
    wsdl, job = f"{server.url}/scene7/webservice/IpsApi-2014-04-03.wsdl", f"real-{uuid4().hex[:8]}"
    done = tool(name, str(CLIENTS / script), wsdl, USER, PASSWORD, "LabCo", picture, job)
    found = json.loads(done.stdout)
    check_answers(server, found)
    assert "fault" not in found, found
    assert (found["company"], found["job"], int(found["succeeded"])) == ("c|110", f"j|110|{job}||", 1)
    assert found["folders"] >= 1


@pytest.mark.parametrize(("name", "script"), SCRIPTS, ids=["php", "perl"])
def test_a_wrong_password_reaches_the_client_as_a_typed_fault(
    server: RunningServer, tool: Tool, name: str, script: str
) -> None:
    wsdl = f"{server.url}/scene7/IpsApi-2014-04-03.wsdl"
    found = json.loads(tool(name, str(CLIENTS / script), wsdl, USER, "wrong", "LabCo", "a|1", "never").stdout)
    check_answers(server, found)
    assert (found["fault"], int(found["code"])) == ("authenticationFault", 10001)


def test_curl_asks_with_a_document_from_a_file(server: RunningServer, tool: Tool, tmp_path: Path) -> None:
    document = tmp_path / "question.xml"
    document.write_bytes(envelope(param("getCompanyInfo", "<companyName>LabCo</companyName>"), auth(USER)))
    done = tool("curl", "-sS", "--data", f"@{document}", "-H", "Content-Type: text/xml", server.url + ENDPOINT)
    assert "<companyHandle>c|110</companyHandle>" in done.stdout


def test_curl_uploads_a_file_and_is_logged_in_by_its_auth_part(
    server: RunningServer, tool: Tool, tmp_path: Path
) -> None:
    lab = Client(server)
    picture = tmp_path / f"{lab.tag}.png"
    picture.write_bytes(png(scene(40, 30)))
    params = (
        f'<uploadPostParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03"><companyHandle>c|110</companyHandle>'
        f"<jobName>{lab.tag}</jobName><endJob>true</endJob><uploadParams><overwrite>true</overwrite>"
        "<readyForPublish>false</readyForPublish><createMask>false</createMask><emailSetting>None</emailSetting>"
        "</uploadParams></uploadPostParam>"
    )
    forms = (
        *("--form-string", f"auth={auth(USER)}"),
        *("--form-string", f"uploadParams={params}"),
        *("--form", f"file1=@{picture}"),
    )
    done = tool("curl", "-sS", *forms, f"{server.url}/scene7/UploadFile")
    assert "<jobHandle>" in done.stdout
    lab.wait(lab.tag)
    assert lab.logs(lab.tag)[0].xpath("string(*[local-name()='fileSuccessCount'])") == "1"


def test_curl_needs_no_header_but_its_user_option(server: RunningServer, tool: Tool, tmp_path: Path) -> None:
    document = tmp_path / "question.xml"
    question = param("getCompanyInfo", "<companyName>LabCo</companyName>")
    document.write_text(f'<e:Envelope xmlns:e="{SOAP_11}"><e:Body>{question}</e:Body></e:Envelope>')
    login = ("-u", f"{USER}:{PASSWORD}", "-H", "Content-Type: text/xml")
    done = tool("curl", "-sS", *login, "--data", f"@{document}", server.url + ENDPOINT)
    assert "<name>LabCo</name>" in done.stdout
