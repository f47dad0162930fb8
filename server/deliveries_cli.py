"""The commands `deliveries …`, `set-webhook` and `set-rendition-worker`: what ended jobs owe, whom signed posts reach.

A running server delivers what is replayed here within a moment; else the next start does.
"""

import base64
import secrets
from contextlib import closing
from typing import Annotated, Any

import typer

from jobs.outbound import check_url
from jobs.outbox import replay
from server.app import open_database
from server.console import DataOption, JsonOption, fail, print_rows, say, settings_of
from store.companies import find_company
from store.outbox import DeliveryState, Message, count_by_state, find_by_state
from store.renditions import set_worker_secret
from store.webhooks import Webhook, find_webhooks, set_webhooks

SECRET_BYTES = 32
MAX_NUMBER = 2**63 - 1
MAX_URL = 2000
NONE = "none"
COLUMNS = ("number", "job", "kind", "target", "tries", "next_try", "error")

app = typer.Typer(no_args_is_help=True, help="Look at mails, callbacks and webhooks of ended jobs; send them again.")


@app.command(name="list")
def list_deliveries(
    state: Annotated[DeliveryState, typer.Option(help="Only deliveries in this state.")] = DeliveryState.DEAD,
    limit: Annotated[int, typer.Option(min=1, help="The most that are listed.")] = 100,
    data: DataOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the deliveries that were given up, or those in another state, the newest first."""
    with closing(open_database(settings_of(data=data))) as database, database.read() as tx:
        found = find_by_state(tx, state, limit)
        counts = count_by_state(tx)
    told = [_told(message) for message in found]
    print_rows(told, COLUMNS, as_json=as_json)
    if not as_json:
        say(", ".join(f"{number} {each}" for each, number in counts.items()))


@app.command(name="replay")
def replay_deliveries(
    numbers: Annotated[
        list[int] | None, typer.Argument(min=1, max=MAX_NUMBER, help="Their numbers in `deliveries list`.")
    ] = None,
    data: DataOption = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
) -> None:
    """Try deliveries that were given up again, for a day as at first."""
    if bool(numbers) is every:
        fail("Name the numbers of deliveries, or give --all: `deliveries list` lists those that were given up.")
    with closing(open_database(settings_of(data=data))) as database, database.write() as tx:
        revived = replay(tx, None if every else numbers or ())
        if unknown := sorted({*(numbers or ())} - {message.id for message in revived}):
            fail(f"{', '.join(map(str, unknown))}: no delivery of this number was given up. Nothing is replayed.")
    say(f"Deliveries that are tried again: {len(revived)}")


def set_webhook(
    company: str,
    urls: Annotated[list[str], typer.Argument(help=f"Who is told of each job that has ended; '{NONE}' for nobody.")],
    data: DataOption = None,
    *,
    new_secrets: Annotated[bool, typer.Option("--new-secrets", help="Give all of them new secrets.")] = False,
) -> None:
    """Say which URLs are told of a company's ended jobs, signed with a secret that is shown once."""
    wanted = [] if urls == [NONE] else sorted(set(urls))
    for url in wanted:
        _check(url)
    with closing(open_database(settings_of(data=data))) as database, database.write() as tx:
        found = find_company(tx, company)
        if found is None:
            fail(f"There is no company {company}: add it with add-company.")
        known = {} if new_secrets else {hook.url: hook for hook in find_webhooks(tx, found.id)}
        hooks = [known.get(url) or Webhook(url=url, secret=_new_secret()) for url in wanted]
        set_webhooks(tx, found.id, hooks)
    for hook in hooks:
        say(f"{hook.url} {'keeps its secret' if hook.url in known else f'has the secret {hook.secret}'}")
    say(f"Webhooks of company {company}: {len(hooks)}")


def set_rendition_worker(company: str, url: str, data: DataOption = None) -> None:
    """Give a service that profiles ask for renditions a new secret, which is shown once and signs what it is asked."""
    _check(url)
    with closing(open_database(settings_of(data=data))) as database, database.write() as tx:
        found = find_company(tx, company)
        if found is None:
            fail(f"There is no company {company}: add it with add-company.")
        secret = _new_secret()
        set_worker_secret(tx, found.id, url, secret)
    say(f"{url} has the secret {secret}")


def _check(url: str) -> None:
    if len(url) > MAX_URL:
        fail(f"A URL has at most {MAX_URL} characters.")
    if (problem := check_url(url)) is not None:
        fail(f"{url}: {problem}")


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def _told(message: Message) -> dict[str, Any]:
    return {
        "number": message.id,
        "job": message.job_id,
        "kind": message.kind,
        "target": message.target,
        "tries": message.tries,
        "next_try": message.next_try.isoformat(timespec="seconds") if message.state is DeliveryState.WAITING else None,
        "error": message.last_error,
    }
