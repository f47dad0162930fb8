"""New process: choosing assets and what is done to them, seeing what that comes to, and starting exactly that."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, request
from werkzeug.datastructures import MultiDict

from domain.errors import RepriseError
from domain.handles import asset_handle
from domain.model import Job
from imaging.colours import colour_names
from jobs.processing.criteria import Criteria, CriteriaError
from jobs.processing.overlap import OverlapError
from jobs.processing.preview import Preview
from jobs.processing.runs import Wanted, prepare
from jobs.processing.spec import ProcessSpec
from jobs.profiles.definitions import ProfileError
from jobs.specs import FollowOnSpec
from jobs.submit import Submission
from server.admin.confirmation import TYPED_FROM, check_typed
from server.admin.folder_tree import find_tree
from server.admin.run_form import KINDS, PUBLISHES, Form, criteria_of, kept_fields, name_of, offers, work_of
from server.admin.visits import Answer, Page, Visit, read_number
from server.bodies.colours import PROFILE
from server.bodies.processing import find_selection, preview_run, read_wanted, start_selected
from server.bodies.reading import RefusedError, refused
from server.operations.jobs import MAX_NAME
from store.asset_search import AssetQuery, search_assets
from store.assets import count_by_type
from store.engine import Tx
from store.profiles import StoredProfile, find_profiles
from wsdl import contract

NAME = "process"
MOST_ICC = 200
"""How many ICC profiles the form lists; a company rarely has ten."""
Refusals = (RefusedError, CriteriaError, ProfileError)


def new_process(visit: Visit) -> Answer:
    """Show the form, as the URL or the form that was sent fills it in."""
    form = request.form if request.method == "POST" else request.args
    return _form(visit, form)


def preview_process(visit: Visit) -> Answer:
    """Freeze what the form chooses and show what the run would come to."""
    form = request.form
    try:
        with visit.write() as tx:
            wanted = wanted_of(visit, tx, criteria_of(tx, visit.company, form), form)
            spec, seen = preview_run(tx, visit.company, wanted, visit.principal.user.email)
    except Refusals as error:
        return make_response(_form(visit, form, problems_of(error)), 400)
    return visit.page("process_preview.html", profiles=_mark(spec), **_previewed(visit, form, wanted, seen))


def start_process(visit: Visit) -> Answer:
    """Start the run over the selection that was previewed, and show its execution."""
    form = request.form
    try:
        with visit.write() as tx:
            job = _start(visit, tx, form)
    except OverlapError as error:
        return make_response(_form(visit, form, [("", str(error))], overlap=error.job_id), 409)
    except Refusals as error:
        return make_response(_form(visit, form, problems_of(error)), 409)
    return visit.go("execution", job_id=job.id)


def problems_of(error: RepriseError) -> list[tuple[str, str]]:
    """Return what is wrong, each with the field that it is about."""
    if isinstance(error, RefusedError):
        return [(each.field, each.message) for each in error.refusals]
    field = getattr(error, "field", "")
    return [(field, str(error).removeprefix(f"{field}: "))]


def wanted_of(visit: Visit, tx: Tx, criteria: Criteria, form: Form) -> Wanted:
    """Return what the form wants done to the assets of the criteria. Raises RefusedError and ProfileError."""
    return read_wanted(tx, visit.company, criteria, work_of(form), visit.services.settings)


def submission_of(visit: Visit, form: Form) -> Submission:
    """Return who submits the run, and under which name."""
    return Submission(
        company_id=visit.company.id,
        name=form.get("name", "").strip()[:MAX_NAME] or NAME,
        submitter=visit.principal.user.email,
        server_name=visit.services.server_name,
        client=visit.address,
        description=form.get("description", "").strip(),
    )


def _start(visit: Visit, tx: Tx, form: Form) -> Job:
    refusal = "selection_id must be the number of a preview: preview the run first."
    number = read_number(form.get("selection_id", ""), refusal)
    selection, criteria = find_selection(tx, visit.company, number)
    check_typed(selection.total)
    wanted = wanted_of(visit, tx, criteria, form)
    if form.get("profiles") != _mark(prepare(tx, visit.company.id, wanted)):
        raise refused("profiles", "one was changed or assigned since the preview: preview the run again.")
    job = start_selected(tx, submission_of(visit, form), wanted, selection)
    visit.note(tx, "started a process", f"{job.id} {job.unique_name}, {selection.total} assets")
    return job


def _mark(spec: ProcessSpec) -> str:
    """Return what tells whether the profiles are still those of the preview."""
    return hashlib.sha256(repr((spec.chosen, spec.assigned)).encode()).hexdigest()


def _form(visit: Visit, form: Form, problems: Sequence[tuple[str, str]] = (), overlap: int | None = None) -> str:
    chosen, excluded = form.getlist("folder"), form.getlist("excluded")
    opened = {*form.getlist("opened"), *form.getlist("open")}
    with visit.read() as tx:
        tree = find_tree(tx, visit.company, opened, [*chosen, *excluded])
        types = count_by_type(tx, visit.company.id)
        profiles = find_profiles(tx, visit.company.id)
        icc = _icc_profiles(tx, visit.company.id) if types.get(PROFILE) else []
    return visit.page(
        "process.html",
        form=form or MultiDict(),
        tree=tree,
        chosen=set(chosen),
        excluded=set(excluded),
        opened=sorted(opened),
        types=types,
        profiles=_by_kind(profiles),
        icc=icc,
        colours=[(name, name) for name in colour_names()],
        publishes=PUBLISHES,
        offers=offers(has_model=visit.services.settings.has_tag_model),
        problems=problems,
        overlap=overlap,
    )


def _icc_profiles(tx: Tx, company_id: int) -> list[tuple[str, str]]:
    """Return the company's ICC profiles by name, as the options of a field: the handle and what it is called."""
    _total, found = search_assets(tx, AssetQuery(company_id=company_id, types=(PROFILE,), limit=MOST_ICC))
    return [(asset_handle(each.id), f"{each.name} ({each.folder})") for each in found]


def _by_kind(profiles: Sequence[StoredProfile]) -> dict[str, list[StoredProfile]]:
    grouped = {label: [each for each in profiles if each.kind == kind] for kind, label in KINDS.items()}
    return {label: found for label, found in grouped.items() if found}


def _previewed(visit: Visit, form: Form, wanted: Wanted, seen: Preview) -> dict[str, Any]:
    usual, total = visit.services.settings.selection_warning, seen.selection.total
    return {
        "seen": seen,
        "say": visit.speaker(""),
        "kept": list(kept_fields(form)),
        "criteria": wanted.criteria,
        "conditions": conditions_of(wanted.criteria),
        "done": name_of(wanted.choices),
        "follows": follows_of(wanted.follow_on),
        "usual": usual if total > usual else None,
        "must_type": total >= TYPED_FROM,
    }


def follows_of(follow_on: FollowOnSpec) -> list[str]:
    """Return what follows the run, in words."""
    found = []
    for each in follow_on.publishes:
        label = PUBLISHES[each.kind.removeprefix("publish_")].partition(":")[0]
        found.append(f"{label} publish, {each.publish_type.lower()}" if each.publish_type else f"{label} publish")
    return [f"{each}, if something was processed" for each in found] if follow_on.only_if_files else found


def conditions_of(criteria: Criteria) -> Mapping[str, str]:
    """Return what the criteria ask of the assets besides where they are, by what it is called."""
    found = {
        "By hand": f"{len(criteria.asset_ids)} assets" if criteria.asset_ids else "",
        "Types": ", ".join(criteria.types),
        "Name contains": criteria.name_contains,
        "Smart tag": criteria.smart_tag or "",
        "Colour": criteria.colour or "",
        "Created from": f"{criteria.created_after:%Y-%m-%d}" if criteria.created_after else "",
        "Created before": f"{criteria.created_before:%Y-%m-%d}" if criteria.created_before else "",
        "Failed items of": f"execution {criteria.failed_of}" if criteria.failed_of else "",
        "Stale": "only what a changed profile would change" if criteria.is_stale else "",
        "Sweep": "without what failed and has not changed since" if criteria.is_sweep else "",
        "Subfolders": "" if criteria.includes_subfolders else "left out",
    }
    return {name: value for name, value in found.items() if value}


PAGES = (
    Page(rule="process", view=new_process, needs=contract.SUBMIT_JOB, methods=("GET", "POST")),
    Page(rule="process/preview", view=preview_process, needs=contract.SUBMIT_JOB, methods=("POST",)),
    Page(rule="process/start", view=start_process, needs=contract.SUBMIT_JOB, methods=("POST",)),
)
