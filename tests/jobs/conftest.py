"""The client that the tests of jobs use, and the pictures that they upload."""

import pytest

from tests.jobs.flow import Client
from tests.running_server import RunningServer
from tests.soap_call import call


@pytest.fixture
def lab(server: RunningServer) -> Client:
    """A user of LabCo, with a tag of this test's own."""
    return Client(server)


@pytest.fixture
def other(server: RunningServer) -> Client:
    """A user of another company."""
    answer = call(server, "getCompanyInfo", "<companyName>OtherCo</companyName>", user="other@example.com")
    return Client(server, answer.text("companyInfo/companyHandle"), "OtherCo", "other@example.com")
