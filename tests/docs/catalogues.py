"""Keeps the catalogues of translations in step with the texts in the code: `python -m tests.docs.catalogues --write`.

A text that is new to a catalogue gets an empty translation, one that the code has no more is dropped.
"""

import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po

from domain.errors import TaskError
from imaging.errors import ImagingError, InvalidPlan
from jobs.languages import CATALOGUES, TRANSLATED
from server import app
from tests.running_server import ROOT

PACKAGES = ("domain", "imaging", "jobs", "publishing", "server", "store")


def speakers() -> frozenset[str]:
    """Return the names of what is called with a text of the catalogues: say, and the errors that end in a job's log.

    InvalidPlan is none of them: it tells developers of a plan that the server itself wrote.
    """
    assert app, "importing it imports every error"
    return frozenset({"say", "say_number", *_kinds(TaskError), *_kinds(ImagingError)}) - {InvalidPlan.__name__}


def sources() -> list[Path]:
    """Return the modules that may have such texts; commands have a function ``say`` of their own."""
    modules = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return [path for path in modules if path.name != "console.py" and "from server.console" not in path.read_text()]


@cache
def texts() -> tuple[str | tuple[str, str], ...]:
    """Return every text of the code that is said in other languages, or a text and its plural."""
    return tuple(_texts())


def _texts() -> Iterator[str | tuple[str, str]]:
    keywords = dict.fromkeys(speakers())
    for path in sources():
        with path.open("rb") as file:
            found: Iterator[tuple[Any, ...]] = extract_python(file, keywords, [], {})
            for _line, called, literals, _comments in found:
                text = literals[0] if isinstance(literals, tuple) else literals
                if text:
                    yield (text, literals[1]) if called == "say_number" else text


def load(language: str) -> Catalog:
    """Return a language's catalogue as it is in the repository."""
    with _file(language).open("rb") as file:
        return read_po(file, locale=language)


def written(language: str) -> str:
    """Return the catalogue of the code's texts with the translations that there are, as its file should be."""
    known, wanted = load(language), Catalog(locale=language)
    for text in texts():
        message = known.get(text if isinstance(text, str) else text[0])
        wanted.add(text, message.string if message is not None and message.id == text else None)
    body = BytesIO()
    write_po(body, wanted, width=120, sort_output=True, omit_header=True)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {wanted.plural_forms}\\n"\n\n'
    )
    return header + body.getvalue().decode()


def translations(message: Message) -> tuple[str, ...]:
    """Return the forms of a message's translation, empty where there is none."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def main(arguments: list[str]) -> None:
    """Say which texts lack a translation, after writing the catalogues when told to."""
    for language in TRANSLATED:
        if arguments == ["--write"]:
            _file(language).write_text(written(language), encoding="utf-8")
        for message in load(language):
            if message.id and not all(translations(message)):
                sys.stdout.write(f"{language}: {message.id}\n")


def _file(language: str) -> Path:
    return CATALOGUES / f"{language}.po"


def _kinds(error: type[Exception]) -> Iterator[str]:
    for kind in error.__subclasses__():
        yield kind.__name__
        yield from _kinds(kind)


if __name__ == "__main__":
    main(sys.argv[1:])
