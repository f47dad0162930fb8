"""What an export job packed, as one zip file for whoever has its link; it is written while it is sent."""

import hmac
import zipfile
from collections.abc import Iterator, Sequence

from domain.clock import utc_now
from domain.errors import Permanent
from jobs.kinds.export import NAME
from jobs.specs import ExportSpec, from_json
from store.blobs.port import BlobStore
from store.engine import Tx
from store.exports import ExportedFile, find_exported_files
from store.jobs import load_job

_CHUNK = 2**20
_NEEDS_ZIP64 = 2**31 - 1


class _Sent:
    """A file that cannot be read or sought, only emptied."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        """Take a part."""
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Do nothing: parts wait to be taken."""

    def take(self) -> bytes:
        """Return all that was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def find_export(tx: Tx, job_id: int, token: str) -> Sequence[ExportedFile]:
    """Return the files of an export; none when the link is wrong or has expired, or while the job runs."""
    job = load_job(tx, job_id)
    if job is None or job.kind != NAME or job.ended is None:
        return ()
    try:
        spec = from_json(ExportSpec, job.options)
    except Permanent:
        return ()
    return find_exported_files(tx, job_id) if hmac.compare_digest(spec.token.encode(), token.encode()) else ()


def write_zip(files: Sequence[ExportedFile], blobs: BlobStore) -> Iterator[bytes]:
    """Yield the bytes of a zip file of the files, stored as they are: pictures are compressed already."""
    sent, now = _Sent(), utc_now().timetuple()[:6]
    with zipfile.ZipFile(sent, "w") as archive:  # type: ignore[call-overload]
        for file in files:
            entry = zipfile.ZipInfo(file.name, now)
            is_large = file.stored.size > _NEEDS_ZIP64
            with (
                blobs.as_file(file.stored.key) as path,
                path.open("rb") as source,
                archive.open(entry, "w", force_zip64=is_large) as out,
            ):
                while chunk := source.read(_CHUNK):
                    out.write(chunk)
                    yield sent.take()
    yield sent.take()
