"""The company's assets: its folders, a grid of thumbnails, searching by name, and everything about one asset."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Response, abort, redirect, request

from domain.handles import asset_handle, parse_asset
from domain.model import Asset, StoredFile
from imaging.colours import colour_names
from jobs.processing.criteria import MOST_BY_HAND
from server.admin.asset_findings import find_asset, findings_of
from server.admin.asset_metadata import metadata_of
from server.admin.visits import Answer, Page, Visit
from server.bodies.colours import find_colour
from store.asset_changes import find_marked_contexts
from store.asset_pages import AssetFilter, find_asset_page, find_child_folders, has_folder
from store.blobs.port import MissingBlobError
from store.companies import find_contexts
from store.engine import Tx
from store.items import find_items_of_asset
from store.published import published_name
from wsdl import contract

GRID = 60
_PNG = b"\x89PNG"
_FRESH = "private, max-age=300"


def assets(visit: Visit) -> Answer:
    """Show a page of the assets in a folder, or of those that a search finds by name, smart tag and colour.

    Assets that were chosen by hand come with the form of the page before, and stay chosen.
    """
    chosen = _chosen()
    asked = request.form if "search" in request.form else request.args
    sought, after = _sought(asked), asked.get("after", "")
    folder = asked.get("folder", f"{visit.company.root}/")
    here = visit.link("assets", folder=folder, after=after or None, **sought)
    if request.method == "POST" and not chosen:
        return redirect(here, 303)
    wanted = AssetFilter(
        folder=folder, text=sought.get("q", ""), smart_tag=sought.get("tag", ""), colour=sought.get("colour", "")
    )
    with visit.read() as tx:
        if not has_folder(tx, visit.company.id, folder):
            abort(404)
        found = find_asset_page(tx, visit.company.id, wanted, after, GRID + 1)
        folders = () if sought else find_child_folders(tx, visit.company.id, folder)
    shown = {asset_handle(each.id): each for each in found[:GRID]}
    return visit.page(
        "assets.html",
        assets=shown,
        chosen=chosen,
        elsewhere=[handle for handle in chosen if handle not in shown],
        after=found[GRID - 1].name if len(found) > GRID else None,
        here=here,
        is_first=not after,
        folder=folder,
        folders=folders,
        trail=trail_of(folder),
        sought=sought,
        colours=colour_names(),
    )


def _sought(asked: Mapping[str, str]) -> dict[str, str]:
    """Return what is searched for, as the URL has it. Raises RefusedError for what is no colour."""
    given = {name: asked.get(name, "").strip() for name in ("q", "tag", "colour")}
    return {name: value for name, value in (given | {"colour": find_colour(given["colour"]) or ""}).items() if value}


def _chosen() -> dict[str, None]:
    """Return the handles of the assets that are chosen by hand so far, each once and in their order."""
    handles = [handle for handle in request.form.getlist("asset") if parse_asset(handle) is not None]
    if len(handles) > MOST_BY_HAND:
        abort(400, f"asset: choose at most {MOST_BY_HAND:,} assets by hand, or their folder.")
    return dict.fromkeys(handles)


def asset(visit: Visit, asset_id: int) -> Answer:
    """Show one asset: its picture, what was made of it, where it is published, and which jobs touched it."""
    with visit.read() as tx:
        found = find_asset(visit, tx, asset_id)
        history = find_items_of_asset(tx, visit.company.id, asset_id)
        contexts = _contexts(tx, found)
        findings = findings_of(tx, found) | metadata_of(tx, found)
    return visit.page(
        "asset.html",
        asset=found,
        handle=asset_handle(found.id),
        history=history,
        contexts=contexts,
        trail=trail_of(found.folder),
        **findings,
        image_url=f"/is/image/{quote(visit.company.root)}/{quote(found.name, safe='')}",
    )


def thumbnail(visit: Visit, asset_id: int) -> Answer:
    """Send the asset's thumbnail."""
    return _picture(visit, asset_id, "thumbnail")


def preview(visit: Visit, asset_id: int) -> Answer:
    """Send the asset's preview."""
    return _picture(visit, asset_id, "preview")


def _picture(visit: Visit, asset_id: int, name: str) -> Response:
    with visit.read() as tx:
        found = find_asset(visit, tx, asset_id)
    return send_picture(visit, getattr(found.derivatives, name, None))


def send_picture(visit: Visit, file: StoredFile | None) -> Response:
    """Return a picture of the blob store, for the visitor's browser alone; there is no page without one."""
    if file is None:
        abort(404)
    headers = {"Cache-Control": _FRESH, "ETag": f'"{file.key[:32]}"'}
    if request.if_none_match.contains(file.key[:32]):
        return Response(status=304, headers=headers)
    try:
        with visit.services.blobs.as_file(file.key) as path:
            content = path.read_bytes()
    except MissingBlobError:
        abort(404)
    media = "image/png" if content.startswith(_PNG) else "image/jpeg"
    return Response(content, headers=headers, mimetype=media)


def _contexts(tx: Tx, found: Asset) -> list[dict[str, Any]]:
    marked = find_marked_contexts(tx, found)
    return [
        {"name": context.name, "is_marked": context.id in marked, "as": published_name(tx, context.id, found.id)}
        for context in find_contexts(tx, found.company_id)
    ]


def trail_of(folder: str) -> list[tuple[str, str]]:
    """Return the name and the path of the folder and of each one above it, from the top."""
    names = folder.strip("/").split("/")
    return [(name, "/".join(names[: n + 1]) + "/") for n, name in enumerate(names)]


PAGES = (
    Page(rule="assets", view=assets, needs=contract.SEARCH_ASSETS, methods=("GET", "POST")),
    Page(rule="assets/<int:asset_id>", view=asset, needs=contract.GET_ASSETS),
    Page(rule="assets/<int:asset_id>/thumbnail", view=thumbnail, needs=contract.GET_ASSETS),
    Page(rule="assets/<int:asset_id>/preview", view=preview, needs=contract.GET_ASSETS),
)
