"""Image formats, the vendor's image presets: listed, kept and deleted, with the profiles whose renditions they are.

What a format says is kept unread, as the vendor does, unless a rendition follows it (``jobs.profiles.formats``).
"""

from domain import handles
from domain.errors import invalid
from jobs.profiles.definitions import ProfileError
from jobs.profiles.formats import check_format_name, follow_formats
from server.dispatch import Call, implements
from store.image_formats import (
    ImageFormat,
    add_format,
    delete_format,
    find_format,
    find_formats,
    load_format,
    save_format,
)
from store.usage import hold_company
from wsdl import contract


@implements(contract.GET_IMAGE_FORMATS)
def get_image_formats(call: Call, _param: contract.GetImageFormatsParam) -> contract.GetImageFormatsReturn:
    """Answer the company's formats, by name."""
    found = find_formats(call.tx, call.company.id)
    return contract.GetImageFormatsReturn(image_format_array=[_value(call, each) for each in found])


@implements(contract.SAVE_IMAGE_FORMAT, writes=True)
def save_image_format(call: Call, param: contract.SaveImageFormatParam) -> contract.SaveImageFormatReturn:
    """Make a format, or change the one whose handle is given; profiles that use it get a version that follows."""
    hold_company(call.tx, call.company.id)
    name = param.name.strip()
    if (problem := check_format_name(name)) is not None:
        raise invalid("name", problem)
    before = _find(call, param.image_format_handle) if param.image_format_handle else None
    taken = find_format(call.tx, call.company.id, name)
    if taken is not None and (before is None or taken.id != before.id):
        raise invalid("name", f"there is an image format {taken.name} already: give its handle to change it.")
    if before is None:
        number = add_format(call.tx, call.company.id, name, param.url_modifier)
    else:
        number = before.id
        save_format(call.tx, ImageFormat(id=number, name=name, url_modifier=param.url_modifier))
        _follow(call, "urlModifier", {before.name.casefold(): name})
    return contract.SaveImageFormatReturn(image_format_handle=_handle(call, number))


@implements(contract.DELETE_IMAGE_FORMAT, writes=True)
def delete_image_format(call: Call, param: contract.DeleteImageFormatParam) -> contract.DeleteImageFormatReturn:
    """Delete the format; one that a profile's rendition is made with stays, with a fault that names the profile."""
    hold_company(call.tx, call.company.id)
    delete_format(call.tx, _find(call, param.image_format_handle).id)
    _follow(call, "imageFormatHandle", {})
    return contract.DeleteImageFormatReturn()


def _follow(call: Call, field: str, renamed: dict[str, str]) -> None:
    try:
        follow_formats(call.tx, call.company.id, call.principal.user.email, renamed)
    except ProfileError as error:
        raise invalid(field, error.problem) from error


def _find(call: Call, handle: str) -> ImageFormat:
    numbers = handles.parse_image_format(handle)
    is_own = numbers is not None and numbers[0] == call.company.id
    found = load_format(call.tx, call.company.id, numbers[1]) if numbers is not None and is_own else None
    if found is None:
        raise invalid("imageFormatHandle", f"there is no image format {handle} in this company.")
    return found


def _value(call: Call, found: ImageFormat) -> contract.ImageFormat:
    return contract.ImageFormat(
        image_format_handle=_handle(call, found.id), name=found.name, url_modifier=found.url_modifier
    )


def _handle(call: Call, number: int) -> str:
    return handles.image_format_handle(call.company.id, number)
