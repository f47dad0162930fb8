"""Jobs: submitting them, watching those that are not done, and stopping them."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from domain import model
from domain.clock import utc_now
from domain.errors import ApiError, FaultCode, invalid, missing
from domain.handles import JobRef, active_job_handle, company_handle, parse_job, parse_user, submitted_job_handle
from domain.quartz import QuartzError
from domain.states import JobState
from domain.words import Words, say
from jobs import schedules
from jobs.kinds import publish
from jobs.kinds.registry import KINDS
from jobs.languages import language_of
from jobs.stalls import NO_WORKER, without_worker
from jobs.submit import Submission, submit
from server.access import Principal
from server.dispatch import Call, implements
from server.operations.job_details import job_details
from server.operations.job_orders import order_of
from server.reading import check_locale, reading_locale
from store.in_flight import InFlight, find_in_flight
from store.jobs import find_active, find_by_handle, find_by_original_name
from store.users import find_memberships, load_user
from wsdl import contract

MAX_NAME = 1000
MOST_ITEMS = 100
"""How many of a job's items that are worked on an answer tells of."""
PAUSED = say("Paused")
MONITOR = "com.scene7.upload.UploadAsyncTaskMonitor"
"""What the service calls the progress of work on files."""
_TASK_STATES = {JobState.RUNNING: "Processing", JobState.STOPPING: "Stopping"}


@implements(contract.SUBMIT_JOB, writes=True)
def submit_job(call: Call, param: contract.SubmitJobParam) -> contract.SubmitJobReturn:
    """Put the one job named in ``param`` on the company's queue, now or when its time has come.

    An ``execTime`` that has passed means now.
    """
    if param.exec_schedule and param.exec_time is not None:
        raise invalid("execTime, execSchedule", "give one of the two.")
    name = job_name(param.job_name)
    order = order_of(call, param)
    submission = Submission(
        company_id=call.company.id,
        name=name,
        submitter=_submitter(call, param.user_handle),
        server_name=call.services.server_name,
        client=call.origin.address,
        locale=check_locale("locale", param.locale),
        description=param.description or "",
        ignored=call.origin.unknown,
    )
    if param.exec_schedule:
        _schedule(call, submission, order, param.exec_schedule)
    elif param.exec_time is not None and param.exec_time > utc_now():
        schedules.add_once(call.tx, submission, order, param.exec_time, call.services.settings.time_zone)
    else:
        submit(call.tx, submission, order)
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
    in_flight, locale = find_in_flight(call.tx), reading_locale(call.origin)
    patience = timedelta(seconds=call.services.settings.no_worker_s)
    stalled = without_worker(call.tx, found, utc_now(), patience)
    shown = [
        active_job(job, in_flight.get(job.id, ()), locale, is_stalled=job.id in stalled)
        for job in found
        if _shown(job) not in hidden
    ]
    return contract.GetActiveJobsReturn(job_array=shown)


def _shown(job: model.Job) -> JobState:
    """Return the state that the wire shows: the vendor has none for a paused job."""
    is_waiting = job.is_paused or job.hold_reason is not None
    return JobState.WAITING_COORDINATOR if is_waiting and job.state is not JobState.DONE else job.state


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
    ref = readable(call, handle)
    return find_by_handle(call.tx, ref) if ref else None


def readable(call: Call, handle: str) -> JobRef | None:
    """Return what a job handle names, or None when it is of a company that the caller must not see.

    Raises ApiError 30001 for what is no job handle.
    """
    ref = parse_job(handle)
    if ref is None:
        raise invalid("jobHandle", f"{handle} is not a job handle: use the one that submitJob or getActiveJobs gave.")
    if call.chosen is not None and ref.company_id != call.chosen.id:
        return None
    visible = call.principal.company_ids
    if visible is not None and ref.company_id not in visible:
        return None
    return ref


def _schedule(call: Call, submission: Submission, order: model.Order, expression: str) -> None:
    try:
        added = schedules.add_recurring(call.tx, submission, order, expression, call.services.settings.time_zone)
    except QuartzError as error:
        raise invalid("execSchedule", str(error)) from error
    if added is None:
        raise invalid("execSchedule", f"{expression} never fires again.")


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


def active_job(
    job: model.Job, in_flight: Sequence[InFlight], locale: str, *, is_stalled: bool = False
) -> contract.ActiveJob:
    """Return the job as a poller sees it who reads in ``locale``, or in the job's own when that is empty.

    ``is_stalled`` says that no worker is there to take what waits.
    """
    counts, kind, tell = job.counts, KINDS[job.kind], language_of(locale or job.locale).say
    return contract.ActiveJob(
        company_handle=company_handle(job.company_id),
        job_handle=active_job_handle(job.company_id, job.unique_name, job.id),
        name=job.unique_name,
        original_name=job.name,
        type=kind.vendor_type,
        state=_shown(job),
        submit_user_email=job.submitter,
        locale=job.locale or None,
        description=job.description or None,
        server_name=job.server_name,
        start_date=job.created,
        trigger_time=job.fire_at or job.created,
        total_size=counts.total,
        progress=int(round(100 * job.progress, 6)),
        progress_message=tell(_message(job, is_stalled=is_stalled)),
        last_progress_update=job.last_progress,
        task_progress_array=()
        if job.kind in publish.TARGETS
        else [_progress(job, in_flight, tell, tell(NO_WORKER) if is_stalled else "")],
        **job_details(job),  # type: ignore[arg-type]
    )


def _message(job: model.Job, *, is_stalled: bool) -> Words:
    if job.is_paused:
        return PAUSED
    if job.hold_reason:
        return say("Paused: {reason}", reason=say(job.hold_reason))
    return NO_WORKER if is_stalled else KINDS[job.kind].progress_message


def _progress(
    job: model.Job, in_flight: Sequence[InFlight], tell: Callable[[Words], str], message: str
) -> contract.TaskProgress:
    counts = job.counts
    return contract.TaskProgress(
        task_type=MONITOR,
        task_state=_TASK_STATES.get(job.state, "New"),
        num_processed=counts.settled,
        num_processing=len(in_flight),
        num_pending=counts.total - counts.settled - len(in_flight),
        progress=job.progress,
        progress_message=message,
        last_progress_update=job.last_progress,
        task_item_progress_array=[
            contract.TaskItemProgress(
                item_name=item.label,
                progress=item.pages[0] / item.pages[1] if item.pages else 0.0,
                progress_message=tell(_step(item)),
                last_progress_update=item.told or job.last_progress,
            )
            for item in in_flight[:MOST_ITEMS]
        ],
    )


def _step(item: InFlight) -> Words:
    if item.pages:
        step = say("Pages made: {done} of {total}", done=item.pages[0], total=item.pages[1])
    elif item.told is None:
        step = say("Waiting for a worker")
    else:
        step = say("Making the picture") if item.has_plan else say("Begun")
    return say("{step} (attempt {number})", step=step, number=item.failures + 1) if item.failures else step
