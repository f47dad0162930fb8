"""Callbacks of jobs: called once when the job has ended, just as given, tried again, or given up with a row."""

import pytest

from tests.jobs.flow import Client, crop, reprocess, upload_urls
from tests.jobs.listener import Listener, listening
from tests.jobs.pictures import jpeg, noise, small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN
from tests.soap_call import Answer

QUERY = "/done?asset_code=a%20b;token=123&amp;x=[1]&amp;y=%2F"
ASKED = "GET /done?asset_code=a%20b;token=123&x=[1]&y=%2F"


@pytest.fixture
def lab(server: RunningServer) -> Client:
    """A user of LabCo, with a tag of this test's own."""
    return Client(server)


@pytest.fixture
def asset(lab: Client) -> str:
    """An asset that can be reprocessed."""
    return lab.upload({"a.png": small_png()})["a.png"]


def called_after(client: Client, host: Listener, job: str) -> str:
    """Submit a job and return the first call it makes; no second one comes until a later job has made its own."""
    answer = client.submit(job)
    assert not answer.is_fault, answer.fault
    first = host.next_call()
    client.submit(publish_calling(host.url("/later")), "later")
    assert host.next_call() == "GET /later"
    assert host.is_silent
    return first


def publish_calling(url: str, element: str = "imageServingPublishJob") -> str:
    """A publish job that calls a URL when it has ended."""
    publish_type = "<publishType>Incremental</publishType>" if element == "imageServingPublishJob" else ""
    fields = f"<emailSetting>None</emailSetting><httpCompletionUrl>{url}</httpCompletionUrl>"
    return f"<{element}>{publish_type}{fields}</{element}>"


def warnings(client: Client, name: str) -> list[str]:
    """Wait for the first warning in the log of a job and return all."""
    client.wait(name)
    while not (rows := client.rows(name, "UploadWarning")):
        assert not client.active(f"<originalName>{name}</originalName>").is_fault
    return [row.message for row in rows]


@pytest.mark.covers("reprocessAssetsJob.postHttpUrl")
def test_a_reprocess_calls_the_url_once_with_its_query(lab: Client, asset: str) -> None:
    with listening() as host:
        call = called_after(lab, host, reprocess([asset], postHttpUrl=host.url(QUERY)))

    assert call == ASKED


@pytest.mark.covers("uploadUrlsJob.postHttpUrl")
def test_fetching_files_calls_the_url_once(lab: Client) -> None:
    with listening(body=SVG) as source, listening() as host:
        job = upload_urls([(source.url("/a.svg"), f"in/{lab.tag}.svg")], postHttpUrl=host.url(QUERY))
        call = called_after(lab, host, job)

    assert call == ASKED


@pytest.mark.covers("uploadPostJob.postHttpUrl")
def test_an_upload_calls_the_url_once(lab: Client) -> None:
    with listening() as host:
        lab.post_files({"a.svg": SVG}, {"postHttpUrl": host.url(QUERY)})

        call = host.next_call()

    assert call == ASKED


@pytest.mark.covers(
    "imageServingPublishJob.httpCompletionUrl",
    "imageRenderingPublishJob.httpCompletionUrl",
    "videoPublishJob.httpCompletionUrl",
)
@pytest.mark.parametrize("element", ["imageServingPublishJob", "imageRenderingPublishJob", "videoPublishJob"])
def test_a_publish_calls_the_url_once(lab: Client, element: str) -> None:
    with listening() as host:
        call = called_after(lab, host, publish_calling(host.url(QUERY), element))

    assert call == ASKED


def test_a_publish_that_follows_a_job_calls_its_own_url(lab: Client, asset: str) -> None:
    with listening() as host:
        follower = publish_calling(host.url("/published")).removeprefix("<imageServingPublishJob>")
        follower = follower.removesuffix("</imageServingPublishJob>")
        job = reprocess([asset], postHttpUrl=host.url("/done"), postImageServingPublishJob=follower)
        lab.submit(job)

        calls = [host.next_call(), host.next_call()]

    assert calls == ["GET /done", "GET /published"]


def test_the_job_has_ended_when_the_url_is_called(lab: Client, asset: str) -> None:
    ended: list[str] = []

    def look() -> None:
        assert lab.active(f"<originalName>{lab.tag}</originalName>").texts("jobArray/items") == []
        ended.extend(row.type for row in lab.rows(lab.tag, "EndReoptimize"))

    with listening(on_call=look) as host:
        lab.submit(reprocess([asset], postHttpUrl=host.url("/done")))
        host.next_call()

    assert ended == ["EndReoptimize"]


def test_a_url_that_fails_is_called_again_until_it_answers(lab: Client, asset: str) -> None:
    with listening(statuses=(500, 200)) as host:
        lab.submit(reprocess([asset], postHttpUrl=host.url("/done")))

        calls = [host.next_call(), host.next_call()]

    assert calls == ["GET /done", "GET /done"]
    assert lab.rows(lab.tag, "UploadWarning") == []


def test_a_url_that_refuses_is_given_up_with_a_row(lab: Client, asset: str) -> None:
    with listening(statuses=(404,)) as host:
        lab.submit(reprocess([asset], postHttpUrl=host.url("/done")))

        rows = warnings(lab, lab.tag)

    assert rows == ["The callback was given up (tries: 1): The URL answered with status 404."]
    assert host.count == 1


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/done", "http://[::1]/done", "http://169.254.169.254/latest", "http://0.0.0.0/"]
)
def test_an_address_that_is_not_public_is_never_called(lab: Client, asset: str, url: str) -> None:
    lab.submit(reprocess([asset], postHttpUrl=url))

    (row,) = warnings(lab, lab.tag)

    assert row.startswith("The callback was given up (tries: 1): The server does not connect to ")


@pytest.mark.parametrize("element", ["reprocessAssetsJob.postHttpUrl", "imageServingPublishJob.httpCompletionUrl"])
def test_a_url_of_another_scheme_is_refused_by_name(lab: Client, asset: str, element: str) -> None:
    bad = "file:///etc/passwd"
    job = reprocess([asset], postHttpUrl=bad) if element.startswith("reprocess") else publish_calling(bad)

    answer = lab.submit(job)

    assert answer.fault == ("ipsApiFault", 30001, f"{element}: must be an http or https URL.")


@pytest.mark.covers("reprocessAssetsJob.postJobOnlyIfFiles")
@pytest.mark.parametrize(("only_if_files", "calls"), [("true", ["GET /later"]), ("false", ["GET /done", "GET /later"])])
def test_without_a_processed_file_the_callback_can_be_left_out(
    lab: Client, only_if_files: str, calls: list[str]
) -> None:
    with listening() as host:
        lab.submit(reprocess([UNKNOWN], postHttpUrl=host.url("/done"), postJobOnlyIfFiles=only_if_files))
        lab.wait(lab.tag)
        lab.submit(publish_calling(host.url("/later")), "later")

        heard = [host.next_call() for _call in calls]

    assert heard == calls


@pytest.mark.covers("uploadUrlsJob.postJobOnlyIfFiles")
@pytest.mark.parametrize(("only_if_files", "followed"), [("true", False), ("false", True)])
def test_a_file_that_was_left_out_as_a_duplicate_is_not_a_processed_one(
    lab: Client, only_if_files: str, followed: bool
) -> None:
    lab.upload({"a.svg": SVG})
    with listening(body=SVG) as source:
        job = upload_urls(
            [(source.url("/a.svg"), f"LabCo/in/{lab.tag}-a.svg")],
            overwrite="false",
            postJobOnlyIfFiles=only_if_files,
            postImageServingPublishJob="<publishType>Incremental</publishType><emailSetting>None</emailSetting>",
        )
        name = lab.run(job)

    begun = [log.xpath("string(*[local-name()='logType'])") for log in lab.logs(name)]
    assert ("BeginImageServingPublish" in begun) is followed


FOLLOWER = {"publishType": "Full", "emailSetting": "None", "httpCompletionUrl": "http://192.0.2.1/then"}
OPTIONS = {"emailSetting": "Error", "postHttpUrl": "http://192.0.2.1/done?x=1", "postJobOnlyIfFiles": "true"}


def echoed(answer: Answer, element: str) -> dict[str, str]:
    """What an answer of getActiveJobs says that the end of its job calls for."""
    wanted = [*OPTIONS, "readyForPublish", *(f"postImageServingPublishJob/{name}" for name in FOLLOWER)]
    return {path: answer.text(f"jobArray/items/{element}/{path}") for path in wanted}


def expected_echo() -> dict[str, str]:
    """What was asked for, by the paths of the answer."""
    follower = {f"postImageServingPublishJob/{name}": value for name, value in FOLLOWER.items()}
    return OPTIONS | {"readyForPublish": "true"} | follower


def as_elements(fields: dict[str, str]) -> str:
    """Fields as elements."""
    return "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())


@pytest.mark.covers("getActiveJobs")
def test_an_active_upload_tells_what_its_end_calls_for(lab: Client) -> None:
    seen: list[Answer] = []
    query = f"<originalName>{lab.tag}</originalName>"
    with listening(body=SVG, on_call=lambda: seen.append(lab.active(query))) as host:
        sources = [(host.url("/a.svg"), f"in/{lab.tag}.svg")]
        follower = as_elements(FOLLOWER)
        lab.submit(upload_urls(sources, **OPTIONS, readyForPublish="true", postImageServingPublishJob=follower))
        host.next_call()

    assert [echoed(answer, "uploadUrlsJob") for answer in seen] == [expected_echo()]


def test_an_active_reprocess_tells_what_its_end_calls_for_and_its_crop(lab: Client) -> None:
    big = lab.upload({"big.jpg": jpeg(noise(1600, 1600))})["big.jpg"]
    follower = as_elements(FOLLOWER)
    cropped = {"preserveCrop": "false", "manualCropOptions": crop(1, 2, 3, 4)}
    job = reprocess([big], **OPTIONS, **cropped, readyForPublish="true", postImageServingPublishJob=follower)
    lab.submit(job)

    answer = lab.active(f"<originalName>{lab.tag}</originalName>")

    assert echoed(answer, "reprocessAssetsJob") == expected_echo()
    assert answer.text("jobArray/items/reprocessAssetsJob/preserveCrop") == "false"
    edges = [
        answer.text(f"jobArray/items/reprocessAssetsJob/manualCropOptions/{edge}")
        for edge in ("left", "right", "top", "bottom")
    ]
    assert edges == ["1", "2", "3", "4"]
    lab.wait(lab.tag)
