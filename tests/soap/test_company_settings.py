"""A company's settings, and what uploads do by them: which asset a file replaces, and which marks stay."""

import pytest

from tests.jobs.flow import Client
from tests.jobs.pictures import small_pdf, small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, asset_field, own_company

MODES = ["OverwriteFullName", "OverwriteAnyExt", "OverwriteFullNameAnyFolder", "OverwriteAnyExtAnyFolder"]
PROFILES = {"Source": "Default-CMYK", "Display": "Default-sRGB"}


def modes(*values: bool) -> list[tuple[str, bool]]:
    """Each overwrite mode with what holds in it."""
    return list(zip(MODES, values, strict=True))


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def change(client: Client, **settings: str) -> None:
    """Change settings of the company."""
    answer = client.call("setCompanySettings", "".join(f"<{k}>{v}</{k}>" for k, v in settings.items()))
    assert not answer.is_fault, answer.fault


def setting(client: Client, path: str) -> str:
    """One of the company's settings, at a path below settings."""
    return client.call("getCompanySettings").text(f"settings/{path}")


@pytest.mark.covers("getCompanySettings")
def test_a_new_company_has_settings_and_two_profiles_as_assets(own: Client) -> None:
    answer = own.call("getCompanySettings")

    assert answer.text("settings/overwriteMode") == "OverwriteFullName"
    assert answer.text("settings/retainPublishState") == "false"
    for use, name in PROFILES.items():
        assert answer.text(f"settings/default{use}Profile/name") == name
        assert answer.text(f"settings/default{use}Profile/type") == "IccProfile"


def test_the_profiles_stay_the_same_assets(own: Client) -> None:
    path = "defaultSourceProfile/assetHandle"

    assert setting(own, path) == setting(own, path)


def test_a_profile_that_was_given_up_for_good_is_made_again(own: Client) -> None:
    handle = setting(own, "defaultSourceProfile/assetHandle")
    own.call("deleteAsset", f"<assetHandle>{handle}</assetHandle>")
    own.call("emptyAssetsFromTrash", f"<assetHandleArray><items>{handle}</items></assetHandleArray>")

    assert setting(own, "defaultSourceProfile/assetHandle") != handle
    assert setting(own, "defaultSourceProfile/trashState") == "NotInTrash"


@pytest.mark.covers("setCompanySettings")
def test_what_is_not_given_stays(own: Client) -> None:
    change(own, overwriteMode="OverwriteAnyExt")

    change(own, retainPublishState="true")

    assert setting(own, "overwriteMode") == "OverwriteAnyExt"
    assert setting(own, "retainPublishState") == "true"


def test_settings_of_one_company_are_not_those_of_another(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)

    change(lab, overwriteMode="OverwriteAnyExt")

    assert setting(other, "overwriteMode") == "OverwriteFullName"


@pytest.mark.parametrize("use", ["Source", "Display"])
def test_a_profile_can_be_chosen(own: Client, use: str) -> None:
    chosen = own.upload({"house.icc": b"a profile"})["house.icc"]

    change(own, **{f"default{use}ProfileHandle": chosen})

    assert setting(own, f"default{use}Profile/assetHandle") == chosen


def test_a_chosen_profile_that_was_given_up_for_good_makes_way_for_the_built_in_one(own: Client) -> None:
    chosen = own.upload({"house.icc": b"a profile"})["house.icc"]
    change(own, defaultDisplayProfileHandle=chosen)
    own.call("deleteAsset", f"<assetHandle>{chosen}</assetHandle>")

    own.call("emptyAssetsFromTrash", f"<assetHandleArray><items>{chosen}</items></assetHandleArray>")

    assert setting(own, "defaultDisplayProfile/name") == "Default-sRGB"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("overwriteMode", "OverwriteNothing", 30001),
        ("defaultSourceProfileHandle", UNKNOWN, 30001),
        ("defaultDisplayProfileHandle", "PICTURE", 30001),
        ("diskSpaceWarningMin", "5000", 30000),
        ("emailTrashCleanupWarning", "true", 30000),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(own: Client, name: str, value: str, code: int) -> None:
    picture = own.upload({"a.svg": SVG})["a.svg"]
    before = setting(own, "defaultDisplayProfile/assetHandle")

    answer = own.call("setCompanySettings", f"<{name}>{value.replace('PICTURE', picture)}</{name}>")

    assert answer.fault[:2] == ("ipsApiFault", code)
    assert answer.fault[2].startswith(name)
    assert setting(own, "defaultDisplayProfile/assetHandle") == before


@pytest.mark.covers("uploadPostJob.overwrite")
@pytest.mark.parametrize(("mode", "replaces"), modes(False, False, True, True))
def test_a_file_of_the_same_name_replaces_in_its_folder_or_in_any(own: Client, mode: str, replaces: bool) -> None:
    change(own, overwriteMode=mode)
    first = own.upload({"a.svg": SVG}, folder="one")["a.svg"]

    here = own.upload({"a.svg": SVG}, folder="one")["a.svg"]
    elsewhere = own.upload({"a.svg": SVG}, folder="two")["a.svg"]

    assert here == first
    assert (elsewhere == first) is replaces
    assert asset_field(own, first, "folder") == f"{own.root}/one/"


@pytest.mark.parametrize(("mode", "replaces"), modes(False, True, False, True))
def test_a_file_with_another_extension_replaces_in_two_modes(own: Client, mode: str, replaces: bool) -> None:
    change(own, overwriteMode=mode)
    first = own.upload({"a.svg": SVG})["a.svg"]

    second = own.upload({"a.xml": b"<rules/>"})["a.xml"]

    assert (second == first) is replaces
    assert asset_field(own, second, "type") == "Xml"
    assert asset_field(own, second, "fileName") == f"{own.tag}-a.xml"


@pytest.mark.parametrize(("mode", "replaces"), modes(False, False, False, True))
def test_a_file_with_another_extension_in_another_folder_replaces_in_one_mode(
    own: Client, mode: str, replaces: bool
) -> None:
    change(own, overwriteMode=mode)
    first = own.upload({"a.svg": SVG}, folder="one")["a.svg"]

    second = own.upload({"a.xml": b"<rules/>"}, folder="two")["a.xml"]

    assert (second == first) is replaces


def test_the_exact_name_is_replaced_before_one_with_another_extension(own: Client) -> None:
    made = own.upload({"a.svg": SVG}) | own.upload({"a.xml": b"<rules/>"})
    change(own, overwriteMode="OverwriteAnyExt")

    again = own.upload({"a.xml": b"<other/>"})["a.xml"]

    assert again == made["a.xml"]


def test_a_name_that_begins_alike_is_another_name(own: Client) -> None:
    change(own, overwriteMode="OverwriteAnyExtAnyFolder")
    first = own.upload({"a.svg": SVG})["a.svg"]

    longer = own.upload({"a.b.svg": SVG})["a.b.svg"]

    assert longer != first


def test_a_pdf_that_replaces_a_picture_is_a_pdf(own: Client) -> None:
    change(own, overwriteMode="OverwriteAnyExt")
    picture = own.upload({"a.png": small_png()}, {"readyForPublish": "true"})["a.png"]

    document = own.upload({"a.pdf": small_pdf()})["a.pdf"]

    assert document == picture
    assert asset_field(own, document, "type") == "Pdf"


def test_without_overwrite_a_file_of_the_same_name_is_left_out(own: Client) -> None:
    first = own.upload({"a.svg": SVG})["a.svg"]
    before = own.stored(first)

    own.upload({"a.svg": b"<svg/>"}, {"overwrite": "false"})

    assert own.stored(first) == before


@pytest.mark.parametrize(
    ("retain", "preserve", "marked"),
    [
        ("true", {}, "true"),
        ("false", {}, "false"),
        ("true", {"preservePublishState": "false"}, "false"),
        ("false", {"preservePublishState": "true"}, "true"),
    ],
)
def test_the_company_says_whether_uploads_keep_the_mark_unless_the_job_does(
    own: Client, retain: str, preserve: dict[str, str], marked: str
) -> None:
    change(own, retainPublishState=retain)
    asset = own.upload({"a.svg": SVG}, {"readyForPublish": "true", "preservePublishState": "false"})["a.svg"]

    own.upload({"a.svg": SVG}, {"readyForPublish": "false"} | preserve)

    assert asset_field(own, asset, "readyForPublish") == marked


@pytest.mark.parametrize("ready", ["true", "false"])
def test_a_new_asset_has_no_mark_to_keep(own: Client, ready: str) -> None:
    change(own, retainPublishState="true")

    asset = own.upload({"a.svg": SVG}, {"readyForPublish": ready})["a.svg"]

    assert asset_field(own, asset, "readyForPublish") == ready
