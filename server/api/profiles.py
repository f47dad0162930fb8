"""Profiles: keeping them in versions, and the folders that they hold for."""

from collections.abc import Sequence
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from jobs.profiles.definitions import ProfileError, ProfileKind
from jobs.profiles.library import change_profile, create_profile, remove_profile
from server.api.route import ApiCall, Nothing, Route
from server.bodies.folders import find_folder_paths
from server.bodies.profiles import ProfileBody, assign_profile, count_stale
from server.bodies.reading import Body, Id, Texts
from server.problems import NotFoundError
from store.profiles import (
    Assignment,
    StoredProfile,
    find_assignments,
    find_profiles,
    find_versions,
    load_profile,
    unassign,
)
from wsdl import contract
from wsdl.declare import AnyOperation


class ProfileQuery(Body):
    """Which profiles."""

    kind: ProfileKind | None = None


class AssignmentBody(Body):
    """That a profile, or with null none of the kind, holds for folders and those below them."""

    kind: ProfileKind
    folders: Texts = Field(min_length=1)
    profile_id: Id | None


class AssignmentQuery(Body):
    """Which assignment; without ``profile_id`` the one that says that no profile holds."""

    kind: ProfileKind
    folder: str
    profile_id: Id | None = None


class ProfileValue(BaseModel):
    """A profile at its newest version, and the folders that it is assigned to."""

    id: int
    kind: ProfileKind
    name: str
    version: int
    definition: dict[str, JsonValue]
    created: AwareDatetime
    created_by: str
    removed: AwareDatetime | None
    folders: tuple[str, ...]


class ProfileList(BaseModel):
    """Profiles by name."""

    profiles: tuple[ProfileValue, ...]


class VersionValue(BaseModel):
    """What a profile said at one version."""

    version: int
    definition: dict[str, JsonValue]
    created: AwareDatetime
    created_by: str


class ProfileDetail(ProfileValue):
    """A profile with its versions, newest first; ``stale`` assets were not processed with the newest one."""

    versions: tuple[VersionValue, ...]
    stale: int


class AssignmentValue(BaseModel):
    """That a profile, or with null none of the kind, holds for a folder and those below it."""

    folder: str
    kind: ProfileKind
    profile_id: int | None


class AssignmentList(BaseModel):
    """The company's assignments, by folder."""

    assignments: tuple[AssignmentValue, ...]


def list_all(call: ApiCall, query: ProfileQuery) -> ProfileList:
    """Answer the profiles that have not been removed."""
    found = find_profiles(call.tx, call.company.id, query.kind)
    assignments = find_assignments(call.tx, call.company.id)
    return ProfileList(profiles=tuple(_tell(profile, assignments) for profile in found))


def create(call: ApiCall, body: ProfileBody) -> ProfileDetail:
    """Keep a new profile."""
    new = body.root
    return _detail(call, create_profile(call.tx, call.company.id, (new.kind, new.name), new.definition, call.who))


def show(call: ApiCall, _query: Nothing) -> ProfileDetail:
    """Answer one profile, even a removed one."""
    return _detail(call, _find(call))


def change(call: ApiCall, body: ProfileBody) -> ProfileDetail:
    """Keep a new version of the profile, unless it says the same as before."""
    stored, new = _find(call), body.root
    if (new.kind, new.name.strip()) != (stored.kind, stored.name):
        raise ProfileError("kind, name", f"a profile keeps them: give {stored.kind} and {stored.name}.")
    return _detail(call, change_profile(call.tx, stored, new.definition, call.who))


def remove(call: ApiCall, _query: Nothing) -> ProfileDetail:
    """Take the profile from all folders and end it; what was made with it stays."""
    stored = _find(call)
    if stored.ended is None:
        remove_profile(call.tx, stored)
    return _detail(call, _find(call))


def list_assignments(call: ApiCall, _query: Nothing) -> AssignmentList:
    """Answer every assignment."""
    found = find_assignments(call.tx, call.company.id)
    return AssignmentList(
        assignments=tuple(
            AssignmentValue(folder=each.folder, kind=ProfileKind(each.kind), profile_id=each.profile_id)
            for each in found
        )
    )


def assign(call: ApiCall, body: AssignmentBody) -> AssignmentList:
    """Let a profile hold for folders."""
    for folder in find_folder_paths(call.tx, call.company, "folders", body.folders):
        assign_profile(call.tx, call.company, body.kind, folder, body.profile_id)
    return list_assignments(call, Nothing())


def take_away(call: ApiCall, query: AssignmentQuery) -> AssignmentList:
    """Take a profile from a folder, for which what is above may hold again."""
    (folder,) = find_folder_paths(call.tx, call.company, "folder", [query.folder])
    assignment = Assignment(folder=folder, kind=query.kind, profile_id=query.profile_id)
    if not unassign(call.tx, call.company.id, assignment):
        raise NotFoundError(f"There is no such assignment of a {query.kind} profile to {folder}.")
    return list_assignments(call, Nothing())


def _find(call: ApiCall) -> StoredProfile:
    stored = load_profile(call.tx, call.company.id, call.number)
    if stored is None:
        raise NotFoundError(f"There is no profile {call.number} in this company.")
    return stored


def _tell(profile: StoredProfile, assignments: Sequence[Assignment]) -> ProfileValue:
    return ProfileValue(
        id=profile.id,
        kind=ProfileKind(profile.kind),
        name=profile.name,
        version=profile.version,
        definition=dict(profile.definition),
        created=profile.created,
        created_by=profile.created_by,
        removed=profile.ended,
        folders=tuple(each.folder for each in assignments if each.profile_id == profile.id),
    )


def _detail(call: ApiCall, profile: StoredProfile) -> ProfileDetail:
    versions = (
        VersionValue(
            version=each.version,
            definition=dict(each.definition),
            created=each.created,
            created_by=each.created_by,
        )
        for each in find_versions(call.tx, profile.id)
    )
    told = _tell(profile, find_assignments(call.tx, call.company.id))
    return ProfileDetail(**dict(told), versions=tuple(versions), stale=count_stale(call.tx, call.company, profile.id))


def _route(method: Any, path: str, name: str, summary: str, handler: Any, **options: Any) -> Route:
    needs: dict[str, AnyOperation] = {
        "GET": contract.GET_PROPERTY_SETS,
        "POST": contract.CREATE_PROPERTY_SET,
        "PUT": contract.CREATE_PROPERTY_SET,
        "DELETE": contract.DELETE_PROPERTY_SET,
    }
    return Route(
        method=method,
        path=path,
        name=name,
        summary=summary,
        needs=needs[method],
        handler=handler,
        writes=method != "GET",
        **options,
    )


ROUTES = (
    _route("GET", "profiles", "listProfiles", "List profiles", list_all, takes=ProfileQuery, gives=ProfileList),
    _route(
        "POST",
        "profiles",
        "createProfile",
        "Keep a new profile",
        create,
        takes=ProfileBody,
        gives=ProfileDetail,
        status=201,
    ),
    _route("GET", "profiles/{id}", "showProfile", "Show a profile with its versions", show, gives=ProfileDetail),
    _route(
        "PUT",
        "profiles/{id}",
        "changeProfile",
        "Keep a new version of a profile",
        change,
        takes=ProfileBody,
        gives=ProfileDetail,
    ),
    _route("DELETE", "profiles/{id}", "removeProfile", "Remove a profile", remove, gives=ProfileDetail),
    _route(
        "GET",
        "assignments",
        "listAssignments",
        "List which profiles hold where",
        list_assignments,
        gives=AssignmentList,
    ),
    _route(
        "POST",
        "assignments",
        "assignProfile",
        "Let a profile hold for folders",
        assign,
        takes=AssignmentBody,
        gives=AssignmentList,
    ),
    _route(
        "DELETE",
        "assignments",
        "unassignProfile",
        "Take a profile from a folder",
        take_away,
        takes=AssignmentQuery,
        gives=AssignmentList,
    ),
)
