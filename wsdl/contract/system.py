"""Properties of the system, and the log of media portal events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.contract.property_sets import Property
from wsdl.declare import Handle, Since, Wire, message, operation
from wsdl.roles import EVERY_ROLE
from wsdl.versions import V2010_01_31


@message(Since(V2010_01_31))
class MPEvent:
    """A logged event of the media portal, with a few values of its own."""

    event_type: str
    create_date: datetime | None = None
    ips_user: str
    company_id: int
    company_name: str
    job_name: str
    job_description: str
    string1: str | None = None
    string2: str | None = None
    string3: str | None = None
    string4: str | None = None
    string5: str | None = None
    int1: int | None = None
    int2: int | None = None
    int3: int | None = None
    int4: int | None = None
    int5: int | None = None
    float1: float | None = None
    float2: float | None = None
    float3: float | None = None
    time1: datetime | None = None


@message
class GetPropertyParam:
    """Ask for one property of the system."""

    name: str


@message
class GetPropertyReturn:
    """The value."""

    value: str


GET_PROPERTY = operation(GetPropertyParam, GetPropertyReturn, roles=EVERY_ROLE)


@message
class GetSystemPropertiesParam:
    """Ask for all properties of the system."""


@message
class GetSystemPropertiesReturn:
    """The properties by name."""

    property_array: Sequence[Property]


GET_SYSTEM_PROPERTIES = operation(GetSystemPropertiesParam, GetSystemPropertiesReturn, roles=EVERY_ROLE)


@message
class AddMediaPortalEventParam:
    """Log an event of the media portal (deprecated by the vendor)."""

    event_type: str
    ips_user: str
    company_handle: Handle
    job_name: str
    job_description: str
    string1: str | None = None
    string2: str | None = None
    string3: str | None = None
    string4: str | None = None
    string5: str | None = None
    int1: int | None = None
    int2: int | None = None
    int3: int | None = None
    int4: int | None = None
    int5: int | None = None
    float1: float | None = None
    float2: float | None = None
    float3: float | None = None
    time1: datetime | None = None


@message
class AddMediaPortalEventReturn:
    """Empty: the event is logged."""


ADD_MEDIA_PORTAL_EVENT = operation(AddMediaPortalEventParam, AddMediaPortalEventReturn, Since(V2010_01_31))


@message
class GetMediaPortalEventParam:
    """Look up logged events of the media portal (deprecated by the vendor)."""

    event_type: str | None = None
    ips_user: str | None = None
    company_handle: Handle | None = None
    job_name: str | None = None
    job_description: str | None = None
    before_date: datetime | None = None
    after_date: datetime | None = None


@message
class GetMediaPortalEventReturn:
    """The events."""

    media_portal_event_array: Annotated[Sequence[MPEvent], Wire("MediaPortalEventArray")]


GET_MEDIA_PORTAL_EVENT = operation(GetMediaPortalEventParam, GetMediaPortalEventReturn, Since(V2010_01_31))
