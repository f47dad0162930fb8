"""Webhooks: what a company's receivers are told of an ended job, signed as Standard Webhooks says.

The outbox decides when one is tried again; who is told is in store.webhooks.
"""

import json
from datetime import datetime

from domain.errors import Permanent, Retryable
from domain.handles import active_job_handle, asset_handle, company_handle
from domain.model import Job, JsonObject, LogRow
from jobs.kinds.registry import KINDS
from jobs.outbound import OutboundRules, post
from jobs.signing import signed_headers
from store.engine import Tx
from store.job_logs import LogQuery, find_rows

MOST_ITEMS = 100
GONE = 410


def compose(tx: Tx, job: Job) -> JsonObject:
    """Return what is told of a job that has ended, as JSON-able data; at most ``MOST_ITEMS`` of its failed items."""
    assert job.outcome is not None
    failure = KINDS[job.kind].failure
    _total, rows = find_rows(tx, LogQuery(job_id=job.id, log_types=(failure,), limit=MOST_ITEMS))
    counts = job.counts
    return {
        "type": f"job.{job.outcome.value.replace(' ', '_')}",
        "timestamp": _text(job.ended),
        "data": {
            "companyHandle": company_handle(job.company_id),
            "jobHandle": active_job_handle(job.company_id, job.unique_name, job.id),
            "originalName": job.name,
            "jobType": KINDS[job.kind].vendor_type,
            "submitUserEmail": job.submitter,
            "startDate": _text(job.created),
            "endDate": _text(job.ended),
            "total": counts.total,
            "succeeded": counts.done,
            "failed": counts.failed,
            "cancelled": counts.cancelled,
            "warned": counts.warned,
            "failedItems": [_item(row) for row in rows],
            "failedItemsLeftOut": max(0, counts.failed - len(rows)),
        },
    }


def send(url: str, secret: str, uid: str, payload: JsonObject, rules: OutboundRules) -> None:
    """Tell ``url``. Raises what ``post`` raises, Permanent for an answer 410, and Retryable for any other but a 2xx."""
    body = json.dumps(payload, ensure_ascii=False)
    status = post(url, body.encode(), signed_headers(secret, uid, body), rules)
    if status == GONE:
        raise Permanent("The URL answered with status 410: it wants no more.")
    if not 200 <= status < 300:
        raise Retryable("The URL answered with status {status}.", status=str(status))


def _item(row: LogRow) -> JsonObject:
    return {
        "assetName": row.asset_name,
        "assetHandle": asset_handle(row.asset_id) if row.asset_id else None,
        "reason": str(row.message),
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at else None
