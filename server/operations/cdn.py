"""Purging a content delivery network in front of the image server.

The image server keeps pictures by revision, so none of its own can be stale: a purge is checked, logged, and complete.
"""

from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import structlog

from domain.clock import utc_now
from domain.errors import invalid, missing, not_built
from server.dispatch import Call, implements
from wsdl import contract

MOST_URLS = 1000

log = structlog.get_logger(__name__)


@implements(contract.CDN_CACHE_INVALIDATION)
def cdn_cache_invalidation(
    call: Call, param: contract.CdnCacheInvalidationParam
) -> contract.CdnCacheInvalidationReturn:
    """Answer at once that nothing stale is left; one foreign or malformed URL faults the whole request."""
    if not param.url_array:
        raise missing("urlArray")
    if param.confirmation is not None and (param.confirmation.cc_originator or param.confirmation.cc_others_array):
        raise not_built("confirmation of cdnCacheInvalidation")
    if len(param.url_array) > MOST_URLS:
        raise invalid("urlArray", f"takes at most {MOST_URLS} URLs.")
    for n, url in enumerate(param.url_array):
        _check(call.company.root, url, f"urlArray.items[{n}]")
    log.info("cdn purge asked for", company=call.company.id, urls=len(param.url_array))
    count = len(param.url_array)
    return contract.CdnCacheInvalidationReturn(
        success_count=count,
        warning_count=0,
        error_count=0,
        invalidation_handle=f"{call.company.id}|{int(utc_now().timestamp() * 1000)}",
        estimated_seconds=0,
    )


@implements(contract.GET_CDN_CACHE_INVALIDATION_STATUS)
def get_cdn_cache_invalidation_status(
    call: Call, param: contract.GetCdnCacheInvalidationStatusParam
) -> contract.GetCdnCacheInvalidationStatusReturn:
    """Answer that the purge is complete, and when it was."""
    company, _, moment = param.invalidation_handle.partition("|")
    if company != str(call.company.id) or not (moment.isascii() and moment.isdigit() and len(moment) < 15):
        raise invalid("invalidationHandle", f"there is no purge {param.invalidation_handle} in this company.")
    completed = datetime.fromtimestamp(int(moment) / 1000, UTC)
    return contract.GetCdnCacheInvalidationStatusReturn(status="Complete", completion_time=completed)


def _check(root: str, url: str, field: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise invalid(field, "is not a well-formed URL.") from error
    if parts.scheme not in ("http", "https") or root not in unquote(parts.path).split("/"):
        raise invalid(field, f"must be an http or https URL whose path holds the company root {root}.")
