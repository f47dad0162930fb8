"""Renditions and image formats: each rendition of a processing profile is one, and a profile follows what they say.

A profile's own values make or change the format that they are kept as; a format changed by others gives the profiles
that use it a new version. Making the pictures is left to the stage.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from jobs.profiles.definitions import ProcessingProfile, ProfileError, ProfileKind, Rendition
from jobs.specs import from_json, to_json
from publishing.conversion import plain_commands
from publishing.image_errors import ImageRequestError
from store.engine import Tx
from store.image_formats import ImageFormat, add_format, find_format, find_formats, save_format
from store.profiles import StoredProfile, find_profiles, save_version
from store.usage import hold_company

QUALITY = 85
"""The quality of a rendition whose own values name none."""
_WRITERS = {"jpeg": "jpeg", "gif": "gif", "png": "png-alpha", "webp": "webp-alpha"}
_LETTERS_OF_MACROS = "$=&"


def commands_of(rendition: Rendition) -> str:
    """Return the image serving commands that make the rendition."""
    if rendition.format is None:
        return rendition.commands or ""
    box = {"wid": rendition.width, "hei": rendition.height}
    sides = {name: side for name, side in box.items() if side is not None}
    sized = {**sides, "fit": "constrain"} if sides else {"scl": 1}
    quality = {"qlt": rendition.quality or QUALITY} if rendition.format in ("jpeg", "webp") else {}
    return urlencode({"fmt": _WRITERS[rendition.format], **sized, **quality})


def check_format_name(name: str) -> str | None:
    """Return why a format cannot be named like this, None when it can."""
    if not name.strip():
        return "give the image format a name."
    if len(name) > 100 or any(letter in name for letter in _LETTERS_OF_MACROS):
        return f"the name of an image format has at most 100 letters, and none of {_LETTERS_OF_MACROS} (it is a macro)."
    return None


def keep_formats(
    tx: Tx, company_id: int, new: ProcessingProfile, old: StoredProfile | None = None
) -> ProcessingProfile:
    """Return the profile as it is to be kept: each rendition with its image format, made or changed for own values.

    A format that is there already is changed only when it is kept by ``old``, the version of before, and used by no
    other profile. Raises ProfileError, also for commands that no rendition can follow.
    """
    hold_company(tx, company_id)
    before = renditions_of(old) if old else ()
    kept = {_format_name(each).casefold() for each in before if each.format is not None}
    others = [each for each in _users(tx, company_id) if old is None or each.id != old.id]
    used = {name for each in others for name in _names(each)}
    free = kept - used
    return replace(new, renditions=tuple(_keep(tx, company_id, each, free) for each in new.renditions))


def follow_formats(tx: Tx, company_id: int, author: str, renamed: Mapping[str, str] | None = None) -> None:
    """Give the profiles whose formats say something else by now, or are ``renamed``, a version that says it.

    Raises ProfileError, which names the profile, when one cannot follow or would lose its format.
    """
    for stored in _users(tx, company_id):
        profile = from_json(ProcessingProfile, stored.definition)
        try:
            followed = tuple(_follow(tx, company_id, each, renamed or {}) for each in profile.renditions)
        except ProfileError as error:
            raise ProfileError(error.field, f"profile {stored.name} uses it: {error.problem}") from error
        if followed != profile.renditions:
            save_version(tx, stored.id, to_json(replace(profile, renditions=followed)), author)


def renditions_of(stored: StoredProfile) -> tuple[Rendition, ...]:
    """Return the renditions of a stored processing profile."""
    return from_json(ProcessingProfile, stored.definition).renditions


def _keep(tx: Tx, company_id: int, rendition: Rendition, free: set[str]) -> Rendition:
    name = _format_name(rendition).strip()
    if (problem := check_format_name(name)) is not None:
        raise ProfileError("image_format", f"of {rendition.name}: {problem}")
    found = find_format(tx, company_id, name)
    if rendition.format is None:
        return _refer(tx, company_id, rendition, found)
    if rendition.commands is not None:
        raise ProfileError("commands", f"of {rendition.name}: they are what an image format says; leave them out.")
    commands = commands_of(rendition)
    if found is None:
        add_format(tx, company_id, name, commands)
    elif found.url_modifier != commands:
        if name.casefold() not in free:
            raise ProfileError("image_format", _taken(rendition, found))
        save_format(tx, replace(found, url_modifier=commands))
    free.discard(name.casefold())
    return replace(rendition, image_format=found.name if found else name)


def _refer(tx: Tx, company_id: int, rendition: Rendition, found: ImageFormat | None) -> Rendition:
    if rendition.image_format is None:
        raise ProfileError("format", f"of {rendition.name}: give a format, or name an image_format of the company.")
    if found is None:
        names = ", ".join(each.name for each in find_formats(tx, company_id)) or "none yet"
        raise ProfileError("image_format", f"there is no {rendition.image_format}; the company has {names}.")
    if (rendition.width, rendition.height, rendition.quality) != (None, None, None):
        why = f"of {rendition.name}: the image format says them; leave them out, or give a format."
        raise ProfileError("width, height, quality", why)
    commands = _plain(tx, company_id, found)
    if rendition.commands not in (None, commands):
        raise ProfileError("commands", f"of {rendition.name}: {found.name} says {commands}; leave commands out.")
    return replace(rendition, image_format=found.name, commands=commands)


def _follow(tx: Tx, company_id: int, rendition: Rendition, renamed: Mapping[str, str]) -> Rendition:
    if rendition.image_format is None:
        return rendition
    name = renamed.get(rendition.image_format.casefold(), rendition.image_format)
    found = find_format(tx, company_id, name)
    if found is None:
        raise ProfileError("image_format", f"its rendition {rendition.name} is made with {name}.")
    if rendition.format is not None and found.url_modifier == commands_of(rendition):
        return replace(rendition, image_format=found.name)
    commands = _plain(tx, company_id, found)
    return Rendition(
        name=rendition.name,
        image_format=found.name,
        commands=commands,
        included=rendition.included,
        excluded=rendition.excluded,
    )


def _plain(tx: Tx, company_id: int, found: ImageFormat) -> str:
    try:
        return plain_commands(found.url_modifier, _macros(tx, company_id))
    except ImageRequestError as error:
        raise ProfileError("image_format", f"{found.name} cannot make a rendition: {error}.") from error


def _macros(tx: Tx, company_id: int) -> Callable[[str], str | None]:
    def macro(name: str) -> str | None:
        found = find_format(tx, company_id, name)
        return found.url_modifier if found else None

    return macro


def _users(tx: Tx, company_id: int) -> tuple[StoredProfile, ...]:
    return find_profiles(tx, company_id, ProfileKind.PROCESSING)


def _names(stored: StoredProfile) -> set[str]:
    return {each.image_format.casefold() for each in renditions_of(stored) if each.image_format is not None}


def _format_name(rendition: Rendition) -> str:
    return rendition.name if rendition.image_format is None else rendition.image_format


def _taken(rendition: Rendition, found: ImageFormat) -> str:
    return (
        f"of {rendition.name}: there is an image format {found.name} that says {found.url_modifier}. Leave the format "
        "out to use it, name another image_format to keep this one as, or change that one with saveImageFormat."
    )
