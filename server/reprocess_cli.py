"""The command `reprocess`: shows what a run over folders or assets would come to, and starts it."""

import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from domain.model import Company
from jobs.processing.choices import Choice
from jobs.submit import Submission
from server.api.previews import SelectionValue, tell_preview
from server.bodies.processing import (
    CriteriaBody,
    OptionsBody,
    WorkBody,
    preview_run,
    read_criteria,
    read_wanted,
    start_selected,
)
from server.bodies.publishes import Publish
from server.bodies.reading import read_body
from server.console import (
    OPERATOR,
    DataOption,
    JsonOption,
    company_named,
    fail,
    note,
    print_json,
    print_rows,
    say,
    transaction,
)
from server.profiles_cli import find_named

FolderOption = Annotated[list[str] | None, typer.Option("--folder", help="A folder with all below; may be repeated.")]


def reprocess(  # noqa: PLR0913, PLR0917 - one for each option
    company: Annotated[str, typer.Option(help="The name of the company.")],
    folder: FolderOption = None,
    exclude: Annotated[list[str] | None, typer.Option(help="A folder below that is left out; may be repeated.")] = None,
    assets: Annotated[list[str] | None, typer.Option(help="Handles of assets, with commas or repeated.")] = None,
    name: Annotated[str, typer.Option(help="Only assets of whose name this is a part.")] = "",
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only assets of this type; may be repeated.")
    ] = None,
    tag: Annotated[str, typer.Option(help="Only assets with this smart tag.")] = "",
    colour: Annotated[str, typer.Option(help="Only assets with this colour, by its CSS name.")] = "",
    failed_of: Annotated[
        int | None, typer.Option(min=1, help="Only what failed or was cancelled in this execution.")
    ] = None,
    advanced: Annotated[
        str, typer.Option(help=f"What is done, with commas between, instead of all: {', '.join(Choice)}.")
    ] = "",
    options: Annotated[
        Path | None,
        typer.Option(help="A JSON file with options: picture, smart_crop, smart_tags, colour_tags, publishes."),
    ] = None,
    publish: Annotated[
        list[str] | None,
        typer.Option(help=f"A publish that follows, {', '.join(get_args(Publish))}; may be repeated."),
    ] = None,
    profile: Annotated[
        list[str] | None, typer.Option(help="Name or number of a profile that holds instead of the folders'.")
    ] = None,
    job_name: Annotated[str, typer.Option(help="The name of the execution.")] = "reprocess",
    data: DataOption = None,
    *,
    flat: Annotated[bool, typer.Option("--flat", help="Without the folders below.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="Only assets whose profile has changed since.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would come to.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Process assets again: show what that comes to, and start it."""
    criteria = {
        "folders": folder or [],
        "excluded": exclude or [],
        "include_subfolders": not flat,
        "assets": _split(assets or []),
        "types": types or [],
        "name_contains": name,
        "tag": tag,
        "colour": colour,
        "failed_of": failed_of,
        "stale": stale,
    }
    with transaction(data) as (tx, settings):
        found = company_named(tx, company)
        given = read_body(OptionsBody, _read(options) if options else {})
        choices, chosen = _split([advanced]), [find_named(tx, found, each).id for each in profile or []]
        publishes = [*given.publishes, *({"what": each} for each in _split(publish or []))]
        follows = {"publishes": publishes, "profiles": chosen}
        work = {**dict(given), **({"choices": choices} if choices else {}), **follows}
        wanted = read_wanted(
            tx,
            found,
            read_criteria(tx, found, read_body(CriteriaBody, criteria)),
            read_body(WorkBody, work),
            settings,
        )
        _spec, seen = preview_run(tx, found, wanted, OPERATOR)
        told = tell_preview(seen, settings.selection_warning, str)
        job = None if dry_run else start_selected(tx, _submission(found, job_name), wanted, seen.selection)
        if job:
            note(tx, found.id, "started execution", f"{job.unique_name}, items: {job.counts.total}")
    if as_json:
        print_json({**told.model_dump(), "execution": job.id if job else None})
        return
    _print(told)
    if job:
        say(f"Started execution {job.id}, {job.unique_name}, with {job.counts.total} items")


def _submission(company: Company, name: str) -> Submission:
    if not name.strip():
        fail("--job-name: give the execution a name.")
    return Submission(company_id=company.id, name=name.strip(), submitter=OPERATOR, server_name=socket.gethostname())


def _print(told: SelectionValue) -> None:
    types: Sequence[dict[str, Any]] = [each.model_dump() for each in told.types]
    print_rows(types, ("type", "number", "bytes", "seconds_each"))
    stages = [
        {"stage": each.title, "runs": each.runs, "profiles": _counted(each.profiles), "skips": _counted(each.skipped)}
        for each in told.stages
    ]
    print_rows(stages, ("stage", "runs", "profiles", "skips"))
    time = "no idea how long yet" if told.seconds is None else f"about {told.seconds:.0f} s"
    say(f"{told.total} assets, {told.untouched} of them untouched; {time}")
    if told.warning:
        say(f"Warning: {told.warning}")


def _counted(numbers: Mapping[str, int]) -> list[str]:
    return [f"{number}: {what}" for what, number in numbers.items()]


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        fail(f"{path.name}: {error}")


def _split(given: Sequence[str]) -> list[str]:
    return [part.strip() for each in given for part in each.split(",") if part.strip()]
