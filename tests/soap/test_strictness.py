"""What a request leaves out, and what it says that nobody knows: read kindly, told of, or refused when so set."""

from collections.abc import Iterator

import pytest

from tests.running_server import RunningServer, add_account
from tests.soap_call import call

JOB = "<companyHandle>c|110</companyHandle><jobName>{name}</jobName><reprocessAssetsJob>{job}</reprocessAssetsJob>"
HANDLES = "<assetHandleArray/>"


@pytest.fixture(scope="module")
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = {"strict": "true", "lockout_failures": "3", "http_workers": "1"}
    running = RunningServer(tmp_path_factory.mktemp("strict") / "data", settings)
    database = running.database
    add_account(database, "LabCo", "lab@example.com", company_id=110)
    add_account(database, "LabCo", "forgetful@example.com")
    database.close()
    running.start()
    yield running
    running.stop()


def test_a_job_without_create_mask_and_email_setting_is_taken(server: RunningServer) -> None:
    answer = call(server, "submitJob", JOB.format(name="lenient", job=HANDLES))

    assert answer.text("jobHandle") == "j|110|lenient||"


def test_a_strict_server_names_the_required_field_that_is_missing(strict_server: RunningServer) -> None:
    answer = call(strict_server, "submitJob", JOB.format(name="strict", job=HANDLES))

    element, code, reason = answer.fault
    assert (element, code) == ("ipsApiFault", 30002)
    assert "reprocessAssetsJob.createMask" in reason


def test_an_unknown_element_of_a_job_is_a_warning_in_its_log(server: RunningServer) -> None:
    odd = f"{HANDLES}<sharpenEdges>true</sharpenEdges><manualCropOptions><middle>3</middle><left>0</left>"
    odd += "<right>0</right><top>0</top><bottom>0</bottom></manualCropOptions>"
    call(server, "submitJob", JOB.format(name="odd", job=odd))

    details = "<companyHandle>c|110</companyHandle><originalName>odd</originalName>"
    log = call(server, "getJobLogDetails", f"{details}<logTypeArray><items>UploadWarning</items></logTypeArray>")

    messages = log.texts("jobLogArray/items/detailArray/items/logMessage")
    assert len(messages) == 2
    assert "reprocessAssetsJob/sharpenEdges" in messages[0]
    assert "reprocessAssetsJob/manualCropOptions/middle" in messages[1]


def test_after_too_many_wrong_passwords_the_right_one_is_refused_in_the_same_words(
    strict_server: RunningServer,
) -> None:
    company = "<companyName>LabCo</companyName>"
    wrong = [call(strict_server, "getCompanyInfo", company, "forgetful@example.com", password="x") for _ in range(6)]

    right = call(strict_server, "getCompanyInfo", company, "forgetful@example.com")

    assert {answer.fault for answer in [*wrong, right]} == {("authenticationFault", 10001, "Invalid username/password")}


def test_others_at_the_same_address_are_let_in_meanwhile(strict_server: RunningServer) -> None:
    for _attempt in range(6):
        call(strict_server, "getCompanyInfo", "<companyName>LabCo</companyName>", "nobody@example.com", password="x")

    answer = call(strict_server, "getCompanyInfo", "<companyName>LabCo</companyName>")

    assert answer.text("companyInfo/companyHandle") == "c|110"
