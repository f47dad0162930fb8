"""The UploadFile servlet: files by multipart POST into an upload job that stays open until its client ends it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from domain import model
from domain.clock import utc_now
from domain.errors import ApiError, FaultCode, invalid, missing
from domain.handles import active_job_handle, parse_job
from domain.states import JobState
from jobs.kinds.upload_post import NAME
from jobs.quota import find_room
from jobs.submit import Submission, add_uploaded_file, open_post_upload
from server.access import Principal, authenticate, authorise, open_company
from server.dispatch import Call, Origin, Services
from server.multipart import Allowance, Part, read_parts
from server.operations.choices import check_length
from server.operations.folders import company_path
from server.operations.job_options import upload_spec
from server.operations.jobs import job_name
from server.reading import check_locale
from server.soap.decode import Decoder
from server.soap.header import caller_from
from server.soap.request import parse
from server.soap.serialize import write_message
from store.engine import Tx
from store.jobs import find_by_handle, keep_open, move_job
from wsdl import contract
from wsdl.versions import V2014_04_03

AUTH_PART = "auth"
PARAMS_PART = "uploadParams"
OVERHEAD = 2**20
"""What a POST may hold besides files when its length alone decides that its files are too large."""


@dataclass(slots=True)
class Received:
    """What one POST held. ``fault_status`` is known as soon as its auth part is, for the answer to whatever fails.

    ``length`` is that of the whole body in bytes, as far as its client tells in advance.
    """

    length: int | None = None
    fault_status: int | None = None
    principal: Principal | None = None
    params: bytes = b""
    files: list[Part] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def discard(self) -> None:
        """Remove the files that did not become originals."""
        for part in self.files:
            if part.path is not None:
                part.path.unlink(missing_ok=True)


class UploadServlet:
    """Takes uploads in. A file is stored before its job is told of it, so an answered upload is never lost."""

    def __init__(self, services: Services, scratch: Path) -> None:
        self._services = services
        self._scratch = scratch
        self._decoder = Decoder(contract.UploadPostParam)
        scratch.mkdir(parents=True, exist_ok=True)

    def take(self, body: BinaryIO, content_type: str, origin: Origin, received: Received) -> str:
        """Return the answer's document, once every file is stored and its job knows of it. Raises ApiError."""
        reason = "The files of one POST are larger than UploadPostMaxFileSize."
        fault = ApiError(FaultCode.INVALID_PARAMETER, reason)
        allowance = Allowance(self._services.settings.max_upload_bytes, fault)
        try:
            for part in read_parts(body, content_type, self._scratch, allowance):
                self._sort(part, received, origin)
                if part.name in (AUTH_PART, PARAMS_PART):
                    allowance.taken -= part.size
                    self._confine(received, allowance)
            if received.principal is None:
                raise ApiError(FaultCode.NO_CREDENTIALS, "The upload has no auth part: send an authHeader document.")
            if not received.params:
                raise missing(f"the part {PARAMS_PART}")
            return self._submit(received, received.principal, origin)
        finally:
            received.discard()

    def _sort(self, part: Part, received: Received, origin: Origin) -> None:
        if part.path is not None:
            received.files.append(part)
        if part.name == AUTH_PART:
            caller = caller_from(parse(_text(part), None))
            received.fault_status = caller.fault_status
            received.principal = authenticate(self._services.database, self._services.passwords, caller, origin.address)
        elif part.name == PARAMS_PART:
            received.params = _text(part)
        else:
            received.ignored += () if part.path is not None else (f"part {part.name}",)
            return
        if part.path is not None:
            received.files.pop()
            part.path.unlink()

    def _confine(self, received: Received, allowance: Allowance) -> None:
        """Hold the upload to what its company has room for, as soon as it says for whom it is."""
        principal = received.principal
        if principal is None or not received.params:
            return
        with self._services.database.read() as tx:
            company = self._company(tx, principal, self._decoder.decode(received.params).message)
            room = find_room(tx, company)
        if room is None:
            return
        fault = ApiError(FaultCode.EXCEPTION, str(room.refusal))
        if received.length is not None and received.length - OVERHEAD > room.left:
            raise fault
        allowance.shrink(room.left, fault)

    def _company(self, tx: Tx, principal: Principal, param: contract.UploadPostParam) -> model.Company:
        company = open_company(tx, principal, param.company_handle)
        authorise(principal, contract.UPLOAD_POST, company, strict=self._services.settings.strict_roles)
        return company

    def _submit(self, received: Received, principal: Principal, origin: Origin) -> str:
        decoded = self._decoder.decode(received.params)
        param: contract.UploadPostParam = decoded.message
        if bool(param.job_name) == bool(param.job_handle):
            raise invalid("jobName, jobHandle", "exactly one is needed: jobName to begin a job, jobHandle to go on.")
        stored = [(part, self._services.blobs.put(part.path)) for part in received.files if part.path is not None]
        with self._services.database.write() as tx:
            company = self._company(tx, principal, param)
            call = Call(tx=tx, services=self._services, origin=origin, principal=principal, chosen=company)
            ignored = decoded.unknown + received.ignored
            job = self._open(call, param, ignored) if param.job_name else _going_on(call, param.job_handle)
            self._add(tx, company, job, param, stored)
            call.note(contract.UPLOAD_POST.name, f"{job.unique_name}, files: {len(stored)}")
        return _answer(job, decoded.namespace)

    def _open(self, call: Call, param: contract.UploadPostParam, ignored: tuple[str, ...]) -> model.Job:
        options = param.upload_params
        if options is None:
            raise missing("uploadParams")
        spec = upload_spec(call, options, "uploadParams")
        submission = Submission(
            company_id=call.company.id,
            name=job_name(param.job_name or ""),
            submitter=call.principal.user.email,
            server_name=self._services.server_name,
            client=call.origin.address,
            locale=check_locale("locale", param.locale),
            description=param.description or "",
            ignored=ignored,
        )
        return open_post_upload(call.tx, submission, spec, self._deadline())

    def _add(
        self,
        tx: Tx,
        company: model.Company,
        job: model.Job,
        param: contract.UploadPostParam,
        stored: Sequence[tuple[Part, model.StoredFile]],
    ) -> None:
        for part, original in stored:
            folder, file_name = _destination(company, param, part)
            add_uploaded_file(tx, job, folder, file_name, original)
        keep_open(tx, job.id, None if param.end_job else self._deadline())
        if param.end_job and job.state is JobState.WAITING_CLIENT:
            move_job(tx, job.id, JobState.WAITING_COORDINATOR)

    def _deadline(self) -> datetime:
        return utc_now() + timedelta(minutes=self._services.settings.upload_idle_minutes)


def _going_on(call: Call, handle: str | None) -> model.Job:
    ref = parse_job(handle or "")
    job = find_by_handle(call.tx, ref) if ref is not None and ref.company_id == call.company.id else None
    if job is None or job.kind != NAME:
        raise invalid("jobHandle", f"there is no upload job {handle} in this company.")
    if not job.is_open:
        raise invalid("jobHandle", "the upload job has ended; begin a new one with jobName.")
    if job.client != call.origin.address:
        raise invalid("jobHandle", "all files of an upload job must come from the same address.")
    return job


def _destination(company: model.Company, param: contract.UploadPostParam, part: Part) -> tuple[str, str]:
    named = (param.file_name or part.file_name or "").replace("\\", "/")
    folder, _, file_name = named.rpartition("/")
    file_name = "".join(c for c in file_name.strip() if c.isprintable())
    if file_name in ("", ".", ".."):
        raise invalid("fileName", "the file needs a name: fileName, or the part's Content-Disposition filename.")
    check_length("fileName", file_name)
    prefix = param.dest_folder or ""
    if prefix and folder.partition("/")[0] == company.root:
        folder = folder.partition("/")[2]
    return company_path(company, f"{prefix}/{folder}", "destFolder"), file_name


def _text(part: Part) -> bytes:
    return part.path.read_bytes() if part.path is not None else part.text


def _answer(job: model.Job, namespace: str) -> str:
    handle = active_job_handle(job.company_id, job.unique_name, job.id)
    answer = write_message(contract.UploadPostReturn(job_handle=handle), V2014_04_03, namespace)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{answer}'
