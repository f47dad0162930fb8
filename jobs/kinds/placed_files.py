"""Files that jobs publish into a folder of the operator's: each whole or not there at all, whenever someone looks."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Permanent, Retryable
from domain.model import Task
from domain.words import say
from jobs.kinds.port import Tools
from store.companies import load_company

NO_ROOT = say("This server publishes to no directory: its operator has not set publish_root.")


def company_folder(task: Task, tools: Tools, *below: str) -> Path:
    """Return the folder that the task's company publishes to, or one ``below`` it, made where it is missing.

    Raises Permanent when the operator has chosen no place for it, and Retryable when it cannot be made.
    """
    if tools.places.publishes is None:
        raise Permanent(NO_ROOT)
    with tools.database.read() as tx:
        company = load_company(tx, task.company_id)
    assert company is not None
    folder = tools.places.publishes
    for name in (company.root, *below):
        folder /= name
        with _writing():
            folder.mkdir(exist_ok=True)  # never the operator's own folder: it may be a mount that is gone
    return folder


def place_file(task: Task, source: Path, folder: Path, name: str) -> None:
    """Put a copy of ``source`` into the folder, in the place of what has that name there.

    Raises Permanent for a name that the file system cannot have, and Retryable when the folder cannot be written.
    """
    half_written = folder / f".{task.id}.part"
    with _writing():
        shutil.copyfile(source, half_written)
        with half_written.open("rb") as copied:
            os.fsync(copied.fileno())
        half_written.replace(folder / name)


def remove_file(folder: Path, name: str) -> None:
    """Remove the file, if it is there. Raises Retryable when it cannot be removed."""
    with _writing():
        (folder / name).unlink(missing_ok=True)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise Permanent("The name is too long for a file.") from error
        raise Retryable("The publish directory cannot be written: {reason}.", reason=error.strerror or "") from error
