"""Puts assets into the sets that set scripts name: sets are made or grow, and nothing is ever taken out of one.

How names are read is left to ``set_naming``; who asks for it and when, to the jobs and stages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from domain.errors import Permanent
from domain.handles import property_set_handle
from domain.model import Asset, Company
from domain.paths import MAX_NAME, rooted
from domain.words import Words, say
from jobs.set_naming import ScriptError, SetScript, script_of, set_name, sort_key
from jobs.specs import SetsSpec
from store.asset_changes import set_publish_mark
from store.asset_sets import MOST_MEMBERS, Member, NewSet, add_set, find_members, save_members
from store.assets import find_by_names, load_assets
from store.companies import load_company
from store.engine import Tx
from store.folders import ensure_folder, touch_folders
from store.generated import find_origins, find_pages
from store.property_sets import load_script
from store.usage import hold_company

MOST_NAMES = 10
"""How many members a sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What assets are put into sets by: the scripts in their order, and where new sets go and how they are marked."""

    company: Company
    scripts: tuple[SetScript, ...]
    changed_by: str
    spec: SetsSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChange:
    """What becomes of one set. ``assets`` belong in it; ``added`` are those of them that are not in it yet."""

    script: SetScript
    name: str
    folder: str
    assets: tuple[Asset, ...]
    added: tuple[Asset, ...] = ()
    existing: Asset | None = None
    problem: Words | None = None
    """Why it takes none of them, or not all."""

    @property
    def outcome(self) -> tuple[str, int | None, tuple[int, ...], str]:
        """What tells two changes apart: which set, whether it is there, what it gets, and what is wrong."""
        existing = self.existing.id if self.existing else None
        return self.name, existing, tuple(asset.id for asset in self.added), str(self.problem or "")


def load_generation(tx: Tx, company_id: int, spec: SetsSpec, changed_by: str) -> Generation:
    """Return what a spec comes to now. Raises Permanent for a script that is gone or says what cannot be followed."""
    company = load_company(tx, company_id)
    assert company is not None
    scripts = []
    for number in spec.script_ids:
        found, handle = load_script(tx, company_id, number), property_set_handle(number)
        if found is None:
            raise Permanent("The set script {handle} is gone.", handle=handle)
        try:
            scripts.append(script_of(found.properties))
        except ScriptError as error:
            raise Permanent("The set script {handle}: {reason}", handle=handle, reason=str(error)) from error
    return Generation(company=company, scripts=tuple(scripts), changed_by=changed_by, spec=spec)


def generate_sets(tx: Tx, assets: Sequence[Asset], by: Generation) -> tuple[SetChange, ...]:
    """Put the assets, and the pages of those that are documents, into their sets, and return what that changed."""
    hold_company(tx, by.company.id)
    changes = find_changes(tx, assets, by)
    for change in changes:
        if change.added:
            _carry_out(tx, change, by)
    return changes


def find_changes(tx: Tx, assets: Sequence[Asset], by: Generation) -> tuple[SetChange, ...]:
    """Return what ``generate_sets`` would change, by the order of the scripts. Assets without a set are in none."""
    wanted: dict[str, tuple[SetScript, list[Asset]]] = {}
    problems = []
    for script in by.scripts:
        for asset in _candidates(tx, assets, script):
            name = set_name(script, asset.name)
            if name is None:
                continue
            first, gathered = wanted.setdefault(name, (script, []))
            if first.type != script.type:
                problem = say("The set {set} would be of type {type} by another set script.", set=name, type=first.type)
                problems.append(_change(script, name, [asset], by, problem))
            elif asset.id not in {other.id for other in gathered}:
                gathered.append(asset)
    changes = [_change(script, name, gathered, by) for name, (script, gathered) in wanted.items()]
    return (*(_compared(tx, change, by) for change in changes), *problems)


def words_of(changes: Sequence[SetChange]) -> Words:
    """Return a sentence for each of the changes."""
    said = [change.problem or _words(change) for change in changes]
    return reduce(lambda first, second: say("{summary} {more}", summary=first, more=second), said)


def _candidates(tx: Tx, assets: Sequence[Asset], script: SetScript) -> list[Asset]:
    """Return the images among the assets and, unless the script leaves them out, the pages of documents."""
    images = [asset for asset in assets if asset.type == "Image"]
    if not script.include_derived:
        made = find_origins(tx, [asset.id for asset in images])
        return [asset for asset in images if asset.id not in made]
    documents = [asset for asset in assets if asset.type == "Pdf"]
    pages = [page.asset_id for document in documents for page in find_pages(tx, document.id)]
    found = load_assets(tx, documents[0].company_id, pages) if documents else ()
    return [*images, *(asset for asset in found if asset.trash_state == "NotInTrash")]


def _change(
    script: SetScript, name: str, assets: Sequence[Asset], by: Generation, problem: Words | None = None
) -> SetChange:
    own = rooted(by.company.root, script.folder) if script.folder else None
    folder = by.spec.folder or own or by.spec.default_folder or assets[0].folder
    return SetChange(script=script, name=name, folder=folder, assets=tuple(assets), problem=problem)


def _compared(tx: Tx, change: SetChange, by: Generation) -> SetChange:
    """Return the change with what is there already: a set that takes new members, or something in its place."""
    existing = next(iter(find_by_names(tx, by.company.id, [change.name])), None)
    if existing is None and not (change.name.strip() == change.name and len(change.name) <= MAX_NAME):
        return replace(change, problem=say("{set} cannot be the name of a set.", set=change.name))
    if existing and (existing.type != change.script.type or existing.trash_state != "NotInTrash"):
        return replace(change, problem=_taken(existing))
    there = [member.asset_id for member in find_members(tx, existing.id)] if existing else []
    added = [asset for asset in change.assets if asset.id not in there]
    room = MOST_MEMBERS - len(there)
    full = say("The set {set} has {most} members, which is the most.", set=change.name, most=MOST_MEMBERS)
    problem = full if len(added) > room else None
    return replace(change, existing=existing, added=tuple(added[:room]), problem=problem)


def _taken(asset: Asset) -> Words:
    if asset.trash_state != "NotInTrash":
        return say("The name {set} is taken by an asset of type {type} in the trash.", set=asset.name, type=asset.type)
    return say("The name {set} is taken by an asset of type {type}.", set=asset.name, type=asset.type)


def _carry_out(tx: Tx, change: SetChange, by: Generation) -> None:
    found = change.existing
    if found is None:
        ensure_folder(tx, by.company.id, change.folder)
        new = NewSet(
            company_id=by.company.id,
            folder=change.folder,
            name=change.name,
            type=change.script.type,
            created_by=by.changed_by,
            ready_for_publish=by.spec.ready_for_publish,
        )
        found = add_set(tx, new)
    elif by.spec.ready_for_publish:
        set_publish_mark(tx, found, None, is_marked=True)
    save_members(tx, found.id, _ordered(tx, found, change), by.changed_by)
    touch_folders(tx, by.company.id, [found.folder])


def _ordered(tx: Tx, found: Asset, change: SetChange) -> list[Member]:
    """Return the members with the new ones in their places; those that are there keep theirs, whoever chose them."""
    members = list(find_members(tx, found.id))
    names = {asset.id: asset.name for asset in load_assets(tx, found.company_id, [m.asset_id for m in members])}
    keys = [
        sort_key(change.script, name) if set_name(change.script, name) == change.name else None
        for name in (names[member.asset_id] for member in members)
    ]
    for asset in change.added:
        key = sort_key(change.script, asset.name)
        place = next((n for n, other in enumerate(keys) if other is not None and other > key), len(keys))
        keys.insert(place, key)
        members.insert(place, Member(asset_id=asset.id))
    return members


def _words(change: SetChange) -> Words:
    names = ", ".join(asset.name for asset in (change.added or change.assets)[:MOST_NAMES])
    if len(change.added or change.assets) > MOST_NAMES:
        names += ", …"
    if change.existing is None:
        return say("New set {set} in {folder}: {names}.", set=change.name, folder=change.folder, names=names)
    if change.added:
        return say("Added to the set {set}: {names}.", set=change.name, names=names)
    return say("In the set {set} already: {names}.", set=change.name, names=names)
