"""The console's application in this process, and browsers without scripts that visit it."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from lxml import etree, html
from werkzeug.test import Client, TestResponse

from domain.clock import utc_now
from domain.model import LogRow, NewTask, StoredFile
from domain.states import JobOutcome, JobState, TaskState
from domain.words import verbatim
from server.settings import Settings
from store import ledger
from store import tables as t
from store.assets import NewAsset, NewPicture, add_asset, save_picture
from store.audit import AuditEntry, find_entries
from store.companies import find_company
from store.engine import Database
from store.folders import ensure_folder
from store.job_logs import add_rows
from store.jobs import NewJob, add_job
from tests.running_server import PASSWORD, add_account
from tests.store.rows import derivatives

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ImportWarning)  # Spyne carries an old copy of six
    from server.app import build_services, open_database
    from server.dispatch import Services
    from server.web import build_flask

OWNER, READER, ADMIN, OTHER = "lab@example.com", "reader@example.com", "root@example.com", "other@example.com"


ADDRESS = "192.0.2.7"
FROM = {"REMOTE_ADDR": ADDRESS}


@dataclass(slots=True)
class Browser:
    """A browser that keeps cookies and knows the token of the forms on the last page."""

    client: Client
    page: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """Load a page."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self.client.get(path, headers=sent, environ_base=FROM)
        if reply.mimetype == "text/html":
            self.page = reply.text
        return reply

    def post(self, path: str, **form: str) -> TestResponse:
        """Send a form of the last page."""
        token = re.search(r'name="form_token" value="(\w+)"', self.page)
        return self.client.post(path, data={"form_token": token[1] if token else "", **form}, environ_base=FROM)

    def sign_in(self, email: str, password: str = PASSWORD, **form: str) -> TestResponse:
        """Sign in."""
        self.get("/console/sign-in")
        return self.post("/console/sign-in", email=email, password=password, **form)

    @property
    def document(self) -> html.HtmlElement:
        """The last page, parsed."""
        return html.fromstring(self.page)

    @property
    def links(self) -> list[str]:
        """Where the last page leads to."""
        return [str(link) for link in self.document.xpath("//a/@href")]

    @property
    def words(self) -> str:
        """The text of the last page's main part, its spaces made one."""
        (main,) = self.document.xpath("//main")
        etree.strip_elements(main, "title", with_tail=False)
        return " ".join(" ".join(main.itertext()).split())


@dataclass(frozen=True, slots=True)
class Office:
    """The application, and what makes rows for it."""

    services: Services
    app: Flask
    companies: dict[str, int] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Its database."""
        return self.services.database

    def browser(self, email: str = "") -> Browser:
        """Return a new browser, signed in as that user if one is named."""
        browser = Browser(Client(self.app))
        if email:
            assert browser.sign_in(email).status_code == 303
        return browser

    def add_job(self, *states: TaskState, company: str = "LabCo", name: str = "", **values: Any) -> int:
        """Return the number of a job with an item in each of these states; it has ended if all of them have."""
        company_id = self.companies[company]
        with self.database.write() as tx:
            new = NewJob(company_id=company_id, kind="reprocess", name=name or uuid4().hex, submitter=OWNER, options={})
            job = add_job(tx, new, "host")
            ledger.add_tasks(tx, job.id, company_id, [NewTask(label=f"item-{n}.jpg") for n in range(len(states))])
            for seq, state in enumerate(states):
                tx.execute(sa.update(t.task).where(t.task.c.job_id == job.id, t.task.c.seq == seq).values(_task(state)))
            ledger.reconcile_counters(tx, job.id)
            values = _ended(states) | values
            if values:
                tx.execute(sa.update(t.job).where(t.job.c.id == job.id).values(values))
            add_rows(tx, job.id, [LogRow(log_type="FileProgress", message=verbatim("=1+1"), at=utc_now())])
        return job.id

    def add_asset(self, name: str, company: str = "LabCo", folder: str = "up/", picture: bytes = b"") -> int:
        """Return the number of an asset, with a picture of these bytes for its thumbnail if there are any."""
        company_id, stored = self.companies[company], self._stored(picture or b"original")
        with self.database.write() as tx:
            ensure_folder(tx, company_id, f"{company}/{folder}")
            new = NewAsset(
                company_id=company_id,
                folder=f"{company}/{folder}",
                name=name,
                file_name=f"{name}.jpg",
                type="Image",
                original=stored,
                ready_for_publish=True,
                created_by=OWNER,
            )
            asset = add_asset(tx, new)
            if picture:
                drawn = derivatives()
                made = type(drawn)(
                    **{name: getattr(drawn, name) for name in drawn.__slots__}
                    | {"thumbnail": stored, "preview": stored}
                )
                new_picture = NewPicture(crop=(1, 2, 3, 4), derivatives=made, ready_for_publish=True, changed_by=OWNER)
                save_picture(tx, asset.id, 1, new_picture)
        return asset.id

    def audit(self, company: str = "LabCo") -> list[AuditEntry]:
        """Return the newest entries of the audit log, newest first."""
        with self.database.read() as tx:
            return list(find_entries(tx, self.companies[company], None, 10))

    def _stored(self, content: bytes) -> StoredFile:
        self.services.scratch.mkdir(parents=True, exist_ok=True)
        path = self.services.scratch / uuid4().hex
        path.write_bytes(content)
        return self.services.blobs.put(path)


@contextmanager
def open_office(folder: Path, **settings: Any) -> Iterator[Office]:
    """Give an application over a new database, with LabCo, OtherCo and their users."""
    chosen = Settings(data=folder / "data", **settings)
    database = open_database(chosen)
    services = build_services(chosen, database)
    add_account(database, "LabCo", OWNER)
    add_account(database, "LabCo", READER, role="ImagePortalUser")
    add_account(database, "OtherCo", OTHER)
    add_account(database, "OtherCo", ADMIN, is_admin=True)
    with database.read() as tx:
        found = {name: find_company(tx, name) for name in ("LabCo", "OtherCo")}
    yield Office(services, build_flask(services), {name: company.id for name, company in found.items() if company})
    services.slots.close()
    database.close()


def _task(state: TaskState) -> dict[str, Any]:
    now = utc_now()
    if state in (TaskState.READY, TaskState.DISPATCHED):
        return {"state": state.value}
    ended: dict[str, Any] = {"state": state.value, "attempt": 1, "started": now, "ended": now}
    failed = {"error": "The file is damaged.", "reason": "DamagedImage"} if state is TaskState.FAILED else {}
    steps = [{"name": "decode", "detail": "JPEG 480x640", "milliseconds": 5.0}]
    return ended | failed | {"steps": steps, "plan": {"crop": {"left": 10}, "mask": False}}


def _ended(states: tuple[TaskState, ...]) -> dict[str, Any]:
    if not states or not set(states) <= {TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}:
        return {}
    now = utc_now()
    outcome = JobOutcome.COMPLETED_WITH_ERRORS if TaskState.FAILED in states else JobOutcome.COMPLETED
    return {"state": JobState.DONE.value, "outcome": outcome.value, "started": now, "ended": now}
