"""Folders as people write them: with or without the company's root and slashes around, or as handles."""

from collections.abc import Sequence

from domain.model import Company
from jobs.processing.criteria import folder_path
from server.bodies.reading import refused
from store.engine import Tx
from store.folders import find_paths


def find_folder_paths(tx: Tx, company: Company, field: str, given: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of the company's folders. Raises RefusedError, naming ``field``, for one that there is not."""
    paths = tuple(dict.fromkeys(folder_path(company, each.strip().removeprefix("f|")) for each in given))
    known = find_paths(tx, company.id, paths)
    for path in paths:
        if path not in known and path != f"{company.root}/":
            raise refused(field, f"there is no folder {path} in this company.")
    return paths
