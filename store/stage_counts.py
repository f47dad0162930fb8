"""How many assets of a job ended which stage how, counted in the transaction that settles each."""

from collections.abc import Iterable

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx


def count_stages(tx: Tx, job_id: int, ended: Iterable[tuple[str, str]]) -> None:
    """Count one asset's stages, each with its outcome."""
    c = t.stage_count.c
    for stage, outcome in ended:
        where = (c.job_id == job_id) & (c.stage == stage) & (c.outcome == outcome)
        if not tx.execute(sa.update(t.stage_count).where(where).values(number=c.number + 1)).rowcount:
            values = {"job_id": job_id, "stage": stage, "outcome": outcome, "number": 1}
            tx.execute(sa.insert(t.stage_count).values(values))


def find_stage_counts(tx: Tx, job_id: int) -> dict[str, dict[str, int]]:
    """Return the numbers of a job by stage and outcome."""
    c = t.stage_count.c
    counted: dict[str, dict[str, int]] = {}
    for row in tx.execute(sa.select(c.stage, c.outcome, c.number).where(c.job_id == job_id)):
        counted.setdefault(row.stage, {})[row.outcome] = row.number
    return counted
