"""A row of a log comes back with its text and values, so that it can be said in any language."""

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import AuxRow, LogRow
from domain.words import say, say_number, sentence, verbatim
from store import tables as t
from store.engine import Database
from store.job_logs import LogQuery, add_rows, find_rows
from tests.store.rows import job_with_tasks


def test_words_come_back_with_their_values_their_plural_and_the_words_within_them(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    remark = AuxRow(log_type="UploadWarning", message=say_number("{count} page", "{count} pages", 3, ratio=0.5))
    nested = sentence(say("page {number}: {problem}", number=2, problem=verbatim("{as} it is")))
    rows = [
        LogRow(log_type="UploadError", message=nested, at=utc_now(), aux=(remark,)),
        LogRow(log_type="EndUpload", message=say("Upload has begun!"), at=utc_now()),
        LogRow(log_type="OriginalJobName", message=verbatim("{nightly}"), at=utc_now()),
    ]
    with database.write() as tx:
        add_rows(tx, job_id, rows)

    with database.read() as tx:
        _total, found = find_rows(tx, LogQuery(job_id=job_id))

    assert list(found) == rows


def test_a_row_of_an_older_version_is_said_as_it_was_written(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    old = {"job_id": job_id, "log_type": "UploadError", "message": "100 % {of} it", "at": utc_now()}
    with database.write() as tx:
        aux = [{"log_type": "UploadWarning", "message": "no {profile}"}]
        tx.execute(sa.insert(t.job_log).values(**old, aux=aux))

    with database.read() as tx:
        _total, (row,) = find_rows(tx, LogQuery(job_id=job_id))

    assert (str(row.message), str(row.aux[0].message)) == ("100 % {of} it", "no {profile}")
