"""A company's quota: how many bytes may still arrive, and refusing a change that would take up more than it allows.

What counts is ``store.usage.used_bytes``. Bytes that arrive must fit beside all that is there, even where they will
replace some of it; a change about to be committed must fit as it will be, or take up no more than before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from domain.errors import Permanent
from domain.model import Company
from domain.words import Words, say
from store.companies import load_company
from store.engine import Tx
from store.usage import arriving_bytes, has_quota, hold_company, used_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many more bytes may arrive for a company, and what is said of those beyond."""

    left: int
    refusal: Words


def find_room(tx: Tx, company: Company) -> Room | None:
    """Return what the company has room for beside what is there and what waits to be taken in; None without a quota."""
    if company.quota_bytes is None:
        return None
    used, arriving = used_bytes(tx, company.id), arriving_bytes(tx, company.id)
    refusal = say(
        "The quota of company {company} has no room for this: {used} of {quota} bytes are used, {waiting} wait to be "
        "taken in. Delete assets and empty them from the trash, or have the quota raised.",
        company=company.name,
        used=used,
        quota=company.quota_bytes,
        waiting=arriving,
    )
    return Room(left=max(0, company.quota_bytes - used - arriving), refusal=refusal)


@contextmanager
def within_quota(tx: Tx, company_id: int) -> Iterator[None]:
    """Raise Permanent when the block makes the company take up more than before, and more than its quota.

    The company is held, with a quota or without: what tasks change of its assets, its sets and its tags takes turns
    with all who hold it, and nobody waits for it who has an asset already.
    """
    hold_company(tx, company_id)
    if not has_quota(tx, company_id):
        yield
        return
    company = load_company(tx, company_id)
    assert company is not None
    assert company.quota_bytes is not None
    before = used_bytes(tx, company_id)
    yield
    after = used_bytes(tx, company_id)
    if after > max(before, company.quota_bytes):
        raise Permanent(
            "Company {company} would take up {after} bytes: {used} of {quota} bytes are used. "
            "Delete assets and empty them from the trash, or have the quota raised.",
            company=company.name,
            after=after,
            used=before,
            quota=company.quota_bytes,
        )
