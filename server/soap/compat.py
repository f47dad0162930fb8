"""Makes Spyne 2.14.0 importable on Python 3.11 to 3.13 and quiet; the package imports this module before any other.

Spyne carries a copy of six that newer Pythons cannot import, and needs one function of the removed module ``cgi``.
The modern six runs under Spyne's name, so that other users of six see nothing of it.
"""

import importlib.util
import logging
import operator
import sys
import types
import warnings
from email.message import Message


def _install_six() -> None:
    found = importlib.util.find_spec("six")
    if found is None or found.origin is None:
        raise ImportError("six is not installed: install the project's requirements.")
    spec = importlib.util.spec_from_file_location("spyne.util.six", found.origin)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["spyne.util.six"] = module
    spec.loader.exec_module(module)
    vars(module)["get_function_name"] = operator.attrgetter("__name__")


def _install_cgi() -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            importlib.import_module("cgi")
    except ModuleNotFoundError:
        stand_in = types.ModuleType("cgi")
        vars(stand_in)["parse_header"] = _parse_header
        sys.modules["cgi"] = stand_in


def _parse_header(line: str) -> tuple[str, dict[str, str]]:
    message = Message()
    message["content-type"] = line or ""
    (value, _), *parameters = message.get_params(failobj=[("", "")])
    return value, {name.lower(): text for name, text in parameters}


def _tame() -> None:
    const = importlib.import_module("spyne.const")
    vars(const)["MIN_GC_INTERVAL"] = float("inf")  # else a full collection stalls a request once a second
    logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)  # it logs requests whole, passwords included


_install_six()
_install_cgi()
_tame()
