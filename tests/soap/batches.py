"""What the tests of operations on many assets share: a company of their own, arrays of handles, and the counts."""

from dataclasses import dataclass
from uuid import uuid4

from store.engine import Database, sqlite_url
from tests.jobs.flow import Client, text
from tests.running_server import RunningServer, add_account
from tests.soap_call import Answer

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
"""A file that is stored as it is, for tests to which the picture does not matter."""
UNKNOWN = "a|999999999"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one item of a batch was not done."""

    handle: str
    code: int
    reason: str


def own_company(server: RunningServer) -> Client:
    """A user of a new company, for tests that change its settings or look at everything it has."""
    name = f"Own{uuid4().hex[:8]}"
    user = f"{name.lower()}@example.com"
    database = Database(server.settings.get("database_url") or sqlite_url(server.data / "reprise.db"))
    number = add_account(database, name, user)
    database.close()
    return Client(server, f"c|{number}", name, user)


def handles(*values: str) -> str:
    """An array of asset handles."""
    return f"<assetHandleArray>{''.join(f'<items>{value}</items>' for value in values)}</assetHandleArray>"


def counts(answer: Answer) -> tuple[int, int, int]:
    """How many items of a batch succeeded, had a warning, failed."""
    success, warning, error = (int(answer.text(f"{name}Count")) for name in ("success", "warning", "error"))
    return success, warning, error


def problems(answer: Answer) -> list[Problem]:
    """The items of a batch that were not done, in their order."""
    rows = answer.body.xpath("*[local-name()='errorDetailArray']/*")
    return [Problem(text(row, "assetHandle"), int(text(row, "code")), text(row, "reason")) for row in rows]


def names_found(client: Client, query: str = "", folder: str = "") -> set[str]:
    """The names of the assets that a search finds in ``folder`` and below, without the client's tag."""
    content = f"<folder>{client.root}/{folder}</folder><includeSubfolders>true</includeSubfolders>{query}"
    found = client.call("searchAssets", content).texts("assetArray/items/name")
    return {name.removeprefix(f"{client.tag}-") for name in found}


def asset_field(client: Client, handle: str, field: str) -> str:
    """One field of an asset, as getAssets answers it."""
    return client.call("getAssets", handles(handle)).text(f"assetArray/items/{field}")
