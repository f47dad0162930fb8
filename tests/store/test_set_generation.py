"""Sets that set scripts make of assets: they are made and grow in their order, and lose nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from domain.errors import Permanent
from domain.model import GeneratedPage
from jobs.set_generation import SetChange, generate_sets, load_generation, words_of
from jobs.specs import SetsSpec
from store.asset_changes import set_trash_state
from store.asset_sets import MOST_MEMBERS, Member, find_members, save_members
from store.assets import find_by_names, load_assets
from store.engine import Database
from store.generated import save_page
from store.property_sets import SET_SCRIPT, Owner, add_set, delete_set, find_types
from tests.store.rows import add_tenant, stored_asset

STYLE_COLOUR_VIEW = {"match": r"(\w+)-\w+-\w+", "baseName": r"\w+-\w+", "suffix": "-SET"}


@pytest.fixture
def company(database: Database) -> int:
    """The number of LabCo."""
    return add_tenant(database)


def add_script(database: Database, company: int, properties: Mapping[str, str]) -> int:
    """Return the number of a new set script of the company's."""
    with database.write() as tx:
        kind = next(each for each in find_types(tx, None) if each.name == SET_SCRIPT)
        return add_set(tx, kind.id, Owner(company_id=company), properties)


def generate(
    database: Database, company: int, names: Sequence[str], spec: SetsSpec | Mapping[str, str]
) -> tuple[SetChange, ...]:
    """Put the assets with these names, made where they are missing, into sets by a spec or by one new script."""
    with database.read() as tx:
        known = {asset.name: asset.id for asset in find_by_names(tx, company, names)}
    numbers = [known.get(name) or stored_asset(database, company, name) for name in names]
    wanted = spec if isinstance(spec, SetsSpec) else SetsSpec(script_ids=(add_script(database, company, spec),))
    with database.write() as tx:
        return generate_sets(
            tx, load_assets(tx, company, numbers), load_generation(tx, company, wanted, "lab@example.com")
        )


def members(database: Database, company: int, name: str) -> list[str]:
    """The names of the members of a set, in their order."""
    with database.read() as tx:
        (found,) = find_by_names(tx, company, [name])
        numbers = [member.asset_id for member in find_members(tx, found.id)]
        names = {asset.id: asset.name for asset in load_assets(tx, company, numbers)}
    return [names[number] for number in numbers]


def test_later_views_go_into_their_place_and_a_new_base_makes_a_new_set(database: Database, company: int) -> None:
    script = SetsSpec(script_ids=(add_script(database, company, STYLE_COLOUR_VIEW),))
    first = generate(database, company, ["0123-RED-02", "0123-RED-10", "other"], script)

    second = generate(database, company, ["0123-RED-03", "0123-RED-02", "0123-BLUE-01"], script)

    assert [str(words_of([change])) for change in (*first, *second)] == [
        "New set 0123-RED-SET in LabCo/up/: 0123-RED-02, 0123-RED-10.",
        "Added to the set 0123-RED-SET: 0123-RED-03.",
        "New set 0123-BLUE-SET in LabCo/up/: 0123-BLUE-01.",
    ]
    assert members(database, company, "0123-RED-SET") == ["0123-RED-02", "0123-RED-03", "0123-RED-10"]
    assert members(database, company, "0123-BLUE-SET") == ["0123-BLUE-01"]


def test_members_that_match_no_more_stay_and_what_is_there_is_not_doubled(database: Database, company: int) -> None:
    generate(database, company, ["0123-RED-01"], STYLE_COLOUR_VIEW)
    by_hand = stored_asset(database, company, "detail")
    with database.write() as tx:
        (found,) = find_by_names(tx, company, ["0123-RED-SET"])
        save_members(tx, found.id, [Member(asset_id=by_hand), *find_members(tx, found.id)], "lab@example.com")

    changed = generate(database, company, ["0123-RED-01", "0123-RED-00"], STYLE_COLOUR_VIEW)

    assert members(database, company, "0123-RED-SET") == ["detail", "0123-RED-00", "0123-RED-01"]
    assert [asset.name for asset in changed[0].added] == ["0123-RED-00"]


def test_a_script_says_type_and_folder_unless_the_job_says_a_folder(database: Database, company: int) -> None:
    script = add_script(database, company, {"match": "(.).*", "type": "SpinSet", "destFolder": "spins"})
    spec = SetsSpec(script_ids=(script,), default_folder="LabCo/", ready_for_publish=True)

    generate(database, company, ["a1"], spec)
    generate(database, company, ["b1"], replace(spec, folder="LabCo/asked/"))

    with database.read() as tx:
        made = find_by_names(tx, company, ["a", "b"])
    assert [(each.type, each.folder, each.ready_for_publish) for each in made] == [
        ("SpinSet", "LabCo/spins/", True),
        ("SpinSet", "LabCo/asked/", True),
    ]


def test_a_name_that_is_taken_or_in_the_trash_takes_no_members_and_says_why(database: Database, company: int) -> None:
    stored_asset(database, company, "a")
    generate(database, company, ["b-1"], {"match": "(.)-."})
    with database.write() as tx:
        (gone,) = find_by_names(tx, company, ["b"])
        set_trash_state(tx, gone, "InTrash", "lab@example.com")

    changes = generate(database, company, ["a-1", "b-2"], {"match": "(.)-."})

    assert [str(change.problem) for change in changes] == [
        "The name a is taken by an asset of type Image.",
        "The name b is taken by an asset of type ImageSet in the trash.",
    ]
    assert not [change for change in changes if change.added]


def test_two_scripts_that_name_a_set_alike_fill_one_set_of_the_first_type(database: Database, company: int) -> None:
    scripts = [
        add_script(database, company, properties)
        for properties in ({"match": "(.)-1"}, {"match": "(.)-2"}, {"match": "(.)-3", "type": "SpinSet"})
    ]

    changes = generate(database, company, ["a-2", "a-1", "a-3"], SetsSpec(script_ids=tuple(scripts)))

    assert members(database, company, "a") == ["a-1", "a-2"]
    assert [str(each.problem) for each in changes if each.problem] == [
        "The set a would be of type ImageSet by another set script."
    ]


def test_a_set_takes_no_more_than_the_most_members(database: Database, company: int) -> None:
    generate(database, company, ["a-0"], {"match": "(.)-.*"})
    with database.write() as tx:
        (found,) = find_by_names(tx, company, ["a"])
        save_members(tx, found.id, [*find_members(tx, found.id)] * (MOST_MEMBERS - 1), "lab@example.com")

    changes = generate(database, company, ["a-1", "a-2"], {"match": "(.)-.*"})

    assert str(changes[0].problem) == "The set a has 1000 members, which is the most."
    assert len(members(database, company, "a")) == MOST_MEMBERS


@pytest.mark.parametrize(("derived", "expected"), [("true", ["b-1", "b-2"]), ("false", [])])
def test_pages_of_documents_are_put_into_sets_unless_they_are_left_out(
    database: Database, company: int, derived: str, expected: list[str]
) -> None:
    document = stored_asset(database, company, "b", type="Pdf")
    for number in (2, 1):
        page = stored_asset(database, company, f"b-{number}")
        with database.write() as tx:
            save_page(tx, GeneratedPage(asset_id=page, originator_id=document, number=number))
    script = {"match": "(.)-.", "includeDerived": derived, "suffix": " book"}

    changes = generate(database, company, ["b"], script)

    assert (members(database, company, "b book") if changes else []) == expected


def test_a_script_that_is_gone_or_of_another_company_is_a_reason_to_fail(database: Database, company: int) -> None:
    gone = add_script(database, company, STYLE_COLOUR_VIEW)
    foreign = add_script(database, add_tenant(database, "OtherCo"), STYLE_COLOUR_VIEW)
    with database.write() as tx:
        delete_set(tx, gone)

    for number in (gone, foreign):
        with database.read() as tx, pytest.raises(Permanent, match=rf"The set script ps\|{number} is gone."):
            load_generation(tx, company, SetsSpec(script_ids=(number,)), "lab@example.com")
