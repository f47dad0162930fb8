"""Asks a service of somebody else's for a rendition: a signed POST with the original in it, answered with the file.

What it answers is believed only once it was decoded in a slot. Which services are asked is said by profiles.
"""

import base64
import json
from dataclasses import replace
from pathlib import Path

from domain.clock import utc_now
from domain.errors import Permanent
from domain.handles import asset_handle, company_handle
from domain.words import sentence
from imaging.errors import ImagingError
from imaging.facts import WrittenFile
from imaging.renditions import read_foreign
from jobs.kinds.pages import clause_of
from jobs.outbound import ask
from jobs.profiles.definitions import ExternalWorker, ProfileVersion
from jobs.signing import signed_headers
from jobs.stages.port import StageCall
from store.renditions import find_worker_secret

MAX_SOURCE_BYTES = 64 * 2**20
"""The largest original that is sent: it is held in memory, in base64."""
MAX_ANSWER_BYTES = 256 * 2**20


def ask_worker(call: StageCall, version: ProfileVersion, worker: ExternalWorker, mime: str, into: Path) -> WrittenFile:
    """Write the rendition that the service answers with to the file ``into`` and return what it is.

    Raises Permanent when the company has no secret for the URL, when the original is too large to be sent, for an
    answer that is no picture, and what ``jobs.outbound.fetch`` raises.
    """
    asset, tools = call.asset, call.tools
    if asset.original.size > MAX_SOURCE_BYTES:
        raise Permanent("The original is larger than the {number} bytes that are sent out.", number=MAX_SOURCE_BYTES)
    with tools.database.read() as tx:
        secret = find_worker_secret(tx, asset.company_id, worker.url)
    if secret is None:
        raise Permanent("There is no secret for {url}: give it one with set-rendition-worker.", url=worker.url)
    body = _body(call, version, worker, mime)
    headers = signed_headers(secret, _uid(call, version, worker), body)
    ask(worker.url, body.encode(), headers, into, replace(tools.outbound, max_bytes=MAX_ANSWER_BYTES))
    try:
        return tools.slots.run(call.task.token, read_foreign, into, tools.limits)
    except ImagingError as error:
        raise Permanent(sentence(clause_of(error))) from error


def _uid(call: StageCall, version: ProfileVersion, worker: ExternalWorker) -> str:
    """Return the same for each attempt at a rendition of one revision of an asset by one version of a profile."""
    named = base64.urlsafe_b64encode(worker.name.encode()).decode().rstrip("=")
    return f"rendition-{call.asset.id}-{call.asset.revision}-{version.profile_id}-{version.version}-{named}"


def _body(call: StageCall, version: ProfileVersion, worker: ExternalWorker, mime: str) -> str:
    asset = call.asset
    with call.tools.blobs.as_file(asset.original.key) as source:
        content = base64.b64encode(source.read_bytes()).decode()
    told = {
        "type": "rendition.wanted",
        "timestamp": utc_now().isoformat(timespec="milliseconds"),
        "data": {
            "companyHandle": company_handle(asset.company_id),
            "assetHandle": asset_handle(asset.id),
            "assetName": asset.name,
            "assetRevision": asset.revision,
            "profileName": version.name,
            "profileVersion": version.version,
            "renditionName": worker.name,
            "renditionFileName": worker.file_name,
            "parameters": dict(worker.parameters),
            "source": {"fileName": asset.file_name, "mimeType": mime, "size": asset.original.size, "base64": content},
        },
    }
    return json.dumps(told, ensure_ascii=False)
