"""The ICC profiles of a company's own: what its colours are managed with where nobody says otherwise."""

from domain.model import Company
from jobs.specs import ColourSpec
from store.assets import load_asset
from store.engine import Tx


def usual_colours(tx: Tx, company: Company) -> ColourSpec:
    """Return what is done with colours when nothing is asked for: what the company's default profiles say."""
    return ColourSpec(
        mode="Default",
        source_profile=own_profile(tx, company, company.source_profile_id),
        output_profile=own_profile(tx, company, company.display_profile_id),
    )


def own_profile(tx: Tx, company: Company, asset_id: int | None) -> str | None:
    """Return the blob's key of an asset that is a profile, None for one that is gone or was never chosen."""
    asset = load_asset(tx, company.id, asset_id) if asset_id is not None else None
    return asset.original.key if asset is not None and asset.trash_state != "InEmptiedTrash" else None
