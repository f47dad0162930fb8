"""Which properties an asset's XMP packet says beside those of its file: what a profile filled in, and mapped fields.

They are not written into the packet that is kept, but said whenever it is read (``imaging.xmp.with_properties``).
"""

from collections.abc import Iterator, Mapping

from domain.metadata import Origin
from domain.model import Asset
from imaging.xmp import is_property
from jobs.profiles.definitions import MetadataProfile, ProfileKind
from jobs.profiles.folders import load_folder_profiles
from store.engine import Tx
from store.metadata_fields import find_fields
from store.metadata_values import load_held


def packet_values(tx: Tx, asset: Asset) -> dict[str, tuple[str, ...]]:
    """Return the texts of properties by key, such as ``dc.rights``.

    They are values that a metadata profile filled in, and those of the company's own fields that the profile of the
    asset's folder fills from the property: what a person set there, and defaults of what the file does not say. A value
    that a person gave to the property itself, by a packet, counts before them.
    """
    held = load_held(tx, [asset.id]).get(asset.id, {})
    filled = {key: each.texts for key, each in held.items() if each.origin is Origin.PROFILE and is_property(key)}
    mapped = {
        source: held[key].texts
        for source, key in _mapped(tx, asset)
        if key in held and _counts(held[key].origin, held[source].origin if source in held else None)
    }
    return filled | mapped


def _counts(field: Origin, its_property: Origin | None) -> bool:
    """Return whether a field's value is said in place of what the property has: a profile's says what the file says."""
    return its_property is None or (field is Origin.PERSON and its_property is not Origin.PERSON)


def _mapped(tx: Tx, asset: Asset) -> Iterator[tuple[str, str]]:
    """Yield the properties that fields of the company's own are filled from, and the keys of those fields."""
    fields = sorted(find_fields(tx, asset.company_id, asset.type), key=lambda each: each.asset_type == asset.type)
    keys: Mapping[str, str] = {field.name: field.key for field in fields}
    for profile in load_folder_profiles(tx, asset.company_id).of(ProfileKind.METADATA, asset.folder):
        assert isinstance(profile.definition, MetadataProfile)
        for rule in profile.definition.rules:
            if rule.source is not None and is_property(rule.source) and rule.field in keys:
                yield rule.source, keys[rule.field]
