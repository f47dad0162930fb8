"""What the tests of metadata share: a company with assets that have no files, fields, updates and conditions."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.jobs.flow import Client
from tests.running_server import RunningServer
from tests.soap.batches import handles, own_company
from tests.soap_call import Answer
from tests.store.rows import stored_asset


@dataclass(frozen=True, slots=True)
class Shelf:
    """A user of a company of its own, and the handles of its assets by name."""

    client: Client
    assets: dict[str, str]

    def call(self, operation: str, content: str = "") -> Answer:
        """Call an operation that must not fault."""
        answer = self.client.call(operation, content)
        assert not answer.is_fault, answer.fault
        return answer

    def field(self, name: str, field_type: str = "String", asset_type: str = "Asset", **more: str) -> str:
        """Create a field and return its handle."""
        fields = {"assetType": asset_type, "name": name, "fieldType": field_type} | more
        order = ("assetType", "name", "fieldType", "defaultValue", "isHidden", "isEnforced", "initialTagValue")
        return self.call("createMetadataField", elements({key: fields[key] for key in order if key in fields})).text(
            "fieldHandle"
        )

    def put(self, asset: str, *updates: str) -> Answer:
        """Set metadata of an asset."""
        return self.client.call("setAssetMetadata", on(self.assets[asset], *updates))

    def shown(self, asset: str) -> dict[str, str]:
        """The values of an asset by the names of its fields, as getAssets answers them."""
        answer = self.call("getAssets", handles(self.assets[asset]))
        path = "assetArray/items/metadataArray/items"
        return dict(zip(answer.texts(f"{path}/name"), answer.texts(f"{path}/value"), strict=True))

    def found(self, query: str) -> set[str]:
        """The names of the assets that searchAssets finds."""
        answer = self.call("searchAssets", f"<includeSubfolders>true</includeSubfolders>{query}")
        return set(answer.texts("assetArray/items/name"))

    def indexed(self, *conditions: str, more: str = "") -> list[str]:
        """The names of the assets that searchAssetsByMetadata finds, in order."""
        content = f"<metadataConditionArray>{''.join(conditions)}</metadataConditionArray>{more}"
        return self.call("searchAssetsByMetadata", content).texts("assetSummaryArray/items/name")


def new_shelf(server: RunningServer, **assets: str) -> Shelf:
    """Return a company with these assets: their names and types."""
    client = own_company(server)
    database = server.database
    company = int(client.company.removeprefix("c|"))
    folder = f"{client.root}/up/"
    numbers = {name: stored_asset(database, company, name, type=kind, folder=folder) for name, kind in assets.items()}
    database.close()
    return Shelf(client, {name: f"a|{number}" for name, number in numbers.items()})


def elements(fields: dict[str, str]) -> str:
    """Elements of text."""
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())


def update(field: str, **values: str) -> str:
    """An update of a field."""
    return f"<items>{elements({'fieldHandle': field} | values)}</items>"


def tags(field: str, action: str, *values: str) -> str:
    """An update of a tag field: add, set or delete some values."""
    return f"<items><fieldHandle>{field}</fieldHandle>{array(f'{action}TagValueArray', *values)}</items>"


def array(name: str, *values: str) -> str:
    """An array of texts."""
    return f"<{name}>{''.join(f'<items>{escape(value)}</items>' for value in values)}</{name}>"


def on(asset: str, *updates: str) -> str:
    """What setAssetMetadata is given."""
    return f"<assetHandle>{asset}</assetHandle><updateArray>{''.join(updates)}</updateArray>"


def condition(field: str, op: str, **values: str) -> str:
    """A condition on a field or a key."""
    return f"<items>{elements({'fieldHandle': field, 'op': op} | values)}</items>"


def conditions(*items: str, mode: str = "") -> str:
    """The metadata conditions of searchAssets."""
    match = f"<metadataMatchMode>{mode}</metadataMatchMode>" if mode else ""
    return f"{match}<metadataConditionArray>{''.join(items)}</metadataConditionArray>"
