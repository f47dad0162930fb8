"""What tests of stages of processing begin with: tools with a real slot, assets with pictures, a finished stage."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from PIL import Image

from domain.model import Asset, NewTask
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
from imaging.process import prepare_process
from jobs.archives import UnpackLimits
from jobs.kinds.files import store_files
from jobs.kinds.port import Places, Tools
from jobs.outbound import OutboundRules
from jobs.profiles.definitions import Definition, ProfileKind, ProfileVersion
from jobs.slots import SlotLimits, SlotPool
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from store import ledger
from store.assets import NewPicture, load_asset, save_picture
from store.blobs.local import LocalBlobs
from store.engine import Database, sqlite_url
from store.jobs import load_job
from store.schema import upgrade_schema
from tests.store.rows import add_tenant, claimed, new_job, stored_asset


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A company, and the tools for its assets."""

    tools: Tools
    company: int
    folder: Path

    def asset(self, picture: Image.Image | Path, **changes: Any) -> Asset:
        """Return an asset with this picture, optimised as far as it is one."""
        number = len(list(self.folder.iterdir()))
        into = self.folder / str(number)
        into.mkdir()
        if isinstance(picture, Path):
            source = picture
        else:
            source = into / "source.png"
            picture.save(source)
        copied = into / "original"
        copied.write_bytes(source.read_bytes())
        outcome = optimise(source, Plan(), into, Limits()) if changes.get("type", "Image") == "Image" else None
        original = self.tools.blobs.put(copied)
        database = self.tools.database
        asset_id = stored_asset(database, self.company, f"asset-{number}", original=original, **changes)
        with database.write() as tx:
            if outcome:
                files = store_files(outcome, into, self.tools)
                drawn = NewPicture(
                    crop=None, derivatives=files.derivatives, ready_for_publish=True, changed_by="lab@example.com"
                )
                assert save_picture(tx, asset_id, 1, drawn)
            asset = load_asset(tx, self.company, asset_id)
        assert asset is not None
        return asset

    def call(self, asset: Asset, definition: Definition | None = None, **options: Any) -> StageCall:
        """Return the asset's turn at a stage with a profile that says this."""
        database = self.tools.database
        with database.write() as tx:
            job_id = new_job(tx, self.company).id
            ledger.add_tasks(tx, job_id, self.company, [NewTask(label=asset.file_name, asset_id=asset.id)])
        task = claimed(database, job_id)
        with database.read() as tx:
            job = load_job(tx, job_id)
        assert job is not None
        version = None
        if definition is not None:
            kind = ProfileKind.IMAGE
            version = ProfileVersion(profile_id=7, kind=kind, name="p", version=3, definition=definition)
        return StageCall(job=job, task=task, tools=self.tools, asset=asset, profile=version, options=options)

    def run(self, stage: Stage, asset: Asset, definition: Definition | None = None, **options: Any) -> StageResult:
        """Return what the stage did to the asset, which is written down, too."""
        result = stage.perform(self.call(asset, definition, **options))
        if result.outcome in (StageOutcome.DONE, StageOutcome.WARNED):
            with self.tools.database.write() as tx:
                result.apply(tx)
        return result

    def with_tools(self, **changes: Any) -> "Bench":
        """Return the same bench with other tools."""
        return replace(self, tools=replace(self.tools, **changes))


@contextmanager
def open_bench(base: Path) -> Iterator[Bench]:
    """Give a bench over SQLite, with one slot, until the block ends."""
    database = Database(sqlite_url(base / "bench.db"))
    upgrade_schema(database)
    slots = SlotPool(1, SlotLimits(), prepare_process)
    (base / "assets").mkdir()
    tools = Tools(
        database=database,
        blobs=LocalBlobs(base / "blobs"),
        slots=slots,
        scratch=base / "scratch",
        limits=Limits(),
        outbound=OutboundRules(allowed_networks=(ip_network("127.0.0.0/8"),)),
        mail_server=None,
        pdf_engine="pymupdf",
        lease=timedelta(seconds=30),
        places=Places(),
        unpack_limits=UnpackLimits(max_bytes=10**6, max_files=10),
    )
    try:
        yield Bench(tools=tools, company=add_tenant(database), folder=base / "assets")
    finally:
        slots.close()
        database.close()
