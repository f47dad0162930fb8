"""Mails about jobs: exactly when emailSetting asks for one, to the submitter, once, whatever the mail server does."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store import tables
from tests.jobs.flow import Client, export, generate_sets, publish, reading, reprocess, upload_urls
from tests.jobs.listener import listening
from tests.jobs.pictures import small_png
from tests.jobs.postbox import Postbox, postbox
from tests.running_server import RunningServer, add_account
from tests.soap.batches import SVG, UNKNOWN
from tests.soap.test_property_sets import create as create_property_set
from tests.soap.test_property_sets import script_type
from tests.soap_call import call

SETTINGS = ("All", "Error", "ErrorAndWarning", "JobCompletion", "None")
DUE = {
    "good": {"All", "JobCompletion"},
    "warned": {"All", "JobCompletion", "ErrorAndWarning"},
    "failed": {"All", "JobCompletion", "ErrorAndWarning", "Error"},
}
"""The settings that call for a mail, by how the job ended."""


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    """The mail server that the running server knows."""
    with postbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory, box: Postbox) -> Iterator[RunningServer]:
    """A server that sends mail."""
    settings = {
        "smtp_url": f"smtp://127.0.0.1:{box.port}",
        "mail_from": "jobs@example.com",
        "allowed_networks": '["127.0.0.0/8"]',
    }
    running = RunningServer(tmp_path_factory.mktemp("mailing") / "data", settings)
    database = running.database
    add_account(database, "LabCo", "lab@example.com", company_id=110)
    add_account(database, "LabCo", "colleague@example.com")
    database.close()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def mailer(mailing: RunningServer, box: Postbox) -> Client:
    """A user of the server that sends mail."""
    assert box.is_empty
    return Client(mailing)


def test_a_mail_is_sent_exactly_when_the_setting_asks_for_one_and_once(mailer: Client, box: Postbox) -> None:
    made = mailer.upload({"good.png": small_png(), "warned.svg": SVG})
    assets = {"good": made["good.png"], "warned": made["warned.svg"], "failed": UNKNOWN}

    for outcome, asset in assets.items():
        for setting in SETTINGS:
            answer = mailer.submit(reprocess([asset], emailSetting=setting), f"{outcome} {setting}")
            assert not answer.is_fault, answer.fault
    for outcome in assets:
        for setting in SETTINGS:
            mailer.wait(f"{outcome} {setting}")
    mailer.submit(publish().replace("None", "All"), "last")

    expected = Counter(f"{outcome} {setting}" for outcome, settings in DUE.items() for setting in settings)
    subjects = [str(box.next_mail().message["Subject"]) for _mail in range(expected.total() + 1)]
    assert Counter(subject.partition(":")[0] for subject in subjects[:-1]) == expected
    assert subjects[-1] == "last: completed"
    assert box.is_empty


@pytest.mark.covers("reprocessAssetsJob.emailSetting")
def test_the_mail_says_how_the_job_ended_and_names_what_failed(mailer: Client, box: Postbox) -> None:
    made = mailer.upload({"good.png": small_png(), "warned.svg": SVG})

    mailer.submit(reprocess([*made.values(), UNKNOWN], emailSetting="All"), "nightly")

    mail = box.next_mail()
    assert mail.recipients == ("lab@example.com",)
    assert (mail.message["From"], mail.message["To"]) == ("jobs@example.com", "lab@example.com")
    assert mail.message["Subject"] == "nightly: completed with errors"
    assert "Completed with errors: 2 of 3 succeeded, 1 failed." in mail.text
    assert f"- {UNKNOWN}: There is no asset with handle {UNKNOWN} in this company." in mail.text
    assert f"- {mailer.tag}-warned.svg: " in mail.text
    assert "good.png" not in mail.text


def test_the_mail_of_a_german_job_is_german_text_and_html(mailer: Client, box: Postbox) -> None:
    extra = "<locale>de</locale><description>Frühjahr</description>"
    mailer.submit(reprocess([UNKNOWN], emailSetting="Error"), "nächtlich", extra)

    mail = box.next_mail()

    assert mail.message["Subject"] == "nächtlich: mit Fehlern abgeschlossen"
    assert mail.message.get_content_type() == "multipart/alternative"
    for part in (mail.text, mail.html):
        assert "Mit Fehlern abgeschlossen: 0 von 1 erfolgreich, 1 fehlgeschlagen." in part
        assert f"In dieser Firma gibt es kein Asset mit dem Handle {UNKNOWN}." in part
        assert "Frühjahr" in part
    assert re.fullmatch(r"<\w+@example\.com>", mail.message["Message-ID"])


def test_the_mail_goes_to_the_user_that_the_job_names(mailer: Client, box: Postbox) -> None:
    asset = mailer.upload({"good.png": small_png()})["good.png"]
    colleague = call(mailer.server, "getUserInfo", "", user="colleague@example.com").text("userInfo/userHandle")
    job = reprocess([asset], emailSetting="All")

    mailer.call("submitJob", f"<userHandle>{colleague}</userHandle><jobName>for another</jobName>{job}")

    assert box.next_mail().recipients == ("colleague@example.com",)


@pytest.mark.covers("exportJob.emailSetting")
def test_the_mail_about_an_export_has_its_link(mailer: Client, box: Postbox) -> None:
    made = mailer.upload({"good.png": small_png()})

    mailer.submit(export(made.values(), emailSetting="JobCompletion"), "exported")

    assert "/scene7/export/" in box.next_mail().text


@pytest.mark.covers("automatedSetGenerationJob.emailSetting")
def test_sets_are_told_by_mail(mailer: Client, box: Postbox) -> None:
    script = create_property_set(mailer, script_type(mailer), {"match": "(.*)"}).text("setHandle")

    mailer.submit(generate_sets([UNKNOWN], [script], emailSetting="Error"), "gathered")

    assert box.next_mail().message["Subject"] == "gathered: completed with errors"


@pytest.mark.covers("ripPdfsJob.emailSetting")
def test_a_rip_is_told_by_mail(mailer: Client, box: Postbox) -> None:
    job = "<pdfHandleArray/><createMask>false</createMask><emailSetting>All</emailSetting>"

    mailer.submit(f"<ripPdfsJob>{job}</ripPdfsJob>", "ripped")

    assert box.next_mail().message["Subject"] == "ripped: completed"


@pytest.mark.covers("uploadPostJob.emailSetting")
def test_an_upload_is_told_by_mail(mailer: Client, box: Postbox) -> None:
    mailer.post_files({"a.svg": SVG}, {"emailSetting": "All"}, jobName="posted")

    assert box.next_mail().message["Subject"] == "posted: completed"


@pytest.mark.covers("uploadUrlsJob.emailSetting")
def test_fetched_files_are_told_by_mail(mailer: Client, box: Postbox) -> None:
    with listening(body=SVG) as host:
        mailer.submit(upload_urls([(host.url("/a.svg"), "in/a.svg")], emailSetting="JobCompletion"), "fetched")

        mail = box.next_mail()

    assert mail.message["Subject"] == "fetched: completed"


@pytest.mark.covers(
    "imageServingPublishJob.emailSetting", "imageRenderingPublishJob.emailSetting", "videoPublishJob.emailSetting"
)
@pytest.mark.parametrize(
    "job",
    [
        publish(),
        "<imageRenderingPublishJob><emailSetting>None</emailSetting></imageRenderingPublishJob>",
        "<videoPublishJob><emailSetting>None</emailSetting></videoPublishJob>",
    ],
)
def test_a_publish_is_told_by_mail(mailer: Client, box: Postbox, job: str) -> None:
    mailer.submit(job.replace("None", "JobCompletion"), "shown")

    assert box.next_mail().message["Subject"] == "shown: completed"


def test_what_a_publish_leaves_out_is_a_warning(mailer: Client, box: Postbox) -> None:
    mailer.upload({"left-out.svg": SVG}, {"readyForPublish": "true"})
    mailer.submit(publish().replace("None", "ErrorAndWarning"), "incomplete")

    assert "Marked assets without an optimised image were left out: " in box.next_mail().text


def test_a_job_name_with_a_line_break_makes_one_line_of_subject(mailer: Client, box: Postbox) -> None:
    mailer.submit(publish().replace("None", "All"), "first&#10;Bcc: else@example.com")

    mail = box.next_mail()

    assert mail.message["Subject"] == "first Bcc: else@example.com: completed"
    assert mail.recipients == ("lab@example.com",)


@pytest.mark.parametrize("setting", ["all", "Everything"])
def test_an_unknown_setting_is_refused_by_name(mailer: Client, setting: str) -> None:
    answer = mailer.submit(reprocess([UNKNOWN], emailSetting=setting))

    assert answer.fault[:2] == ("ipsApiFault", 30001)
    assert answer.fault[2].startswith(f"reprocessAssetsJob.emailSetting: {setting} is not one of ")


def test_a_mail_that_is_refused_for_good_is_given_up_with_a_row(mailer: Client, box: Postbox) -> None:
    box.replies.append("550 no such mailbox")
    mailer.submit(publish().replace("None", "All"), "refused")

    rows = wait_for_warning(mailer, "refused")

    assert rows == ["The mail was given up (tries: 1): The mail server refuses the recipient (550 no such mailbox)."]
    assert box.is_empty


def test_a_mail_that_is_refused_for_now_is_tried_again(mailer: Client, box: Postbox) -> None:
    box.replies.append("450 come back later")

    mailer.submit(publish().replace("None", "All"), "greylisted")

    assert box.next_mail().message["Subject"] == "greylisted: completed"
    assert warnings(mailer, "greylisted") == []


def test_a_mail_arrives_once_when_the_mail_server_is_back_after_a_restart_of_ours(mailer: Client, box: Postbox) -> None:
    box.close()
    mailer.submit(publish().replace("None", "All"), "delayed")
    mailer.wait("delayed")
    while not tries(mailer, "delayed"):
        assert mailer.server.process is not None
    mailer.server.stop()
    mailer.server.start()

    box.open()

    assert box.next_mail().message["Subject"] == "delayed: completed"
    mailer.submit(publish().replace("None", "All"), "afterwards")
    assert box.next_mail().message["Subject"] == "afterwards: completed"
    assert box.is_empty


def test_a_server_without_a_mail_server_says_so_in_the_log(server: RunningServer) -> None:
    client = Client(server)
    client.submit(publish().replace("None", "All"), client.tag)

    rows = wait_for_warning(client, client.tag)

    assert rows == ["The mail was given up (tries: 1): The server has no mail server to hand it to (setting smtp_url)."]


def warnings(client: Client, name: str) -> list[str]:
    """The warnings in the log of a job."""
    return [row.message for row in client.rows(name, "UploadWarning")]


def wait_for_warning(client: Client, name: str) -> list[str]:
    """Wait until there is a warning in the log of a job, and return all."""
    client.wait(name)
    while not (found := warnings(client, name)):
        assert tries(client, name) <= 1
    return found


def tries(client: Client, name: str) -> int:
    """How often the mail about a job was tried in vain."""
    query = sa.select(tables.outbox.c.tries).join(tables.job, tables.job.c.id == tables.outbox.c.job_id)
    with reading(client.server) as tx:
        return tx.scalar(query.where(tables.job.c.name == name)) or 0
