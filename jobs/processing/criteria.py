"""Which assets are to be processed, as a person says it, and what that means to the store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from domain.errors import RepriseError
from domain.model import Company, JsonObject
from domain.paths import rooted
from jobs.profiles.definitions import ProfileKind
from jobs.profiles.folders import load_folder_profiles
from jobs.stages.registry import stages_following
from store.asset_search import AssetQuery, Condition, Group
from store.assets import count_by_type
from store.engine import Tx
from store.selections import AssetFilter, Scope, Stale

MOST_BY_HAND = 10_000
RUN = "process"
"""The kind of the jobs that are runs of processing."""


class CriteriaError(RepriseError):
    """The criteria cannot be met; ``field`` is what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Which assets: those of folders without some of the folders below, those chosen by hand, or of an old run.

    Folders are paths that begin with the company's root and end with a slash. Whatever is given must hold; None and
    empty stand for no condition. ``failed_of`` is a job of which the items that failed or were cancelled are wanted,
    ``done_by`` one of which those that were done; ``is_stale`` wants only assets that were not processed with their
    folder's profiles as they are now, or with the one profile that ``stale_profile_id`` names. ``colour`` is the CSS
    name of a colour tag of which the picture has a good share. ``is_sweep`` leaves out those that a job is about, and
    those that a run has failed on until they or the profile change; a schedule that finds none starts no run.
    """

    folders: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    includes_subfolders: bool = True
    asset_ids: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    name_contains: str = ""
    smart_tag: str | None = None
    colour: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    failed_of: int | None = None
    done_by: int | None = None
    is_stale: bool = False
    stale_profile_id: int | None = None
    is_sweep: bool = False


def folder_path(company: Company, given: str) -> str:
    """Return a folder's path, whether it is given with the company's root in front of it or not."""
    return rooted(company.root, "/".join(part for part in given.split("/") if part))


def criteria_to_json(criteria: Criteria) -> JsonObject:
    """Return the criteria as JSON-able data."""
    plain: JsonObject = TypeAdapter(Criteria).dump_python(criteria, mode="json")
    return plain


def check_criteria(criteria: Criteria) -> None:
    """Raise CriteriaError for criteria that choose nothing in particular, or exclude what was never chosen."""
    given = (criteria.folders, criteria.asset_ids, criteria.failed_of, criteria.done_by, criteria.is_stale)
    if not any(given):
        raise CriteriaError("folders", "name a folder, assets, or a run whose failed items are wanted.")
    if len(criteria.asset_ids) > MOST_BY_HAND:
        raise CriteriaError("assets", f"name at most {MOST_BY_HAND} assets, or their folder.")
    if criteria.stale_profile_id is not None and not criteria.is_stale:
        raise CriteriaError("stale_profile_id", "it says which profile counts for what is stale: ask for that, too.")
    for path in criteria.excluded:
        if not any(path.startswith(folder) and path != folder for folder in criteria.folders):
            raise CriteriaError("excluded", f"{path} is not below a chosen folder.")


def find_filter(tx: Tx, company_id: int, criteria: Criteria) -> AssetFilter:
    """Return what the criteria mean now. Raises CriteriaError."""
    check_criteria(criteria)
    scopes = tuple(
        Scope(folder=folder, excluded=criteria.excluded, is_recursive=criteria.includes_subfolders)
        for folder in criteria.folders
    )
    return AssetFilter(
        query=AssetQuery(
            company_id=company_id,
            types=criteria.types,
            groups=(Group(conditions=tuple(_conditions(criteria))),),
            smart_tag=criteria.smart_tag,
            colour=criteria.colour,
        ),
        scopes=scopes or None,
        asset_ids=criteria.asset_ids or None,
        failed_of=criteria.failed_of,
        done_by=criteria.done_by,
        stale=tuple(find_stale(tx, company_id, criteria.stale_profile_id)) if criteria.is_stale else None,
        without_failed_of=RUN if criteria.is_sweep else None,
        without_active=criteria.is_sweep,
    )


def find_stale(tx: Tx, company_id: int, profile_id: int | None = None) -> Iterator[Stale]:
    """Yield where each profile that is assigned, or one of them, holds, with the types that it does something to."""
    folders, types = load_folder_profiles(tx, company_id), count_by_type(tx, company_id)
    for kind in ProfileKind:
        for profile, scope in folders.scopes(kind):
            if profile_id in (None, profile.profile_id):
                wanted = tuple(each for each in types if stages_following(profile, each))
                yield Stale(profile_id=profile.profile_id, version=profile.version, scope=scope, types=wanted)


def _conditions(criteria: Criteria) -> Iterator[Condition]:
    if criteria.name_contains:
        yield Condition(field="Name", op="Contains", value=criteria.name_contains)
    if criteria.created_after:
        yield Condition(field="Created", op="GreaterThanEquals", value=criteria.created_after)
    if criteria.created_before:
        yield Condition(field="Created", op="LessThan", value=criteria.created_before)
