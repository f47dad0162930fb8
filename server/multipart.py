"""Reads a multipart body as a stream: small parts into memory, files into the scratch folder, within limits.

Real clients send parts in any order and some close the boundary after every part; what follows is read on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData, State

from domain.errors import ApiError, FaultCode

CHUNK = 256 * 1024
MAX_TEXT = 2 * 2**20
MAX_PARTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that has arrived whole: the text of a field, or the path and size of a file."""

    name: str
    file_name: str | None = None
    text: bytes = field(default=b"", repr=False)
    path: Path | None = None
    size: int = 0


@dataclass(slots=True)
class Allowance:
    """How many bytes of file data a POST may bring, and the fault for the first byte beyond; it can only shrink."""

    limit: int
    fault: ApiError
    taken: int = 0

    def take(self, size: int) -> None:
        """Count bytes that have come; raises the fault when they are too many."""
        self.taken += size
        if self.taken > self.limit:
            raise self.fault

    def shrink(self, limit: int, fault: ApiError) -> None:
        """Allow no more than ``limit``, ``fault`` telling why; raises it when more has come already."""
        if limit < self.limit:
            self.limit, self.fault = limit, fault
            self.take(0)


def read_parts(body: BinaryIO, content_type: str, scratch: Path, allowance: Allowance) -> Iterator[Part]:
    """Yield the parts in their order; whoever takes a file part must move or remove its file.

    A part is a file when it has a file name, or a Content-Type that is not text and no form's own.
    Raises ApiError for a body that is not multipart, is damaged, or has more file data than the allowance, which may
    shrink while the body is read.
    """
    media, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if media != "multipart/form-data" or not boundary:
        raise ApiError(FaultCode.INVALID_REQUEST_XML, "UploadFile takes multipart/form-data with a boundary.")
    for header, chunks in _headed(_events(body, boundary.encode("latin-1", errors="replace"))):
        if isinstance(header, Field) and not _is_binary(header):
            yield Part(name=header.name, text=_text(chunks))
        else:
            yield _file(header, chunks, scratch, allowance)


def _events(body: BinaryIO, boundary: bytes) -> Iterator[Event]:
    decoder, ended = MultipartDecoder(boundary, MAX_TEXT, max_parts=MAX_PARTS), False
    try:
        while not ended:
            data = body.read(CHUNK)
            ended = not data
            decoder.receive_data(data or None)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                yield event
                if decoder.state is State.EPILOGUE and b"--" + boundary in decoder.buffer:
                    rest = bytes(decoder.buffer)
                    decoder = MultipartDecoder(boundary, MAX_TEXT, max_parts=MAX_PARTS)
                    decoder.receive_data(rest)
            if isinstance(event, Epilogue):
                return
    except RequestEntityTooLarge as error:
        text = f"The POST has more than {MAX_PARTS} parts, or headers of a part that are too long; send several POSTs."
        raise ApiError(FaultCode.INVALID_REQUEST_XML, text) from error
    except (ValueError, OSError) as error:  # OSError: the client went away
        raise ApiError(FaultCode.INVALID_REQUEST_XML, "The multipart body is damaged or ends early.") from error


def _headed(events: Iterator[Event]) -> Iterator[tuple[Field | File, Iterator[bytes]]]:
    for event in events:
        if isinstance(event, Field | File):
            yield event, _chunks(events)


def _chunks(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def _text(chunks: Iterator[bytes]) -> bytes:
    text = b""
    for chunk in chunks:
        text += chunk
        if len(text) > MAX_TEXT:
            raise ApiError(FaultCode.INVALID_PARAMETER, f"A text part of the upload has more than {MAX_TEXT} bytes.")
    return text


def _is_binary(header: Field) -> bool:
    media = parse_options_header(header.headers.get("Content-Type", "text/plain"))[0]
    return not media.startswith(("text/", "multipart/")) and not media.endswith("xml")


def _file(header: Field | File, chunks: Iterator[bytes], scratch: Path, allowance: Allowance) -> Part:
    with NamedTemporaryFile(dir=scratch, prefix="upload-", delete=False) as file:
        path = Path(file.name)
        try:
            size = _save(chunks, file, allowance)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return Part(name=header.name, file_name=getattr(header, "filename", None) or None, path=path, size=size)


def _save(chunks: Iterator[bytes], file: IO[bytes], allowance: Allowance) -> int:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        allowance.take(len(chunk))
        file.write(chunk)
    return size
