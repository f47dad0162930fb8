"""Runs of processing on a real server: what each asset of a folder went through, and what is said of it."""

import pytest

from domain.handles import parse_asset
from domain.model import Job
from jobs.processing.choices import FULL, Choice
from jobs.processing.criteria import Criteria
from jobs.processing.overlap import OverlapError
from jobs.processing.runs import Wanted, prepare, start_run
from jobs.profiles.definitions import ImageProfile, ProfileError, ProfileKind, Workflow, WorkflowStep
from jobs.profiles.library import create_profile
from jobs.specs import Insets
from jobs.submit import Submission
from store.assets import load_asset
from store.companies import change_company
from store.metadata_values import load_held
from store.profiles import Assignment, assign
from store.projects import find_projects_of
from store.stage_counts import find_stage_counts
from tests.conftest import LAB_COMPANY
from tests.jobs.flow import Client, blob
from tests.jobs.pictures import small_png
from tests.store.rows import find_tasks


def empty_zip() -> bytes:
    """Return an archive of nothing."""
    return b"PK\x05\x06" + bytes(18)


def start(lab: Client, criteria: Criteria, *choices: Choice) -> Job:
    """Return a new run."""
    submission = Submission(
        company_id=LAB_COMPANY, name=f"{lab.tag}-run", submitter="lab@example.com", server_name="host"
    )
    with lab.server.database.write() as tx:
        return start_run(tx, submission, prepare(tx, LAB_COMPANY, Wanted(criteria=criteria, choices=choices)))


def test_a_run_processes_a_folder_with_its_profile_and_says_what_each_stage_did(lab: Client) -> None:
    handles = lab.upload({"a.png": small_png(), "notes.zip": empty_zip()}, folder=f"{lab.tag}/shop")
    folder = f"LabCo/{lab.tag}/"
    with lab.server.database.write() as tx:
        trimmed = ImageProfile(trim=Insets(left=5, right=0, top=0, bottom=0))
        profile = create_profile(tx, LAB_COMPANY, (ProfileKind.IMAGE, lab.tag), trimmed, "lab@example.com")
        assign(tx, LAB_COMPANY, Assignment(folder=folder, kind="image", profile_id=profile.id))

    job = start(lab, Criteria(folders=(folder,)), *FULL)
    lab.wait(job.name)

    with lab.server.database.read() as tx:
        picture = load_asset(tx, LAB_COMPANY, parse_asset(handles["a.png"]) or 0)
        counted, tasks = find_stage_counts(tx, job.id), find_tasks(tx, job.id)
    assert picture is not None
    assert (picture.crop, counted["renditions"]) == ((5, 0, 0, 0), {"done": 1, "skipped": 1})
    assert any(f"{lab.tag}, version 1" in step["detail"] for task in tasks for step in task["steps"])


def test_a_broken_file_fails_with_the_stage_that_failed_and_no_other_asset_does(lab: Client) -> None:
    handles = lab.upload({"a.png": small_png(seed=77), "b.png": small_png(seed=78)}, folder=lab.tag)
    blob(lab.server, lab.stored(handles["b.png"]).original).write_bytes(b"no picture")

    job = start(lab, Criteria(folders=(f"LabCo/{lab.tag}/",)), Choice.PREVIEWS)
    lab.wait(job.name)

    failures = [row.message for row in lab.rows(job.name, "ReoptimizeFailure")]
    assert len(lab.rows(job.name, "ReoptimizeSuccess")) == 1
    assert [message.partition(":")[0] for message in failures] == ["Renditions"]


def test_a_second_run_of_the_same_folder_is_refused_while_the_first_one_runs(lab: Client) -> None:
    lab.upload({f"{n}.png": small_png() for n in range(3)}, folder=f"{lab.tag}/deep")
    job = start(lab, Criteria(folders=(f"LabCo/{lab.tag}/",)), Choice.PREVIEWS)

    with pytest.raises(OverlapError, match=f"Execution {job.id} "):
        start(lab, Criteria(folders=(f"LabCo/{lab.tag}/deep/",)), Choice.PREVIEWS)
    lab.wait(job.name)


def test_a_workflow_follows_with_its_steps_and_a_failed_one_is_a_warning(lab: Client) -> None:
    handles = lab.upload({"a.png": small_png(seed=5)}, folder=lab.tag)
    steps = (
        WorkflowStep(name="add-to-project", options=(("project", lab.tag),)),
        WorkflowStep(name="set-metadata", options=(("field", "dc.rights"), ("value", lab.tag))),
        WorkflowStep(name="publish"),
        WorkflowStep(name="run", options=(("entry_point", "nowhere"),)),
    )
    with lab.server.database.write() as tx:
        named = (ProfileKind.WORKFLOW, lab.tag)
        profile = create_profile(tx, LAB_COMPANY, named, Workflow(steps=steps), "lab@example.com")
        assign(tx, LAB_COMPANY, Assignment(folder=f"LabCo/{lab.tag}/", kind="workflow", profile_id=profile.id))

    job = start(lab, Criteria(folders=(f"LabCo/{lab.tag}/",)), Choice.WORKFLOWS)
    lab.wait(job.name)

    (row,) = lab.rows(job.name, "ReoptimizeSuccess")
    with lab.server.database.read() as tx:
        number = parse_asset(handles["a.png"]) or 0
        projects, held = find_projects_of(tx, [number]), load_held(tx, [number], ["dc.rights"])
    assert "No installed package has an entry point nowhere" in row.remarks[0]
    assert list(projects.values()) == [(lab.tag,)]
    assert held[number]["dc.rights"].texts == (lab.tag,)
    assert lab.fetch("a").ok


def test_a_workflow_that_cannot_run_is_not_kept(lab: Client) -> None:
    wrong = {
        "no step": Workflow(steps=()),
        "unknown": Workflow(steps=(WorkflowStep(name="fly"),)),
        "lacking": Workflow(steps=(WorkflowStep(name="webhook"),)),
    }
    with lab.server.database.write() as tx:
        for name, workflow in wrong.items():
            with pytest.raises(ProfileError, match="steps"):
                create_profile(tx, LAB_COMPANY, (ProfileKind.WORKFLOW, name), workflow, "lab@example.com")


def test_what_a_company_uploads_is_processed_with_its_profiles_if_it_says_so(lab: Client) -> None:
    with lab.server.database.write() as tx:
        trimmed = ImageProfile(trim=Insets(left=7, right=0, top=0, bottom=0))
        profile = create_profile(tx, LAB_COMPANY, (ProfileKind.IMAGE, f"{lab.tag}-up"), trimmed, "lab@example.com")
        assign(tx, LAB_COMPANY, Assignment(folder=f"LabCo/{lab.tag}/", kind="image", profile_id=profile.id))
        change_company(tx, LAB_COMPANY, processes_uploads=True)

    handles = lab.upload({"a.png": small_png(seed=9)}, folder=lab.tag)
    with lab.server.database.write() as tx:
        change_company(tx, LAB_COMPANY, processes_uploads=False)

    assert lab.stored(handles["a.png"]).crop == (7, 0, 0, 0)
