"""Purging a content delivery network: what is taken, what faults the whole request, and the status afterwards."""

from datetime import datetime

import pytest

from tests.running_server import RunningServer, add_account
from tests.soap.batches import own_company
from tests.soap_call import Answer, call
from wsdl.versions import V2013_02_15

PURGED = "https://images.example.com/is/image/LabCo/shoe?wid=300"


def purge(server: RunningServer, *urls: str, **options: str) -> Answer:
    """Ask for a purge of URLs as LabCo."""
    items = "".join(f"<items>{url}</items>" for url in urls)
    content = f"<companyHandle>c|110</companyHandle><urlArray>{items}</urlArray>"
    return call(server, "cdnCacheInvalidation", content, **options)


@pytest.mark.covers("cdnCacheInvalidation")
def test_a_purge_has_a_handle_that_begins_with_the_company(server: RunningServer) -> None:
    answer = purge(server, PURGED, "http://images.example.com/is/image/LabCo%2Fhat")

    assert answer.text("invalidationHandle").startswith("110|")
    assert answer.text("estimatedSeconds") == "0"


def test_the_version_before_counts_the_urls(server: RunningServer) -> None:
    answer = purge(server, PURGED, PURGED, namespace=V2013_02_15.namespace)

    assert (answer.text("successCount"), answer.text("errorCount")) == ("2", "0")


@pytest.mark.parametrize(
    ("confirmation", "is_refused"),
    [
        ("<ccOriginator>false</ccOriginator>", False),
        ("<ccOriginator>true</ccOriginator>", True),
        ("<ccOriginator>false</ccOriginator><ccOthersArray><items>a@example.com</items></ccOthersArray>", True),
    ],
)
def test_a_mail_that_confirms_a_purge_is_refused_by_name(
    server: RunningServer, confirmation: str, is_refused: bool
) -> None:
    content = (
        f"<companyHandle>c|110</companyHandle><confirmation>{confirmation}</confirmation>"
        f"<urlArray><items>{PURGED}</items></urlArray>"
    )

    answer = call(server, "cdnCacheInvalidation", content, namespace=V2013_02_15.namespace)

    assert answer.is_fault is is_refused
    assert not is_refused or answer.fault[2].startswith("confirmation of cdnCacheInvalidation is not supported")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://images.example.com/is/image/OtherCo/shoe", "whose path holds the company root LabCo"),
        ("https://LabCo.example.com/is/image/shoe", "whose path holds the company root LabCo"),
        ("https://images.example.com/is/image/LabCompany/shoe", "whose path holds the company root LabCo"),
        ("ftp://images.example.com/LabCo/shoe", "must be an http or https URL"),
        ("https://[images/LabCo/shoe", "is not a well-formed URL"),
        ("", "must be an http or https URL"),
    ],
)
def test_one_bad_url_faults_the_whole_request_and_is_named(server: RunningServer, url: str, problem: str) -> None:
    answer = purge(server, PURGED, url)

    assert answer.fault[:2] == ("ipsApiFault", 30001)
    assert answer.fault[2].startswith("urlArray.items[1]: ")
    assert problem in answer.fault[2]


def test_a_purge_of_nothing_is_refused(server: RunningServer) -> None:
    assert purge(server).fault == ("ipsApiFault", 30002, "urlArray is required: give it a value.")


def test_a_thousand_urls_are_taken(server: RunningServer) -> None:
    assert not purge(server, *[PURGED] * 1000).is_fault


def test_more_than_a_thousand_urls_are_refused(server: RunningServer) -> None:
    assert purge(server, *[PURGED] * 1001).fault == ("ipsApiFault", 30001, "urlArray: takes at most 1000 URLs.")


def test_a_user_who_is_no_administrator_may_not_purge(server: RunningServer) -> None:
    database = server.database
    add_account(database, "LabCo", "plain@example.com", role="IpsUser")
    database.close()

    assert purge(server, PURGED, user="plain@example.com").fault[:2] == ("authorizationFault", 20003)


@pytest.mark.covers("getCdnCacheInvalidationStatus")
def test_a_purge_is_complete_when_its_status_is_asked_for(server: RunningServer) -> None:
    handle = purge(server, PURGED).text("invalidationHandle")
    content = f"<companyHandle>c|110</companyHandle><invalidationHandle>{handle}</invalidationHandle>"

    answer = call(server, "getCdnCacheInvalidationStatus", content)

    assert answer.text("status") == "Complete"
    completed = datetime.fromisoformat(answer.text("completionTime"))
    assert int(completed.timestamp() * 1000) == int(handle.removeprefix("110|"))


@pytest.mark.parametrize("handle", ["FOREIGN", "110", "110|", "110|soon", "110|999999999999999999", "110|²"])
def test_a_purge_that_is_unknown_or_foreign_is_refused(server: RunningServer, handle: str) -> None:
    other = own_company(server)
    handle = handle.replace("FOREIGN", f"{other.company.removeprefix('c|')}|1700000000000")
    content = f"<companyHandle>c|110</companyHandle><invalidationHandle>{handle}</invalidationHandle>"

    answer = call(server, "getCdnCacheInvalidationStatus", content)

    assert answer.fault == ("ipsApiFault", 30001, f"invalidationHandle: there is no purge {handle} in this company.")
