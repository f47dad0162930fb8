"""Choosing assets and seeing what a run would come to: exact numbers, frozen, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import NewTask, StoredFile
from domain.states import JobOutcome, TaskState
from jobs.kinds import process
from jobs.processing.choices import Choice
from jobs.processing.criteria import Criteria, CriteriaError, find_filter
from jobs.processing.preview import preview
from jobs.processing.runs import Wanted, prepare, schedule_run, start_run
from jobs.processing.spec import ProcessSpec, Profiles, keep_assignments
from jobs.processing.sweep import set_sweep
from jobs.profiles.definitions import ImageProfile, ProfileError, ProfileKind, Workflow, WorkflowStep
from jobs.profiles.folders import load_folder_profiles
from jobs.profiles.library import change_profile, create_profile
from jobs.schedules import Times, fire, run_now
from jobs.specs import Insets, from_json, to_json
from jobs.stages import renditions, workflow
from jobs.submit import Submission, submit
from store import ledger, tables
from store.assets import add_asset
from store.engine import Database, Tx
from store.jobs import end_job, find_active, lock_job
from store.profiles import Assignment, StoredProfile, assign, record_applied
from store.retention import forget_selections
from store.schedules import find_schedules, set_next_fire
from store.selections import count_assets, portions
from tests.store.rows import add_tenant, claimed, find_tasks, new_asset, new_job

ROOT = "LabCo/"


def fill(database: Database, files: dict[str, int], asset_type: str = "Image") -> int:
    """Return the number of a new company with so many assets in each folder."""
    company = add_tenant(database)
    with database.write() as tx:
        for folder, number in files.items():
            for n in range(number):
                name = f"{folder}{n}".replace("/", "-")
                add_asset(tx, new_asset(company, name, folder=f"{ROOT}{folder}", type=asset_type))
    return company


def chosen(database: Database, company: int, criteria: Criteria) -> int:
    with database.read() as tx:
        return count_assets(tx, find_filter(tx, company, criteria))


def spec_of(criteria: Criteria, *choices: Choice) -> ProcessSpec:
    return ProcessSpec(criteria=criteria, choices=choices or (Choice.PREVIEWS,))


def image_profile(tx: Tx, company: int, name: str, left: int = 10) -> StoredProfile:
    trimmed = ImageProfile(trim=Insets(left=left, right=0, top=0, bottom=0))
    return create_profile(tx, company, (ProfileKind.IMAGE, name), trimmed, "lab@example.com")


def test_a_folder_stands_for_all_below_it_but_the_excluded_ones(database: Database) -> None:
    company = fill(database, {"shop/": 2, "shop/a/": 3, "shop/a/deep/": 4, "shop/b/": 5, "shopping/": 6})

    whole = Criteria(folders=(f"{ROOT}shop/",))
    less = Criteria(folders=(f"{ROOT}shop/",), excluded=(f"{ROOT}shop/a/", f"{ROOT}shop/b/"))
    flat = Criteria(folders=(f"{ROOT}shop/",), includes_subfolders=False)

    assert [chosen(database, company, criteria) for criteria in (whole, less, flat)] == [14, 2, 2]


def test_nothing_is_chosen_by_chance(database: Database) -> None:
    company = fill(database, {"shop/": 1})

    with pytest.raises(CriteriaError, match="name a folder"):
        chosen(database, company, Criteria())
    with pytest.raises(CriteriaError, match="not below a chosen folder"):
        chosen(database, company, Criteria(folders=(f"{ROOT}shop/",), excluded=(f"{ROOT}other/",)))


def test_the_failed_items_of_a_run_can_be_chosen(database: Database) -> None:
    company = fill(database, {"shop/": 3})
    with database.write() as tx:
        job = new_job(tx, company)
        ledger.add_tasks(tx, job.id, company, [NewTask(label=str(n), asset_id=n) for n in (1, 2, 3)])
    for state in (TaskState.DONE, TaskState.FAILED, TaskState.FAILED):
        task = claimed(database, job.id)
        with database.write() as tx:
            lock_job(tx, job.id)
            ledger.settle(tx, task, ledger.Settlement(state=state))

    assert chosen(database, company, Criteria(failed_of=job.id)) == 2


def test_assets_are_stale_until_they_are_processed_with_the_version_of_now(database: Database) -> None:
    company = fill(database, {"shop/": 2, "shop/own/": 3, "other/": 4})
    with database.write() as tx:
        wide, near = image_profile(tx, company, "wide"), image_profile(tx, company, "near")
        assign(tx, company, Assignment(folder=f"{ROOT}shop/", kind="image", profile_id=wide.id))
        assign(tx, company, Assignment(folder=f"{ROOT}shop/own/", kind="image", profile_id=near.id))
        record_applied(tx, 1, 7, {wide.id: 1})
    before = chosen(database, company, Criteria(is_stale=True))
    with database.write() as tx:
        trimmed = ImageProfile(trim=Insets(left=99, right=0, top=0, bottom=0))
        change_profile(tx, wide, trimmed, "lab@example.com")

    assert (before, chosen(database, company, Criteria(is_stale=True))) == (4, 5)


def test_only_what_one_profile_would_change_can_be_chosen(database: Database) -> None:
    company = fill(database, {"shop/": 2, "other/": 4})
    with database.write() as tx:
        wide, near = image_profile(tx, company, "wide"), image_profile(tx, company, "near")
        assign(tx, company, Assignment(folder=f"{ROOT}shop/", kind="image", profile_id=wide.id))
        assign(tx, company, Assignment(folder=f"{ROOT}other/", kind="image", profile_id=near.id))

    numbers = [chosen(database, company, Criteria(is_stale=True, stale_profile_id=each.id)) for each in (wide, near)]

    assert numbers == [2, 4]


def test_a_profile_saved_as_it_is_gets_no_new_version(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        profile = image_profile(tx, company, "wide", left=5)
        again = change_profile(
            tx, profile, ImageProfile(trim=Insets(left=5, right=0, top=0, bottom=0)), "lab@example.com"
        )
        with pytest.raises(ProfileError, match="already"):
            image_profile(tx, company, "wide")

    assert again.version == 1


def test_no_profile_on_a_folder_stops_the_one_above(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        wide = image_profile(tx, company, "wide")
        assign(tx, company, Assignment(folder=ROOT, kind="image", profile_id=wide.id))
        assign(tx, company, Assignment(folder=f"{ROOT}raw/", kind="image", profile_id=None))
        folders = load_folder_profiles(tx, company)

    def names(folder: str) -> list[str]:
        return [profile.name for profile in folders.of(ProfileKind.IMAGE, f"{ROOT}{folder}")]

    assert (names("shop/new/"), names("raw/new/")) == (["wide"], [])


def test_a_workflow_holds_by_its_paths_beside_those_assigned(database: Database) -> None:
    company = fill(database, {"a/web_1/x/": 1, "a/webX1/": 1, "A/web_1/": 1, "web_1/": 1, "shop/": 2, "raw/": 1})
    rule = Workflow(steps=(WorkflowStep(name="publish"),), paths=("*/web_1", "/LabCo/sho?/"))
    with database.write() as tx:
        ruled = create_profile(tx, company, (ProfileKind.WORKFLOW, "ruled"), rule, "lab@example.com")
        given = create_profile(tx, company, (ProfileKind.WORKFLOW, "given"), replace(rule, paths=()), "lab@example.com")
        assign(tx, company, Assignment(folder=f"{ROOT}shop/", kind="workflow", profile_id=given.id))
        assign(tx, company, Assignment(folder=f"{ROOT}a/", kind="workflow", profile_id=None))
        spec = prepare(tx, company, Wanted(criteria=Criteria(folders=(ROOT,)), choices=(Choice.WORKFLOWS,)))
        held = Profiles(tx, company, from_json(ProcessSpec, to_json(spec)))
        stale = count_assets(
            tx, find_filter(tx, company, Criteria(folders=(ROOT,), is_stale=True, stale_profile_id=ruled.id))
        )

    def names(folder: str) -> list[str]:
        return [profile.name for profile in held.calls(workflow.STAGE, f"{ROOT}{folder}") if profile]

    assert ruled.definition["paths"] == ["LabCo/*/web_1/", "LabCo/sho?/"]
    assert (names("shop/deep/"), names("a/web_1/x/"), names("A/web_1/")) == (["given", "ruled"], ["ruled"], ["ruled"])
    assert (names("web_1/"), names("a/webX1/"), names("raw/")) == ([], [], [])
    assert stale == 4


@pytest.mark.parametrize("path", ["", " / ", "a/../b", "*" * 6])
def test_a_path_that_is_none_is_refused(database: Database, path: str) -> None:
    company = add_tenant(database)
    rule = Workflow(steps=(WorkflowStep(name="publish"),), paths=(path,))
    with database.write() as tx, pytest.raises(ProfileError, match="paths: "):
        create_profile(tx, company, (ProfileKind.WORKFLOW, "ruled"), rule, "lab@example.com")


def test_the_preview_counts_what_each_stage_would_do(database: Database) -> None:
    company = fill(database, {"shop/": 3})
    with database.write() as tx:
        add_asset(tx, new_asset(company, "bundle", folder=f"{ROOT}shop/", type="Zip", file_name="bundle.zip"))
        wide = image_profile(tx, company, "wide")
        assign(tx, company, Assignment(folder=ROOT, kind="image", profile_id=wide.id))
        spec = ProcessSpec(
            criteria=Criteria(folders=(f"{ROOT}shop/",)),
            choices=(Choice.PROFILES,),
            assigned=keep_assignments(load_folder_profiles(tx, company)),
        )
        seen = preview(tx, company, spec, "lab@example.com")

    renditions = next(stage for stage in seen.stages if stage.name == "renditions")
    assert (seen.selection.total, [(each.type, each.number) for each in seen.types]) == (4, [("Image", 3), ("Zip", 1)])
    assert (renditions.runs, dict(renditions.profiles)) == (3, {"wide (version 1)": 3})
    assert list(renditions.skipped.values()) == [1]


def test_what_was_previewed_is_what_runs(database: Database) -> None:
    company = fill(database, {"shop/": 3})
    submission = Submission(company_id=company, name="again", submitter="lab@example.com", server_name="host")
    with database.write() as tx:
        spec = spec_of(Criteria(folders=(f"{ROOT}shop/",)))
        seen = preview(tx, company, spec, "lab@example.com")
        add_asset(tx, new_asset(company, "late", folder=f"{ROOT}shop/", original=StoredFile(key="cd" * 32, size=1)))
        frozen = ProcessSpec(criteria=spec.criteria, choices=spec.choices, selection_id=seen.selection.id)
        confirmed = submit(tx, submission, process.order(frozen))
        direct = submit(tx, submission, process.order(spec))

    assert (confirmed.counts.total, direct.counts.total) == (3, 4)


def test_an_expired_selection_is_no_selection(database: Database) -> None:
    company = fill(database, {"shop/": 1})
    submission = Submission(company_id=company, name="again", submitter="lab@example.com", server_name="host")
    with database.write() as tx:
        seen = preview(tx, company, spec_of(Criteria(folders=(ROOT,))), "lab@example.com")
        assert len(portions(tx, seen.selection.id)) == 1
        forget_selections(tx, utc_now() + timedelta(seconds=1))
        frozen = ProcessSpec(
            criteria=Criteria(folders=(ROOT,)), choices=(Choice.PREVIEWS,), selection_id=seen.selection.id
        )
        with pytest.raises(CriteriaError, match="preview the run again"):
            submit(tx, submission, process.order(frozen))


def test_a_scheduled_run_looks_at_its_folder_and_its_profiles_when_it_fires(database: Database) -> None:
    company = fill(database, {"shop/": 1})
    submission = Submission(company_id=company, name="nightly", submitter="lab@example.com", server_name="host")
    wanted = Wanted(criteria=Criteria(folders=(f"{ROOT}shop/",)), choices=(Choice.PROFILES,))
    with database.write() as tx:
        schedule = schedule_run(
            tx, submission, prepare(tx, company, wanted), Times(expression="0 0 3 * * ?", zone="Europe/Berlin")
        )
        assert schedule is not None
        add_asset(tx, new_asset(company, "late", folder=f"{ROOT}shop/"))
        wide = image_profile(tx, company, "wide")
        assign(tx, company, Assignment(folder=ROOT, kind="image", profile_id=wide.id))
        job = run_now(tx, schedule)
        held = Profiles(tx, company, from_json(ProcessSpec, job.options))

    assert job.counts.total == 2
    assert [profile and profile.name for profile in held.calls(renditions.STAGE, f"{ROOT}shop/")] == ["wide"]


def test_a_selection_starts_one_run(database: Database) -> None:
    company = fill(database, {"shop/": 2})
    submission = Submission(company_id=company, name="again", submitter="lab@example.com", server_name="host")
    with database.write() as tx:
        spec = spec_of(Criteria(asset_ids=(1, 2)))
        seen = preview(tx, company, spec, "lab@example.com")
        start_run(tx, submission, spec, seen.selection.id)
        with pytest.raises(CriteriaError, match="preview the run again"):
            start_run(tx, submission, spec, seen.selection.id)


def test_a_schedule_leaves_out_a_run_while_the_one_before_goes_on(database: Database) -> None:
    company = fill(database, {"shop/": 1})
    submission = Submission(company_id=company, name="sweep", submitter="lab@example.com", server_name="host")
    wanted = Wanted(criteria=Criteria(folders=(f"{ROOT}shop/",)), choices=(Choice.PREVIEWS,))
    with database.write() as tx:
        schedule = schedule_run(
            tx, submission, prepare(tx, company, wanted), Times(expression="0 0/15 * * * ?", zone="UTC")
        )
    assert schedule is not None

    for _turn in range(2):
        with database.write() as tx:
            set_next_fire(tx, schedule.id, utc_now())
        fire(database, schedule.id)

    with database.read() as tx:
        assert [job.name for job in find_active(tx, [company])] == ["sweep"]


def test_a_sweep_takes_up_what_is_stale_until_it_fails_and_is_silent_when_nothing_is(database: Database) -> None:
    company = fill(database, {"shop/": 2, "other/": 1})
    submission = Submission(company_id=company, name="sweep", submitter="lab@example.com", server_name="host")

    def swept() -> list[str]:
        """Return the assets that a sweep took up, done with but for the first, which failed."""
        with database.write() as tx:
            schedule = next(iter(find_schedules(tx, [company])))
            set_next_fire(tx, schedule.id, utc_now())
        fire(database, schedule.id)
        with database.read() as tx:
            jobs = [job for job in find_active(tx, [company]) if job.kind == process.NAME]
            tasks = [task for job in jobs for task in find_tasks(tx, job.id)]
        states = [TaskState.FAILED] + [TaskState.DONE] * (len(tasks) - 1)
        for _task, state in zip(tasks, states, strict=False):
            taken = claimed(database, jobs[0].id)
            with database.write() as tx:
                lock_job(tx, jobs[0].id)
                ledger.settle(tx, taken, ledger.Settlement(state=state))
                if state is TaskState.DONE:
                    record_applied(tx, taken.asset_id or 0, jobs[0].id, {profile.id: 1})
        with database.write() as tx:
            for job in jobs:
                end_job(tx, job.id, JobOutcome.COMPLETED)
        return sorted(task["label"] for task in tasks)

    with database.write() as tx:
        profile = image_profile(tx, company, "wide")
        set_sweep(tx, submission, 15)
    without_profiles = swept()
    with database.write() as tx:
        assign(tx, company, Assignment(folder=f"{ROOT}shop/", kind="image", profile_id=profile.id))
    first, second = swept(), swept()
    with database.write() as tx:
        tx.execute(sa.update(tables.asset).values(last_modified=utc_now()))
        upload = new_job(tx, company)
        failed = tx.scalar(sa.select(tables.asset.c.id).where(tables.asset.c.name == "shop-0"))
        ledger.add_tasks(tx, upload.id, company, [NewTask(label="shop-0", asset_id=failed)])
    busy = swept()
    with database.write() as tx:
        end_job(tx, upload.id, JobOutcome.COMPLETED)
    changed = swept()

    assert (without_profiles, first, second, busy) == ([], ["shop-0", "shop-1"], [], [])
    assert changed == ["shop-0"]
