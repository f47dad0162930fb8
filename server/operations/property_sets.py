"""Property sets: named values of a company, of a user, or of a user in a company, and the types they are of.

What set scripts say is checked here as it is stored; what they do is left to ``jobs.set_naming``.
"""

from collections.abc import Sequence

from domain import handles
from domain.errors import ApiError, FaultCode, invalid, missing, not_built
from jobs.set_naming import ScriptError, script_of
from server.access import authorise, open_company
from server.dispatch import Call, implements
from server.operations.choices import check_length, check_word
from server.operations.users import find_known_user
from store import property_sets as rows
from store.companies import load_company
from store.property_sets import Owner, PropertySet, PropertySetType
from wsdl import contract
from wsdl.declare import AnyOperation
from wsdl.roles import ACCOUNT_ADMINS

PROPERTY_TYPES = ("UserProperty", "CompanyProperty", "UserCompanyProperty")


@implements(contract.GET_PROPERTY_SET_TYPES)
def get_property_set_types(call: Call, _param: contract.GetPropertySetTypesParam) -> contract.GetPropertySetTypesReturn:
    """Answer the types of the company and those that every company has; without a company the latter alone."""
    found = rows.find_types(call.tx, call.chosen.id if call.chosen else None)
    return contract.GetPropertySetTypesReturn(type_array=[_type_value(kind) for kind in found])


@implements(contract.GET_PROPERTY_SET_TYPE)
def get_property_set_type(call: Call, param: contract.GetPropertySetTypeParam) -> contract.GetPropertySetTypeReturn:
    """Answer the type of this name: the company's own, else the one that every company has."""
    found = rows.find_types(call.tx, call.chosen.id if call.chosen else None)
    kind = next((kind for kind in found if kind.name == param.name), None)
    if kind is None:
        raise invalid("name", f"there is no property set type {param.name}; getPropertySetTypes lists those there are.")
    return contract.GetPropertySetTypeReturn(type=_type_value(kind))


@implements(contract.CREATE_PROPERTY_SET_TYPE, writes=True)
def create_property_set_type(
    call: Call, param: contract.CreatePropertySetTypeParam
) -> contract.CreatePropertySetTypeReturn:
    """Define a type for the company or, as an IpsAdmin, for every company."""
    check_word("propertyType", param.property_type, PROPERTY_TYPES)
    name = param.name.strip()
    if not name:
        raise missing("name")
    check_length("name", name)
    company_id = call.chosen.id if call.chosen else None
    _check_may(call, contract.CREATE_PROPERTY_SET_TYPE, company_id)
    if name in {kind.name for kind in rows.find_types(call.tx, company_id)}:
        raise ApiError(FaultCode.EXCEPTION, f"name: there is a property set type {name} already.")
    number = rows.add_type(
        call.tx,
        company_id=company_id,
        name=name,
        property_type=param.property_type,
        allow_multiple=param.allow_multiple,
    )
    return contract.CreatePropertySetTypeReturn(type_handle=handles.property_set_type_handle(number))


@implements(contract.DELETE_PROPERTY_SET_TYPE, writes=True)
def delete_property_set_type(
    call: Call, param: contract.DeletePropertySetTypeParam
) -> contract.DeletePropertySetTypeReturn:
    """Delete the type with all its sets; those that are built in stay."""
    kind = _find_type(call, param.type_handle)
    if kind.is_built_in:
        raise invalid("typeHandle", f"{param.type_handle} is the built-in type {kind.name}, which stays.")
    _check_may(call, contract.DELETE_PROPERTY_SET_TYPE, kind.company_id)
    rows.delete_type(call.tx, kind.id)
    return contract.DeletePropertySetTypeReturn()


@implements(contract.CREATE_PROPERTY_SET, writes=True)
def create_property_set(call: Call, param: contract.CreatePropertySetParam) -> contract.CreatePropertySetReturn:
    """Create a set; of a type that does not allow several it takes the place of its owner's set."""
    if param.permission_array:
        raise not_built("permissionArray of createPropertySet")
    kind = _find_type(call, param.type_handle)
    owner = _owner(call, kind, param.primary_owner_handle, param.secondary_owner_handle)
    _check_owner(call, contract.CREATE_PROPERTY_SET, owner)
    properties = _properties(param.property_array)
    _check_script(kind, properties)
    if not kind.allow_multiple:
        rows.delete_sets(call.tx, kind.id, owner)
    number = rows.add_set(call.tx, kind.id, owner, properties)
    return contract.CreatePropertySetReturn(set_handle=handles.property_set_handle(number))


@implements(contract.UPDATE_PROPERTY_SET, writes=True)
def update_property_set(call: Call, param: contract.UpdatePropertySetParam) -> contract.UpdatePropertySetReturn:
    """Change the named values and leave the others, or replace them all when ``replaceProperties`` says so."""
    kind, found = _find_set(call, param.set_handle, contract.UPDATE_PROPERTY_SET)
    given = _properties(param.property_array)
    properties = given if param.replace_properties else {**found.properties, **given}
    _check_script(kind, properties)
    rows.save_properties(call.tx, found.id, properties)
    return contract.UpdatePropertySetReturn()


@implements(contract.GET_PROPERTY_SETS)
def get_property_sets(call: Call, param: contract.GetPropertySetsParam) -> contract.GetPropertySetsReturn:
    """Answer the sets of a type that an owner has, the oldest first."""
    kind = _find_type(call, param.type_handle)
    owner = _owner(call, kind, param.primary_owner_handle, param.secondary_owner_handle)
    _check_owner(call, contract.GET_PROPERTY_SETS, owner)
    found = rows.find_sets(call.tx, kind.id, owner)
    return contract.GetPropertySetsReturn(set_array=[_set_value(each) for each in found])


@implements(contract.DELETE_PROPERTY_SET, writes=True)
def delete_property_set(call: Call, param: contract.DeletePropertySetParam) -> contract.DeletePropertySetReturn:
    """Delete the set; what a set script has made stays."""
    _kind, found = _find_set(call, param.set_handle, contract.DELETE_PROPERTY_SET)
    rows.delete_set(call.tx, found.id)
    return contract.DeletePropertySetReturn()


def find_scripts(call: Call, scripts: Sequence[str], field: str) -> tuple[int, ...]:
    """Return the numbers of the company's set scripts with these handles; ApiError 30001 says which is none."""
    numbers = []
    for n, handle in enumerate(scripts):
        number = handles.parse_property_set(handle)
        if number is None or rows.load_script(call.tx, call.company.id, number) is None:
            raise invalid(f"{field}.items[{n}]", f"there is no set script {handle} in this company.")
        numbers.append(number)
    return tuple(dict.fromkeys(numbers))


def _find_type(call: Call, handle: str) -> PropertySetType:
    number = handles.parse_property_set_type(handle)
    kind = rows.load_type(call.tx, number) if number is not None else None
    if kind is None or not _sees(call, kind.company_id):
        raise invalid("typeHandle", f"there is no property set type {handle}.")
    return kind


def _find_set(call: Call, handle: str, operation: AnyOperation) -> tuple[PropertySetType, PropertySet]:
    number = handles.parse_property_set(handle)
    found = rows.load_set(call.tx, number) if number is not None else None
    kind = rows.load_type(call.tx, found.type_id) if found else None
    if found is None or kind is None or not _sees(call, found.owner.company_id) or not _sees_user(call, found.owner):
        raise invalid("setHandle", f"there is no property set {handle}.")
    _check_owner(call, operation, found.owner)
    return kind, found


def _owner(call: Call, kind: PropertySetType, primary: str, secondary: str | None) -> Owner:
    """Return whose sets are meant; ApiError for an unknown owner, and for one that the type is not for."""
    is_of_both = kind.property_type == "UserCompanyProperty"
    if bool(secondary) is not is_of_both:
        takes = "a user and a company" if is_of_both else "one owner, so leave it out"
        raise invalid("secondaryOwnerHandle", f"{secondary or 'none'} was given: type {kind.name} takes {takes}.")
    given = {"primaryOwnerHandle": primary, **({"secondaryOwnerHandle": secondary} if secondary else {})}
    users = {field: handle for field, handle in given.items() if handles.parse_user(handle) is not None}
    companies = {field: handle for field, handle in given.items() if field not in users}
    if len(users) != ("User" in kind.property_type) or len(companies) != ("Company" in kind.property_type):
        raise invalid("primaryOwnerHandle", f"{primary} is not an owner of a {kind.property_type}.")
    company = next((open_company(call.tx, call.principal, value, field) for field, value in companies.items()), None)
    user = next((find_known_user(call, value, field) for field, value in users.items()), None)
    owner = Owner(company_id=company.id if company else None, user_id=user.id if user else None)
    for field, value in users.items():
        if not _sees_user(call, owner):
            raise ApiError(FaultCode.INVALID_REQUEST_USER, f"{field}: there is no user {value}.")
    if kind.company_id not in (None, owner.company_id) and company is not None:
        raise invalid("primaryOwnerHandle", f"{primary} is of another company than type {kind.name}.")
    return owner


def _sees(call: Call, company_id: int | None) -> bool:
    visible = call.principal.company_ids
    return company_id is None or visible is None or company_id in visible


def _sees_user(call: Call, owner: Owner) -> bool:
    """Tell whether the caller may look at a user's values: their own, or those in a company whose accounts they run."""
    if owner.user_id in (None, call.principal.user.id) or call.principal.user.is_admin:
        return True
    return any(m.role in ACCOUNT_ADMINS and owner.company_id == m.company.id for m in call.principal.memberships)


def _check_owner(call: Call, operation: AnyOperation, owner: Owner) -> None:
    """Raise ApiError 20003 unless the caller's role in the company that owns the set allows the operation."""
    if owner.company_id is not None:
        _check_may(call, operation, owner.company_id)


def _check_may(call: Call, operation: AnyOperation, company_id: int | None) -> None:
    if company_id is not None:
        company = load_company(call.tx, company_id)
        authorise(call.principal, operation, company, strict=call.services.settings.strict_roles)
    elif not call.principal.user.is_admin:
        reason = "companyHandle: only an IpsAdmin may change the types that every company has; name a company."
        raise ApiError(FaultCode.NO_OPERATION_PERMISSION, reason)


def _properties(given: Sequence[contract.Property]) -> dict[str, str]:
    properties: dict[str, str] = {}
    for n, each in enumerate(given):
        field, name = f"propertyArray.items[{n}].name", each.name.strip()
        if not name:
            raise missing(field)
        check_length(field, name)
        if name in properties:
            raise invalid(field, f"{name} occurs twice; a name has one value.")
        properties[name] = each.value
    return properties


def _check_script(kind: PropertySetType, properties: dict[str, str]) -> None:
    if kind.is_built_in and kind.name == rows.SET_SCRIPT:
        try:
            script_of(properties)
        except ScriptError as error:
            raise invalid("propertyArray", str(error)) from error


def _type_value(kind: PropertySetType) -> contract.PropertySetType:
    return contract.PropertySetType(
        type_handle=handles.property_set_type_handle(kind.id),
        company_handle=None if kind.company_id is None else handles.company_handle(kind.company_id),
        name=kind.name,
        property_type=kind.property_type,
        allow_multiple=kind.allow_multiple,
    )


def _set_value(found: PropertySet) -> contract.PropertySet:
    return contract.PropertySet(
        set_handle=handles.property_set_handle(found.id),
        type_handle=handles.property_set_type_handle(found.type_id),
        property_array=[contract.Property(name=name, value=value) for name, value in found.properties.items()],
    )
