"""Projects: creating, renaming and deleting them, which assets are in them, and jobs that add to them."""

import pytest

from tests.jobs.flow import Client, reprocess, upload_urls
from tests.jobs.listener import listening
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, asset_field, counts, handles, names_found, own_company, problems


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def create(client: Client, name: str) -> str:
    """Create a project and return its handle."""
    return client.call("createProject", f"<projectName>{name}</projectName>").text("projectHandle")


def on(project: str, *assets: str) -> str:
    """What an operation on a project's assets is given."""
    return f"<projectHandle>{project}</projectHandle>{handles(*assets)}"


def members(client: Client, project: str) -> set[str]:
    """The names of the assets that a search in the project finds."""
    return names_found(client, f"<projectHandle>{project}</projectHandle>")


@pytest.mark.covers("getProjects", "createProject")
def test_projects_are_listed_by_name_with_the_handles_they_were_created_under(own: Client) -> None:
    second, first = create(own, "Winter|2"), create(own, "Autumn")

    answer = own.call("getProjects")

    assert answer.texts("projectArray/items/name") == ["Autumn", "Winter|2"]
    assert answer.texts("projectArray/items/projectHandle") == [first, second]


def test_a_project_of_another_company_is_not_listed(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    create(other, "Theirs")

    answer = lab.call("getProjects")

    assert answer.texts("projectArray/items") == []


def test_a_second_project_of_the_same_name_is_refused(own: Client) -> None:
    create(own, "Autumn")

    answer = own.call("createProject", "<projectName>Autumn</projectName>")

    assert answer.fault == ("ipsApiFault", 30000, "projectName: there is a project Autumn already.")


def test_a_name_that_is_too_long_for_a_project_is_refused(own: Client) -> None:
    answer = own.call("createProject", f"<projectName>{'n' * 256}</projectName>")

    assert answer.fault == ("ipsApiFault", 30001, "projectName: a name has at most 255 characters.")


@pytest.mark.covers("renameProject")
def test_a_renamed_project_has_a_new_handle_and_the_same_assets(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    old = create(own, "Autumn")
    own.call("addProjectAssets", on(old, asset))

    answer = own.call("renameProject", f"<projectHandle>{old}</projectHandle><projectName>Winter</projectName>")

    assert members(own, answer.text("projectHandle")) == {"a"}
    assert asset_field(own, asset, "projects") == "Winter"
    assert own.call("addProjectAssets", on(old, asset)).fault[1] == 30001


def test_a_project_may_be_renamed_to_the_name_it_has(own: Client) -> None:
    project = create(own, "Autumn")

    answer = own.call("renameProject", f"<projectHandle>{project}</projectHandle><projectName>Autumn</projectName>")

    assert answer.text("projectHandle") == project


def test_a_project_is_not_renamed_to_the_name_of_another(own: Client) -> None:
    create(own, "Winter")
    project = create(own, "Autumn")

    answer = own.call("renameProject", f"<projectHandle>{project}</projectHandle><projectName>Winter</projectName>")

    assert answer.fault == ("ipsApiFault", 30000, "projectName: there is a project Winter already.")


@pytest.mark.covers("deleteProject")
def test_deleting_a_project_leaves_its_assets(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    project = create(own, "Autumn")
    own.call("addProjectAssets", on(project, asset))

    own.call("deleteProject", f"<projectHandle>{project}</projectHandle>")

    assert own.call("getProjects").texts("projectArray/items") == []
    assert names_found(own) == {"a"}
    assert asset_field(own, asset, "projects") == ""


@pytest.mark.covers("addProjectAssets")
def test_adding_assets_counts_each_and_tells_which_are_unknown(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    made = lab.upload({"a.svg": SVG, "b.svg": SVG, "c.svg": SVG})
    foreign = other.upload({"theirs.svg": SVG})["theirs.svg"]
    project = create(lab, "Autumn")
    lab.call("addProjectAssets", on(project, made["a.svg"]))

    answer = lab.call("addProjectAssets", on(project, made["a.svg"], made["b.svg"], UNKNOWN, foreign))

    assert counts(answer) == (2, 0, 2)
    unknown, theirs = problems(answer)
    assert (unknown.handle, unknown.code, theirs.handle, theirs.code) == (UNKNOWN, 30001, foreign, 30001)
    assert unknown.reason.replace(UNKNOWN, foreign) == theirs.reason
    assert members(lab, project) == {"a", "b"}


@pytest.mark.covers("setProjectAssets")
def test_setting_assets_replaces_those_that_the_project_had(own: Client) -> None:
    made = own.upload({"a.svg": SVG, "b.svg": SVG})
    project = create(own, "Autumn")
    own.call("addProjectAssets", on(project, made["a.svg"]))

    answer = own.call("setProjectAssets", on(project, made["b.svg"]))

    assert counts(answer) == (1, 0, 0)
    assert members(own, project) == {"b"}


@pytest.mark.covers("removeProjectAssets")
def test_removing_assets_tells_which_were_not_in_the_project(own: Client) -> None:
    made = own.upload({"a.svg": SVG, "b.svg": SVG, "c.svg": SVG})
    project = create(own, "Autumn")
    own.call("addProjectAssets", on(project, made["a.svg"], made["b.svg"]))

    answer = own.call("removeProjectAssets", on(project, made["a.svg"], made["c.svg"]))

    assert counts(answer) == (1, 0, 1)
    assert [(p.handle, p.code) for p in problems(answer)] == [(made["c.svg"], 30001)]
    assert members(own, project) == {"b"}


@pytest.mark.covers("getAssets")
def test_an_asset_shows_the_names_of_its_projects(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    for name in ("Winter", "Autumn"):
        own.call("addProjectAssets", on(create(own, name), asset))

    answer = own.call("getAssets", handles(asset))

    assert answer.text("assetArray/items/projects") == "Autumn, Winter"


@pytest.mark.parametrize(
    ("operation", "rest"),
    [
        ("renameProject", "<projectName>New</projectName>"),
        ("deleteProject", ""),
        ("setProjectAssets", "<assetHandleArray/>"),
        ("addProjectAssets", "<assetHandleArray/>"),
        ("removeProjectAssets", "<assetHandleArray/>"),
    ],
)
def test_a_foreign_project_is_an_unknown_one(server: RunningServer, operation: str, rest: str) -> None:
    lab, other = own_company(server), own_company(server)
    foreign = create(other, "Theirs")
    unknown = foreign.replace(other.company.removeprefix("c|"), lab.company.removeprefix("c|"))

    answers = [
        lab.call(operation, f"<projectHandle>{project}</projectHandle>{rest}").fault for project in (foreign, unknown)
    ]

    assert [code for _, code, _ in answers] == [30001, 30001]
    assert answers[0][2] == answers[1][2].replace(unknown, foreign)


@pytest.mark.covers("reprocessAssetsJob.projectHandleArray")
def test_a_reprocess_adds_its_assets_to_the_projects(own: Client) -> None:
    asset = own.upload({"a.png": small_png()})["a.png"]
    projects = [create(own, "Autumn"), create(own, "Winter")]

    own.run(reprocess([asset], projectHandleArray="".join(f"<items>{p}</items>" for p in projects)))

    assert asset_field(own, asset, "projects") == "Autumn, Winter"


@pytest.mark.covers("uploadPostJob.projectHandleArray")
def test_an_upload_adds_its_assets_to_the_project(own: Client) -> None:
    project = create(own, "Autumn")

    asset = own.upload({"a.svg": SVG}, {"projectHandleArray": f"<items>{project}</items>"})["a.svg"]

    assert asset_field(own, asset, "projects") == "Autumn"


@pytest.mark.covers("uploadUrlsJob.projectHandleArray")
def test_fetched_files_are_added_to_the_project(own: Client) -> None:
    project = create(own, "Autumn")

    with listening(body=SVG) as host:
        own.run(upload_urls([(host.url("/a.svg"), "in/a.svg")], projectHandleArray=f"<items>{project}</items>"))

    assert members(own, project) == {"a"}


def test_a_job_that_names_an_unknown_project_is_refused(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    unknown = f"p|{own.company.removeprefix('c|')}|None"

    answer = own.submit(reprocess([asset], projectHandleArray=f"<items>{unknown}</items>"))

    assert answer.fault == (
        "ipsApiFault",
        30001,
        f"reprocessAssetsJob.projectHandleArray: there is no project {unknown} in this company.",
    )


def test_a_project_that_is_deleted_during_a_job_does_not_fail_the_job(own: Client) -> None:
    project = create(own, "Autumn")

    def delete() -> None:
        own.call("deleteProject", f"<projectHandle>{project}</projectHandle>")

    with listening(body=SVG, on_call=delete) as host:
        job = upload_urls([(host.url("/a.svg"), "in/a.svg")], projectHandleArray=f"<items>{project}</items>")
        name = own.run(job)

    assert [row.type for row in own.rows(name, "UploadSuccess", "UploadError")] == ["UploadSuccess"]
    assert own.call("getProjects").texts("projectArray/items") == []


def test_a_project_that_is_renamed_during_a_job_still_gets_the_assets(own: Client) -> None:
    project = create(own, "Autumn")

    def rename() -> None:
        own.call("renameProject", f"<projectHandle>{project}</projectHandle><projectName>Winter</projectName>")

    with listening(body=SVG, on_call=rename) as host:
        job = upload_urls([(host.url("/a.svg"), "in/a.svg")], projectHandleArray=f"<items>{project}</items>")
        own.run(job)

    assert members(own, project.replace("Autumn", "Winter")) == {"a"}
