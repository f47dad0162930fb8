"""Projects: assets gathered under a name."""

from collections.abc import Sequence

from wsdl.contract.faults import AssetOperationFault
from wsdl.declare import Handle, message, operation
from wsdl.roles import JOB_OWNERS, WRITERS, Role


@message
class Project:
    """A project: assets gathered under a name, wherever they lie."""

    project_handle: Handle
    name: str


@message
class GetProjectsParam:
    """List a company's projects."""

    company_handle: Handle


@message
class GetProjectsReturn:
    """The projects."""

    project_array: Sequence[Project]


GET_PROJECTS = operation(
    GetProjectsParam, GetProjectsReturn, roles=JOB_OWNERS - {Role.IPS_COMPANY_ADMIN, Role.IMAGE_PORTAL_ADMIN}
)


@message
class CreateProjectParam:
    """Create a project."""

    company_handle: Handle
    project_name: str


@message
class CreateProjectReturn:
    """The handle of the new project."""

    project_handle: Handle


CREATE_PROJECT = operation(CreateProjectParam, CreateProjectReturn, roles=WRITERS)


@message
class RenameProjectParam:
    """Give a project a new name."""

    company_handle: Handle
    project_handle: Handle
    project_name: str


@message
class RenameProjectReturn:
    """The handle of the project, which the name changes."""

    project_handle: Handle


RENAME_PROJECT = operation(RenameProjectParam, RenameProjectReturn, roles=WRITERS)


@message
class DeleteProjectParam:
    """Delete a project; its assets stay."""

    company_handle: Handle
    project_handle: Handle


@message
class DeleteProjectReturn:
    """Empty: the project is gone."""


DELETE_PROJECT = operation(DeleteProjectParam, DeleteProjectReturn, roles=WRITERS)


@message
class SetProjectAssetsParam:
    """Replace the assets of a project."""

    company_handle: Handle
    project_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class SetProjectAssetsReturn:
    """How many assets the project has now, and which could not be put into it."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


SET_PROJECT_ASSETS = operation(SetProjectAssetsParam, SetProjectAssetsReturn, roles=WRITERS)


@message
class AddProjectAssetsParam:
    """Add assets to a project."""

    company_handle: Handle
    project_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class AddProjectAssetsReturn:
    """How many assets were added, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


ADD_PROJECT_ASSETS = operation(AddProjectAssetsParam, AddProjectAssetsReturn, roles=WRITERS)


@message
class RemoveProjectAssetsParam:
    """Take assets out of a project."""

    company_handle: Handle
    project_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class RemoveProjectAssetsReturn:
    """How many assets were taken out, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


REMOVE_PROJECT_ASSETS = operation(RemoveProjectAssetsParam, RemoveProjectAssetsReturn, roles=WRITERS - {Role.IPS_ADMIN})
