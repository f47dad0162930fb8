"""How assets hang together: what was made of which, and the text that was found on the pages of a document."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import invalid, missing
from domain.model import Asset, GeneratedPage
from server.dispatch import Call, implements
from server.operations.assets import asset_values, find_covers
from server.operations.batch import find_asset, find_known
from store.asset_sets import find_members, find_sets_with
from store.generated import PAGE_ENGINE, find_origins, find_pages
from wsdl import contract

ENGINES = (PAGE_ENGINE, "PhotoshopLayers", "ImageConvert", "SceneAuthoring", "Aco")


@implements(contract.GET_ASSOCIATED_ASSETS)
def get_associated_assets(call: Call, param: contract.GetAssociatedAssetsParam) -> contract.GetAssociatedAssetsReturn:
    """Answer the document or the sets that an asset belongs to, and its own pages or members."""
    asset = find_asset(call, param.asset_handle)
    documents, pages = _origin_of(call, asset), _pages_of(call, asset)
    sets = find_known(call, find_sets_with(call.tx, asset.id))
    members = find_known(call, [member.asset_id for member in find_members(call.tx, asset.id)])
    cover = find_covers(call, [asset]).get(asset.id)
    return contract.GetAssociatedAssetsReturn(
        container_array=asset_values(call, [document for document, _page, _generated in documents] + sets),
        member_array=asset_values(call, [page for _document, page, _generated in pages] + members),
        layer_reference_array=(),
        owner_array=(),
        derived_array=(),
        generator_array=_steps(call, documents),
        generated_array=_steps(call, pages),
        thumb_asset=asset_values(call, [cover])[0] if cover else None,
    )


@implements(contract.GET_GENERATION_INFO)
def get_generation_info(call: Call, param: contract.GetGenerationInfoParam) -> contract.GetGenerationInfoReturn:
    """Answer what was generated from an asset, or how an asset was generated."""
    if param.engine and param.engine not in ENGINES:
        raise invalid("engine", f"{param.engine} is not one of {', '.join(ENGINES)}.")
    if not param.originator_handle and not param.generated_handle:
        raise missing("originatorHandle or generatedHandle")
    steps: list[_Step] = []
    if param.originator_handle:
        steps += _pages_of(call, find_asset(call, param.originator_handle, "originatorHandle"))
    if param.generated_handle:
        steps += _origin_of(call, find_asset(call, param.generated_handle, "generatedHandle"))
    wanted = steps if param.engine in (None, "", PAGE_ENGINE) else []
    return contract.GetGenerationInfoReturn(generation_array=_steps(call, wanted))


@implements(contract.GET_SEARCH_STRINGS)
def get_search_strings(call: Call, param: contract.GetSearchStringsParam) -> contract.GetSearchStringsReturn:
    """Answer the lines of a page, or of all pages of a document in their order, in pixels of the pages' images.

    They are there when the last rip was asked for extractSearchWords.
    """
    asset = find_asset(call, param.asset_handle)
    own = find_origins(call.tx, [asset.id])
    pages = list(own.values()) or find_pages(call.tx, asset.id)
    return contract.GetSearchStringsReturn(
        search_strings_array=[_search_string(line) for page in pages for line in page.lines]
    )


_Step = tuple[Asset, Asset, GeneratedPage]
"""A document, the asset that is its page, and which page that is."""


def _pages_of(call: Call, document: Asset) -> list[_Step]:
    pages = {page.asset_id: page for page in find_pages(call.tx, document.id)}
    found = find_known(call, list(pages))
    return [(document, asset, pages[asset.id]) for asset in found]


def _origin_of(call: Call, asset: Asset) -> list[_Step]:
    page = find_origins(call.tx, [asset.id]).get(asset.id)
    found = find_known(call, [page.originator_id]) if page else []
    return [(document, asset, page) for document in found if page]


def _steps(call: Call, steps: Sequence[_Step]) -> list[contract.GenerationInfo]:
    assets = {asset.id: asset for document, page, _generated in steps for asset in (document, page)}
    values = dict(zip(assets, asset_values(call, list(assets.values())), strict=True))
    return [
        contract.GenerationInfo(
            engine=PAGE_ENGINE,
            originator=values[document.id],
            generated=values[page.id],
            attribute_array=[contract.GenerationAttribute(name="PageNumber", value=str(generated.number))],
        )
        for document, page, generated in steps
    ]


def _search_string(line: Mapping[str, Any]) -> contract.SearchStrings:
    words = line["words"]
    left, top = (min(word[side] for word in words) for side in ("left", "top"))
    return contract.SearchStrings(
        search_string=" ".join(word["text"] for word in words),
        keywords_array=[
            contract.Keywords(
                keyword=word["text"],
                status=True,
                x=word["left"],
                y=word["top"],
                width=word["width"],
                height=word["height"],
            )
            for word in words
        ],
        status=True,
        x=left,
        y=top,
        width=max(word["left"] + word["width"] for word in words) - left,
        height=max(word["top"] + word["height"] for word in words) - top,
        font_name=line["font"],
        point_size=f"{line['size_pt']:g}",
    )
