"""searchAssets: which assets, in which order, how many at once."""

import pytest

from tests.soap.library import Library, array

pytestmark = pytest.mark.covers("searchAssets")
ALL = ["alpha", "beta", "delta", "epsilon", "gamma"]
BYPRODUCT = (
    "<excludeByproductArray><items><engine>{}</engine><generatedAssetType>{}</generatedAssetType></items>"
    "</excludeByproductArray>"
)
DESCRIPTION = (
    "<systemFieldConditionArray><items><field>Description</field><op>Equals</op><value>x</value></items>"
    "</systemFieldConditionArray>"
)
SLIM = array("responseFieldArray", "totalRows", "assetArray/items/name", "assetArray/items/assetHandle")


def test_without_conditions_everything_outside_the_trash_is_found_by_name(library: Library) -> None:
    answer = library.search()
    assert answer.texts("assetArray/items/name") == ALL
    assert answer.text("totalRows") == "5"


@pytest.mark.parametrize("content", ["", "<folder/>", "<folder>LibCo</folder>", "<folder>/</folder>"])
def test_the_root_is_searched_when_no_folder_is_named(library: Library, content: str) -> None:
    answer = library.call("searchAssets", f"{content}<includeSubfolders>true</includeSubfolders>")
    assert answer.text("totalRows") == "5"


@pytest.mark.parametrize("folder", ["LibCo/sub/", "LibCo/sub", "/LibCo//sub/", "f|LibCo/sub/", "sub"])
def test_a_folder_is_searched_with_those_below_it(library: Library, folder: str) -> None:
    assert library.found(folder=folder) == ["delta", "gamma"]


def test_a_folder_is_searched_alone_when_subfolders_are_not_included(library: Library) -> None:
    where = "<folder>LibCo/sub/</folder><includeSubfolders>false</includeSubfolders>"
    assert library.call("searchAssets", where).texts("assetArray/items/name") == ["gamma"]


def test_a_folder_whose_name_only_begins_alike_is_not_searched(library: Library) -> None:
    assert library.found(folder="LibCo/su") == []


def test_a_folder_that_is_not_there_is_empty(library: Library) -> None:
    assert library.search(folder="LibCo/nowhere/").text("totalRows") == "0"


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (array("assetTypeArray", "Image"), ["alpha", "epsilon", "gamma"]),
        (array("assetTypeArray", "Pdf", "Zip"), ["beta", "delta"]),
        (array("assetTypeArray", "Font"), []),
        (array("excludeAssetTypeArray", "Image"), ["beta", "delta"]),
        (
            array("assetTypeArray", "Image", "Pdf") + array("excludeAssetTypeArray", "Pdf"),
            ["alpha", "epsilon", "gamma"],
        ),
        ("<publishState>MarkedForPublish</publishState>", ["gamma"]),
        ("<publishState>NotMarkedForPublish</publishState>", ["alpha", "beta", "delta", "epsilon"]),
        ("<trashState>NotInTrash</trashState>", ALL),
        ("<trashState>InTrash</trashState>", ["zeta"]),
        ("<trashState>InEmptiedTrash</trashState>", []),
    ],
)
def test_a_condition_leaves_only_what_meets_it(library: Library, content: str, names: list[str]) -> None:
    assert library.found(content) == names


@pytest.mark.parametrize(
    ("field", "ascending"),
    [
        ("Name", ["alpha", "beta", "delta", "epsilon", "gamma"]),
        ("Created", ["alpha", "beta", "gamma", "delta", "epsilon"]),
        ("Modified", ["epsilon", "delta", "gamma", "beta", "alpha"]),
        ("FileSize", ["gamma", "beta", "alpha", "epsilon", "delta"]),
    ],
)
def test_results_are_sorted_by_the_field_asked_for(library: Library, field: str, ascending: list[str]) -> None:
    assert library.found(f"<sortBy>{field}</sortBy>") == ascending
    assert library.found(f"<sortBy>{field}</sortBy><sortDirection>Ascending</sortDirection>") == ascending
    backwards = library.found(f"<sortBy>{field}</sortBy><sortDirection>Descending</sortDirection>")
    assert backwards == ascending[::-1]


def test_results_can_be_sorted_by_type(library: Library) -> None:
    assert library.found("<sortBy>AssetType</sortBy>") == ["alpha", "gamma", "epsilon", "beta", "delta"]


def test_pages_follow_each_other_without_gap_or_overlap(library: Library) -> None:
    pages = [
        library.found(f"<recordsPerPage>2</recordsPerPage><resultsPage>{page}</resultsPage>") for page in (1, 2, 3, 4)
    ]
    assert pages == [["alpha", "beta"], ["delta", "epsilon"], ["gamma"], []]


def test_every_page_tells_the_number_of_all_rows(library: Library) -> None:
    answer = library.search("<recordsPerPage>1</recordsPerPage><resultsPage>9</resultsPage>")
    assert (answer.text("totalRows"), answer.texts("assetArray/items")) == ("5", [])


def test_a_page_of_no_records_only_counts(library: Library) -> None:
    answer = library.search("<recordsPerPage>0</recordsPerPage>")
    assert (answer.text("totalRows"), answer.texts("assetArray/items")) == ("5", [])


def test_a_slim_page_may_have_ten_thousand_records(library: Library) -> None:
    assert library.found("<recordsPerPage>10000</recordsPerPage>" + SLIM) == ALL


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("<recordsPerPage>1001</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>10001</recordsPerPage>" + SLIM, "recordsPerPage"),
        ("<recordsPerPage>-1</recordsPerPage>", "recordsPerPage"),
        ("<resultsPage>0</resultsPage>", "resultsPage"),
        ("<resultsPage>-1</resultsPage>", "resultsPage"),
        ("<sortBy>name</sortBy>", "sortBy"),
        ("<sortDirection>Sideways</sortDirection>", "sortDirection"),
        ("<publishState>Published</publishState>", "publishState"),
        ("<trashState>Gone</trashState>", "trashState"),
        ("<folder>LibCo/../x</folder>", "folder"),
        ("<conditionMatchMode>MatchSome</conditionMatchMode>", "conditionMatchMode"),
        ("<tagMatchMode>MatchSome</tagMatchMode>", "tagMatchMode"),
        ("<metadataMatchMode>MatchSome</metadataMatchMode>", "metadataMatchMode"),
        (BYPRODUCT.format("Rip", "Image"), "excludeByproductArray.items[0].engine"),
        (BYPRODUCT.format("PostScriptRip", "Picture"), "excludeByproductArray.items[0].generatedAssetType"),
        (f"<folder>LibCo/{'x' * 3000}</folder>", "folder"),
    ],
)
def test_a_bad_value_is_a_fault_naming_its_field(library: Library, content: str, field: str) -> None:
    element, code, reason = library.call("searchAssets", content).fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert reason.startswith(f"{field}:")


@pytest.mark.parametrize("page", [2**31 - 1, 2_000_000])
def test_a_page_far_behind_the_last_is_empty(library: Library, page: int) -> None:
    assert library.found(f"<resultsPage>{page}</resultsPage>") == []


@pytest.mark.parametrize("trash", ["Any", "InTrash"])
def test_what_is_in_the_trash_is_found_only_on_request(library: Library, trash: str) -> None:
    assert "zeta" in library.found(f"<trashState>{trash}</trashState>")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("<projectHandle>p|1|x</projectHandle>", "projectHandle"),
        (DESCRIPTION, "systemFieldConditionArray.items[0].field Description is not supported"),
    ],
)
def test_a_condition_that_is_not_built_is_refused_by_name(library: Library, content: str, named: str) -> None:
    element, _, reason = library.search(content).fault
    assert element == "ipsApiFault"
    assert named in reason
