"""Jobs: submitting them, watching those that are not done, and stopping them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from domain import model
from domain.clock import utc_now
from domain.errors import ApiError, FaultCode, invalid, missing, not_built
from domain.handles import active_job_handle, company_handle, parse_job, parse_user, submitted_job_handle
from domain.states import JobState
from jobs import control, submit
from jobs.kinds import publish
from jobs.kinds.registry import KINDS
from jobs.specs import ReprocessSpec, UploadSpec
from jobs.submit import Submission, UrlSource
from server.access import Principal
from server.dispatch import Call, implements
from server.operations.folders import company_path
from server.operations.job_details import job_details
from server.operations.job_options import (
    PublishJob,
    follow_on_spec,
    image_options,
    project_ids,
    publish_spec,
    refuse_not_built,
)
from store.jobs import find_active, find_by_handle, find_by_original_name
from store.ledger import in_flight_by_job
from store.users import find_memberships, load_user
from wsdl import contract

MAX_NAME = 1000
MONITOR = "com.scene7.upload.UploadAsyncTaskMonitor"
"""What the service calls the progress of work on files."""
_TASK_STATES = {JobState.RUNNING: "Processing", JobState.STOPPING: "Stopping"}


@implements(contract.SUBMIT_JOB, writes=True)
def submit_job(call: Call, param: contract.SubmitJobParam) -> contract.SubmitJobReturn:
    """Put the one job named in ``param`` on the company's queue."""
    if param.exec_schedule:
        raise not_built("execSchedule")
    if param.exec_time is not None and param.exec_time > utc_now():
        raise not_built("execTime in the future")
    name = job_name(param.job_name)
    wire_name, job = _the_one_job(param)
    if wire_name not in _SUBMIT:
        raise not_built(f"submitJob of {wire_name}")
    submission = Submission(
        company_id=call.company.id,
        name=name,
        submitter=_submitter(call, param.user_handle),
        server_name=call.services.server_name,
        client=call.origin.address,
        locale=param.locale or "",
        description=param.description or "",
        ignored=call.origin.unknown,
    )
    _SUBMIT[wire_name](call, submission, job)
    return contract.SubmitJobReturn(job_handle=submitted_job_handle(call.company.id, name))


@implements(contract.GET_ACTIVE_JOBS)
def get_active_jobs(call: Call, param: contract.GetActiveJobsParam) -> contract.GetActiveJobsReturn:
    """Answer the jobs that are not done, newest first; a job that is absent has ended.

    Waiting jobs are left out only when ``includeWaitingJobs`` says so: a poller takes an absent job for a finished one.
    """
    companies = (call.chosen.id,) if call.chosen else call.principal.company_ids
    if param.job_handle:
        found = [job for job in [_resolve(call, param.job_handle)] if job is not None]
    elif param.original_name:
        found = list(find_by_original_name(call.tx, companies, param.original_name))
    else:
        found = list(find_active(call.tx, companies))
    hidden = {JobState.DONE}
    if param.include_waiting_jobs is False:
        hidden |= {JobState.NEW, JobState.WAITING_CLIENT, JobState.WAITING_COORDINATOR}
    in_flight = in_flight_by_job(call.tx)
    shown = [active_job(job, in_flight[job.id]) for job in found if job.state not in hidden]
    return contract.GetActiveJobsReturn(job_array=shown)


@implements(contract.STOP_JOB, writes=True)
def stop_job(call: Call, param: contract.StopJobParam) -> contract.StopJobReturn:
    """Stop the job: nothing more of it starts, what runs is ended; a job that is done stays as it is."""
    control.stop_job(call.tx, find_job(call, param.job_handle))
    return contract.StopJobReturn()


@implements(contract.DELETE_JOB, writes=True)
def delete_job(call: Call, param: contract.DeleteJobParam) -> contract.DeleteJobReturn:
    """Take the job off the list of active jobs by stopping it; its log stays, as does that of one that has ended."""
    control.stop_job(call.tx, find_job(call, param.job_handle))
    return contract.DeleteJobReturn()


def find_job(call: Call, handle: str) -> model.Job:
    """Return the job of the call's company that ``handle`` names, in any documented form.

    Raises ApiError 30001 when there is none.
    """
    job = _resolve(call, handle)
    if job is None:
        raise invalid("jobHandle", f"there is no job {handle} in this company.")
    return job


def job_name(text: str) -> str:
    """Return the name to submit a job under; ApiError when it is empty or too long."""
    if not text.strip():
        raise missing("jobName")
    if len(text) > MAX_NAME:
        raise invalid("jobName", f"has at most {MAX_NAME} characters.")
    return text.strip()


def _resolve(call: Call, handle: str) -> model.Job | None:
    ref = parse_job(handle)
    if ref is None:
        raise invalid("jobHandle", f"{handle} is not a job handle: use the one that submitJob or getActiveJobs gave.")
    if call.chosen is not None and ref.company_id != call.chosen.id:
        return None
    visible = call.principal.company_ids
    if visible is not None and ref.company_id not in visible:
        return None
    return find_by_handle(call.tx, ref)


def _the_one_job(param: contract.SubmitJobParam) -> tuple[str, Any]:
    jobs = {wire: job for wire, name in _JOB_FIELDS.items() if (job := getattr(param, name)) is not None}
    if not jobs:
        raise ApiError(FaultCode.MISSING_PARAMETER, f"submitJob needs one of {', '.join(_JOB_FIELDS)}.")
    if len(jobs) > 1:
        raise invalid("submitJob", f"takes exactly one job, not {' and '.join(jobs)}.")
    return next(iter(jobs.items()))


def _submitter(call: Call, handle: str | None) -> str:
    if not handle:
        return call.principal.user.email
    number = parse_user(handle)
    user = load_user(call.tx, number) if number is not None else None
    if user is None or not _is_member(call, call.principal, user):
        raise ApiError(FaultCode.INVALID_REQUEST_USER, f"userHandle: there is no user {handle} in this company.")
    return user.email


def _is_member(call: Call, principal: Principal, user: model.User) -> bool:
    if user.id == principal.user.id:
        return True
    return any(m.company.id == call.company.id and m.is_active for m in find_memberships(call.tx, user.id))


def _submit_reprocess(call: Call, submission: Submission, job: contract.ReprocessAssetsJob) -> None:
    refuse_not_built(job, "reprocessAssetsJob")
    spec = ReprocessSpec(
        image=image_options(call, job, "reprocessAssetsJob"),
        follow_on=follow_on_spec(call, job, "reprocessAssetsJob"),
        project_ids=project_ids(call, job, "reprocessAssetsJob"),
    )
    submit.submit_reprocess(call.tx, submission, spec, job.asset_handle_array)


def _submit_urls(call: Call, submission: Submission, job: contract.UploadUrlsJob) -> None:
    refuse_not_built(job, "uploadUrlsJob")
    if not job.url_array:
        raise missing("uploadUrlsJob.urlArray")
    spec = UploadSpec(
        overwrite=job.overwrite,
        image=image_options(call, job, "uploadUrlsJob"),
        follow_on=follow_on_spec(call, job, "uploadUrlsJob"),
        project_ids=project_ids(call, job, "uploadUrlsJob"),
    )
    sources = [_url_source(call.company, url, n) for n, url in enumerate(job.url_array)]
    submit.submit_url_upload(call.tx, submission, spec, sources)


def _url_source(company: model.Company, url: contract.UploadUrl, position: int) -> UrlSource:
    field = f"uploadUrlsJob.urlArray.items[{position}]"
    try:
        source = PurePosixPath(unquote(urlsplit(url.source_url).path))
    except ValueError as error:
        raise invalid(f"{field}.sourceUrl", "is not a well-formed URL.") from error
    folder, _, file_name = url.dest_path.rstrip().rpartition("/")
    file_name = file_name or source.name
    if not file_name or file_name in (".", ".."):
        raise invalid(f"{field}.destPath", "must end with a file name.")
    if not PurePosixPath(file_name).suffix:
        file_name += source.suffix
    return UrlSource(url=url.source_url, folder=company_path(company, folder, f"{field}.destPath"), file_name=file_name)


def _submit_publish(field: str, call: Call, submission: Submission, job: PublishJob) -> None:
    submit.submit_publish(call.tx, submission, publish_spec(call, job, field))


_SUBMIT: Mapping[str, Callable[[Call, Submission, Any], None]] = {
    "imageServingPublishJob": partial(_submit_publish, "imageServingPublishJob"),
    "imageRenderingPublishJob": partial(_submit_publish, "imageRenderingPublishJob"),
    "videoPublishJob": partial(_submit_publish, "videoPublishJob"),
    "uploadUrlsJob": _submit_urls,
    "reprocessAssetsJob": _submit_reprocess,
}
_JOB_FIELDS: Mapping[str, str] = {
    "imageServingPublishJob": "image_serving_publish_job",
    "imageRenderingPublishJob": "image_rendering_publish_job",
    "videoPublishJob": "video_publish_job",
    "serverDirectoryPublishJob": "server_directory_publish_job",
    "metadataPublishJob": "metadata_publish_job",
    "uploadDirectoryJob": "upload_directory_job",
    "uploadUrlsJob": "upload_urls_job",
    "optimizeImagesJob": "optimize_images_job",
    "ripPdfsJob": "rip_pdfs_job",
    "reprocessAssetsJob": "reprocess_assets_job",
    "createVideoSitemapJob": "create_video_sitemap_job",
    "exportJob": "export_job",
    "automatedSetGenerationJob": "automated_set_generation_job",
}


def active_job(job: model.Job, in_flight: int) -> contract.ActiveJob:
    """Return the job as a poller sees it; ``in_flight`` of its tasks are dispatched or running."""
    counts, kind = job.counts, KINDS[job.kind]
    return contract.ActiveJob(
        company_handle=company_handle(job.company_id),
        job_handle=active_job_handle(job.company_id, job.unique_name, job.id),
        name=job.unique_name,
        original_name=job.name,
        type=kind.vendor_type,
        state=job.state,
        submit_user_email=job.submitter,
        locale=job.locale or None,
        description=job.description or None,
        server_name=job.server_name,
        start_date=job.created,
        trigger_time=job.created,
        total_size=counts.total,
        progress=100 * counts.settled // counts.total if counts.total else 0,
        progress_message=kind.progress_message,
        last_progress_update=job.last_progress,
        task_progress_array=() if job.kind in publish.TARGETS else [_progress(job, in_flight)],
        **job_details(job),  # type: ignore[arg-type]
    )


def _progress(job: model.Job, in_flight: int) -> contract.TaskProgress:
    counts = job.counts
    return contract.TaskProgress(
        task_type=MONITOR,
        task_state=_TASK_STATES.get(job.state, "New"),
        num_processed=counts.settled,
        num_processing=in_flight,
        num_pending=counts.total - counts.settled - in_flight,
        progress=counts.settled / counts.total if counts.total else 0.0,
        progress_message="",
        last_progress_update=job.last_progress,
        task_item_progress_array=(),
    )
