"""Profiles: what each says, its versions, the folders that it holds for, and the assets that its changes made stale."""

from collections.abc import Sequence
from typing import Any

from flask import abort, make_response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from jobs.processing.choices import FULL, Choice, stages_of
from jobs.profiles.definitions import ProfileError, ProfileKind
from jobs.profiles.library import change_profile, create_profile, remove_profile
from server.admin.confirmation import Question, ask
from server.admin.processing import Refusals, problems_of
from server.admin.profile_forms import ROWS, describe, fill, read_profile
from server.admin.run_form import KINDS, Form
from server.admin.visits import Answer, Page, Visit
from server.bodies.profiles import count_stale
from store.engine import Tx
from store.image_formats import find_formats
from store.profiles import (
    StoredProfile,
    find_assignments,
    find_profiles,
    find_versions,
    load_profile,
)
from wsdl import contract


def profiles(visit: Visit) -> Answer:
    """Show the company's profiles by kind, each with its folders; counting stale assets is for the page of each."""
    with visit.read() as tx:
        found = find_profiles(tx, visit.company.id)
        assigned = [each.profile_id for each in find_assignments(tx, visit.company.id)]
    return visit.page("profiles.html", kinds=KINDS, profiles=found, assigned=assigned)


def profile(visit: Visit, profile_id: int) -> Answer:
    """Show what one profile says, now and before, and where it holds."""
    with visit.read() as tx:
        found = _find(visit, tx, profile_id)
        versions = find_versions(tx, profile_id)
        folders = [each.folder for each in find_assignments(tx, visit.company.id) if each.profile_id == profile_id]
        stale = count_stale(tx, visit.company, profile_id)
    kind = ProfileKind(found.kind)
    return visit.page(
        "profile.html",
        profile=found,
        kind=KINDS[kind],
        versions=[(each, list(describe(kind, each.definition))) for each in versions],
        folders=folders,
        stale=stale,
        choices=choices_of(kind),
    )


def new_profile(visit: Visit, kind: str) -> Answer:
    """Show the empty form of a kind."""
    chosen = _kind(kind)
    form: Form = MultiDict({"preserves_content": "on", "is_adaptive": "on"})
    return _form(visit, chosen, form, None)


def add_profile(visit: Visit, kind: str) -> Answer:
    """Keep a new profile, or show the form with another row or with what is wrong."""
    chosen, form = _kind(kind), request.form
    if "add" in form:
        return _form(visit, chosen, form, None)
    try:
        body = read_profile(chosen, form)
        with visit.write() as tx:
            author = visit.principal.user.email
            made = create_profile(tx, visit.company.id, (chosen, body.name), body.definition, author)
            visit.note(tx, "created profile", f"{made.id} {made.name}")
    except Refusals as error:
        return make_response(_form(visit, chosen, form, None, problems_of(error)), 400)
    return visit.go("profile", profile_id=made.id)


def edit_profile(visit: Visit, profile_id: int) -> Answer:
    """Show the form with what the profile says."""
    with visit.read() as tx:
        found = _find(visit, tx, profile_id)
    kind = ProfileKind(found.kind)
    return _form(visit, kind, fill(kind, found.name, found.definition), found)


def save_profile(visit: Visit, profile_id: int) -> Answer:
    """Keep a new version, or show the form with another row or with what is wrong."""
    form = request.form
    with visit.read() as tx:
        found = _find(visit, tx, profile_id)
    kind = ProfileKind(found.kind)
    if "add" in form:
        return _form(visit, kind, form, found)
    try:
        body = read_profile(kind, MultiDict([*form.items(multi=True), ("name", found.name)]))
        with visit.write() as tx:
            current = _find(visit, tx, profile_id)
            if form.get("version") != str(current.version):
                raise ProfileError("version", f"it is {current.version} by now: look at that one, then change it.")
            changed = change_profile(tx, current, body.definition, visit.principal.user.email)
            if changed.version != current.version:
                visit.note(tx, "changed profile", f"{changed.id} {changed.name}, version {changed.version}")
    except Refusals as error:
        return make_response(_form(visit, kind, form, found, problems_of(error)), 400)
    return visit.go("profile", profile_id=profile_id)


def ask_removal(visit: Visit, profile_id: int) -> Answer:
    """Ask whether to remove the profile."""
    with visit.read() as tx:
        found = _find(visit, tx, profile_id)
    question = Question(
        title=f"Remove {found.name}?",
        consequence="It is taken from its folders, where what is above holds again. What was made with it stays.",
        verb="Remove",
        items=0,
        back=visit.link("profile", profile_id=profile_id),
        is_severe=True,
    )
    return ask(visit, question)


def do_removal(visit: Visit, profile_id: int) -> Response:
    """Remove the profile."""
    with visit.write() as tx:
        found = _find(visit, tx, profile_id)
        remove_profile(tx, found)
        visit.note(tx, "removed profile", f"{found.id} {found.name}")
    return visit.go("profiles")


def choices_of(kind: ProfileKind) -> list[str]:
    """Return the choices of a run of which a stage follows profiles of the kind."""
    followed = [choice for choice in FULL if any(stage.profile_kind is kind for stage in stages_of([choice]))]
    return [choice.value for choice in followed if choice is not Choice.PREVIEWS]


def _form(
    visit: Visit,
    kind: ProfileKind,
    form: Form,
    found: StoredProfile | None,
    problems: Sequence[tuple[str, str]] = (),
) -> str:
    values: dict[str, Any] = {"form": form, "found": found, "problems": problems}
    if kind is ProfileKind.PROCESSING:
        with visit.read() as tx:
            values["formats"] = find_formats(tx, visit.company.id)
    rows = [(rows, rows.shown(form)) for rows in ROWS[kind]]
    return visit.page("profile_form.html", kind=kind, label=KINDS[kind], rows=rows, **values)


def _kind(text: str) -> ProfileKind:
    try:
        return ProfileKind(text)
    except ValueError:
        abort(404)


def _find(visit: Visit, tx: Tx, profile_id: int) -> StoredProfile:
    found = load_profile(tx, visit.company.id, profile_id)
    if found is None or found.ended is not None:
        abort(404)
    return found


READ, KEEP, REMOVE = contract.GET_PROPERTY_SETS, contract.CREATE_PROPERTY_SET, contract.DELETE_PROPERTY_SET
PAGES = (
    Page(rule="profiles", view=profiles, needs=READ),
    Page(rule="profiles/new/<kind>", view=new_profile, needs=KEEP),
    Page(rule="profiles/new/<kind>", view=add_profile, needs=KEEP, methods=("POST",)),
    Page(rule="profiles/<int:profile_id>", view=profile, needs=READ),
    Page(rule="profiles/<int:profile_id>/edit", view=edit_profile, needs=KEEP),
    Page(rule="profiles/<int:profile_id>/edit", view=save_profile, needs=KEEP, methods=("POST",)),
    Page(rule="profiles/<int:profile_id>/remove", view=ask_removal, needs=REMOVE),
    Page(rule="profiles/<int:profile_id>/remove", view=do_removal, needs=REMOVE, methods=("POST",)),
)
