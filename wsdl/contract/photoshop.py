"""Clipping paths of Photoshop assets."""

from collections.abc import Sequence

from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import METADATA_READERS
from wsdl.versions import V2013_02_15


@message(Since(V2013_02_15))
class PerspectiveQuad:
    """Four corners around a clipping path, one after the other."""

    x0: float
    y0: float
    x1: float
    y1: float
    x2: float
    y2: float
    x3: float
    y3: float


@message
class GetPhotoshopPathNamesParam:
    """List the clipping paths of a Photoshop asset."""

    company_handle: Handle
    asset_handle: Handle


@message
class GetPhotoshopPathNamesReturn:
    """The names of the paths."""

    path_name_array: Sequence[str]


GET_PHOTOSHOP_PATH_NAMES = operation(
    GetPhotoshopPathNamesParam, GetPhotoshopPathNamesReturn, Since(V2013_02_15), roles=METADATA_READERS
)


@message
class GetPhotoshopPathParam:
    """Ask for the four corners that enclose a clipping path."""

    company_handle: Handle
    asset_handle: Handle
    path_name: str


@message
class GetPhotoshopPathReturn:
    """The corners."""

    perspective_quad: PerspectiveQuad


GET_PHOTOSHOP_PATH = operation(
    GetPhotoshopPathParam, GetPhotoshopPathReturn, Since(V2013_02_15), roles=METADATA_READERS
)
