"""Unpacks zip, tar and gzip archives into a folder, within limits, and without believing a word of what they say.

Runs in a slot. Which files of an archive become assets, and where, is left to ``kinds.arrivals``.
"""

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from domain.errors import Permanent
from domain.paths import MAX_NAME, MAX_PATH, is_hidden, is_plain
from domain.words import Words, say

SUFFIXES = (".zip", ".tar", ".gz", ".tgz")
_CHUNK = 2**20
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError, ValueError)
_ENCRYPTED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackLimits:
    """How much one archive may come to, in bytes and in members; ``refusal`` is said of one with more bytes."""

    max_bytes: int
    max_files: int
    refusal: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of an archive: its path there, and the name that it has in the folder it was unpacked to."""

    path: str
    file: str


@dataclass(slots=True, kw_only=True)
class Unpacked:
    """What came out of an archive: files, members that were refused (path and reason), and how many hidden ones."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[str, Words]] = field(default_factory=list)
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """A member as its archive tells of it; ``problem`` is what keeps it from being read."""

    name: str
    size: int
    is_folder: bool
    problem: Words | None = None


def is_archive(file_name: str) -> bool:
    """Return whether a file is an archive by its name."""
    return file_name.lower().endswith(SUFFIXES)


def unpack(source: Path, file_name: str, into: Path, limits: UnpackLimits) -> Unpacked:
    """Write the files of an archive into the folder ``into``, under names of our own.

    Archives inside it are files like others. Raises Permanent for one that is damaged, is of another format, or comes
    to more than the limits.
    """
    unpacking = _Unpacking(into, limits)
    try:
        with source.open("rb") as file:
            head = file.read(512)
        if head.startswith((b"PK\3\4", b"PK\5\6")):
            _unpack_zip(source, unpacking)
        elif head.startswith(b"\x1f\x8b"):
            _unpack_gzip(source, file_name, unpacking)
        elif _is_tar(head):
            _unpack_tar(source, unpacking)
        else:
            raise Permanent("{name} is no zip, tar or gzip archive.", name=file_name)
    except _DAMAGE as error:
        raise Permanent("The archive {name} cannot be read: it is damaged.", name=file_name) from error
    except MemoryError as error:
        raise Permanent("The archive {name} needs more memory to be read than it may.", name=file_name) from error
    return unpacking.result


def problem_with(path: str) -> Words | None:
    """Return why a file at ``path``, relative to what it was found in, cannot be taken in; None for no reason."""
    if path.startswith("/") or not is_plain(path):
        return say("Its path is absolute, leads out of where it lies, or has a backslash or a control character.")
    if len(path) > MAX_PATH or len(PurePosixPath(path).name) > MAX_NAME:
        return say("Its name is longer than {name}, or its path than {path} characters.", name=MAX_NAME, path=MAX_PATH)
    return None


class _Unpacking:
    """Writes members one by one and keeps count, so that no archive comes to more than the limits."""

    def __init__(self, into: Path, limits: UnpackLimits) -> None:
        self.result = Unpacked()
        self._into = into
        self._limits = limits
        self._left = limits.max_bytes
        self._seen = 0

    def wants(self, member: _Member) -> bool:
        """Note a member, of a refused one the begin of its name; return whether its bytes are to be added."""
        self._seen += 1
        if self._seen > self._limits.max_files:
            raise Permanent("The archive has more than {number} members: split it.", number=self._limits.max_files)
        if member.is_folder:
            return False
        problem = problem_with(member.name) or member.problem
        if problem is None and is_hidden(member.name):
            self.result.hidden += 1
        elif problem is not None:
            self.result.refused.append((member.name[:MAX_NAME], problem))
        elif member.size > self._left:
            raise self._too_large()
        else:
            return True
        return False

    def add(self, member: _Member, content: IO[bytes] | gzip.GzipFile) -> None:
        """Write the member's bytes, however many it says they are."""
        file = f"{len(self.result.entries)}"
        with (self._into / file).open("wb") as out:
            while chunk := content.read(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise self._too_large()
                out.write(chunk)
        self.result.entries.append(Entry(path=member.name, file=file))

    def _too_large(self) -> Permanent:
        most = say("The archive unpacks to more than {number} bytes: split it.", number=self._limits.max_bytes)
        return Permanent(self._limits.refusal or most)


def _unpack_zip(source: Path, unpacking: _Unpacking) -> None:
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            member = _Member(
                name=_relative(info.filename), size=info.file_size, is_folder=info.is_dir(), problem=_problem(info)
            )
            if not unpacking.wants(member):
                continue
            try:
                with archive.open(info) as content:
                    unpacking.add(member, content)
            except (*_DAMAGE, NotImplementedError):
                unpacking.result.refused.append((member.name, say("It is damaged, or compressed in an unknown way.")))


def _problem(info: zipfile.ZipInfo) -> Words | None:
    if info.flag_bits & _ENCRYPTED:
        return say("It is encrypted.")
    return say("It is a symbolic link.") if stat.S_ISLNK(info.external_attr >> 16) else None


def _unpack_tar(source: Path, unpacking: _Unpacking) -> None:
    with tarfile.open(source) as archive:
        for info in archive:
            member = _Member(
                name=_relative(info.name),
                size=info.size,
                is_folder=info.isdir(),
                problem=None if info.isreg() else say("It is a link or a device, not a file."),
            )
            content = archive.extractfile(info) if unpacking.wants(member) else None
            if content is not None:
                unpacking.add(member, content)


def _unpack_gzip(source: Path, file_name: str, unpacking: _Unpacking) -> None:
    with gzip.open(source) as content:
        if _is_tar(content.read(512)):
            _unpack_tar(source, unpacking)
            return
        content.seek(0)
        member = _Member(name=PurePosixPath(file_name).stem, size=0, is_folder=False)
        if unpacking.wants(member):
            unpacking.add(member, content)


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _relative(name: str) -> str:
    """Return a member's name without the steps to where it is, which tar writes."""
    while name.startswith("./"):
        name = name[2:]
    return name
