"""Publishing: the company's publish contexts, the last publish to each, and the history of publishes."""

from domain.clock import utc_now
from jobs.executions import execution_of, list_executions
from jobs.kinds.publish import TARGETS
from server.admin.executions import kind_names
from server.admin.visits import Answer, Page, Visit, number_argument
from store.companies import find_contexts
from store.executions import ExecutionFilter, find_jobs_page
from wsdl import contract

METADATA = "publish_metadata"


def publish(visit: Visit) -> Answer:
    """Show the contexts and a page of the history."""
    kind_of = {target.context_type: name for name, target in TARGETS.items()}
    kinds = (*kind_of.values(), METADATA)
    with visit.read() as tx:
        contexts = find_contexts(tx, visit.company.id)
        now = utc_now()
        last = {
            context.id: [
                execution_of(job, now)
                for job in find_jobs_page(
                    tx, visit.company.id, ExecutionFilter(kinds=(kind_of.get(context.type, ""),)), limit=1
                )
            ]
            for context in contexts
        }
        page = list_executions(tx, visit.company.id, ExecutionFilter(kinds=kinds), number_argument("after"))
    return visit.page("publish.html", contexts=contexts, last=last, page=page, kinds=kind_names())


PAGES = (Page(rule="publish", view=publish, needs=contract.GET_PUBLISH_CONTEXTS),)
