"""The client that the acceptance tests use."""

import pytest

from tests.jobs.flow import Client
from tests.running_server import RunningServer


@pytest.fixture
def lab(server: RunningServer) -> Client:
    """A user of LabCo, with a tag of this test's own."""
    return Client(server)
