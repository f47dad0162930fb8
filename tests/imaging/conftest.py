"""What every test of imaging needs: libvips without its cache, as a worker process runs it."""

import pytest
import pyvips


@pytest.fixture(scope="session", autouse=True)
def libvips_without_cache() -> None:
    pyvips.cache_set_max(0)
