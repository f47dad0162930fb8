"""A console in this process, for all tests of its pages."""

from collections.abc import Iterator

import pytest

from tests.console.office import Office, open_office


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The console's application over a database and files of these tests' own."""
    with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened
