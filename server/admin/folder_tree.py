"""The tree of folders in which a person chooses some and leaves out others; a large one opens folder by folder."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.model import Company
from store.asset_pages import find_child_folders
from store.engine import Tx
from store.folder_tree import find_top_folders

MOST = 400
"""How many folders are shown before any is opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A folder with those in it; ``has_more`` when it may have some that are not shown until it is opened."""

    path: str
    folders: tuple["Branch", ...]
    has_more: bool

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.rstrip("/").rpartition("/")[2]


def find_tree(tx: Tx, company: Company, opened: Collection[str], marked: Collection[str]) -> Branch:
    """Return the company's tree with what is in the ``opened`` folders, and the ``marked`` ones wherever they are."""
    root = f"{company.root}/"
    top = find_top_folders(tx, company.id, MOST + 1)
    shown = {root, *top[:MOST]}
    for path in opened:
        shown |= {*_upwards(path), *find_child_folders(tx, company.id, path)}
    for path in marked:
        shown |= set(_upwards(path))
    inside: dict[str, list[str]] = {}
    for path in sorted(path for path in shown if path.startswith(root)):
        inside.setdefault(_above(path), []).append(path)
    return _branch(root, inside, opened if len(top) > MOST else None)


def _branch(path: str, inside: dict[str, list[str]], opened: Collection[str] | None) -> Branch:
    """Return the branch at ``path``; ``opened`` is None when all folders are shown."""
    folders = tuple(_branch(each, inside, opened) for each in inside.get(path, ()))
    has_more = opened is not None and not folders and path not in opened
    return Branch(path=path, folders=folders, has_more=has_more)


def _upwards(path: str) -> list[str]:
    """Return the folder and each one above it."""
    names = path.strip("/").split("/")
    return ["/".join(names[: n + 1]) + "/" for n in range(len(names))]


def _above(path: str) -> str:
    return f"{path.rstrip('/').rpartition('/')[0]}/"
