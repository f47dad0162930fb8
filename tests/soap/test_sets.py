"""Sets as assets: creating them, their members and definitions, and where they show."""

import pytest

from tests.jobs.flow import Client
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, asset_field, handles, names_found, own_company


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def create(client: Client, name: str = "shoe", kind: str = "ImageSet") -> str:
    """Create a set in the root folder and return its handle."""
    fields = f"<folderHandle>{client.root}/</folderHandle><name>{name}</name><type>{kind}</type>"
    answer = client.call("createImageSet", fields)
    assert not answer.is_fault, answer.fault
    return answer.text("assetHandle")


def members(*assets: str, resets: str = "false") -> str:
    """A memberArray."""
    items = (f"<items><assetHandle>{a}</assetHandle><pageReset>{resets}</pageReset></items>" for a in assets)
    return f"<memberArray>{''.join(items)}</memberArray>"


def on(handle: str, content: str = "") -> str:
    """What an operation on a set is given."""
    return f"<assetHandle>{handle}</assetHandle>{content}"


def shown(client: Client, handle: str) -> list[tuple[str, str]]:
    """The handles of the members of a set, and whether a page begins with each."""
    answer = client.call("getImageSetMembers", on(handle))
    path = "memberArray/items"
    return list(zip(answer.texts(f"{path}/asset/assetHandle"), answer.texts(f"{path}/pageReset"), strict=True))


@pytest.mark.covers("createImageSet", "setImageSetMembers", "getImageSetMembers")
def test_a_set_has_its_members_in_their_order_each_on_a_page_of_its_own(own: Client) -> None:
    made = own.upload({"a.svg": SVG, "b.svg": SVG})
    handle = create(own)

    own.call("setImageSetMembers", on(handle, members(made["b.svg"], made["a.svg"], made["b.svg"])))

    assert shown(own, handle) == [(made["b.svg"], "true"), (made["a.svg"], "true"), (made["b.svg"], "true")]
    assert asset_field(own, handle, "type") == "ImageSet"


def test_a_catalog_keeps_what_is_said_of_its_pages(own: Client) -> None:
    made = own.upload({"a.svg": SVG})["a.svg"]
    handle = create(own, kind="Catalog")

    own.call("setImageSetMembers", on(handle, members(made, resets="false")))

    assert shown(own, handle) == [(made, "false")]


@pytest.mark.covers("updateImageSet", "getAssociatedAssets")
def test_the_asset_that_stands_for_a_set_is_the_one_that_is_named_else_the_first(own: Client) -> None:
    made = own.upload({"a.png": small_png(1), "b.png": small_png(2)})
    handle = create(own)
    own.call("updateImageSet", on(handle, members(made["a.png"], made["b.png"])))
    before = asset_field(own, handle, "ipsImageUrl")

    own.call("updateImageSet", on(handle, f"<thumbAssetHandle>{made['b.png']}</thumbAssetHandle>"))

    related = own.call("getAssociatedAssets", on(handle))
    assert before == asset_field(own, made["a.png"], "ipsImageUrl")
    assert asset_field(own, handle, "ipsImageUrl") == asset_field(own, made["b.png"], "ipsImageUrl")
    assert related.text("thumbAsset/assetHandle") == made["b.png"]
    assert related.texts("memberArray/items/assetHandle") == [made["a.png"], made["b.png"]]
    containers = own.call("getAssociatedAssets", on(made["a.png"])).texts("containerArray/items/assetHandle")
    assert containers == [handle]


@pytest.mark.covers("getAssetCounts", "searchAssets", "renameAsset", "deleteAsset")
def test_a_set_is_counted_found_renamed_and_deleted_like_any_asset(own: Client) -> None:
    handle = create(own, "shoe.1")
    counted = own.call("getAssetCounts").texts("countArray/items/assetType")

    own.call("renameAsset", on(handle, "<newName>boot</newName><validateName>true</validateName>"))
    found = names_found(own, "<assetTypeArray><items>ImageSet</items></assetTypeArray>")
    own.call("deleteAsset", on(handle))

    assert counted == ["ImageSet"]
    assert found == {"boot"}
    assert names_found(own) == set()


@pytest.mark.covers("createAssetSet", "setAssetSetDefinition", "updateAssetSet", "getAssets")
def test_an_asset_set_has_a_subtype_a_definition_and_the_assets_it_names(own: Client) -> None:
    made = own.upload({"a.svg": SVG, "b.svg": SVG})
    first, second = (
        f"${{getCatalogId([{made[name]}])}};1,${{getMetaData([{made[name]}],[m|1|ASSET|x])}}" for name in made
    )
    fields = f"<folderHandle>{own.root}/</folderHandle><name>mixed</name><subType>MediaSet</subType>"
    handle = own.call("createAssetSet", f"{fields}<setDefinition>{first}</setDefinition>").text("assetHandle")
    before = asset_field(own, handle, "assetSetInfo/setDefinition")

    own.call("setAssetSetDefinition", on(handle, f"<setDefinition>{second}</setDefinition>"))
    changed = asset_field(own, handle, "assetSetInfo/setDefinition")
    related = own.call("getAssociatedAssets", on(handle)).texts("memberArray/items/assetHandle")
    own.call("updateAssetSet", on(handle, "<setDefinition></setDefinition>"))

    assert (before, changed) == (first, second)
    assert related == [list(made.values())[1]]
    assert asset_field(own, handle, "assetSetInfo/setDefinition") == ""
    assert asset_field(own, handle, "subType") == "MediaSet"


@pytest.mark.covers("searchAssets", "getAssetsByName")
@pytest.mark.parametrize(("strict", "expected"), [("true", {"mixed"}), ("false", {"mixed", "shoe"})])
def test_a_search_by_subtype_leaves_out_other_subtypes_and_strictly_those_without(
    own: Client, strict: str, expected: set[str]
) -> None:
    create(own)
    for name, kind in (("mixed", "MediaSet"), ("other", "OtherSet")):
        fields = f"<folderHandle>{own.root}/</folderHandle><name>{name}</name><subType>{kind}</subType>"
        own.call("createAssetSet", fields)

    wanted = "<assetSubTypeArray><items>MediaSet</items></assetSubTypeArray>"
    wanted += f"<strictSubTypeCheck>{strict}</strictSubTypeCheck>"
    items = "".join(f"<items>{name}</items>" for name in ("mixed", "other", "shoe"))
    named = own.call("getAssetsByName", f"<nameArray>{items}</nameArray>{wanted}")

    assert names_found(own, wanted) == expected
    assert set(named.texts("assetArray/items/name")) == expected


def test_what_is_no_set_or_cannot_be_in_one_is_refused_by_name(own: Client) -> None:
    made = own.upload({"a.svg": SVG})["a.svg"]
    first, second = create(own, "first"), create(own, "second")
    folder = f"<folderHandle>{own.root}/</folderHandle>"
    wrong = {
        ("setImageSetMembers", on(made, members(made))): f"assetHandle: {made} is of type Svg, not one of",
        ("setImageSetMembers", on(first, members(second))): f"memberArray.items[0].assetHandle: {second} is",
        ("setImageSetMembers", on(first, members(*[made] * 21))): "memberArray: a set has one asset at most 20 times",
        ("setImageSetMembers", on(first, members(*[made] * 1001))): "memberArray: a set has at most 1000 members",
        ("updateImageSet", on(first, f"<thumbAssetHandle>{made}</thumbAssetHandle>")): f"thumbAssetHandle: {made}",
        ("updateAssetSet", on(first)): f"assetHandle: {first} is of type ImageSet, not AssetSet.",
        ("createImageSet", f"{folder}<name>x</name><type>Image</type>"): "type: Image is not one of Catalog, ImageSet",
        ("createImageSet", f"{folder}<name>first</name><type>ImageSet</type>"): "Asset ID 'first' is already in use.",
        (
            "createAssetSet",
            f"{folder}<name>x</name><subType>M</subType><setDefinition>${{run([{made}])}}</setDefinition>",
        ): f"setDefinition: ${{run([{made}])}} is no call of getFilePath",
    }  # fmt: skip

    answers = {key: own.call(*key) for key in wrong}

    assert all(answers[key].fault[2].startswith(reason) for key, reason in wrong.items()), [
        answer.fault for answer in answers.values()
    ]


def test_a_set_is_left_as_it_is_by_a_list_of_originals(own: Client) -> None:
    handle = create(own)

    assert own.call("getOriginalFilePaths", handles(handle)).texts("originalFileArray/items") == [""]
