"""Spyne starts on every supported Python, quietly, and never with its own six."""

import logging
import subprocess
import sys

import pytest

from server.soap import compat
from tests.running_server import ROOT

MODULES = ["binding", "decode", "endpoint", "faults", "fields", "header", "models", "protocol", "request", "serialize"]


@pytest.mark.parametrize("module", MODULES)
def test_each_module_can_be_the_first_that_is_imported(module: str) -> None:
    """Spyne's own six cannot be imported from Python 3.12 on, and warns before: ours must be in place first."""
    source = (
        f"import sys; import server.soap.{module}; "
        "assert tuple(map(int, sys.modules['spyne.util.six'].__version__.split('.'))) >= (1, 16)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", source], cwd=ROOT, check=True, timeout=60)


def test_spyne_logs_nothing_of_its_own() -> None:
    """Its loggers write requests whole, and a traceback for each fault that a caller is told."""
    assert compat.__name__ in sys.modules
    assert not logging.getLogger("spyne.protocol.soap.soap11.invalid").isEnabledFor(logging.CRITICAL)
