"""getAssets, getAssetsByName, and the choice of fields in an answer."""

import pytest
from lxml import etree

from server.soap.fields import select_fields
from tests.soap.library import LIBRARIAN, Library, array
from tests.soap_call import Answer
from wsdl import contract
from wsdl.versions import V_UNDATED


def names(answer: Answer) -> list[str]:
    return answer.texts("assetArray/items/name")


def fields_of(answer: Answer, path: str = "assetArray/items") -> set[str]:
    """Return the names of the children of the elements at a path."""
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    return {str(etree.QName(child).localname) for child in answer.body.xpath(f"{steps}/*")}


@pytest.mark.covers("getAssets")
def test_assets_come_in_the_order_of_their_handles(library: Library) -> None:
    handles = [library.handles[name] for name in ("gamma", "alpha", "delta")]
    answer = library.call("getAssets", array("assetHandleArray", *handles))
    assert names(answer) == ["gamma", "alpha", "delta"]
    assert answer.texts("assetArray/items/assetHandle") == handles


@pytest.mark.covers("getAssets")
def test_a_handle_that_is_given_twice_is_answered_once(library: Library) -> None:
    answer = library.call("getAssets", array("assetHandleArray", library.handles["beta"], library.handles["beta"]))
    assert names(answer) == ["beta"]


@pytest.mark.covers("getAssets")
@pytest.mark.parametrize("form", ["{n}", "a|{n}", "a|{n}|1|535", "{n}|1|17061"])
def test_a_handle_is_read_in_the_form_of_every_release(library: Library, form: str) -> None:
    number = library.handles["alpha"].removeprefix("a|")
    answer = library.call("getAssets", array("assetHandleArray", form.format(n=number)))
    assert names(answer) == ["alpha"]


@pytest.mark.covers("getAssets")
def test_an_asset_is_told_with_its_place_its_type_and_its_history(library: Library) -> None:
    answer = library.call("getAssets", array("assetHandleArray", library.handles["gamma"]))
    told = {name: answer.text(f"assetArray/items/{name}") for name in ("type", "fileName", "folder", "folderHandle")}
    assert told == {
        "type": "Image",
        "fileName": "gamma.png",
        "folder": "LibCo/sub/",
        "folderHandle": "f|LibCo/sub/",
    }
    assert answer.text("assetArray/items/readyForPublish") == "true"
    assert answer.text("assetArray/items/created") == "2020-01-03T00:00:00.000Z"
    assert answer.text("assetArray/items/createUser") == LIBRARIAN
    assert answer.text("assetArray/items/imageInfo/originalFile") == "gamma.png"
    assert answer.text("assetArray/items/imageInfo/fileSize") == "100"


@pytest.mark.covers("getAssets")
@pytest.mark.parametrize(("name", "info"), [("beta", "pdfInfo"), ("delta", "zipInfo"), ("alpha", "imageInfo")])
def test_an_asset_has_the_info_of_its_type_alone(library: Library, name: str, info: str) -> None:
    answer = library.call("getAssets", array("assetHandleArray", library.handles[name]))
    assert {field for field in fields_of(answer) if field.endswith("Info")} == {info}


@pytest.mark.covers("getAssetsByName")
def test_assets_are_found_by_exact_name_in_the_order_asked(library: Library) -> None:
    answer = library.call("getAssetsByName", array("nameArray", "epsilon", "ALPHA", "nothing", "alpha", "alph"))
    assert names(answer) == ["epsilon", "alpha"]


@pytest.mark.covers("getAssetsByName")
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (array("assetTypeArray", "Image"), ["alpha"]),
        (array("excludeAssetTypeArray", "Image"), ["beta"]),
        (array("assetTypeArray", "Zip"), []),
    ],
)
def test_assets_by_name_can_be_of_wanted_types_alone(library: Library, content: str, found: list[str]) -> None:
    assert names(library.call("getAssetsByName", array("nameArray", "alpha", "beta") + content)) == found


def selected(library: Library, *content: str) -> Answer:
    return library.call("getAssetsByName", array("nameArray", "alpha") + "".join(content))


def test_only_the_fields_asked_for_come_with_the_required_ones(library: Library) -> None:
    whole = fields_of(selected(library))
    slim = fields_of(selected(library, array("responseFieldArray", "assetArray/items/fileName")))
    assert "fileName" in slim
    assert "imageInfo" in whole
    assert "imageInfo" not in slim


def test_naming_a_node_asks_for_all_below_it(library: Library) -> None:
    answer = selected(library, array("responseFieldArray", "assetArray/items/imageInfo"))
    assert {"width", "originalFile"} <= fields_of(answer, "assetArray/items/imageInfo")


@pytest.mark.parametrize("path", ["assetArray", "assetArray/items", "/assetArray/items/"])
def test_naming_the_array_asks_for_whole_assets(library: Library, path: str) -> None:
    assert fields_of(selected(library, array("responseFieldArray", path))) == fields_of(selected(library))


def test_excluded_fields_are_left_out(library: Library) -> None:
    answer = selected(library, array("excludeFieldArray", "assetArray/items/imageInfo"))
    assert "imageInfo" not in fields_of(answer)
    assert "fileName" in fields_of(answer)


def test_excluding_wins_over_asking(library: Library) -> None:
    path = "assetArray/items/imageInfo"
    answer = selected(library, array("responseFieldArray", path), array("excludeFieldArray", path))
    assert "imageInfo" not in fields_of(answer)


def test_what_the_contract_requires_cannot_be_excluded() -> None:
    tag = contract.Metadata(name="colour", value="red")
    whole = contract.GetAssetsReturn(asset_array=[contract.Asset(name="alpha", metadata_array=[tag])])
    unwanted = ("assetArray/items/name", "assetArray/items/metadataArray/items/value")
    asked = contract.GetAssetsParam(company_handle="c|1", asset_handle_array=(), exclude_field_array=unwanted)
    (asset,) = select_fields(whole, asked).asset_array
    assert (asset.name, list(asset.metadata_array)) == (None, [tag])


@pytest.mark.parametrize("path", ["", "/", "noSuchField", "assetArray/items/noSuchField", "assetArray/items/name/x"])
def test_a_path_that_leads_nowhere_does_no_harm(library: Library, path: str) -> None:
    assert not selected(library, array("responseFieldArray", path)).is_fault
    assert names(selected(library, array("excludeFieldArray", path))) == ["alpha"]


def test_an_empty_choice_is_no_choice(library: Library) -> None:
    assert fields_of(selected(library, "<responseFieldArray/>")) == fields_of(selected(library))


def test_fields_can_be_chosen_in_the_first_version_too(library: Library) -> None:
    content = array("nameArray", "alpha") + array("excludeFieldArray", "assetArray/items/imageInfo")
    answer = library.call("getAssetsByName", content, V_UNDATED.namespace)
    assert "imageInfo" not in fields_of(answer)
