"""The lines of the server's log are JSON, and name the request, or the job, task and asset, that they are about."""

import json
from typing import Any

from domain.handles import parse_asset
from tests.jobs.flow import Client, reprocess
from tests.jobs.pictures import small_png


def lines(client: Client, event: str, **having: object) -> list[dict[str, Any]]:
    """Return the log's lines of this event that have these values."""
    read = [json.loads(line) for line in client.server.log().splitlines() if line.startswith("{")]
    return [line for line in read if line["event"] == event and having.items() <= line.items()]


def test_a_task_that_ended_is_told_with_its_job_and_asset(lab: Client) -> None:
    handle = lab.upload({"a.png": small_png()})["a.png"]
    lab.run(reprocess([handle]))

    (line,) = lines(lab, "task settled", asset=parse_asset(handle))

    assert line["company"] == 110
    assert line["attempt"] == 1
    assert {"job", "task", "timestamp", "level", "seconds"} <= line.keys()


def test_an_answer_names_its_lines_in_the_log(lab: Client) -> None:
    purged = "<urlArray><items>https://images.example.com/is/image/LabCo/shoe</items></urlArray>"

    answer = lab.call("cdnCacheInvalidation", purged)

    (line,) = lines(lab, "cdn purge asked for", request=answer.reply.headers["X-Request-Id"])
    assert line["company"] == 110
