"""Rows of webhooks: which URLs are told of a company's ended jobs, each with the secret that signs what it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Someone who is told. The secret is one of Standard Webhooks, ``whsec_`` and base64."""

    url: str
    secret: str = field(repr=False)


def find_webhooks(tx: Tx, company_id: int) -> tuple[Webhook, ...]:
    """Return the webhooks of a company, by URL."""
    c = t.webhook.c
    rows = tx.execute(sa.select(c.url, c.secret).where(c.company_id == company_id).order_by(c.url)).mappings()
    return tuple(Webhook(**row) for row in rows)


def find_secret(tx: Tx, job_id: int, url: str) -> str | None:
    """Return what signs a message about a job to ``url``, or None when its company has no such webhook any more."""
    joined = t.webhook.join(t.job, t.job.c.company_id == t.webhook.c.company_id)
    query = sa.select(t.webhook.c.secret).select_from(joined)
    return tx.scalar(query.where(t.job.c.id == job_id, t.webhook.c.url == url))


def set_webhooks(tx: Tx, company_id: int, webhooks: Sequence[Webhook]) -> None:
    """Let the company have these webhooks and no others."""
    tx.execute(sa.delete(t.webhook).where(t.webhook.c.company_id == company_id))
    if webhooks:
        rows = [{"company_id": company_id, "url": hook.url, "secret": hook.secret} for hook in webhooks]
        tx.execute(sa.insert(t.webhook), rows)
