"""Two runs over the same assets side by side, and what else the API reads of the store, on both databases."""

from domain.model import NewTask
from domain.states import TaskState
from store import ledger
from store.comparison import Change, compare_items, find_previous
from store.engine import Database
from store.folders import ensure_folder, find_paths
from store.jobs import NewJob, add_job, lock_job
from store.profiles import add_profile, end_profile, find_versions, save_version
from tests.store.rows import add_tenant, claimed, loaded

DONE, FAILED = TaskState.DONE, TaskState.FAILED


def ran(database: Database, company: int, folder: str, ends: dict[int, TaskState]) -> int:
    """Return the number of a job over a folder, whose assets ended so."""
    options = {"criteria": {"folders": [folder]}}
    new = NewJob(company_id=company, kind="process", name="run", submitter="lab@example.com", options=options)
    with database.write() as tx:
        job = add_job(tx, new, "host")
        ledger.add_tasks(tx, job.id, company, [NewTask(label=str(n), asset_id=n) for n in ends])
    for end in ends.values():
        task = claimed(database, job.id)
        with database.write() as tx:
            lock_job(tx, job.id)
            ledger.settle(tx, task, ledger.Settlement(state=end))
    return job.id


def test_a_run_is_compared_asset_by_asset_with_the_last_one_of_the_same_criteria(database: Database) -> None:
    company, other = add_tenant(database), add_tenant(database, "OtherCo")
    before = ran(database, company, "shop/", {1: DONE, 2: FAILED, 3: FAILED, 4: DONE})
    ran(database, company, "else/", {1: FAILED})
    ran(database, other, "shop/", {1: FAILED})
    now = ran(database, company, "shop/", {1: DONE, 2: DONE, 3: FAILED, 5: DONE})

    with database.read() as tx:
        previous = find_previous(tx, loaded(database, now))
        changes = compare_items(tx, now, before)

    assert previous is not None
    assert previous.id == before
    assert set(changes) == {
        Change(before=DONE, now=DONE, number=1),
        Change(before=FAILED, now=DONE, number=1),
        Change(before=FAILED, now=FAILED, number=1),
        Change(before=None, now=DONE, number=1),
        Change(before=DONE, now=None, number=1),
    }


def test_a_profile_has_all_its_versions_even_when_it_has_ended(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        profile = add_profile(tx, (company, "image", "wide"), {"trim": 1}, "lab@example.com")
        assert profile is not None
        save_version(tx, profile.id, {"trim": 2}, "other@example.com")
        end_profile(tx, profile.id)
        found = find_versions(tx, profile.id)

    assert [(each.version, each.definition, each.created_by) for each in found] == [
        (2, {"trim": 2}, "other@example.com"),
        (1, {"trim": 1}, "lab@example.com"),
    ]


def test_only_the_companys_own_folders_are_known(database: Database) -> None:
    company, other = add_tenant(database), add_tenant(database, "OtherCo")
    with database.write() as tx:
        ensure_folder(tx, company, "LabCo/shop/")
        ensure_folder(tx, other, "OtherCo/shop/")
        known = find_paths(tx, company, ["LabCo/", "LabCo/shop/", "LabCo/shop", "OtherCo/shop/"])

    assert known == {"LabCo/", "LabCo/shop/"}
