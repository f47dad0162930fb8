"""The demo: a server with a company and a user, and a SOAP client that runs the main job against it."""

import os
import signal
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

import requests
from pydantic import SecretStr
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from zeep import Client

from imaging.samples import PAGE_DPI, draw_samples
from server.passwords import Passwords
from server.settings import Settings
from server.supervisor import run
from server.web import ENDPOINT
from store.companies import add_company, find_company
from store.engine import Database
from store.users import add_user, find_user, set_membership
from wsdl.roles import Role

COMPANY, USER, PASSWORD = "DemoCo", "demo@example.com", "demo-password"
NAMESPACE = "http://www.scene7.com/IpsApi/xsd/2014-04-03"
CROP = {"left": 190, "right": 310, "top": 160, "bottom": 120}
POLL_S = 0.2
READY_WITHIN_S = 60.0
TABLE_WIDTH = 1000

OWN = {
    "host": "127.0.0.1",
    "database_url": SecretStr(""),
    "blob_url": SecretStr(""),
    "role": "all",
    "engine": "embedded",
    "broker_url": SecretStr(""),
}
"""Settings that the demo never takes from the operator's: its account must not get into a database of theirs."""

console = Console()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One asset in the demo's table."""

    name: str
    before: str
    after: str
    seconds: float
    result: str
    url: str
    is_good: bool


def run_demo(settings: Settings, *, leave: bool) -> int:
    """Serve and run the main job; return the process's exit status: 0 only if every asset succeeded."""
    outcome: list[bool] = []

    def on_listening(database: Database, url: str) -> None:
        _ensure_account(database)
        Thread(target=play, args=(url,), daemon=True).start()

    def play(url: str) -> None:
        try:
            outcome.append(_play(url))
        except Exception:  # noqa: BLE001 - the demo's own thread: show what happened, then end
            console.print_exception()
            outcome.append(False)
        if leave or not outcome[0]:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            console.print(f"Serving on {url}. Log in by SOAP, or at /console, as {USER} / {PASSWORD}. Ctrl-C ends.")

    run(settings, on_listening)
    return 0 if outcome and outcome[0] else 1


def _ensure_account(database: Database) -> None:
    with database.write() as tx:
        company = find_company(tx, COMPANY) or add_company(tx, name=COMPANY, root=COMPANY)
        user = find_user(tx, USER) or add_user(
            tx, email=USER, names=("Demo", "User"), password_hash=Passwords(0).hash(PASSWORD)
        )
        set_membership(tx, company_id=company.id, user_id=user.id, role=Role.IPS_COMPANY_ADMIN)


def _play(url: str) -> bool:
    _wait_until_ready(url)
    client = Client(f"{url}/scene7/webservice/IpsApi-2014-04-03.wsdl")
    header = {"user": USER, "password": PASSWORD, "appName": "reprise-demo", "appVersion": "1"}
    client.set_default_soapheaders([client.get_element(f"{{{NAMESPACE}}}authHeader")(**header)])
    service = client.create_service("{http://www.scene7.com/IpsApi}IpsApiServiceSoapBinding", f"{url}{ENDPOINT}")
    company = service.getCompanyInfo(companyName=COMPANY)["companyHandle"]
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    ) as bars:
        earlier = _job_handles(service, company)
        _upload(url, company)
        _watch(service, company, "demo-upload", earlier, bars)
        before = _assets(service, company)
        _submit(service, company, [a["assetHandle"] for a in _assets(service, company, excludeByproducts=True)])
        _watch(service, company, "demo-reprocess", earlier, bars)
    rows = list(_rows(service, company, before))
    _print_table(rows)
    return bool(rows) and all(row.is_good for row in rows)


def _wait_until_ready(url: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            if requests.get(f"{url}/readyz", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(POLL_S)
    raise TimeoutError(f"The server at {url} did not become ready.")


def _upload(url: str, company: str) -> None:
    auth = f'<authHeader xmlns="{NAMESPACE}"><user>{USER}</user><password>{PASSWORD}</password></authHeader>'
    params = (
        f'<uploadPostParam xmlns="{NAMESPACE}"><companyHandle>{company}</companyHandle><jobName>demo-upload</jobName>'
        f"<destFolder>{COMPANY}/samples/</destFolder><endJob>true</endJob><uploadParams><overwrite>true</overwrite>"
        "<readyForPublish>true</readyForPublish><preserveCrop>false</preserveCrop><createMask>false</createMask>"
        f"<pdfOptions><resolution>{PAGE_DPI}</resolution></pdfOptions>"
        "<emailSetting>None</emailSetting></uploadParams></uploadPostParam>"
    )
    with tempfile.TemporaryDirectory() as folder:
        pictures = draw_samples(Path(folder))
        parts: list[tuple[str, Any]] = [
            ("auth", (None, auth, "text/xml")),
            ("uploadParams", (None, params, "text/xml")),
        ]
        parts += [(f"file{n}", (path.name, path.read_bytes())) for n, path in enumerate(pictures, 1)]
        reply = requests.post(f"{url}/scene7/UploadFile", files=parts, timeout=120)
    if not reply.ok:
        raise RuntimeError(f"The upload failed: {reply.text}")


def _submit(service: Any, company: str, handles: list[str]) -> None:
    service.submitJob(
        companyHandle=company,
        jobName="demo-reprocess",
        reprocessAssetsJob={
            "assetHandleArray": {"items": handles},
            "readyForPublish": True,
            "createMask": False,
            "preserveCrop": False,
            "manualCropOptions": CROP,
            "pdfOptions": {"resolution": PAGE_DPI},
            "emailSetting": "None",
            "postImageServingPublishJob": {"publishType": "Full", "emailSetting": "None"},
        },
    )


def _watch(service: Any, company: str, name: str, earlier: Collection[str], bars: Progress) -> None:
    """Show a bar for each job submitted under ``name``, its follow-on jobs included, until none is active.

    ``earlier`` are the jobs of earlier runs, which the logs also know. A job that ended between two polls gets its bar
    from its log.
    """
    shown: dict[str, Any] = {}
    while jobs := _active(service, company, name):
        for job in jobs:
            done = job["progress"] * job["totalSize"] // 100
            _show(bars, shown, job["jobHandle"], job["type"], (done, job["totalSize"]))
        time.sleep(POLL_S)
    logs = service.getJobLogDetails(companyHandle=company, originalName=name, recordsPerPage=0)
    for log in reversed([log for log in logs if log["jobHandle"] not in earlier]):
        total = log["totalFileCount"]
        _show(bars, shown, log["jobHandle"], log["logType"].removeprefix("Begin"), (total, total))


def _show(bars: Progress, shown: dict[str, Any], handle: str, kind: str, done_of_total: tuple[int, int]) -> None:
    if handle not in shown:
        shown[handle] = bars.add_task(kind, total=None)
    done, total = done_of_total
    bars.update(shown[handle], completed=done, total=total or None)


def _active(service: Any, company: str, name: str) -> list[Any]:
    return list(service.getActiveJobs(companyHandle=company, originalName=name, includeWaitingJobs=True) or ())


def _job_handles(service: Any, company: str) -> frozenset[str]:
    return frozenset(log["jobHandle"] for log in service.getJobLogs(companyHandle=company) or ())


def _assets(service: Any, company: str, **which: bool) -> list[Any]:
    folder = f"{COMPANY}/samples/"
    found = service.searchAssets(companyHandle=company, folder=folder, includeSubfolders=True, **which)
    return list(found["assetArray"]["items"])


def _rows(service: Any, company: str, before: list[Any]) -> Iterator[Row]:
    handles = {"items": [asset["assetHandle"] for asset in before]}
    after = {a["assetHandle"]: a for a in service.getAssets(companyHandle=company, assetHandleArray=handles)}
    documents = _documents(service, company, before)
    begun, ended = _latest_log(service, company)
    images = service.getProperty(name="IpsImageServerUrl")
    for asset in before:
        handle = asset["assetHandle"]
        worked_on = documents.get(handle, handle)
        end = ended.get(worked_on)
        is_done = end is not None and end["logType"] == "ReoptimizeSuccess"
        url = f"{images}/{COMPANY}/{asset['name']}" if asset["imageInfo"] else ""
        status = requests.get(url, params={"wid": 400}, timeout=60).status_code if url else 200
        shown = "done" if status == 200 else f"image answers {status}"
        yield Row(
            name=asset["fileName"],
            before=_size(asset, documents),
            after=_size(after[handle], documents),
            seconds=(end["dateCreated"] - begun[worked_on]).total_seconds() if end is not None else 0.0,
            result=shown if is_done else (end or {}).get("logMessage", "-"),
            url=url,
            is_good=is_done and status == 200,
        )


def _documents(service: Any, company: str, assets: list[Any]) -> dict[str, str]:
    """Return the handle of its document for each page of one."""
    found: dict[str, str] = {}
    for document in [asset["assetHandle"] for asset in assets if asset["type"] == "Pdf"]:
        steps = service.getGenerationInfo(companyHandle=company, originatorHandle=document)
        found |= {step["generated"]["assetHandle"]: document for step in steps or ()}
    return found


def _latest_log(service: Any, company: str) -> tuple[dict[str, datetime], dict[str, Any]]:
    logs = service.getJobLogDetails(companyHandle=company, originalName="demo-reprocess")
    newest = next(log for log in logs if log["logType"] == "BeginReoptimize")
    details = newest["detailArray"]["items"]
    begun = {row["assetHandle"]: row["dateCreated"] for row in details if row["logType"] == "FileBegin"}
    results = ("ReoptimizeSuccess", "ReoptimizeFailure")
    return begun, {row["assetHandle"]: row for row in details if row["logType"] in results}


def _size(asset: Any, documents: Mapping[str, str]) -> str:
    info = asset["imageInfo"]
    if info is None:
        return f"{list(documents.values()).count(asset['assetHandle'])} pages"
    return f"{info['width']}x{info['height']}"


def _print_table(rows: list[Row]) -> None:
    """Print a line for each asset, as long as its URL makes it: a URL that is cut or folded cannot be copied."""
    table = Table("asset", "before", "after", "seconds", "result", Column("URL", no_wrap=True), box=box.SIMPLE)
    for row in rows:
        style = "green" if row.is_good else "red"
        table.add_row(row.name, row.before, row.after, f"{row.seconds:.2f}", f"[{style}]{row.result}[/]", row.url)
    Console(width=TABLE_WIDTH).print(table)
