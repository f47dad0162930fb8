"""Reads directories of the operator's on a user's word: below one folder only, and through no symbolic link.

Every path is opened name by name from that folder, so that nothing that is moved or linked meanwhile leads out of it.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Permanent, Retryable
from domain.paths import is_hidden
from domain.words import say, verbatim

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is in a directory, by path below it: files, what is neither file nor folder, how many hidden files."""

    files: tuple[str, ...]
    others: tuple[str, ...]
    hidden: int


def find_files(root: Path, directory: str, *, recursive: bool) -> Listing:
    """Return what is in ``directory``, a path below ``root`` (empty for root itself), in order.

    Raises Permanent when there is no such directory, or when it cannot be read.
    """
    files, others, hidden = list[str](), list[str](), 0
    waiting = [""]
    while waiting:
        inner = waiting.pop()
        with _folder(root, _joined(directory, inner)) as opened, os.scandir(opened) as entries:
            for entry in entries:
                path = _joined(inner, entry.name)
                if is_hidden(entry.name):
                    hidden += 1
                elif entry.is_dir(follow_symlinks=False):
                    waiting += [path] if recursive else []
                elif entry.is_file(follow_symlinks=False):
                    files.append(path)
                else:
                    others.append(path)
    return Listing(files=tuple(sorted(files)), others=tuple(sorted(others)), hidden=hidden)


def copy_file(root: Path, path: str, into: Path, max_bytes: int | None = None) -> bool:
    """Copy the file at ``path``, below ``root``, to ``into``; return False when it has more than ``max_bytes``.

    Raises Permanent when it is gone or no file any more, Retryable when it was written meanwhile.
    """
    folder, _, name = path.rpartition("/")
    with _folder(root, folder) as opened, _named(path):
        source = os.open(name, _FILE, dir_fd=opened)
        with os.fdopen(source, "rb") as content:
            before = os.fstat(source)
            if not stat.S_ISREG(before.st_mode):
                raise Permanent("{path} is no file.", path=path)
            if max_bytes is not None and before.st_size > max_bytes:
                return False
            with into.open("wb") as out:
                shutil.copyfileobj(content, out, 2**20)
            after = os.fstat(source)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Retryable("{path} was being written while it was read.", path=path)
    return True


@contextmanager
def _folder(root: Path, path: str) -> Iterator[int]:
    """Give a descriptor of the folder at ``path`` below ``root``; the root itself is the operator's to choose."""
    with _named(path):
        opened = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for name in path.split("/") if path else ():
                inner = os.open(name, _FOLDER, dir_fd=opened)
                os.close(opened)
                opened = inner
        except OSError:
            os.close(opened)
            raise
    try:
        yield opened
    finally:
        os.close(opened)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Say of a problem with ``path`` what it is, without the path that the operator chose."""
    shown = verbatim(path) if path else say("folder of the company")
    try:
        yield
    except FileNotFoundError as error:
        raise Permanent("There is no {path} on the server.", path=shown) from error
    except PermissionError as error:
        raise Permanent("The server may not read {path}.", path=shown) from error
    except OSError as error:
        raise Permanent(
            "{path} cannot be read: a symbolic link, or no directory, is on the way.", path=shown
        ) from error


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}".strip("/")
