"""Projects: assets gathered under a name, wherever they lie."""

from collections.abc import Sequence

from domain.errors import ApiError, FaultCode, invalid, missing
from domain.handles import parse_project, project_handle
from server.dispatch import Call, implements
from server.operations.batch import Counts, find_asset, for_each
from server.operations.choices import check_length
from store import projects as rows
from wsdl import contract


@implements(contract.GET_PROJECTS)
def get_projects(call: Call, _param: contract.GetProjectsParam) -> contract.GetProjectsReturn:
    """Answer the company's projects, by name."""
    names = rows.find_projects(call.tx, call.company.id)
    return contract.GetProjectsReturn(
        project_array=[contract.Project(project_handle=_handle(call, name), name=name) for name in names]
    )


@implements(contract.CREATE_PROJECT, writes=True)
def create_project(call: Call, param: contract.CreateProjectParam) -> contract.CreateProjectReturn:
    """Create a project whose name no other project of the company has."""
    name = _free_name(call, param.project_name, None)
    rows.add_project(call.tx, call.company.id, name)
    return contract.CreateProjectReturn(project_handle=_handle(call, name))


@implements(contract.RENAME_PROJECT, writes=True)
def rename_project(call: Call, param: contract.RenameProjectParam) -> contract.RenameProjectReturn:
    """Give the project a new name, and with it a new handle."""
    number = find_project(call, param.project_handle, "projectHandle")
    name = _free_name(call, param.project_name, number)
    rows.rename_project(call.tx, number, name)
    return contract.RenameProjectReturn(project_handle=_handle(call, name))


@implements(contract.DELETE_PROJECT, writes=True)
def delete_project(call: Call, param: contract.DeleteProjectParam) -> contract.DeleteProjectReturn:
    """Delete the project; its assets stay."""
    rows.delete_project(call.tx, find_project(call, param.project_handle, "projectHandle"))
    return contract.DeleteProjectReturn()


@implements(contract.SET_PROJECT_ASSETS, writes=True)
def set_project_assets(call: Call, param: contract.SetProjectAssetsParam) -> contract.SetProjectAssetsReturn:
    """Put the assets into the project in place of those it has."""
    number = find_project(call, param.project_handle, "projectHandle")
    rows.clear_project(call.tx, number)
    return contract.SetProjectAssetsReturn(**_add(call, number, param.asset_handle_array))


@implements(contract.ADD_PROJECT_ASSETS, writes=True)
def add_project_assets(call: Call, param: contract.AddProjectAssetsParam) -> contract.AddProjectAssetsReturn:
    """Add the assets to the project."""
    number = find_project(call, param.project_handle, "projectHandle")
    return contract.AddProjectAssetsReturn(**_add(call, number, param.asset_handle_array))


@implements(contract.REMOVE_PROJECT_ASSETS, writes=True)
def remove_project_assets(call: Call, param: contract.RemoveProjectAssetsParam) -> contract.RemoveProjectAssetsReturn:
    """Take the assets out of the project."""
    number = find_project(call, param.project_handle, "projectHandle")

    def remove(handle: str) -> None:
        if not rows.remove_from_project(call.tx, number, find_asset(call, handle).id):
            raise invalid("assetHandle", f"{handle} is not in the project.")

    return contract.RemoveProjectAssetsReturn(**for_each(param.asset_handle_array, str, remove))


def find_project(call: Call, handle: str, field: str) -> int:
    """Return the number of the company's project that ``handle`` names; ApiError 30001 when there is none."""
    parsed = parse_project(handle)
    number = rows.find_project(call.tx, call.company.id, parsed[1]) if parsed and parsed[0] == call.company.id else None
    if number is None:
        raise invalid(field, f"there is no project {handle} in this company.")
    return number


def _add(call: Call, number: int, handles: Sequence[str]) -> Counts:
    def add(handle: str) -> None:
        rows.add_to_project(call.tx, number, find_asset(call, handle).id)

    return for_each(handles, str, add)


def _free_name(call: Call, name: str, own_number: int | None) -> str:
    if not name.strip():
        raise missing("projectName")
    check_length("projectName", name.strip())
    if rows.find_project(call.tx, call.company.id, name.strip()) not in (None, own_number):
        raise ApiError(FaultCode.EXCEPTION, f"projectName: there is a project {name.strip()} already.")
    return name.strip()


def _handle(call: Call, name: str) -> str:
    return project_handle(call.company.id, name)
