"""Which profiles hold for a folder, from where, and giving it some, none, or back what is above."""

from flask import abort, request
from werkzeug.wrappers import Response

from jobs.profiles.definitions import ProfileError, ProfileKind
from jobs.profiles.folders import load_folder_profiles
from server.admin.assets import trail_of
from server.admin.run_form import KINDS
from server.admin.visits import Answer, Page, Visit, read_number
from server.bodies.folders import find_folder_paths
from server.bodies.profiles import assign_profile
from server.bodies.reading import RefusedError
from store.engine import Tx
from store.profiles import Assignment, find_profiles, load_profile, unassign
from wsdl import contract

NONE = "none"
UNLISTED = "profile: choose one of the list."


def folder(visit: Visit) -> Answer:
    """Show what holds for the folder."""
    with visit.read() as tx:
        path = _path(visit, tx, request.args.get("path", ""))
        assigned = load_folder_profiles(tx, visit.company.id)
        profiles = find_profiles(tx, visit.company.id)
    return visit.page(
        "folder.html",
        path=path,
        trail=trail_of(path),
        kinds=[
            (kind, label, assigned.holding(kind, path), assigned.matching(kind, path)) for kind, label in KINDS.items()
        ],
        profiles=profiles,
    )


def assign_folder(visit: Visit) -> Response:
    """Let a profile hold for the folder and those below it, or none of its kind."""
    chosen = request.form.get("profile", "")
    with visit.write() as tx:
        path = _path(visit, tx, request.form.get("path", ""))
        kind, number = _kind(), None if chosen == NONE else read_number(chosen, UNLISTED)
        try:
            assign_profile(tx, visit.company, kind, path, number)
        except ProfileError as error:
            abort(400, str(error))
        visit.note(tx, "assigned profile", f"{_said(visit, tx, kind, number)} to {path}")
    return visit.go("folder", path=path)


def unassign_folder(visit: Visit) -> Response:
    """Take what was given to the folder away, so that what is above holds again."""
    chosen = request.form.get("profile", "")
    with visit.write() as tx:
        path = _path(visit, tx, request.form.get("path", ""))
        kind, number = _kind(), None if chosen == NONE else read_number(chosen, UNLISTED)
        if not unassign(tx, visit.company.id, Assignment(folder=path, kind=kind, profile_id=number)):
            abort(409, "Nothing was done: it is no longer assigned to this folder.")
        visit.note(tx, "took profile away", f"{_said(visit, tx, kind, number)} from {path}")
    return visit.go("folder", path=path)


def _path(visit: Visit, tx: Tx, given: str) -> str:
    try:
        (path,) = find_folder_paths(tx, visit.company, "path", [given])
    except RefusedError:
        abort(404)
    return path


def _kind() -> ProfileKind:
    try:
        return ProfileKind(request.form.get("kind", ""))
    except ValueError:
        abort(400, f"kind: give one of {', '.join(ProfileKind)}.")


def _said(visit: Visit, tx: Tx, kind: ProfileKind, number: int | None) -> str:
    found = load_profile(tx, visit.company.id, number) if number is not None else None
    return found.name if found else f"no {KINDS[kind].lower()}"


PAGES = (
    Page(rule="folder", view=folder, needs=contract.GET_PROPERTY_SETS),
    Page(rule="folder/assign", view=assign_folder, needs=contract.CREATE_PROPERTY_SET, methods=("POST",)),
    Page(rule="folder/unassign", view=unassign_folder, needs=contract.DELETE_PROPERTY_SET, methods=("POST",)),
)
