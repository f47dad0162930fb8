"""What the tests of reading operations know of the company LibCo and how they ask it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.running_server import RunningServer
from tests.soap_call import NAMESPACE, Answer, call

LIBRARIAN = "lib@example.com"


@dataclass(frozen=True, slots=True)
class Library:
    """A company with assets; ``handles`` are by the name of the asset."""

    server: RunningServer
    company: str
    handles: Mapping[str, str]

    def call(self, operation: str, content: str = "", namespace: str = NAMESPACE) -> Answer:
        """Call an operation on the company."""
        fields = f"<companyHandle>{self.company}</companyHandle>{content}"
        return call(self.server, operation, fields, LIBRARIAN, namespace=namespace)

    def search(self, content: str = "", folder: str = "LibCo/") -> Answer:
        """Search the company's assets in and below ``folder``."""
        where = f"<folder>{folder}</folder><includeSubfolders>true</includeSubfolders>"
        return self.call("searchAssets", f"{where}{content}")

    def found(self, content: str = "", folder: str = "LibCo/") -> list[str]:
        """The names of the assets that a search finds, in their order."""
        return self.search(content, folder).texts("assetArray/items/name")


def array(name: str, *items: str) -> str:
    """Return an array element of these items."""
    return f"<{name}>{''.join(f'<items>{item}</items>' for item in items)}</{name}>"
