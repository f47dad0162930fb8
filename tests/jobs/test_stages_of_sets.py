"""Sets have no file of their own: stages that read one leave it be, those that need one say so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import Superseded
from domain.metadata import Field
from domain.model import Asset
from jobs.profiles.definitions import (
    ExternalWorker,
    MetadataProfile,
    MetadataRule,
    ProcessingProfile,
    ProfileKind,
    ProfileVersion,
    Workflow,
    WorkflowStep,
)
from jobs.stages import metadata, named_renditions, workflow
from jobs.stages.port import StageOutcome
from store.asset_sets import NewSet, add_set
from store.metadata_fields import add_field, delete_field
from store.metadata_values import load_held
from tests.jobs.stage_calls import Bench, open_bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One bench for all of these tests, each of which has a set of its own."""
    folder: Path = tmp_path_factory.mktemp("sets")
    with open_bench(folder) as opened:
        yield opened


def new_set(bench: Bench, name: str) -> Asset:
    """Return a set without members."""
    with bench.tools.database.write() as tx:
        wanted = NewSet(
            company_id=bench.company, folder="LabCo/", name=name, type="SpinSet", created_by="lab@example.com"
        )
        return add_set(tx, wanted)


def test_the_defaults_of_a_metadata_profile_are_filled_in(bench: Bench) -> None:
    asset = new_set(bench, "filled")

    result = bench.run(metadata.STAGE, asset, MetadataProfile(rules=(MetadataRule(field="dc.title", default="Shoe"),)))

    assert result.outcome is StageOutcome.DONE
    with bench.tools.database.read() as tx:
        held = load_held(tx, [asset.id])[asset.id]
    assert {key: each.texts for key, each in held.items()} == {"dc.title": ("Shoe",)}


def test_services_are_not_asked_for_renditions_of_one() -> None:
    worker = ExternalWorker(name="cut", file_name="cut.png", url="https://cutter.example/", parameters=())
    profile = ProfileVersion(
        profile_id=1,
        kind=ProfileKind.PROCESSING,
        name="p",
        version=1,
        definition=ProcessingProfile(workers=(worker,)),
    )

    said = [named_renditions.skips(each, profile, {}) for each in ("SpinSet", "Video")]

    assert [str(words) for words in said] == ["Renditions are made of images, not of assets of type SpinSet.", "None"]


def test_a_step_that_needs_the_file_says_that_there_is_none(bench: Bench) -> None:
    steps = (WorkflowStep(name="run", options=(("entry_point", "any"),)),)

    result = bench.run(workflow.STAGE, new_set(bench, "run"), Workflow(steps=steps))

    assert result.outcome is StageOutcome.WARNED
    assert str(result.words) == "run: Assets of type SpinSet have no file."


def test_a_step_whose_field_is_deleted_meanwhile_has_the_task_run_again(bench: Bench) -> None:
    wanted = Field(id=0, company_id=bench.company, asset_type="Asset", name="Season", type="String")
    with bench.tools.database.write() as tx:
        field = add_field(tx, wanted)
    steps = (WorkflowStep(name="set-metadata", options=(("field", "Season"), ("value", "summer"))),)
    result = workflow.STAGE.perform(bench.call(new_set(bench, "superseded"), Workflow(steps=steps)))
    with bench.tools.database.write() as tx:
        delete_field(tx, field)

    with pytest.raises(Superseded), bench.tools.database.write() as tx:
        result.apply(tx)
