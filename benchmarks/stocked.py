"""A server whose one company already has assets, put straight into the store: originals without derivatives."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from store.assets import NewAsset, add_asset
from store.blobs.local import LocalBlobs
from tests.running_server import RunningServer, add_account
from tests.soap_call import call

USER = "bench@example.com"


def add_assets(server: RunningServer, originals: Sequence[Path], number: int) -> str:
    """Add a company with ``number`` assets, which take ``originals`` in turn; return its companyHandle element.

    The files are moved into the store. The handles of the assets are ``a|1`` and on.
    """
    blobs = LocalBlobs(server.data / "blobs")
    stored = [blobs.put(path) for path in originals]
    with closing(server.database) as database:
        company = add_account(database, "BenchCo", USER)
        with database.write() as tx:
            for n in range(number):
                new = NewAsset(
                    company_id=company,
                    folder="BenchCo/",
                    name=f"picture{n}",
                    file_name=f"picture{n}.jpg",
                    type="Image",
                    original=stored[n % len(stored)],
                    ready_for_publish=True,
                    created_by=USER,
                )
                add_asset(tx, new)
    return f"<companyHandle>c|{company}</companyHandle>"


def submit_reprocessing(server: RunningServer, company: str, numbers: Sequence[int]) -> str:
    """Submit a job over the assets with these numbers and return its name."""
    name = f"from {numbers[0]}"
    handles = "".join(f"<items>a|{n}</items>" for n in numbers)
    job = (
        f"{company}<jobName>{name}</jobName><reprocessAssetsJob><assetHandleArray>{handles}</assetHandleArray>"
        "<createMask>false</createMask><emailSetting>None</emailSetting></reprocessAssetsJob>"
    )
    call(server, "submitJob", job, USER)
    return name
