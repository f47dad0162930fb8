"""The commands: serve, demo, doctor, render-wsdl, backup, restore, and those that change companies and users.

Those about jobs are in ``server.jobs_cli``, those about processing in ``reprocess_cli`` and ``profiles_cli`` beside it.
"""

import multiprocessing
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import RepriseError
from domain.handles import company_handle, parse_company
from domain.model import User
from server import deliveries_cli, jobs_cli, profiles_cli, reprocess_cli
from server import demo as demonstration
from server import doctor as examination
from server.app import open_blobs, open_database
from server.bodies.reading import read_body
from server.bodies.settings import ProcessingSettings, find_settings, save_settings
from server.console import (
    OPERATOR,
    DataOption,
    company_named,
    complain,
    fail,
    note,
    out,
    print_facts,
    say,
    settings_of,
    transaction,
)
from server.passwords import Passwords
from server.settings import ServerRole
from server.supervisor import only_one, run
from server.web import ENDPOINT
from store.backup import back_up
from store.backup import restore as restore_backup
from store.backup import verify as verify_blobs
from store.companies import add_company as add_company_row
from store.companies import change_company, find_company, find_company_by_root, load_company
from store.engine import Database, Tx
from store.usage import used_bytes
from store.users import add_user as add_user_row
from store.users import change_user, count_users, find_user, make_admin, set_membership
from wsdl.render import render_wsdl
from wsdl.roles import Role
from wsdl.versions import VERSIONS

MIN_PASSWORD = 8
MAX_QUOTA = 2**63 - 1

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they show local values, and a password is one
    help="Reprise: a self-hosted server for the IPS SOAP API.",
)
app.add_typer(jobs_cli.app, name="jobs")
app.add_typer(jobs_cli.app, name="executions")
app.add_typer(profiles_cli.app, name="profiles")
app.command(name="reprocess")(reprocess_cli.reprocess)
app.add_typer(deliveries_cli.app, name="deliveries")
app.command(name="set-webhook")(deliveries_cli.set_webhook)
app.command(name="set-rendition-worker")(deliveries_cli.set_rendition_worker)

QUOTA_HELP = "How many bytes its files may take up, or 'none'."


@app.command()
def serve(  # noqa: PLR0913, PLR0917 - one for each option
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 for any free one.")] = None,
    data: DataOption = None,
    tls_cert: Annotated[Path | None, typer.Option(help="A PEM file with the certificate chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The PEM file with its key.")] = None,
    role: Annotated[
        ServerRole | None, typer.Option(help="What this server does: all, front, leader or worker.")
    ] = None,
) -> None:
    """Serve until interrupted."""
    run(settings_of(host=host, port=port, data=data, tls_cert=tls_cert, tls_key=tls_key, role=role), _announce)


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 for any free one.")] = None,
    data: Annotated[Path, typer.Option(help="The data folder.")] = Path("demo-data"),
    *,
    leave: Annotated[bool, typer.Option("--exit", help="End after the table.")] = False,
) -> None:
    """Run the main job end to end with sample pictures: upload, reprocess, publish, see."""
    raise typer.Exit(
        demonstration.run_demo(settings_of(port=port, data=data, log_level="error", **demonstration.OWN), leave=leave)
    )


@app.command()
def add_company(
    name: str,
    root: Annotated[str | None, typer.Option(help="The root folder; the name without spaces when left out.")] = None,
    handle: Annotated[str | None, typer.Option(help="The handle, such as 'c|3578', that clients hard-code.")] = None,
    quota: Annotated[str, typer.Option(help=QUOTA_HELP)] = "none",
    data: DataOption = None,
) -> None:
    """Add a company."""
    number = parse_company(handle) if handle else None
    if handle and number is None:
        fail(f"{handle} is not a company handle: write it like 'c|3578'.")
    quota_bytes = _quota(quota)
    folder = root or name.replace(" ", "")
    if not folder or "/" in folder or folder in (".", ".."):
        fail("The root folder must be a name without slashes.")
    with closing(open_database(settings_of(data=data))) as database, database.write() as tx:
        taken = number is not None and load_company(tx, number) is not None
        if taken or find_company(tx, name) or find_company_by_root(tx, folder):
            fail("There is a company with this name, root folder or handle already.")
        company = add_company_row(tx, name=name, root=folder, company_id=number, quota_bytes=quota_bytes)
        note(tx, company.id, "add-company", name)
    say(f"Added company {company.name} with handle {company_handle(company.id)} and root folder {company.root}/")


@app.command(name="set-quota")
def set_quota(company: str, quota: Annotated[str, typer.Argument(help=QUOTA_HELP)], data: DataOption = None) -> None:
    """Say how much room a company's files may take up; what is there stays, whatever it takes."""
    quota_bytes = _quota(quota)
    with transaction(data) as (tx, _settings):
        found = company_named(tx, company)
        change_company(tx, found.id, quota_bytes=quota_bytes)
        note(tx, found.id, "set-quota", quota)
        used = used_bytes(tx, found.id)
    quota_now = "no quota" if quota_bytes is None else f"a quota of {quota_bytes} bytes"
    say(f"Company {company} has {quota_now}; {used} bytes are used")


@app.command(name="set-processing")
def set_processing(
    company: str,
    uploads: Annotated[
        bool | None, typer.Option("--uploads/--no-uploads", help="Whether uploads are processed, too.")
    ] = None,
    tag_field: Annotated[str | None, typer.Option(help="The tag field that shows smart tags, or none.")] = None,
    sweep: Annotated[
        str | None, typer.Option(help="Every how many minutes what is stale is processed, or none.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Say how a company's assets are processed without being asked for; what is left out stays as it is."""
    given = {
        "processes_uploads": uploads,
        "smart_tag_field": tag_field,
        "sweep_minutes": sweep,
    }
    changes = {name: None if value == "none" else value for name, value in given.items() if value is not None}
    with transaction(data, writes=bool(changes)) as (tx, _settings):
        found = company_named(tx, company)
        if changes:
            save_settings(
                tx, found, read_body(ProcessingSettings, find_settings(tx, found).model_dump() | changes), OPERATOR
            )
            note(tx, found.id, "set-processing", ", ".join(f"{name} {value}" for name, value in changes.items()))
        facts = find_settings(tx, company_named(tx, company)).model_dump()
    print_facts(facts)


@app.command(name="set-weight")
def set_weight(
    company: str,
    weight: Annotated[int, typer.Argument(min=1, max=100, help="Its share, beside the weights of the others.")],
    data: DataOption = None,
) -> None:
    """Say which share of the workers a company gets while others have jobs, too; each begins with 1."""
    with transaction(data) as (tx, _settings):
        found = company_named(tx, company)
        change_company(tx, found.id, weight=weight)
        note(tx, found.id, "set-weight", str(weight))
    say(f"Company {company} has weight {weight}")


@app.command()
def add_user(
    email: str,
    company: Annotated[str | None, typer.Option(help="The name of a company they belong to.")] = None,
    role: Annotated[
        Role, typer.Option(help="Their role there; IpsAdmin holds for all companies.")
    ] = Role.IPS_COMPANY_ADMIN,
    name: Annotated[str, typer.Option(help="First and last name.")] = "",
    data: DataOption = None,
) -> None:
    """Add a user, or give one another company. The password is asked for, or read from standard input."""
    email = email.strip()
    if "@" not in email:
        fail(f"{email} is not an e-mail address.")
    with closing(open_database(settings_of(data=data))) as database:
        with database.read() as tx:
            is_new = find_user(tx, email) is None
            company_id = _company_id(tx, company, role)
        password_hash = Passwords(0).hash(_read_password()) if is_new else ""
        first, _, last = (name or email.partition("@")[0]).partition(" ")
        with database.write() as tx:
            user = find_user(tx, email) or add_user_row(
                tx, email=email, names=(first, last), password_hash=password_hash
            )
            if role is Role.IPS_ADMIN:
                make_admin(tx, user.id)
            if company_id is not None:
                set_membership(tx, company_id=company_id, user_id=user.id, role=role)
            note(tx, company_id, "add-user", f"{email} {role}")
    say(f"{'Added' if is_new else 'Changed'} user {email} ({role}{f' of {company}' if company else ''})")


@app.command(name="set-password")
def set_password(email: str, data: DataOption = None) -> None:
    """Give a user a new password, asked for or read from standard input, and let them log in again."""
    with transaction(data, writes=False) as (tx, _settings):
        user = _user(tx, email)
    password_hash = Passwords(0).hash(_read_password())
    with transaction(data) as (tx, _settings):
        change_user(tx, user.id, password_hash=password_hash, is_valid=True)
        note(tx, None, "set-password", email)
    out.print(f"{email} has a new password", highlight=False)


@app.command(name="disable-user")
def disable_user(email: str, data: DataOption = None) -> None:
    """Let a user log in no more; set-password lets them in again."""
    with transaction(data) as (tx, _settings):
        change_user(tx, _user(tx, email).id, is_valid=False)
        note(tx, None, "disable-user", email)
    out.print(f"{email} may not log in any more", highlight=False)


@app.command(name="render-wsdl")
def print_wsdl(
    version: Annotated[str, typer.Option(help="A date such as 2014-04-03, or 'undated'.")] = "2014-04-03",
    address: Annotated[str, typer.Option(help="The address of the service.")] = f"http://localhost:8080{ENDPOINT}",
) -> None:
    """Print the WSDL of one version."""
    found = next((known for known in VERSIONS if str(known) == version), None)
    if found is None:
        fail(f"There is no version {version}; there are {', '.join(map(str, VERSIONS))}.")
    sys.stdout.buffer.write(render_wsdl(found, address))


@app.command()
def doctor(data: DataOption = None) -> None:
    """Say what is installed, what is missing and whether the data folder is usable."""
    raise typer.Exit(0 if examination.examine(settings_of(data=data), out) else 1)


@app.command()
def backup(into: Path, data: DataOption = None) -> None:
    """Copy every row and every file that a row refers to into a folder, anew or what it lacks; a server may run."""
    settings = settings_of(data=data)
    with closing(open_database(settings)) as database:
        copied = back_up(database, open_blobs(settings), into)
    say(f"Backed up: {copied.copied} files copied, {copied.present} there before")
    _fail_for(copied.lost)


@app.command()
def restore(
    source: Path,
    data: DataOption = None,
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Read every file again afterwards.")] = False,
) -> None:
    """Bring a backup back into an empty data folder or database; no server may run on it."""
    settings = settings_of(data=data)
    with only_one(settings), closing(open_database(settings)) as database:
        blobs = open_blobs(settings)
        copied = restore_backup(source, database, blobs, settings.data)
        say(f"Restored: {copied.copied} files copied, {copied.present} there before")
        if verify:
            number, lost = verify_blobs(database, blobs)
            say(f"Verified: {number - len(lost)} of {number} files are there with the right content")
            _fail_for(lost)
    _fail_for(copied.lost)


def main() -> None:
    """Run the command line; errors of ours are one line without a traceback."""
    multiprocessing.set_start_method("spawn")
    try:
        app()
    except (RepriseError, OSError) as error:
        complain(str(error))
        sys.exit(1)


def _user(tx: Tx, email: str) -> User:
    found = find_user(tx, email)
    if found is None:
        fail(f"There is no user {email}.")
    return found


def _quota(text: str) -> int | None:
    if text == "none":
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_QUOTA):
        fail(f"{text} is not a quota: write a number of bytes, or none.")
    return int(text)


def _announce(database: Database, url: str) -> None:
    say(f"Reprise listens on {url}")
    say(f"WSDL: {url}/scene7/webservice/IpsApi-2014-04-03.wsdl")
    with database.read() as tx:
        if not count_users(tx):
            say("There is no user yet. In another terminal, with the same --data:")
            say("  run_server.py add-company 'My Company'")
            say("  run_server.py add-user me@example.com --company 'My Company'")


def _company_id(tx: Any, name: str | None, role: Role) -> int | None:
    if name is None:
        if role is not Role.IPS_ADMIN:
            fail("Name the user's --company; only an IpsAdmin needs none.")
        return None
    found = find_company(tx, name)
    if found is None:
        fail(f"There is no company {name}: add it with add-company.")
    return found.id


def _read_password() -> str:
    if sys.stdin.isatty():
        password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < MIN_PASSWORD:
        fail(f"A password has at least {MIN_PASSWORD} characters.")
    return password


def _fail_for(lost: Sequence[str]) -> None:
    if lost:
        fail(f"Missing or damaged are {len(lost)} files that rows refer to: {', '.join(lost[:10])}")
