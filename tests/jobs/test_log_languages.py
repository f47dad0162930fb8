"""In which language a job's log is read: the reader's if it says one, else the job's own."""

import re

import pytest
from lxml import etree

from tests.jobs.flow import Client, publish_fields, reprocess, text
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN
from tests.soap_call import Answer, auth, call, envelope, param, post

NAMES = ("OriginalJobName", "JobType", "JobClient", "InitiatingJobName", "TotalFileCount", "FileBegin")
"""The types of rows whose message is a name or a number."""
NO_ASSET = {
    "en": f"There is no asset with handle {UNKNOWN} in this company.",
    "de": f"In dieser Firma gibt es kein Asset mit dem Handle {UNKNOWN}.",
    "fr": f"Il n'y a pas de ressource d'identifiant {UNKNOWN} dans cette entreprise.",
    "ja": f"この会社にハンドル{UNKNOWN}のアセットはありません。",
}
BAD_LOCALE = "is no locale: give a language and, if you like, a country, such as de or de-CH."


@pytest.fixture(scope="module")
def german(server: RunningServer) -> Client:
    """A client whose German job ``tag`` had a good asset, one to leave alone and an unknown one; a publish followed."""
    client = Client(server)
    made = client.upload({"good.png": small_png(), "left.svg": SVG})
    job = reprocess([*made.values(), UNKNOWN, UNKNOWN], createMask="true", postImageServingPublishJob=publish_fields())
    client.submit(job, client.tag, "<locale>de-DE</locale>")
    client.wait(client.tag)
    return client


def read(client: Client, locale: str = "") -> Answer:
    content = f"<companyHandle>{client.company}</companyHandle><originalName>{client.tag}</originalName>"
    extra = f"<locale>{locale}</locale>" if locale else ""
    return call(client.server, "getJobLogDetails", content, user=client.user, header_extra=extra)


def messages(answer: Answer) -> list[str]:
    """The messages of all rows and remarks that are no names, of every job, and those that say how a file fared."""
    rows = answer.body.xpath("//*[local-name()='detailArray']/* | //*[local-name()='auxArray']/*")
    return [text(row, "logMessage") for row in rows if text(row, "logType") not in NAMES]


@pytest.mark.covers("submitJob", "getJobLogDetails")
def test_the_log_of_a_german_job_and_of_what_follows_it_has_no_english_sentence(german: Client) -> None:
    own, english = messages(read(german)), messages(read(german, "en-US"))

    assert len(own) == len(english) >= 10
    assert [pair for pair in zip(own, english, strict=True) if pair[0] == pair[1]] == []
    assert "Mit Fehlern abgeschlossen: 2 von 3 erfolgreich, 1 fehlgeschlagen." in own


@pytest.mark.parametrize("locale", ["en", "de", "fr", "ja"])
def test_a_log_is_read_in_the_language_of_the_caller(german: Client, locale: str) -> None:
    assert NO_ASSET[locale] in messages(read(german, f"{locale}-{locale.upper()}"))


def test_a_caller_in_a_language_that_is_not_spoken_reads_english(german: Client) -> None:
    assert NO_ASSET["en"] in messages(read(german, "nl"))


@pytest.mark.parametrize(
    ("accepted", "header", "said"),
    [
        ("nl, ja;q=0.8, fr;q=0.5", "", "ja"),
        ("nl, *, fr;q=0", "", "de"),
        ("ja", "<locale>fr</locale>", "fr"),
        (";;=,", "", "de"),
    ],
)
def test_accept_language_counts_where_the_header_says_nothing(
    german: Client, accepted: str, header: str, said: str
) -> None:
    content = f"<companyHandle>{german.company}</companyHandle><originalName>{german.tag}</originalName>"
    document = envelope(param("getJobLogDetails", content), auth(german.user, extra=header))

    answer = post(german.server, document, Accept_Language=accepted)

    assert NO_ASSET[said] in messages(answer)


@pytest.mark.covers("getAssetJobLogs")
def test_the_log_of_an_asset_is_read_in_the_language_of_the_caller(german: Client) -> None:
    (handle,) = [row.handle for row in german.rows(german.tag, "ReoptimizeSuccess") if row.name.endswith("good.png")]
    content = f"<companyHandle>{german.company}</companyHandle><assetHandle>{handle}</assetHandle>"

    french = call(german.server, "getAssetJobLogs", content, header_extra="<locale>fr</locale>")

    assert [m for m in french.texts("jobLogArray/items/logMessage") if m.endswith("good.png a été retraité.")]


def test_a_reader_whose_locale_is_none_is_told_so(german: Client) -> None:
    assert read(german, "klingon").fault == ("ipsApiFault", 30001, f"authHeader/locale: klingon {BAD_LOCALE}")


@pytest.mark.covers("submitJob")
@pytest.mark.parametrize("locale", ["klingon", "zz-ZZ", "../de"])
def test_a_job_with_a_locale_that_is_none_is_refused(lab: Client, locale: str) -> None:
    answer = lab.submit(reprocess([]), lab.tag, f"<locale>{locale}</locale>")
    assert answer.fault == ("ipsApiFault", 30001, f"locale: {locale} {BAD_LOCALE}")


def test_an_upload_with_a_locale_that_is_none_is_refused(lab: Client) -> None:
    reply = lab.post_files({}, jobName=lab.tag, locale="klingon")
    assert str(etree.fromstring(reply.content).xpath("string(*[local-name()='reason'])")) == (
        f"locale: klingon {BAD_LOCALE}"
    )


@pytest.mark.covers("getActiveJobs")
def test_an_upload_in_another_language_shows_its_locale_and_is_watched_in_its_language(lab: Client) -> None:
    lab.post_files({}, jobName=lab.tag, locale="de_AT", endJob="")
    lab.call("pauseJob", f"<jobHandle>j|110|{lab.tag}||</jobHandle>")

    answer = lab.active(f"<originalName>{lab.tag}</originalName>")

    job = "jobArray/items/"
    assert (answer.text(f"{job}locale"), answer.text(f"{job}progressMessage")) == ("de_AT", "Angehalten")
    assert re.match("Der Upload hat begonnen", lab.rows(lab.tag, "BeginUpload")[0].message)
