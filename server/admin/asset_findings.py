"""What processing found in an asset's picture or made of it: crops, colours, tags, renditions; and correcting them."""

from math import isfinite
from typing import Any
from urllib.parse import quote

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from domain.findings import Fraction, TagState
from domain.model import Asset
from jobs.profiles.folders import load_folder_profiles
from jobs.tag_field import show_tags
from server.admin.run_form import KINDS
from server.admin.visits import Answer, Page, Visit
from store.assets import load_asset
from store.blobs.port import MissingBlobError
from store.engine import Tx
from store.renditions import find_renditions, load_rendition
from store.smart_crops import load_crops, revert_crop, set_manual_crop
from store.tags import load_colours, load_smart_tags, mark_smart_tag
from store.usage import hold_company
from wsdl import contract

_SIDES = ("left", "top", "width", "height")


def findings_of(tx: Tx, asset: Asset) -> dict[str, Any]:
    """Return what a page about the asset shows of this."""
    company_id, profiles = asset.company_id, load_folder_profiles(tx, asset.company_id)
    held = [(label, profiles.holding(kind, asset.folder)) for kind, label in KINDS.items()]
    held += [(label, rule) for kind, label in KINDS.items() for rule in profiles.matching(kind, asset.folder)]
    return {
        "crops": load_crops(tx, company_id, asset.id),
        "colours": load_colours(tx, company_id, asset.id),
        "tags": load_smart_tags(tx, company_id, asset.id),
        "renditions": find_renditions(tx, company_id, asset.id),
        "holding": [(label, found) for label, found in held if found and found.profiles],
    }


def change_crop(visit: Visit, asset_id: int) -> Answer:
    """Let what a person has drawn count for a crop, or again what was found."""
    name, is_revert = request.form.get("name", ""), "revert" in request.form
    with visit.write() as tx:
        asset = find_asset(visit, tx, asset_id)
        try:
            if is_revert:
                is_done = revert_crop(tx, visit.company.id, asset_id, name)
            else:
                is_done = set_manual_crop(tx, visit.company.id, asset_id, name, _area())
        except ValueError as error:
            abort(400, f"left, top, width, height: {error}.")
        if not is_done:
            abort(404, f"This asset has no crop {name[:100]} that can be drawn.")
        visit.note(tx, "reverted crop" if is_revert else "drew crop", f"{name} of {asset.name}")
    return visit.go("asset", asset_id=asset_id, _anchor="crops")


def change_tag(visit: Visit, asset_id: int) -> Answer:
    """Write down what a person says of a smart tag."""
    label, said = request.form.get("label", ""), request.form.get("state", "")
    if said not in tuple(TagState):
        abort(400, f"state: give one of {', '.join(TagState)}.")
    with visit.write() as tx:
        hold_company(tx, visit.company.id)
        asset = find_asset(visit, tx, asset_id)
        if not mark_smart_tag(tx, visit.company.id, asset_id, label, TagState(said)):
            abort(404, f"This asset has no smart tag {label[:100]}.")
        show_tags(tx, asset, visit.principal.user.email)
        visit.note(tx, f"marked tag {said}", f"{label} of {asset.name}")
    return visit.go("asset", asset_id=asset_id, _anchor="tags")


def rendition(visit: Visit, asset_id: int) -> Answer:
    """Send a rendition as a file to keep."""
    with visit.read() as tx:
        asset = find_asset(visit, tx, asset_id)
        found = load_rendition(tx, visit.company.id, asset_id, request.args.get("name", "")) or abort(404)
    try:
        with visit.services.blobs.as_file(found.file.key) as path:
            content = path.read_bytes()
    except MissingBlobError:
        abort(404)
    return as_file(content, found.mime, f"{asset.name}-{found.name}.{found.mime.rpartition('/')[2]}")


def find_asset(visit: Visit, tx: Tx, asset_id: int) -> Asset:
    """Return the company's asset; there is no page for another's, nor for an unknown one."""
    return load_asset(tx, visit.company.id, asset_id) or abort(404)


def as_file(content: bytes, mime: str, name: str) -> AnyResponse:
    """Return the answer that has a browser keep the content as a file, and never show it as a page of ours."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, mimetype=mime, headers=headers)


def _area() -> Fraction:
    """Return what the form says in percent of the picture. Raises ValueError."""
    given = [request.form.get(side, "") for side in _SIDES]
    try:
        left, top, width, height = (float(text) / 100 for text in given)
    except ValueError:
        raise ValueError("give four numbers, in percent of the picture") from None
    if not all(map(isfinite, (left, top, width, height))):
        raise ValueError("give four numbers, in percent of the picture")
    return Fraction(left=left, top=top, width=min(width, 1 - left), height=min(height, 1 - top))


PAGES = (
    Page(rule="assets/<int:asset_id>/crops", view=change_crop, needs=contract.SET_ASSET_METADATA, methods=("POST",)),
    Page(rule="assets/<int:asset_id>/tags", view=change_tag, needs=contract.SET_ASSET_METADATA, methods=("POST",)),
    Page(rule="assets/<int:asset_id>/rendition", view=rendition, needs=contract.GET_ASSETS),
)
