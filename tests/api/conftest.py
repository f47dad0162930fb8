"""The API in this process, over a data folder with a company of some folders and assets, and users of several roles."""

from collections.abc import Iterator

import pytest

from server.app import build_services, open_database
from server.console import settings_of
from server.web import build_flask
from store.assets import add_asset
from store.engine import Tx
from store.folders import ensure_folder
from tests.api.visitor import Api
from tests.running_server import add_account
from tests.store.rows import new_asset

FOLDERS = {"shop/": 3, "shop/old/": 2, "shop/old/deep/": 1, "other/": 4}


@pytest.fixture(scope="package")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """ApiCo's API, asked by its administrator."""
    settings = settings_of(data=tmp_path_factory.mktemp("api") / "data", selection_warning=8)
    database = open_database(settings)
    company = add_account(database, "ApiCo", "admin@example.com")
    add_account(database, "ApiCo", "looker@example.com", role="ImagePortalUser")
    add_account(database, "ApiCo", "worker@example.com", role="IpsUser")
    add_account(database, "RivalCo", "rival@example.com")
    with database.write() as tx:
        shelve(tx, company)
    services = build_services(settings, database)
    yield Api(client=build_flask(services).test_client(), database=database, company=company)
    services.slots.close()
    database.close()


def shelve(tx: Tx, company: int) -> None:
    """Put pictures into the folders, and an archive into the first of them."""
    for folder, number in FOLDERS.items():
        path = f"ApiCo/{folder}"
        ensure_folder(tx, company, path)
        for n in range(number):
            add_asset(tx, new_asset(company, f"{folder}{n}".replace("/", "-"), folder=path))
    add_asset(tx, new_asset(company, "bundle", folder="ApiCo/shop/", type="Zip", file_name="bundle.zip"))
