"""Companies: what a client asks first, to learn its handle and its root folder."""

from domain import handles, model
from domain.errors import ApiError, FaultCode, missing, not_built
from server.access import open_company
from server.dispatch import Call, implements
from store.companies import find_companies, find_company
from store.usage import load_usage
from wsdl import contract
from wsdl.roles import roles_allowed


def company_value(company: model.Company) -> contract.Company:
    """Return a company as the wire has it."""
    return contract.Company(
        company_handle=handles.company_handle(company.id),
        name=company.name,
        root_path=f"{company.root}/",
        expires=company.expires,
    )


@implements(contract.GET_COMPANY_INFO)
def get_company_info(call: Call, param: contract.GetCompanyInfoParam) -> contract.GetCompanyInfoReturn:
    """Answer the company that the handle or the name means; of an unknown and a foreign one it says the same."""
    if call.chosen is not None:
        return contract.GetCompanyInfoReturn(company_info=company_value(call.chosen))
    if not param.company_name:
        if param.ims_org_id:
            raise not_built("imsOrgId of getCompanyInfo")
        raise missing("companyHandle or companyName")
    found = find_company(call.tx, param.company_name)
    if found is None or call.principal.role_in(found) is None:
        reason = f"companyName: there is no company {param.company_name} for this user."
        raise ApiError(FaultCode.INVALID_COMPANY, reason)
    company = open_company(call.tx, call.principal, handles.company_handle(found.id))
    return contract.GetCompanyInfoReturn(company_info=company_value(company))


@implements(contract.GET_DISK_USAGE)
def get_disk_usage(call: Call, _param: contract.GetDiskUsageParam) -> contract.GetDiskUsageReturn:
    """Answer how many images the company has and what it takes up; without one, each where the caller may ask."""
    companies = (call.chosen,) if call.chosen is not None else find_companies(call.tx, _company_ids(call))
    return contract.GetDiskUsageReturn(disk_usage_array=[_disk_usage(call, company) for company in companies])


def _company_ids(call: Call) -> tuple[int, ...] | None:
    if call.principal.user.is_admin:
        return None
    roles = roles_allowed(contract.GET_DISK_USAGE, strict=call.services.settings.strict_roles)
    return tuple(m.company.id for m in call.principal.memberships if m.role in roles)


def _disk_usage(call: Call, company: model.Company) -> contract.DiskUsage:
    usage = load_usage(call.tx, company.id)
    return contract.DiskUsage(
        company_handle=handles.company_handle(company.id),
        company_name=company.name,
        image_count=usage.images,
        disk_space_usage=-(-usage.size // 1024),  # kilobytes, begun ones counted
        last_modified=usage.last_modified,
    )
