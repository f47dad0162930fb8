"""What the tests of jobs do through the wire: upload files, submit a job, wait for it, read its log, fetch an image."""

import io
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np
import requests
from lxml import etree
from PIL import Image

from domain.handles import parse_asset
from domain.model import Asset, StoredFile
from store.assets import load_asset
from store.blobs.local import LocalBlobs
from store.engine import Database, Tx, sqlite_url
from tests.imaging.pictures import Pixels
from tests.running_server import RunningServer
from tests.soap_call import NAMESPACE, Answer, auth, call
from wsdl import contract
from wsdl.declare import wire_fields

LOG_PAGE = 1000
"""How many rows of a log an answer has at most."""
WATCHDOG_S = 120
UPLOAD_DEFAULTS = {"overwrite": "true", "readyForPublish": "false", "createMask": "false", "emailSetting": "None"}
REPROCESS_DEFAULTS = {"createMask": "false", "emailSetting": "None"}
_JOBS: Mapping[str, type] = {
    "reprocessAssetsJob": contract.ReprocessAssetsJob,
    "uploadDirectoryJob": contract.UploadDirectoryJob,
    "uploadUrlsJob": contract.UploadUrlsJob,
    "uploadParams": contract.UploadPostJob,
    "automatedSetGenerationJob": contract.AutomatedSetGenerationJob,
    "exportJob": contract.ExportJob,
    "imageRenderingPublishJob": contract.ImageRenderingPublishJob,
    "serverDirectoryPublishJob": contract.ServerDirectoryPublishJob,
    "videoPublishJob": contract.VideoPublishJob,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a job's log."""

    type: str
    message: str
    name: str
    handle: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """A user of one company on a running server. Names of files and jobs get ``tag``, so that no two tests meet."""

    server: RunningServer
    company: str = "c|110"
    root: str = "LabCo"
    user: str = "lab@example.com"
    tag: str = field(default_factory=lambda: uuid4().hex[:8])

    def call(self, operation: str, content: str = "") -> Answer:
        """Call an operation on the company."""
        return call(self.server, operation, f"<companyHandle>{self.company}</companyHandle>{content}", user=self.user)

    def post_files(
        self, files: Mapping[str, bytes], options: Mapping[str, str] | None = None, folder: str = "in", **params: str
    ) -> requests.Response:
        """Post files to the upload servlet; ``params`` are further fields of uploadPostParam."""
        named = {"jobName": f"{self.tag}-{uuid4().hex[:8]}", "destFolder": f"{self.root}/{folder}", "endJob": "true"}
        fields = {k: v for k, v in (named | params).items() if v}
        document = (
            f'<uploadPostParam xmlns="{NAMESPACE}"><companyHandle>{self.company}</companyHandle>'
            f"{_elements(fields)}{job('uploadParams', UPLOAD_DEFAULTS | dict(options or {}))}</uploadPostParam>"
        )
        parts: list[tuple[str, tuple[str | None, str | bytes, str]]] = [
            ("auth", (None, auth(self.user), "text/xml")),
            ("uploadParams", (None, document, "text/xml")),
        ]
        parts += [(f"file{n}", (f"{self.tag}-{name}", body, "")) for n, (name, body) in enumerate(files.items())]
        return requests.post(f"{self.server.url}/scene7/UploadFile", files=parts, timeout=120)

    def upload(
        self, files: Mapping[str, bytes], options: Mapping[str, str] | None = None, folder: str = "in"
    ) -> dict[str, str]:
        """Upload files, wait, and return the asset handle of each that became an asset, by its untagged name."""
        name = f"{self.tag}-{uuid4().hex[:8]}"
        reply = self.post_files(files, options, folder, jobName=name)
        assert reply.ok, reply.text
        self.wait(name)
        rows = [row for row in self.rows(name) if row.handle and row.type != "FileBegin"]
        return {row.name.removeprefix(f"{self.tag}-"): row.handle for row in rows}

    def submit(self, job_xml: str, name: str = "", extra: str = "") -> Answer:
        """Submit a job; ``extra`` is what stands between its name and the job itself."""
        return self.call("submitJob", f"<jobName>{name or self.tag}</jobName>{extra}{job_xml}")

    def run(self, job_xml: str) -> str:
        """Submit a job, wait for it and for what follows it, and return the name it was submitted under."""
        name = f"{self.tag}-{uuid4().hex[:8]}"
        answer = self.submit(job_xml, name)
        assert not answer.is_fault, answer.fault
        self.wait(name)
        return name

    def active(self, query: str) -> Answer:
        """Ask for the active jobs."""
        return self.call("getActiveJobs", query)

    def wait(self, name: str) -> None:
        """Return when no job submitted under ``name`` is active."""
        until = time.monotonic() + WATCHDOG_S
        while time.monotonic() < until:
            if not self.active(f"<originalName>{name}</originalName>").texts("jobArray/items/jobHandle"):
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} did not end:\n{self.server.log()[-3000:]}")

    def rows(self, name: str, *types: str) -> list[Row]:
        """The log rows of the first job submitted under ``name``, oldest first; only of ``types`` if given."""
        rows, page = list[Row](), 0
        while len(rows) == page * LOG_PAGE:
            page += 1
            rows += rows_of(self.logs(name, page)[-1])
        return [row for row in rows if not types or row.type in types]

    def logs(self, name: str, page: int = 1) -> list[etree._Element]:
        """The logs of the jobs submitted under ``name``, the newest first: of each this page of its rows."""
        answer = self.call("getJobLogDetails", f"<originalName>{name}</originalName><resultsPage>{page}</resultsPage>")
        assert not answer.is_fault, answer.fault
        return list(answer.body.xpath("*[local-name()='jobLogArray']/*"))

    def log(self, name: str, begin: str) -> etree._Element:
        """The log of the one job under ``name`` that is of this begin type."""
        (found,) = [log for log in self.logs(name) if text(log, "logType") == begin]
        return found

    def fetch(self, name: str, query: str = "scl=1&fmt=png", **headers: str) -> requests.Response:
        """Ask the image server for an asset, named without its tag."""
        url = f"{self.server.url}/is/image/{self.root}/{self.tag}-{name}?{query}"
        return requests.get(url, headers={k.replace("_", "-"): v for k, v in headers.items()}, timeout=60)

    def pixels(self, name: str) -> Pixels:
        """The pixels of the published asset at full size."""
        reply = self.fetch(name)
        assert reply.ok, reply.text
        return np.asarray(Image.open(io.BytesIO(reply.content)))

    def publish(self, publish_type: str = "Full") -> str:
        """Run an image serving publish and return its name."""
        return self.run(publish(publish_type))

    def stored(self, handle: str) -> Asset:
        """The asset as the store has it."""
        number = parse_asset(handle)
        assert number is not None
        with reading(self.server) as tx:
            asset = load_asset(tx, int(self.company.removeprefix("c|")), number)
        assert asset is not None
        return asset


def job(element: str, fields: Mapping[str, str]) -> str:
    """Return a job element with its fields, given by wire name, in the contract's order."""
    order = [wire.wire_name for wire in wire_fields(_JOBS[element])]
    assert not set(fields) - set(order), set(fields) - set(order)
    return f"<{element}>{_elements({name: fields[name] for name in order if name in fields})}</{element}>"


def reprocess(handles: Collection[str], **fields: str) -> str:
    """Return a reprocessAssetsJob over ``handles``."""
    items = "".join(f"<items>{handle}</items>" for handle in handles)
    return job("reprocessAssetsJob", REPROCESS_DEFAULTS | {"assetHandleArray": items} | fields)


def upload_urls(urls: Sequence[tuple[str, str]], **fields: str) -> str:
    """Return an uploadUrlsJob of pairs of source URL and destination path."""
    items = "".join(
        f"<items><sourceUrl>{source}</sourceUrl><destPath>{path}</destPath></items>" for source, path in urls
    )
    return job("uploadUrlsJob", UPLOAD_DEFAULTS | {"urlArray": items} | fields)


def upload_directory(path: str, **fields: str) -> str:
    """Return an uploadDirectoryJob of a directory of the company's on the server."""
    asked = {"serverDir": path, "includeSubfolders": "true", "processMetadataFiles": "false"}
    return job("uploadDirectoryJob", UPLOAD_DEFAULTS | asked | fields)


def export(handles: Collection[str], **fields: str) -> str:
    """Return an exportJob of the originals of ``handles``."""
    items = "".join(f"<items>{handle}</items>" for handle in handles)
    return job("exportJob", {"fmt": "orig", "emailSetting": "None", "assetHandleArray": items} | fields)


def generate_sets(handles: Collection[str], scripts: Collection[str], **fields: str) -> str:
    """Return an automatedSetGenerationJob that puts ``handles`` into sets by ``scripts``."""
    items = "".join(f"<items>{handle}</items>" for handle in handles)
    given = {"assetHandleArray": items, "autoSetCreationOptions": auto_sets(*scripts)}
    return job("automatedSetGenerationJob", {"readyForPublish": "false", "emailSetting": "None"} | given | fields)


def auto_sets(*scripts: str) -> str:
    """Return the content of autoSetCreationOptions."""
    return f"<autoSetsArray>{''.join(f'<items>{script}</items>' for script in scripts)}</autoSetsArray>"


def publish(publish_type: str = "Full", element: str = "imageServingPublishJob") -> str:
    """Return an image serving publish job."""
    return f"<{element}>{publish_fields(publish_type)}</{element}>"


def publish_fields(publish_type: str = "Full") -> str:
    """Return the fields of an image serving publish job."""
    return f"<publishType>{publish_type}</publishType><emailSetting>None</emailSetting>"


def crop(left: int, right: int, top: int, bottom: int) -> str:
    """Return the content of manualCropOptions."""
    return f"<left>{left}</left><right>{right}</right><top>{top}</top><bottom>{bottom}</bottom>"


def text(element: etree._Element, name: str) -> str:
    """The text of the child element of this local name; empty when there is none."""
    return str(element.xpath(f"string(*[local-name()='{name}'])"))


@contextmanager
def reading(server: RunningServer) -> Iterator[Tx]:
    """Give a transaction on the running server's own database."""
    database = Database(server.settings.get("database_url") or sqlite_url(server.data / "reprise.db"))
    with database.read() as tx:
        yield tx
    database.close()


def blob(server: RunningServer, stored: StoredFile | None) -> Path:
    """The file of stored bytes on the server's disk."""
    assert stored is not None
    with LocalBlobs(server.data / "blobs").as_file(stored.key) as path:
        return path


def _elements(fields: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())


def rows_of(log: etree._Element, types: Collection[str] = ()) -> list[Row]:
    """The rows of a job's log, oldest first; only of ``types`` if given."""
    found = log.xpath("*[local-name()='detailArray']/*")
    rows = [
        Row(
            type=text(row, "logType"),
            message=text(row, "logMessage"),
            name=text(row, "assetName"),
            handle=text(row, "assetHandle"),
            remarks=tuple(text(aux, "logMessage") for aux in row.xpath("*[local-name()='auxArray']/*")),
        )
        for row in found
    ]
    return [row for row in rows if not types or row.type in types]
