"""What unpacking writes, what it refuses member by member, and what makes it refuse an archive."""

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest

from domain.errors import Permanent
from domain.words import say
from jobs.archives import Unpacked, UnpackLimits, is_archive, unpack
from tests.jobs.archive_files import tar_of, zip_of

FILES = {"a.txt": b"one", "deep/er/b.txt": b"two"}
LIMITS = UnpackLimits(max_bytes=1000, max_files=10)


def unpacked(folder: Path, body: bytes, name: str = "x.zip", limits: UnpackLimits = LIMITS) -> Unpacked:
    source, into = folder / "source", folder / "into"
    source.write_bytes(body)
    into.mkdir()
    return unpack(source, name, into, limits)


def contents(folder: Path, found: Unpacked) -> dict[str, bytes]:
    return {entry.path: (folder / "into" / entry.file).read_bytes() for entry in found.entries}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x.zip", zip_of(FILES)),
        ("x.tar", tar_of(FILES)),
        ("x.tgz", tar_of(FILES, "w:gz")),
        ("x.tar.gz", tar_of({f"./{name}": body for name, body in FILES.items()}, "w:gz")),
    ],
)
def test_the_files_of_an_archive_come_out_with_their_paths(tmp_path: Path, name: str, body: bytes) -> None:
    assert contents(tmp_path, unpacked(tmp_path, body, name)) == FILES


def test_a_gzip_of_one_file_is_that_file(tmp_path: Path) -> None:
    assert contents(tmp_path, unpacked(tmp_path, gzip.compress(b"one"), "a.txt.gz")) == {"a.txt": b"one"}


@pytest.mark.parametrize("path", ["../a.txt", "/etc/a.txt", "in/../../a.txt", "in\\a.txt", "a\n.txt", "n" * 256])
def test_a_member_that_would_lie_elsewhere_is_refused_and_the_others_are_not(tmp_path: Path, path: str) -> None:
    found = unpacked(tmp_path, tar_of({path: b"bad", "good.txt": b"good"}), "x.tar")

    assert contents(tmp_path, found) == {"good.txt": b"good"}
    assert [name for name, _problem in found.refused] == [path[:255]]


def test_links_are_refused(tmp_path: Path) -> None:
    found = unpacked(tmp_path, tar_of({}, links={"shadow": "/etc/shadow"}), "x.tar")

    assert found.refused == [("shadow", say("It is a link or a device, not a file."))]


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("shadow")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/shadow")

    assert unpacked(tmp_path, file.getvalue()).refused == [("shadow", say("It is a symbolic link."))]


def test_hidden_files_are_left_out_and_counted(tmp_path: Path) -> None:
    found = unpacked(tmp_path, zip_of({"__MACOSX/._a.txt": b"x", "in/.DS_Store": b"x", **FILES}))

    assert (contents(tmp_path, found), found.hidden) == (FILES, 2)


def test_a_damaged_member_of_a_zip_is_refused_alone(tmp_path: Path) -> None:
    body = zip_of({"a.txt": b"", "b.txt": b"good"}).replace(b"\x03\x00", b"\xff\xff", 1)

    found = unpacked(tmp_path, body)

    assert contents(tmp_path, found) == {"b.txt": b"good"}
    assert [name for name, _problem in found.refused] == ["a.txt"]


ZEROS = bytes(1001)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x.zip", zip_of({"a.txt": ZEROS})),
        ("x.zip", zip_of({"a.txt": ZEROS[:600], "b.txt": ZEROS[:600]})),
        ("x.tgz", tar_of({"a.txt": ZEROS}, "w:gz")),
        ("x.txt.gz", gzip.compress(ZEROS)),
    ],
    ids=["a zip", "a zip by its members together", "a tar", "a gzip"],
)
def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, name: str, body: bytes) -> None:
    with pytest.raises(Permanent, match="more than 1000 bytes"):
        unpacked(tmp_path, body, name)


def test_a_zip_that_lies_about_a_size_is_refused_alike(tmp_path: Path) -> None:
    body = zip_of({"a.txt": ZEROS}).replace(len(ZEROS).to_bytes(4, "little"), (1).to_bytes(4, "little"))

    found = unpacked(tmp_path, body)

    assert not found.entries
    assert [name for name, _problem in found.refused] == ["a.txt"]


def test_an_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="more than 10 members"):
        unpacked(tmp_path, zip_of({f"{n}.txt": b"" for n in range(11)}))


@pytest.mark.parametrize(
    "body", [b"", b"PK\3\4 and then nothing", b"\x1f\x8b\x08 and then nothing", tar_of(FILES)[:700]]
)
def test_what_is_damaged_or_no_archive_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(Permanent, match=r"x\.zip"):
        unpacked(tmp_path, body)


def test_an_archive_is_known_by_its_name() -> None:
    assert [is_archive(name) for name in ("A.ZIP", "a.tar.gz", "a.tgz", "a.docx", "zip")] == [
        True,
        True,
        True,
        False,
        False,
    ]
