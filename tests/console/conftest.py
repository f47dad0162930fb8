"""A console in this process, for every test of its pages."""

from collections.abc import Iterator

import pytest

from tests.console.office import Office, open_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The console's application over a database and files of this module's own."""
    with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened
