"""The stage of batch sets: one asset into the set of its preset, or the reason why it is in none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Permanent, Superseded
from domain.model import Asset
from jobs.kinds.port import Tools
from jobs.profiles.definitions import BatchSetPreset, ProfileKind, ProfileVersion
from jobs.stages.port import StageCall, StageResult
from jobs.stages.sets import STAGE
from server.app import _build_tools
from server.settings import Settings
from store.asset_changes import rename
from store.assets import load_asset
from store.engine import Database
from store.property_sets import delete_set
from tests.store.rows import add_tenant, claimed, job_with_tasks, loaded, stored_asset
from tests.store.test_set_generation import add_script, members

BY_STYLE = {"match": r"(\w+)-\w+", "suffix": "-SET"}


@pytest.fixture
def tools(database: Database, tmp_path: Path) -> Iterator[Tools]:
    """What a worker on the database has."""
    given: dict[str, Any] = {"data": tmp_path / "data"}
    made = _build_tools(Settings(**given), database)
    yield made
    made.slots.close()


@pytest.fixture
def company(database: Database) -> int:
    """The number of LabCo."""
    return add_tenant(database)


def profile(handle: str) -> ProfileVersion:
    """A batch set preset of this set script."""
    definition = BatchSetPreset(property_set=handle)
    return ProfileVersion(profile_id=1, kind=ProfileKind.BATCH_SET, name="sets", version=1, definition=definition)


def stored(database: Database, company: int, name: str) -> Asset:
    """A new image of this name."""
    number = stored_asset(database, company, name)
    with database.read() as tx:
        asset = load_asset(tx, company, number)
    assert asset is not None
    return asset


def run(tools: Tools, asset: Asset, handle: str) -> StageResult:
    """The stage's result for the asset, not yet applied."""
    database = tools.database
    job = job_with_tasks(database, 1, company_id=asset.company_id)
    task = claimed(database, job)
    return STAGE.perform(
        StageCall(job=loaded(database, job), task=task, tools=tools, asset=asset, profile=profile(handle))
    )


def test_an_asset_is_in_the_set_of_its_preset_when_its_processing_is_finished(
    tools: Tools, database: Database, company: int
) -> None:
    script = add_script(database, company, BY_STYLE)

    for name in ("shoe-2", "shoe-1", "shoe-1x"):
        result = run(tools, stored(database, company, name), f"ps|{script}")
        with database.write() as tx:
            result.apply(tx)

    assert str(result.words) == "Belongs in the set shoe-SET."
    assert members(database, company, "shoe-SET") == ["shoe-1", "shoe-1x", "shoe-2"]


def test_an_asset_that_no_rule_matches_is_in_no_set(tools: Tools, database: Database, company: int) -> None:
    script = add_script(database, company, BY_STYLE)

    result = run(tools, stored(database, company, "other"), f"ps|{script}")

    assert str(result.words) == "other belongs in no set by these set scripts."


def test_an_asset_that_is_renamed_meanwhile_is_processed_again(tools: Tools, database: Database, company: int) -> None:
    script = add_script(database, company, BY_STYLE)
    asset = stored(database, company, "shoe-1")
    result = run(tools, asset, f"ps|{script}")
    with database.write() as tx:
        rename(tx, asset, "boot-1", "lab@example.com")

    with database.write() as tx, pytest.raises(Superseded):
        result.apply(tx)


def test_a_preset_whose_script_is_gone_fails_the_stage(tools: Tools, database: Database, company: int) -> None:
    script = add_script(database, company, BY_STYLE)
    with database.write() as tx:
        delete_set(tx, script)

    with pytest.raises(Permanent, match=rf"The set script ps\|{script} is gone."):
        run(tools, stored(database, company, "shoe-1"), f"ps|{script}")


def test_only_images_are_put_into_sets_and_only_with_a_preset() -> None:
    said = [
        STAGE.skips("Pdf", profile("ps|1"), {}),
        STAGE.skips("Image", profile("ps|1"), {}),
        STAGE.skips("Image", None, {}),
    ]

    assert [str(words) if words else None for words in said] == [
        "Assets of type Pdf are not put into sets.",
        None,
        "No batch set preset is chosen.",
    ]
