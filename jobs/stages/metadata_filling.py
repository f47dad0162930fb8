"""What an asset's metadata becomes: what its file says, and what its profile fills in, but never over a person's word.

Reading the file and writing the values down are left to the stage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.metadata import Field, Held, IllegalValueError, Origin, Value, read_value, text_value
from imaging.metadata import FileMetadata
from jobs.profiles.definitions import MetadataRule

_FAMILIES = {"exif": ("ifd", "exififd", "gps", "subifd"), "xmp": ("xmp-",)}
"""The groups that exiftool's broader words for them stand for."""
_JOINED_TYPES = ("Untyped", "String")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """A company's fields that the asset has, by name, and the dictionaries of the fixed tag fields, by key."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    dictionaries: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What changes, by key; no values for what goes. And the rules that came to nothing, by the names of their fields.

    ``empty`` are required fields without a value, ``unusable`` fields whose value cannot be what it would have been,
    ``unknown`` names that no field has.
    """

    changes: Mapping[str, Held]
    empty: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def fill(
    rules: Sequence[MetadataRule], said: FileMetadata, held: Mapping[str, Held], vocabulary: Vocabulary
) -> Filling:
    """Return what becomes of what the asset holds."""
    wanted = _from_file(said, held)
    empty, unusable, unknown = [], [], []
    for rule in rules:
        own = vocabulary.fields.get(rule.field)
        if own is None and "." not in rule.field:
            unknown.append(rule.field)
            continue
        key = own.key if own else rule.field
        there = wanted.get(key)
        is_open = there is None or (rule.overwrites and there.origin is not Origin.PERSON)
        texts = _source(rule, said) or ((rule.default,) if rule.default else ())
        if is_open and texts:
            values = _values(own, texts, vocabulary.dictionaries.get(key, ()))
            if values:
                wanted[key] = Held(values=values, origin=Origin.PROFILE)
            else:
                unusable.append(rule.field)
        if rule.is_required and key not in wanted and not (own and own.default):
            empty.append(rule.field)
    gone = {key: Held(values=(), origin=Origin.FILE) for key in held if key not in wanted}
    changed = {key: each for key, each in wanted.items() if held.get(key) != each}
    return Filling(changes=changed | gone, empty=tuple(empty), unusable=tuple(unusable), unknown=tuple(unknown))


def _from_file(said: FileMetadata, held: Mapping[str, Held]) -> dict[str, Held]:
    """Return what the asset holds with what its file says now: that replaces all but a person's values."""
    kept = {key: each for key, each in held.items() if each.origin is not Origin.FILE}
    read = {
        key: Held(values=tuple(text_value(text) for text in texts), origin=Origin.FILE)
        for key, texts in said.keys.items()
        if key not in kept or kept[key].origin is not Origin.PERSON
    }
    return kept | read


def _source(rule: MetadataRule, said: FileMetadata) -> tuple[str, ...]:
    """Return what the file says under the rule's source, a tag with its group in any letter case, or a key."""
    if rule.source is None:
        return ()
    if rule.source in said.keys:
        return said.keys[rule.source]
    group, _colon, name = rule.source.lower().partition(":")
    for tag, texts in said.tags.items():
        its_group, _colon, its_name = tag.lower().partition(":")
        if its_name == name and (its_group == group or its_group.startswith(_FAMILIES.get(group, "\0"))):
            return texts
    return ()


def _values(own: Field | None, texts: Sequence[str], dictionary: Sequence[str]) -> tuple[Value, ...]:
    """Return the texts as values of a field, none when it cannot have them; those of a key of a file's are texts."""
    if own is None:
        return tuple(text_value(text) for text in texts)
    if own.is_tag:
        known = [text for text in dict.fromkeys(texts) if not own.is_fixed or text in dictionary]
        return tuple(text_value(text) for text in (known if own.is_multiple else known[:1]))
    text = ", ".join(texts) if own.type in _JOINED_TYPES else texts[0]
    try:
        return (read_value(own, text),)
    except IllegalValueError:
        return ()
