"""getFolders, getFolderTree and createFolder."""

from uuid import uuid4

import pytest

from tests.soap.library import Library, array
from tests.soap_call import Answer

TREE = ["LibCo/", "LibCo/other/", "LibCo/sub/", "LibCo/sub/deep/"]


def paths(answer: Answer) -> list[str]:
    return answer.texts("folderArray/items/path")


def create(library: Library, path: str) -> Answer:
    return library.call("createFolder", f"<folderPath>{path}</folderPath>")


@pytest.mark.covers("getFolders")
@pytest.mark.parametrize(
    "content", ["", "<folderPath/>", "<folderPath>LibCo/</folderPath>", "<folderPath>/</folderPath>"]
)
def test_all_folders_come_flat_and_by_path(library: Library, content: str) -> None:
    found = [path for path in paths(library.call("getFolders", content)) if not path.startswith("LibCo/made")]
    assert found == TREE


@pytest.mark.covers("getFolders")
@pytest.mark.parametrize("folder", ["LibCo/sub/", "LibCo/sub", "sub", "f|LibCo/sub/", "//LibCo//sub//"])
def test_folders_come_from_the_named_one_down(library: Library, folder: str) -> None:
    assert paths(library.call("getFolders", f"<folderPath>{folder}</folderPath>")) == TREE[2:]


@pytest.mark.covers("getFolders")
def test_folders_that_are_not_there_are_an_empty_array(library: Library) -> None:
    assert paths(library.call("getFolders", "<folderPath>LibCo/nowhere</folderPath>")) == []


@pytest.mark.covers("getFolders")
def test_folders_can_be_those_that_hold_a_type(library: Library) -> None:
    answer = library.call("getFolders", array("assetTypeArray", "Zip"))
    assert paths(answer) == ["LibCo/", "LibCo/sub/", "LibCo/sub/deep/"]


@pytest.mark.covers("getFolders")
def test_a_folder_tells_its_handle_and_whether_there_are_more_below(library: Library) -> None:
    answer = library.call("getFolders", "<folderPath>LibCo/sub</folderPath>")
    assert answer.texts("folderArray/items/folderHandle") == ["f|LibCo/sub/", "f|LibCo/sub/deep/"]
    assert answer.texts("folderArray/items/hasSubfolders") == ["true", "false"]


@pytest.mark.covers("getFolderTree")
@pytest.mark.parametrize(
    ("depth", "below", "further"),
    [(0, [], []), (1, ["LibCo/sub/deep/"], []), (-1, ["LibCo/sub/deep/"], []), (5, ["LibCo/sub/deep/"], [])],
)
def test_a_tree_is_as_deep_as_asked(library: Library, depth: int, below: list[str], further: list[str]) -> None:
    content = f"<folderPath>LibCo/sub</folderPath><depth>{depth}</depth>"
    answer = library.call("getFolderTree", content)
    assert answer.text("folders/path") == "LibCo/sub/"
    assert answer.text("folders/hasSubfolders") == "true"
    assert answer.texts("folders/subfolderArray/items/path") == below
    assert answer.texts("folders/subfolderArray/items/subfolderArray/items/path") == further


@pytest.mark.covers("getFolderTree")
def test_the_whole_tree_starts_at_the_root(library: Library) -> None:
    answer = library.call("getFolderTree", "<depth>-1</depth>")
    assert answer.text("folders/path") == "LibCo/"
    assert {"LibCo/other/", "LibCo/sub/"} <= set(answer.texts("folders/subfolderArray/items/path"))
    assert "LibCo/sub/deep/" in answer.texts("folders/subfolderArray/items/subfolderArray/items/path")


@pytest.mark.covers("getFolderTree")
def test_a_tree_that_is_not_there_is_no_folder(library: Library) -> None:
    answer = library.call("getFolderTree", "<folderPath>LibCo/nowhere</folderPath><depth>1</depth>")
    assert answer.texts("folders") == []


@pytest.mark.covers("createFolder")
@pytest.mark.parametrize("form", ["LibCo/made/{}/", "LibCo/made/{}", "made/{}", "/made//{}/", "f|LibCo/made/{}/"])
def test_a_folder_is_created_with_those_above_it(library: Library, form: str) -> None:
    name = uuid4().hex[:8]
    answer = create(library, form.format(f"up-{name}/{name}"))
    assert answer.text("folderHandle") == f"f|LibCo/made/up-{name}/{name}/"
    found = paths(library.call("getFolders", f"<folderPath>LibCo/made/up-{name}</folderPath>"))
    assert found == [f"LibCo/made/up-{name}/", f"LibCo/made/up-{name}/{name}/"]


@pytest.mark.covers("createFolder")
def test_a_folder_that_exists_is_answered_as_it_is(library: Library) -> None:
    assert create(library, "LibCo/sub").text("folderHandle") == "f|LibCo/sub/"
    assert paths(library.call("getFolders", "<folderPath>LibCo/sub</folderPath>")) == TREE[2:]


@pytest.mark.covers("createFolder")
@pytest.mark.parametrize("path", ["LibCo/../x", "../../etc", "LibCo/./x", "LibCo/a\\b", f"LibCo/{'x' * 2100}"])
def test_a_path_that_cannot_be_is_a_fault_naming_its_field(library: Library, path: str) -> None:
    element, code, reason = create(library, path).fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert reason.startswith("folderPath:")


@pytest.mark.covers("createFolder")
@pytest.mark.parametrize("path", ["", "/", "  ", "f|"])
def test_a_folder_needs_a_name(library: Library, path: str) -> None:
    assert create(library, path).fault[:2] == ("ipsApiFault", 30002)
