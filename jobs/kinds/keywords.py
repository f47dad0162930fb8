"""The keywords that an uploader gives files: with what each file says of itself they become its asset's metadata."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from domain.errors import Superseded
from domain.metadata import Held, Origin, text_value
from domain.model import Asset, StoredFile, Task
from imaging.errors import DamagedImage
from imaging.metadata import FileMetadata, read_metadata
from imaging.xmp import KEYWORDS, with_keywords
from jobs.kinds.picture import scratch_folder
from jobs.kinds.port import Tools
from jobs.stages.metadata_filling import Vocabulary, fill
from store.engine import Tx
from store.metadata_values import load_held, load_packet, save_held, save_packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyworded:
    """What a file says, the packet with the keywords, and the asset's packet of a person's that it was made of."""

    said: FileMetadata
    packet: StoredFile
    former: StoredFile | None


def add_keywords(task: Task, tools: Tools, original: StoredFile, what: tuple[Asset | None, Sequence[str]]) -> Keyworded:
    """Return the metadata of a file with keywords added; ``what`` is the asset that it replaces, and the keywords.

    Those of a packet that a person has set stay. A file that cannot be read says nothing but the keywords.
    """
    asset, words = what
    former = _persons_packet(tools, asset)
    said = FileMetadata()
    with tools.blobs.as_file(original.key) as source, suppress(DamagedImage):
        said = tools.slots.run(task.token, read_metadata, source, tools.limits.timeout_s)
    base = said.packet
    if former is not None:
        with tools.blobs.as_file(former.key) as path:
            base = path.read_bytes()
    with scratch_folder(tools, task) as folder:
        written = folder / "packet"
        try:
            written.write_bytes(with_keywords(base, words))
        except DamagedImage:
            written.write_bytes(with_keywords(None, words))
        return Keyworded(said=said, packet=tools.blobs.put(written), former=former)


def save_keywords(tx: Tx, asset: Asset, made: Keyworded, words: Sequence[str]) -> None:
    """Write down what the file says and its keywords, which count as a person's.

    Raises Superseded when the asset got another packet meanwhile. Whoever calls this has changed the asset's row.
    """
    if _person(load_packet(tx, asset.id)) != made.former:
        raise Superseded("The asset's metadata changed while it was being read.")
    held = load_held(tx, [asset.id]).get(asset.id, {})
    changes = dict(fill((), made.said, held, Vocabulary()).changes)
    before = (changes.get(KEYWORDS) or held.get(KEYWORDS) or Held(values=(), origin=Origin.PERSON)).texts
    texts = dict.fromkeys((*before, *words))
    changes[KEYWORDS] = Held(values=tuple(text_value(text) for text in texts), origin=Origin.PERSON)
    save_held(tx, asset, changes)
    save_packet(tx, asset, made.packet, Origin.PERSON)


def _persons_packet(tools: Tools, asset: Asset | None) -> StoredFile | None:
    if asset is None:
        return None
    with tools.database.read() as tx:
        return _person(load_packet(tx, asset.id))


def _person(packet: tuple[StoredFile, Origin] | None) -> StoredFile | None:
    return packet[0] if packet is not None and packet[1] is Origin.PERSON else None
