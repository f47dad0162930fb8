"""The stage "metadata": what of an original becomes its asset's metadata, and what a profile adds to that."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from domain.errors import Superseded
from domain.metadata import Field, Held, Origin, text_value
from imaging.limits import Limits
from imaging.process import prepare_process
from jobs.archives import UnpackLimits
from jobs.kinds.port import Places, Tools
from jobs.outbound import OutboundRules
from jobs.profiles.definitions import MetadataProfile, MetadataRule, ProfileKind, ProfileVersion
from jobs.slots import SlotLimits, SlotPool
from jobs.stages.metadata import STAGE
from jobs.stages.port import StageCall, StageOutcome, StageResult
from store.asset_changes import note_change
from store.assets import load_asset
from store.blobs.local import LocalBlobs
from store.engine import Database, sqlite_url
from store.metadata_fields import add_field, add_tags
from store.metadata_values import load_held, load_packet, save_held, save_packet
from store.schema import upgrade_schema
from tests.store.rows import add_tenant, claimed, job_with_tasks, loaded, stored_asset

PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="camera" dc:rights="mine"/>'
    b"</rdf:RDF></x:xmpmeta>"
)


@pytest.fixture(scope="module")
def slots() -> Iterator[SlotPool]:
    """One slot for all of these tests."""
    pool = SlotPool(1, SlotLimits(), prepare_process)
    yield pool
    pool.close()


@dataclass(slots=True)
class Bench:
    """An asset on a database of its own, and the stage to run on it."""

    tools: Tools
    company: int
    asset: int
    fields: dict[str, Field] = field(default_factory=dict)

    def add(self, name: str, field_type: str = "String", *tags: str) -> None:
        """Add a field of the company's own."""
        with self.tools.database.write() as tx:
            wanted = Field(id=0, company_id=self.company, asset_type="Asset", name=name, type=field_type)
            self.fields[name] = add_field(tx, wanted)
            add_tags(tx, self.fields[name], tags)

    def hold(self, key: str, text: str, origin: Origin) -> None:
        """Give the asset a value."""
        name = self.fields[key].key if key in self.fields else key
        with self.tools.database.write() as tx:
            asset = load_asset(tx, self.company, self.asset)
            assert asset is not None
            note_change(tx, asset, "ann@example.com")
            save_held(tx, asset, {name: Held(values=(text_value(text),), origin=origin)})

    def perform(self, *rules: MetadataRule) -> StageResult:
        """Run the stage with a profile of these rules, and write nothing yet."""
        job_id = job_with_tasks(self.tools.database, 1, company_id=self.company)
        with self.tools.database.read() as tx:
            asset = load_asset(tx, self.company, self.asset)
        assert asset is not None
        profile = ProfileVersion(
            profile_id=1, kind=ProfileKind.METADATA, name="p", version=1, definition=MetadataProfile(rules=rules)
        )
        call = StageCall(
            job=loaded(self.tools.database, job_id),
            task=claimed(self.tools.database, job_id),
            tools=self.tools,
            asset=asset,
            profile=profile if rules else None,
        )
        return STAGE.perform(call)

    def run(self, *rules: MetadataRule) -> StageResult:
        """Run the stage and write what it did."""
        result = self.perform(*rules)
        with self.tools.database.write() as tx:
            result.apply(tx)
        return result

    def held(self) -> dict[str, tuple[str, ...]]:
        """What the asset has, by the names of fields and by keys."""
        return {key: each.texts for key, each in self.origins().items()}

    def origins(self) -> dict[str, Held]:
        """The same, with who set it."""
        names = {each.key: name for name, each in self.fields.items()}
        with self.tools.database.read() as tx:
            found = load_held(tx, [self.asset]).get(self.asset, {})
        return {names.get(key, key): each for key, each in found.items()}


@pytest.fixture
def bench(slots: SlotPool, tmp_path: Path) -> Iterator[Bench]:
    """An image with a packet that says two things, and an EXIF artist."""
    database = Database(sqlite_url(tmp_path / "x.db"))
    upgrade_schema(database)
    blobs = LocalBlobs(tmp_path / "blobs")
    exif = Image.Exif()
    exif[0x013B] = "Bob"
    file = io.BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG", exif=exif, xmp=PACKET)
    (tmp_path / "a.jpg").write_bytes(file.getvalue())
    company = add_tenant(database)
    asset = stored_asset(database, company, original=blobs.put(tmp_path / "a.jpg"))
    tools = Tools(
        database=database,
        blobs=blobs,
        slots=slots,
        scratch=tmp_path / "scratch",
        limits=Limits(),
        outbound=OutboundRules(),
        mail_server=None,
        pdf_engine="pymupdf",
        lease=timedelta(seconds=30),
        places=Places(),
        unpack_limits=UnpackLimits(max_bytes=1, max_files=1),
    )
    yield Bench(tools, company, asset)
    database.close()


def test_what_the_file_says_is_kept_with_its_packet(bench: Bench) -> None:
    result = bench.run()

    held = bench.held()
    assert result.outcome is StageOutcome.DONE
    assert [step.name for step in result.steps] == ["read metadata"]
    assert (held["dc.source"], held["dc.rights"], held["dc.creator"]) == (("camera",), ("mine",), ("Bob",))
    assert {each.origin for each in bench.origins().values()} == {Origin.FILE}
    with bench.tools.database.read() as tx:
        kept = load_packet(tx, bench.asset)
        asset = load_asset(tx, bench.company, bench.asset)
    assert kept is not None
    with bench.tools.blobs.as_file(kept[0].key) as path:
        assert path.read_bytes() == PACKET
    assert asset is not None
    assert asset.last_modified_by == "metadata extraction"


def test_a_second_run_changes_nothing(bench: Bench) -> None:
    rules = (MetadataRule(field="dc.title", default="Shoe"),)
    bench.run(*rules)
    with bench.tools.database.read() as tx:
        before = load_asset(tx, bench.company, bench.asset)

    bench.run(*rules)

    with bench.tools.database.read() as tx:
        assert load_asset(tx, bench.company, bench.asset) == before


def test_rules_fill_from_the_file_else_by_their_default(bench: Bench) -> None:
    for name in ("Artist", "Group", "Key", "Season"):
        bench.add(name)

    bench.run(
        MetadataRule(field="Artist", source="ifd0:artist", default="nobody"),
        MetadataRule(field="Group", source="EXIF:Artist"),
        MetadataRule(field="Key", source="dc.rights"),
        MetadataRule(field="Season", source="IPTC:Headline", default="All year"),
    )

    held = bench.held()
    assert [held[name] for name in ("Artist", "Group", "Key", "Season")] == [
        ("Bob",),
        ("Bob",),
        ("mine",),
        ("All year",),
    ]
    assert bench.origins()["Season"].origin is Origin.PROFILE


def test_a_value_that_is_there_stays_unless_the_rule_overwrites_and_no_person_set_it(bench: Bench) -> None:
    cases = {
        "kept": (Origin.PROFILE, False),
        "replaced": (Origin.PROFILE, True),
        "a person's": (Origin.PERSON, True),
    }
    for name, (origin, _overwrites) in cases.items():
        bench.add(name)
        bench.hold(name, "old", origin)
    bench.hold("dc.rights", "a person's", Origin.PERSON)

    bench.run(*(MetadataRule(field=name, default="new", overwrites=each[1]) for name, each in cases.items()))

    held = bench.held()
    assert {name: held[name] for name in cases} == {"kept": ("old",), "replaced": ("new",), "a person's": ("old",)}
    assert held["dc.rights"] == ("a person's",)


def test_a_required_field_that_stays_empty_is_a_warning_that_names_it(bench: Bench) -> None:
    for name in ("Owner", "Season"):
        bench.add(name)

    result = bench.run(
        MetadataRule(field="Owner", is_required=True),
        MetadataRule(field="Season", default="x", is_required=True),
        MetadataRule(field="dc.title", is_required=True),
    )

    assert result.outcome is StageOutcome.WARNED
    assert "Required, but empty: Owner, dc.title." in str(result.words)


def test_what_a_field_cannot_have_and_fields_that_there_are_not_are_warned_of(bench: Bench) -> None:
    bench.add("Wind", "SingleFixedTag", "North")
    bench.add("Mood", "MultiTag")

    result = bench.run(
        MetadataRule(field="Wind", default="Sideways"),
        MetadataRule(field="Mood", default="calm"),
        MetadataRule(field="Nonsense", default="x"),
    )

    assert result.outcome is StageOutcome.WARNED
    assert "Without a value that the field can have: Wind." in str(result.words)
    assert "Fields of the profile that there are not: Nonsense." in str(result.words)
    assert bench.held()["Mood"] == ("calm",)


def test_a_packet_that_a_person_set_stands_in_the_place_of_the_files(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "packet").write_bytes(PACKET.replace(b"camera", b"hand").replace(b'dc:rights="mine"', b""))
    own = bench.tools.blobs.put(tmp_path / "packet")
    with bench.tools.database.write() as tx:
        asset = load_asset(tx, bench.company, bench.asset)
        assert asset is not None
        save_packet(tx, asset, own, Origin.PERSON)

    bench.run()

    with bench.tools.database.read() as tx:
        assert load_packet(tx, bench.asset) == (own, Origin.PERSON)
    assert bench.held()["dc.source"] == ("hand",)
    assert "dc.rights" not in bench.held()


def test_a_value_that_a_person_sets_meanwhile_throws_the_run_away(bench: Bench) -> None:
    result = bench.perform()
    bench.hold("dc.title", "Ann's", Origin.PERSON)

    with pytest.raises(Superseded), bench.tools.database.write() as tx:
        result.apply(tx)

    assert bench.held() == {"dc.title": ("Ann's",)}
