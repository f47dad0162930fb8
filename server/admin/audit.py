"""The audit log: who did what, on what, from where and when."""

from server.admin.visits import Answer, Page, Visit, number_argument
from store.audit import find_entries
from wsdl import contract

ENTRIES = 100


def audit(visit: Visit) -> Answer:
    """Show a page of entries, newest first, to those who may see the company's members.

    The server's administrators also see what was done in no company.
    """
    of_server = visit.principal.user.is_admin
    with visit.read() as tx:
        found = find_entries(tx, visit.company.id, number_argument("after"), ENTRIES + 1, of_server=of_server)
    after = found[ENTRIES - 1].id if len(found) > ENTRIES else None
    return visit.page("audit.html", entries=found[:ENTRIES], after=after)


PAGES = (Page(rule="audit", view=audit, needs=contract.GET_COMPANY_MEMBERS),)
