"""The pages of a document: stores what was made of each, and keeps the assets that they are in step with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from domain.errors import Superseded
from domain.model import Asset, GeneratedPage, JsonObject, StoredFile
from domain.words import Words, say
from imaging.errors import ImagingError
from imaging.facts import RipOutcome, RippedPage
from imaging.rip import PAGE
from jobs.crop_rules import decide_publish_mark, new_publish_mark
from jobs.kinds.files import PROCESS_USER, MadeFiles, store_files
from jobs.kinds.port import Tools
from jobs.specs import ImageOptions
from store.asset_changes import set_publish_mark, set_trash_state
from store.assets import NewAsset, NewPicture, add_asset, load_assets, names_taken, replace_original, save_picture
from store.engine import Tx
from store.generated import find_pages, save_page
from store.projects import add_to_project


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePage:
    """One page that was drawn: its number, its own original, its files, and what is written on it."""

    number: int
    original: StoredFile
    files: MadeFiles
    lines: tuple[JsonObject, ...]
    links: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePages:
    """All the pages of a document: those that were made, how many there are, and what kept the others from it."""

    made: tuple[MadePage, ...]
    number: int
    problems: tuple[Words, ...]

    @property
    def problem(self) -> Words | None:
        """One sentence for a log, or None when every page was made."""
        if not self.problems:
            return None
        return say(
            "{failed} of {pages} pages could not be made into images. The first: {first}.",
            failed=len(self.problems),
            pages=self.number,
            first=self.problems[0],
        )


NO_PAGES = MadePages(made=(), number=0, problems=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesChange:
    """What brings page assets up to date; ``seen`` are those that the work began with, by number."""

    pages: MadePages
    seen: Mapping[int, Asset]
    options: ImageOptions
    project_ids: tuple[int, ...]
    created_by: str


def page_assets(tx: Tx, document: Asset) -> dict[int, Asset]:
    """Return the assets that are the document's pages, by number."""
    pages = {page.asset_id: page.number for page in find_pages(tx, document.id)}
    return {pages[asset.id]: asset for asset in load_assets(tx, document.company_id, list(pages))}


def store_pages(outcome: RipOutcome, folder: Path, tools: Tools) -> MadePages:
    """Put what was made of each page into the blob store."""
    return MadePages(
        made=tuple(_store(page, folder / page.folder, tools) for page in outcome.pages if page.outcome),
        number=len(outcome.pages),
        problems=tuple(problem_of(page) for page in outcome.pages if page.problem),
    )


def clause_of(error: ImagingError) -> Words:
    """Return what went wrong with an image, in the middle of a sentence; a decoder's own words stay as they are."""
    return say(error.clause, **error.values)


def problem_of(page: RippedPage) -> Words:
    """Return the clause that says which page could not be made, and why."""
    assert page.problem is not None
    return say("page {number}: {problem}", number=page.number, problem=clause_of(page.problem))


def save_pages(tx: Tx, document: Asset, change: PagesChange) -> None:
    """Make the page assets those of the pages: each keeps its handle, new pages are added, vanished ones given up.

    A page that could not be made, and a page in the trash, stay as they are. Raises Superseded when a page asset
    changed since the work began.
    """
    present = page_assets(tx, document)
    taken = set(names_taken(tx, document.company_id, f"{document.name}-"))
    for page in change.pages.made:
        asset = present.get(page.number)
        if asset is None:
            name = _free_name(f"{document.name}-{page.number}", taken)
            asset = _add(tx, document, change, (name, page))
            taken.add(name)
        elif not _replace(tx, asset, change, page):
            continue
        save_page(tx, _generated(document, asset, page))
        for project_id in change.project_ids:
            add_to_project(tx, project_id, asset.id)
    for number, asset in present.items():
        if number > change.pages.number:
            set_trash_state(tx, asset, "InEmptiedTrash", PROCESS_USER)


def _store(page: RippedPage, folder: Path, tools: Tools) -> MadePage:
    assert page.outcome is not None
    return MadePage(
        number=page.number,
        original=tools.blobs.put(folder / PAGE),
        files=store_files(page.outcome, folder, tools),
        lines=tuple(asdict(line) for line in page.lines),
        links=tuple(asdict(link) for link in page.links),
    )


def _add(tx: Tx, document: Asset, change: PagesChange, page: tuple[str, MadePage]) -> Asset:
    name, made = page
    new = NewAsset(
        company_id=document.company_id,
        folder=document.folder,
        name=name,
        file_name=f"{name}.tif",
        type="Image",
        original=made.original,
        ready_for_publish=False,
        created_by=change.created_by,
    )
    asset = add_asset(tx, new)
    is_marked = decide_publish_mark(document.ready_for_publish, change.options)
    saved = save_picture(tx, asset.id, asset.revision, _picture(made, is_marked=is_marked))
    assert saved, "the asset is of this very transaction"
    return asset


def _replace(tx: Tx, asset: Asset, change: PagesChange, page: MadePage) -> bool:
    """Switch the page's asset to what was made of it, unless it is in the trash; return whether it was."""
    seen = change.seen.get(page.number)
    if seen is None or (seen.id, seen.revision, seen.trash_state) != (asset.id, asset.revision, asset.trash_state):
        raise Superseded("A page of the document changed while it was being processed.")
    if asset.trash_state != "NotInTrash":
        return False
    replace_original(tx, asset, original=page.original, file_name=asset.file_name, changed_by=PROCESS_USER)
    is_marked = decide_publish_mark(asset.ready_for_publish, change.options)
    saved = save_picture(tx, asset.id, asset.revision + 1, _picture(page, is_marked=is_marked))
    assert saved, "the revision was read in this very transaction"
    mark = new_publish_mark(change.options)
    if mark is not None:
        set_publish_mark(tx, asset, None, is_marked=mark)
    return True


def _picture(page: MadePage, *, is_marked: bool) -> NewPicture:
    return NewPicture(
        crop=page.files.crop,
        derivatives=page.files.derivatives,
        ready_for_publish=is_marked,
        changed_by=PROCESS_USER,
    )


def _generated(document: Asset, asset: Asset, page: MadePage) -> GeneratedPage:
    return GeneratedPage(
        asset_id=asset.id,
        originator_id=document.id,
        number=page.number,
        lines=page.lines,
        links=page.links,
    )


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(other for n in range(1, len(taken) + 2) if (other := f"{name}-{n}") not in taken)
