"""Which profiles hold for a folder: those assigned to it, else those of the nearest folder above that has some.

Beside them hold the workflows that have a path of their own which matches the folder, whatever is assigned.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from jobs.profiles.definitions import ProfileKind, ProfileVersion, Workflow
from jobs.profiles.library import version_of
from store.engine import Tx
from store.profiles import Assignment, find_assignments, find_profiles
from store.selections import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The profiles of one kind that were assigned to one folder; none stops what is above.

    With ``is_rule`` it is one workflow, and ``folder`` a path of its own: ``*`` and ``?`` stand for other letters.
    """

    folder: str
    kind: ProfileKind
    profiles: tuple[ProfileVersion, ...]
    is_rule: bool = False

    def matches(self, folder: str) -> bool:
        """Return whether the rule holds for a folder."""
        return self.is_rule and fnmatchcase(folder, self.folder.replace("[", "[[]") + "*")


class FolderProfiles:
    """A company's assignments at one time."""

    def __init__(self, assigned: Iterable[Assigned]) -> None:
        self.assigned = tuple(assigned)
        self._of = {(each.kind, each.folder): each for each in self.assigned if not each.is_rule}
        self._rules = tuple(each for each in self.assigned if each.is_rule)

    def holding(self, kind: ProfileKind, folder: str) -> Assigned | None:
        """Return what holds for the folder (a path), with the folder that it was assigned to."""
        above = folder
        while above:
            found = self._of.get((kind, above))
            if found is not None:
                return found
            above = above.rstrip("/").rpartition("/")[0]
            above = f"{above}/" if above else ""
        return None

    def of(self, kind: ProfileKind, folder: str) -> tuple[ProfileVersion, ...]:
        """Return the profiles of the kind that hold for the folder, each once."""
        found = self.holding(kind, folder)
        holders = [*([found] if found else ()), *self.matching(kind, folder)]
        return tuple({each.profile_id: each for holder in holders for each in holder.profiles}.values())

    def matching(self, kind: ProfileKind, folder: str) -> tuple[Assigned, ...]:
        """Return the rules of the kind that hold for the folder."""
        return tuple(rule for rule in self._rules if rule.kind is kind and rule.matches(folder))

    def scopes(self, kind: ProfileKind) -> Iterator[tuple[ProfileVersion, Scope]]:
        """Yield each assigned profile of the kind with the folders that it holds for."""
        folders = [each.folder for each in self.assigned if each.kind is kind and not each.is_rule]
        for each in self.assigned:
            if each.kind is kind and each.is_rule:
                yield from ((profile, Scope(folder=each.folder, is_pattern=True)) for profile in each.profiles)
            elif each.kind is kind:
                nearer = tuple(f for f in folders if f != each.folder and f.startswith(each.folder))
                yield from ((profile, Scope(folder=each.folder, excluded=nearer)) for profile in each.profiles)


def load_folder_profiles(tx: Tx, company_id: int) -> FolderProfiles:
    """Return the company's assignments as they are now, each profile at its newest version."""
    versions = {stored.id: version_of(stored) for stored in find_profiles(tx, company_id)}
    grouped: dict[tuple[ProfileKind, str], list[Assignment]] = {}
    for assignment in find_assignments(tx, company_id):
        grouped.setdefault((ProfileKind(assignment.kind), assignment.folder), []).append(assignment)
    assigned = (
        Assigned(
            folder=folder, kind=kind, profiles=tuple(versions[a.profile_id] for a in group if a.profile_id is not None)
        )
        for (kind, folder), group in grouped.items()
    )
    return FolderProfiles([*assigned, *_rules(versions.values())])


def _rules(versions: Iterable[ProfileVersion]) -> Iterator[Assigned]:
    for version in versions:
        if isinstance(version.definition, Workflow):
            for path in version.definition.paths:
                yield Assigned(folder=path, kind=version.kind, profiles=(version,), is_rule=True)
