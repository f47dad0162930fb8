"""Which asset is which page of which document; a page that changed meanwhile is not overwritten."""

import pytest

from domain.errors import Superseded
from domain.model import Asset, GeneratedPage, StoredFile
from jobs.kinds.files import MadeFiles
from jobs.kinds.pages import MadePage, MadePages, PagesChange, page_assets, save_pages
from jobs.specs import ImageOptions
from store.asset_changes import set_trash_state
from store.assets import NewPicture, load_asset, save_picture
from store.engine import Database, Tx
from store.generated import find_origins, find_pages, forget_page, save_page
from tests.store.rows import add_tenant, derivatives, stored_asset

LINE = {"words": [{"text": "Größe", "left": 1, "top": 2, "width": 3, "height": 4}], "font": "Times", "size_pt": 9.5}


@pytest.fixture
def company(database: Database) -> int:
    return add_tenant(database, "LabCo")


@pytest.fixture
def document(database: Database, company: int) -> Asset:
    number = stored_asset(database, company, "book", type="Pdf")
    with database.read() as tx:
        found = load_asset(tx, company, number)
    assert found is not None
    return found


def made(numbers: int) -> MadePages:
    """Pages that were made of a document of ``numbers`` pages."""
    return MadePages(
        made=tuple(
            MadePage(
                number=n,
                original=StoredFile(key=f"{n:064}", size=n),
                files=MadeFiles(derivatives=derivatives(100 * n), crop=None),
                lines=(LINE,),
                links=(),
            )
            for n in range(1, numbers + 1)
        ),
        number=numbers,
        problems=(),
    )


def change(pages: MadePages, seen: dict[int, Asset]) -> PagesChange:
    return PagesChange(pages=pages, seen=seen, options=ImageOptions(), project_ids=(), created_by="lab@example.com")


def rip(tx: Tx, document: Asset, numbers: int) -> dict[int, Asset]:
    """Save that many pages of the document and return their assets."""
    save_pages(tx, document, change(made(numbers), page_assets(tx, document)))
    return page_assets(tx, document)


def test_what_is_written_on_a_page_is_kept(database: Database, document: Asset) -> None:
    with database.write() as tx:
        first, _second = rip(tx, document, 2).values()
    with database.read() as tx:
        assert find_origins(tx, [first.id, document.id]) == {
            first.id: GeneratedPage(asset_id=first.id, originator_id=document.id, number=1, lines=(LINE,))
        }
        assert [page.number for page in find_pages(tx, document.id)] == [1, 2]


def test_saving_a_page_again_replaces_what_was_written_on_it(database: Database, document: Asset) -> None:
    with database.write() as tx:
        (first,) = rip(tx, document, 1).values()
        save_page(tx, GeneratedPage(asset_id=first.id, originator_id=document.id, number=1))
        (page,) = find_pages(tx, document.id)
        assert page.lines == ()


def test_a_page_can_be_forgotten(database: Database, document: Asset) -> None:
    with database.write() as tx:
        first, _second = rip(tx, document, 2).values()
        forget_page(tx, first.id)
        assert [page.number for page in find_pages(tx, document.id)] == [2]


def test_pages_keep_their_numbers_when_the_document_gets_shorter_and_longer(
    database: Database, document: Asset
) -> None:
    with database.write() as tx:
        three = rip(tx, document, 3)
        one = rip(tx, document, 1)
        again = rip(tx, document, 3)
    assert one[1].id == three[1].id == again[1].id
    assert {again[2].id, again[3].id}.isdisjoint(page.id for page in three.values())
    assert [page.name for page in again.values()] == ["book-1", "book-2", "book-3"]


def test_a_page_whose_name_is_taken_gets_another(database: Database, company: int, document: Asset) -> None:
    stored_asset(database, company, "book-2")
    with database.write() as tx:
        assert [page.name for page in rip(tx, document, 3).values()] == ["book-1", "book-2-1", "book-3"]


@pytest.mark.parametrize("what", ["picture", "trash"])
def test_a_page_that_changed_since_the_work_began_is_not_overwritten(
    database: Database, document: Asset, what: str
) -> None:
    with database.write() as tx:
        seen = rip(tx, document, 2)
        if what == "trash":
            set_trash_state(tx, seen[2], "InTrash", "lab@example.com")
        else:
            picture = NewPicture(crop=None, derivatives=derivatives(7), ready_for_publish=False, changed_by="bot")
            assert save_picture(tx, seen[2].id, seen[2].revision, picture)
    with pytest.raises(Superseded), database.write() as tx:
        save_pages(tx, document, change(made(2), seen))
    with database.read() as tx:
        assert page_assets(tx, document)[1].revision == seen[1].revision
