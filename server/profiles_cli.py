"""The commands `profiles …`: a company's profiles, kept in versions from files of JSON, and their folders."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.model import Company
from jobs.profiles.definitions import ProfileKind
from jobs.profiles.library import remove_profile
from server.bodies.folders import find_folder_paths
from server.bodies.profiles import ProfileBody, assign_profile, count_stale, save_profile
from server.bodies.reading import read_body
from server.console import (
    OPERATOR,
    DataOption,
    JsonOption,
    company_named,
    fail,
    note,
    print_facts,
    print_rows,
    say,
    transaction,
)
from store.engine import Tx
from store.profiles import Assignment, StoredProfile, find_assignments, find_profiles, find_versions, unassign

app = typer.Typer(no_args_is_help=True, help="Look at profiles, keep them, and say which folders they hold for.")
CompanyOption = Annotated[str, typer.Option(help="The name of the company.")]
ProfileArgument = Annotated[str, typer.Argument(metavar="PROFILE", help="Its name, or its number in `profiles list`.")]
FoldersOption = Annotated[list[str], typer.Option("--folder", help="A folder, with all below; may be repeated.")]


@app.command(name="list")
def list_profiles(company: CompanyOption, data: DataOption = None, *, as_json: JsonOption = False) -> None:
    """List the profiles, the folders that they hold for, and how many assets lack what they say now."""
    with transaction(data, writes=False) as (tx, _settings):
        found = company_named(tx, company)
        told = [_tell(tx, found, profile) for profile in find_profiles(tx, found.id)]
    print_rows(told, ("id", "kind", "name", "version", "folders", "stale"), as_json=as_json)


@app.command()
def show(
    profile: ProfileArgument, company: CompanyOption, data: DataOption = None, *, as_json: JsonOption = False
) -> None:
    """Say everything about one profile, as `save` reads it and more."""
    with transaction(data, writes=False) as (tx, _settings):
        found = company_named(tx, company)
        named = find_named(tx, found, profile)
        versions = {
            each.version: f"{each.created.isoformat(timespec='seconds')} by {each.created_by}"
            for each in find_versions(tx, named.id)
        }
        told = _tell(tx, found, named) | {"definition": dict(named.definition), "versions": versions}
    print_facts(told, as_json=as_json)


@app.command()
def save(file: Path, company: CompanyOption, data: DataOption = None) -> None:
    """Keep the profile that a JSON file holds (kind, name, definition): a new one, or a new version."""
    try:
        given = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        fail(f"{file.name}: {error}")
    with transaction(data) as (tx, _settings):
        found = company_named(tx, company)
        stored = save_profile(tx, found, read_body(ProfileBody, given).root, OPERATOR)
        stale = count_stale(tx, found, stored.id)
        note(tx, found.id, "saved profile", f"{stored.name} (version {stored.version})")
    say(f"Profile {stored.id}, {stored.name}, is at version {stored.version}; {stale} assets are stale")


@app.command()
def remove(profile: ProfileArgument, company: CompanyOption, data: DataOption = None) -> None:
    """Take a profile from all folders and end it; what was made with it stays."""
    with transaction(data) as (tx, _settings):
        found = company_named(tx, company)
        named = find_named(tx, found, profile)
        remove_profile(tx, named)
        note(tx, found.id, "removed profile", named.name)
    say(f"Removed profile {named.id}, {named.name}")


@app.command()
def assign(profile: ProfileArgument, company: CompanyOption, folder: FoldersOption, data: DataOption = None) -> None:
    """Let a profile hold for folders instead of others of its kind; a folder has any number of batch set presets."""
    with transaction(data) as (tx, _settings):
        found = company_named(tx, company)
        named = find_named(tx, found, profile)
        for path in find_folder_paths(tx, found, "folder", folder):
            assign_profile(tx, found, ProfileKind(named.kind), path, named.id)
            note(tx, found.id, "assigned profile", f"{named.name} to {path}")
        stale = count_stale(tx, found, named.id)
    say(f"Profile {named.id}, {named.name}, holds for {', '.join(folder)}; {stale} assets are stale")


@app.command(name="unassign")
def take_away(profile: ProfileArgument, company: CompanyOption, folder: FoldersOption, data: DataOption = None) -> None:
    """Take a profile from folders, for which what is above may hold again."""
    with transaction(data) as (tx, _settings):
        found = company_named(tx, company)
        named = find_named(tx, found, profile)
        for path in find_folder_paths(tx, found, "folder", folder):
            if not unassign(tx, found.id, Assignment(folder=path, kind=named.kind, profile_id=named.id)):
                fail(f"{named.name} is not assigned to {path}. Nothing is changed.")
            note(tx, found.id, "took profile away", f"{named.name} from {path}")
    say(f"Profile {named.id}, {named.name}, is taken from {', '.join(folder)}")


def find_named(tx: Tx, company: Company, text: str) -> StoredProfile:
    """Return the company's profile of this number or name, else say that there is none and end."""
    profiles = find_profiles(tx, company.id)
    found = [each for each in profiles if str(each.id) == text] or [each for each in profiles if each.name == text]
    if not found:
        fail(f"There is no profile {text} in {company.name}: `profiles list` lists those there are.")
    if len(found) > 1:
        numbers = ", ".join(f"{each.id} ({each.kind})" for each in found)
        fail(f"{text} is the name of several profiles: give one of the numbers {numbers}.")
    return found[0]


def _tell(tx: Tx, company: Company, profile: StoredProfile) -> dict[str, Any]:
    assigned = find_assignments(tx, company.id)
    return {
        "id": profile.id,
        "kind": profile.kind,
        "name": profile.name,
        "version": profile.version,
        "folders": [each.folder for each in assigned if each.profile_id == profile.id],
        "stale": count_stale(tx, company, profile.id),
    }
