"""Properties of the system: where images are served and how large an upload may be."""

from collections.abc import Mapping

from domain.errors import invalid
from server.dispatch import Call, implements
from server.settings import Settings
from wsdl import contract

VERSION = "6.8"
"""The API release that is spoken; clients show it."""


@implements(contract.GET_SYSTEM_PROPERTIES)
def get_system_properties(call: Call, _param: contract.GetSystemPropertiesParam) -> contract.GetSystemPropertiesReturn:
    """Answer every property."""
    properties = system_properties(call.services.settings, call.origin.base_url)
    return contract.GetSystemPropertiesReturn(
        property_array=[contract.Property(name=name, value=value) for name, value in properties.items()]
    )


@implements(contract.GET_PROPERTY)
def get_property(call: Call, param: contract.GetPropertyParam) -> contract.GetPropertyReturn:
    """Answer one property by its name."""
    properties = system_properties(call.services.settings, call.origin.base_url)
    if param.name not in properties:
        raise invalid("name", f"there is no property {param.name}; there are {', '.join(properties)}.")
    return contract.GetPropertyReturn(value=properties[param.name])


def system_properties(settings: Settings, base_url: str) -> Mapping[str, str]:
    """Return the properties by the vendor's names (string constants "System properties")."""
    return {
        "IpsVersion": VERSION,
        "IpsImageServerUrl": f"{base_url}/is/image",
        "SvgRenderEnabled": "false",
        "UploadPostMaxFileSize": str(settings.max_upload_bytes),
        "SystemMessage": "",
    }
