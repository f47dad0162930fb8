"""The company's members and settings, to read."""

from server.admin.visits import Answer, Page, Visit, number_argument
from server.bodies.settings import find_settings
from store.assets import count_by_type
from store.usage import used_bytes
from store.users import find_members
from wsdl import contract
from wsdl.roles import roles_allowed

MEMBERS = 100


def people(visit: Visit) -> Answer:
    """Show the settings, and a page of the members."""
    with visit.read() as tx:
        found = find_members(tx, visit.company.id, number_argument("after"), MEMBERS + 1)
        processing = find_settings(tx, visit.company)
        used, types = used_bytes(tx, visit.company.id), count_by_type(tx, visit.company.id)
    writers = roles_allowed(contract.SUBMIT_JOB, strict=visit.services.settings.strict_roles)
    return visit.page(
        "people.html",
        members=found[:MEMBERS],
        after=found[MEMBERS - 1].user.id if len(found) > MEMBERS else None,
        processing=processing,
        used=used,
        types=types,
        writers={str(role) for role in writers},
    )


PAGES = (Page(rule="company", view=people, needs=contract.GET_COMPANY_MEMBERS),)
