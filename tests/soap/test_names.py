"""A document takes its names along when it goes: lxml alone would keep each of them as long as the thread."""

import os

from server.soap.request import parse
from tests.process_tree import status_bytes

NAMES = 50_000
LENGTH = 24
DOCUMENTS = 20
MAY_GROW = 10 * 2**20


def document_with_new_names(number: int) -> bytes:
    """Return more than a megabyte of elements whose names no other document has."""
    names = (f"{number:04}{name:0{LENGTH - 4}}" for name in range(NAMES))
    return b"<all>" + "".join(f"<n{name}/>" for name in names).encode() + b"</all>"


def test_new_names_in_every_document_do_not_fill_the_memory() -> None:
    for number in range(5):
        parse(document_with_new_names(number), None)
    before = status_bytes(os.getpid(), "VmRSS")

    for number in range(5, 5 + DOCUMENTS):
        parse(document_with_new_names(number), None)

    assert DOCUMENTS * NAMES * LENGTH > 2 * MAY_GROW
    assert status_bytes(os.getpid(), "VmRSS") - before < MAY_GROW


def test_a_document_keeps_the_names_that_it_needs() -> None:
    first = parse(b'<first><kept of="it"/></first>', None)
    for number in range(3):
        parse(document_with_new_names(number), None)

    assert [element.tag for element in first.iter()] == ["first", "kept"]
    assert first.xpath("string(//kept/@of)") == "it"
