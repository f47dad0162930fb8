"""Publish contexts and marks: what the next publish will show, where."""

from collections.abc import Sequence

from domain.errors import invalid
from domain.handles import asset_handle, context_handle, parse_context
from server.dispatch import Call, implements
from server.operations.batch import find_all, find_asset, for_each
from server.operations.choices import check_word, choose
from store.asset_changes import find_marked_contexts, set_publish_mark
from store.companies import CONTEXT_TYPES, Context, find_contexts
from wsdl import contract

STATES = {"MarkedForPublish": True, "NotMarkedForPublish": False}


@implements(contract.SET_ASSET_PUBLISH_STATE, writes=True)
def set_asset_publish_state(
    call: Call, param: contract.SetAssetPublishStateParam
) -> contract.SetAssetPublishStateReturn:
    """Mark or unmark the asset in the named publish contexts, or in all."""
    contexts = param.context_handle_array
    numbers = [_context_number(call, handle) for handle in contexts] if contexts else None
    _mark(call, param.asset_handle, param.publish_state, numbers)
    return contract.SetAssetPublishStateReturn()


@implements(contract.SET_ASSETS_PUBLISH_STATE, writes=True)
def set_assets_publish_state(
    call: Call, param: contract.SetAssetsPublishStateParam
) -> contract.SetAssetsPublishStateReturn:
    """Mark or unmark each of the assets in all publish contexts."""
    counts = for_each(
        param.publish_state_update_array,
        lambda update: update.asset_handle,
        lambda update: _mark(call, update.asset_handle, update.publish_state, None),
    )
    return contract.SetAssetsPublishStateReturn(**counts)


@implements(contract.SET_ASSETS_CONTEXT_STATE, writes=True)
def set_assets_context_state(
    call: Call, param: contract.SetAssetsContextStateParam
) -> contract.SetAssetsContextStateReturn:
    """Mark or unmark assets context by context; every pair of an asset and a context is counted."""
    pairs = [
        (update.asset_handle, context.context_handle, context.publish_state)
        for update in param.assets_context_state_update_array
        for context in update.context_state_update_array
    ]
    counts = for_each(
        pairs, lambda pair: pair[0], lambda pair: _mark(call, pair[0], pair[2], [_context_number(call, pair[1])])
    )
    return contract.SetAssetsContextStateReturn(**counts)


@implements(contract.GET_PUBLISH_CONTEXTS)
def get_publish_contexts(call: Call, param: contract.GetPublishContextsParam) -> contract.GetPublishContextsReturn:
    """Answer the company's publish contexts, of one type or of all."""
    wanted = choose("contextType", param.context_type, {name: name for name in CONTEXT_TYPES}, None)
    found = find_contexts(call.tx, call.company.id)
    return contract.GetPublishContextsReturn(
        publish_context_array=[_context(each) for each in found if wanted in (None, each.type)]
    )


@implements(contract.BATCH_GET_ASSET_PUBLISH_CONTEXTS)
def batch_get_asset_publish_contexts(
    call: Call, param: contract.BatchGetAssetPublishContextsParam
) -> contract.BatchGetAssetPublishContextsReturn:
    """Answer the contexts in which each of the assets is marked."""
    contexts = {each.id: each for each in find_contexts(call.tx, call.company.id)}
    assets = find_all(call, param.asset_handle_array)
    return contract.BatchGetAssetPublishContextsReturn(
        asset_publish_contexts_array=[
            contract.AssetPublishContexts(
                asset_handle=asset_handle(asset.id),
                publish_context_array=[_context(contexts[n]) for n in find_marked_contexts(call.tx, asset)],
            )
            for asset in assets
        ]
    )


def _mark(call: Call, handle: str, state: str, contexts: Sequence[int] | None) -> None:
    check_word("publishState", state, STATES)
    set_publish_mark(call.tx, find_asset(call, handle), contexts, is_marked=STATES[state])


def _context_number(call: Call, handle: str) -> int:
    number = parse_context(handle)
    if number is None or number not in {each.id for each in find_contexts(call.tx, call.company.id)}:
        raise invalid("contextHandle", f"there is no publish context {handle} in this company.")
    return number


def _context(context: Context) -> contract.PublishContext:
    return contract.PublishContext(
        context_handle=context_handle(context.id), context_name=context.name, context_type=context.type
    )
