"""Companies: what a client asks first, to learn its handle and its root folder."""

from domain import handles, model
from domain.errors import ApiError, FaultCode, missing
from server.access import open_company
from server.dispatch import Call, implements
from store.companies import find_company
from wsdl import contract


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
        raise missing("companyHandle or companyName")
    found = find_company(call.tx, param.company_name)
    if found is None or call.principal.role_in(found) is None:
        reason = f"companyName: there is no company {param.company_name} for this user."
        raise ApiError(FaultCode.INVALID_COMPANY, reason)
    company = open_company(call.tx, call.principal, handles.company_handle(found.id))
    return contract.GetCompanyInfoReturn(company_info=company_value(company))
