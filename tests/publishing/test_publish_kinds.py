"""Image rendering and video publishes: own jobs over the marked assets of their types, submitted or following a job."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from domain.handles import asset_handle, parse_context
from store import tables
from store.asset_changes import change_type
from store.companies import default_context
from tests.jobs.flow import Client, job, publish_fields, reading, reprocess, text, upload_urls
from tests.jobs.listener import Listener, listening
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, own_company
from tests.store.rows import stored_asset

RENDERING, VIDEO = "imageRenderingPublishJob", "videoPublishJob"
WORDS = {RENDERING: "ImageRendering", VIDEO: "Video"}
TYPES = {RENDERING: {"Vignette", "Cabinet", "WindowsCovering"}, VIDEO: {"Video", "MasterVideo"}}
QUIET = "<emailSetting>None</emailSetting>"
FOLLOWERS = {
    "postImageServingPublishJob": publish_fields(),
    "postImageRenderingPublishJob": QUIET,
    "postVideoPublishJob": QUIET,
}
BEGINNINGS = ["BeginImageServingPublish", "BeginImageRenderingPublish", "BeginVideoPublish"]
both = pytest.mark.parametrize("element", [RENDERING, VIDEO])


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


@pytest.fixture
def source() -> Iterator[Listener]:
    """A web server with a file."""
    with listening(body=SVG) as host:
        yield host


def plain(element: str, context: str = "") -> str:
    """A publish job, in a context if one is named."""
    return job(element, {"emailSetting": "None"} | ({"contextHandle": context} if context else {}))


def add(client: Client, *types: str, marked: bool = True) -> dict[str, int]:
    """Store an asset of each type, named after it, and return their numbers."""
    database = client.server.database
    company = int(client.company.removeprefix("c|"))
    changes = {"folder": f"{client.root}/up/", "ready_for_publish": marked}
    made = {kind: stored_asset(database, company, kind, type=kind, **changes) for kind in types}
    database.close()
    return made


def context_of(client: Client, context_type: str) -> str:
    """The handle of the company's publish context of a type."""
    answer = client.call("getPublishContexts", f"<contextType>{context_type}</contextType>")
    return answer.text("publishContextArray/items/contextHandle")


def mark(client: Client, number: int, state: str, context_type: str) -> None:
    """Mark or unmark an asset in the context of a type."""
    context = f"<contextHandleArray><items>{context_of(client, context_type)}</items></contextHandleArray>"
    fields = f"<assetHandle>{asset_handle(number)}</assetHandle><publishState>{state}</publishState>"
    assert not client.call("setAssetPublishState", fields + context).is_fault


def published(client: Client, element: str) -> set[str]:
    """The names of the snapshots in the context of a kind of publish."""
    context = parse_context(context_of(client, WORDS[element]))
    with reading(client.server) as tx:
        found = tx.scalars(sa.select(tables.published.c.name).where(tables.published.c.context_id == context))
        return set(found)


def beginnings(client: Client, name: str) -> list[str]:
    """The types of the publishes under a name, in the order in which they were submitted."""
    begun = [text(log, "logType") for log in reversed(client.logs(name))]
    return [word for word in begun if word in BEGINNINGS]


@both
def test_a_publish_takes_the_marked_assets_of_its_types(own: Client, element: str) -> None:
    add(own, "Image", *TYPES[RENDERING], *TYPES[VIDEO])

    name = own.run(plain(element))

    assert {row.name for row in own.rows(name, f"{WORDS[element]}PublishSuccess")} == {
        f"{kind}.jpg" for kind in TYPES[element]
    }
    assert published(own, element) == TYPES[element]


@both
def test_the_log_of_a_publish_is_in_the_words_of_its_kind(own: Client, element: str) -> None:
    add(own, *TYPES[element])

    name = own.run(plain(element))

    (log,) = own.logs(name)
    number = str(len(TYPES[element]))
    counts = ("fileSuccessCount", "fileUpdateCount", "totalFileCount", "transferSuccessCount")
    assert (text(log, "logType"), text(log, "jobSubType")) == (f"Begin{WORDS[element]}Publish", "")
    assert [text(log, count) for count in counts] == [number] * 4
    assert own.rows(name, "JobType")[0].message == f"{WORDS[element]}Publish"
    assert own.rows(name, f"End{WORDS[element]}Publish")[0].message == f"Completed: {number} of {number} succeeded."


@pytest.mark.parametrize(
    ("element", "words"),
    [
        (RENDERING, "0 of type Vignette, 0 of type Cabinet, 0 of type WindowsCovering."),
        (VIDEO, "1 of type Video, 0 of type MasterVideo."),
    ],
)
def test_a_publish_without_marked_assets_ends_and_says_how_many_there_are(
    own: Client, element: str, words: str
) -> None:
    add(own, "Video", marked=False)
    add(own, "Image")

    name = own.run(plain(element))

    (row,) = own.rows(name, "FileProgress")
    (log,) = own.logs(name)
    assert row.message.endswith(words)
    assert [text(log, field) for field in ("totalFileCount", "fileErrorCount", "fatalError")] == ["0", "0", "false"]


@pytest.mark.covers("imageRenderingPublishJob.contextHandle", "videoPublishJob.contextHandle")
@both
def test_a_publish_takes_a_context_of_its_type_alone(own: Client, element: str) -> None:
    contexts = {kind: context_of(own, kind) for kind in ("ImageServing", "ImageRendering", "Video", "ServerDirectory")}
    contexts |= {"foreign": context_of(own_company(own.server), WORDS[element])}

    answers = {kind: own.submit(plain(element, handle)) for kind, handle in contexts.items()}

    refused = {kind: answer.fault[1] for kind, answer in answers.items() if answer.is_fault}
    assert refused == dict.fromkeys(set(contexts) - {WORDS[element]}, 30001)


def test_the_mark_in_the_context_of_the_publish_counts(own: Client) -> None:
    made = add(own, *TYPES[VIDEO])
    mark(own, made["Video"], "NotMarkedForPublish", "Video")
    mark(own, made["MasterVideo"], "NotMarkedForPublish", "ImageServing")

    own.run(plain(VIDEO))

    assert published(own, VIDEO) == {"MasterVideo"}


def test_a_publish_withdraws_what_is_no_longer_marked_or_of_its_types(own: Client) -> None:
    made = add(own, "Video", "MasterVideo", "Vignette")
    own.run(plain(VIDEO))
    mark(own, made["Video"], "NotMarkedForPublish", "Video")
    database = own.server.database
    with database.write() as tx:
        change_type(tx, own.stored(asset_handle(made["MasterVideo"])), "Zip")
    database.close()

    name = own.run(plain(VIDEO))

    told = {row.message for row in own.rows(name, "VideoPublishSuccess")}
    assert told == {"Video was withdrawn.", "MasterVideo was withdrawn."}
    assert published(own, VIDEO) == set()


@pytest.mark.covers(
    "reprocessAssetsJob.postImageServingPublishJob",
    "reprocessAssetsJob.postImageRenderingPublishJob",
    "reprocessAssetsJob.postVideoPublishJob",
)
def test_each_publish_that_follows_a_job_is_a_job_of_its_own(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    add(own, "Vignette", "Video")

    name = own.run(reprocess([asset], **FOLLOWERS))

    logs = [log for log in own.logs(name) if text(log, "logType") in BEGINNINGS]
    parents = {str(log.xpath("string(.//*[*[.='InitiatingJobName']]/*[1])")) for log in logs}
    assert beginnings(own, name) == BEGINNINGS
    assert parents == {text(own.log(name, "BeginReoptimize"), "jobName")}
    assert len({text(log, "jobName") for log in logs}) == 3
    assert (published(own, RENDERING), published(own, VIDEO)) == ({"Vignette"}, {"Video"})


@pytest.mark.covers("uploadUrlsJob.postImageRenderingPublishJob", "uploadUrlsJob.postVideoPublishJob")
@pytest.mark.parametrize("follower", FOLLOWERS)
def test_an_upload_is_followed_by_the_publish_that_it_names(own: Client, source: Listener, follower: str) -> None:
    fields = {follower: FOLLOWERS[follower]}

    name = own.run(upload_urls([(source.url("/a.svg"), "in/a.svg")], **fields))

    assert beginnings(own, name) == [follower.replace("post", "Begin").removesuffix("Job")]


@pytest.mark.covers("reprocessAssetsJob.postJobOnlyIfFiles")
@pytest.mark.parametrize(("only_if_files", "expected"), [("true", []), ("false", BEGINNINGS)])
def test_without_a_processed_file_every_publish_can_be_left_out(
    own: Client, only_if_files: str, expected: list[str]
) -> None:
    name = own.run(reprocess([UNKNOWN], postJobOnlyIfFiles=only_if_files, **FOLLOWERS))

    assert beginnings(own, name) == expected


def test_a_follower_in_a_context_of_another_type_refuses_the_job_by_name(own: Client) -> None:
    context = f"{QUIET}<contextHandle>{context_of(own, 'Video')}</contextHandle>"

    answer = own.submit(reprocess([], postImageRenderingPublishJob=context))

    assert answer.fault[1] == 30001
    assert answer.fault[2].startswith("reprocessAssetsJob.postImageRenderingPublishJob.contextHandle: ")


@pytest.mark.covers("getActiveJobs")
@pytest.mark.parametrize("asked", [{}, {"emailSetting": "Error", "httpCompletionUrl": "http://192.0.2.1/done"}])
@both
def test_an_active_publish_is_echoed_with_defaults(own: Client, element: str, asked: dict[str, str]) -> None:
    database = own.server.database
    number = int(own.company.removeprefix("c|"))
    kind = min(TYPES[element])
    for n in range(60):
        stored_asset(database, number, f"{n}", type=kind)
    with database.read() as tx:
        context = default_context(tx, number, WORDS[element])
    database.close()

    own.submit(job(element, {"emailSetting": "None"} | asked), own.tag)
    answer = own.active(f"<originalName>{own.tag}</originalName>")
    own.wait(own.tag)

    shown = "jobArray/items/"
    expected = {"emailSetting": "None", "contextHandle": f"pc|{context}"} | asked
    assert {name: answer.text(f"{shown}{element}/{name}") for name in expected} == expected
    assert (answer.text(f"{shown}type"), answer.text(f"{shown}totalSize")) == (f"{WORDS[element]}Publish", "60")
    assert answer.texts(f"{shown}taskProgressArray/items") == []


def test_an_active_job_is_echoed_with_every_publish_that_follows_it(own: Client, source: Listener) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        answer = own.active(f"<originalName>{own.tag}</originalName>")
        seen.append([answer.text(f"jobArray/items/uploadUrlsJob/{name}/emailSetting") for name in FOLLOWERS])

    source.on_call = look
    own.submit(upload_urls([(source.url("/a.svg"), "in/a.svg")], **FOLLOWERS))
    own.wait(own.tag)

    assert seen == [["None", "None", "None"]]
