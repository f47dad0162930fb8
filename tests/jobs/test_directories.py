"""Reading below one folder: nothing that a user names, links or swaps leads out of it."""

import os
from pathlib import Path

import pytest

from domain.errors import Permanent
from jobs.directories import copy_file, find_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file and a subfolder, beside a secret that links lead to."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "in" / "deep").mkdir(parents=True)
    (root / "in" / "a.txt").write_text("a")
    (root / "in" / "deep" / "b.txt").write_text("b")
    (root / "in" / ".hidden").write_text("h")
    return root


def test_files_are_found_in_order_and_hidden_ones_counted(root: Path) -> None:
    found = find_files(root, "in", recursive=True)

    assert (found.files, found.others, found.hidden) == (("a.txt", "deep/b.txt"), (), 1)


def test_folders_below_are_left_alone_unless_asked_for(root: Path) -> None:
    assert find_files(root, "in", recursive=False).files == ("a.txt",)


def test_links_and_pipes_are_no_files(root: Path) -> None:
    (root / "in" / "link").symlink_to(root.parent / "secret" / "s.txt")
    (root / "in" / "folder").symlink_to(root.parent / "secret")
    os.mkfifo(root / "in" / "pipe")

    found = find_files(root, "in", recursive=True)

    assert found.others == ("folder", "link", "pipe")
    assert found.files == ("a.txt", "deep/b.txt")


def test_a_directory_behind_a_link_is_not_read(root: Path) -> None:
    (root / "out").symlink_to(root.parent / "secret")

    with pytest.raises(Permanent, match="symbolic link"):
        find_files(root, "out", recursive=True)


@pytest.mark.parametrize("path", ["out/s.txt", "link", "in/pipe", "in", "in/none.txt"])
def test_what_is_no_file_below_the_root_is_not_copied(root: Path, path: str, tmp_path: Path) -> None:
    (root / "out").symlink_to(root.parent / "secret")
    (root / "link").symlink_to(root.parent / "secret" / "s.txt")
    os.mkfifo(root / "in" / "pipe")

    with pytest.raises(Permanent):
        copy_file(root, path, tmp_path / "copy")

    assert not (tmp_path / "copy").exists()


def test_a_file_larger_than_the_room_is_not_copied(root: Path, tmp_path: Path) -> None:
    assert not copy_file(root, "in/a.txt", tmp_path / "copy", max_bytes=0)
    assert copy_file(root, "in/a.txt", tmp_path / "copy", max_bytes=1)
    assert (tmp_path / "copy").read_text() == "a"


def test_a_directory_that_is_not_there_is_named_without_the_place_of_its_root(root: Path) -> None:
    with pytest.raises(Permanent) as raised:
        find_files(root, "in/none", recursive=True)

    assert str(raised.value) == "There is no in/none on the server."
