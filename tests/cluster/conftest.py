"""What a cluster needs that is not ours: a broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.broker import Broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Redis of the test's own."""
    running = Broker(tmp_path / "redis").start()
    yield running
    if running.process is not None:
        running.kill()
