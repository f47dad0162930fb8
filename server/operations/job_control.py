"""Controlling jobs and schedules: stop, pause, resume, run now, delete; and listing what is scheduled."""

from domain.errors import invalid
from domain.handles import company_handle, scheduled_job_handle
from domain.model import Job, Schedule
from domain.states import JobState
from jobs import control, schedules
from jobs.kinds.registry import KINDS
from server.dispatch import Call, implements
from server.operations.job_details import order_details
from server.operations.jobs import readable
from store.jobs import find_by_handle
from store.schedules import find_schedule, find_schedules, set_next_fire, set_schedule_paused
from wsdl import contract


@implements(contract.GET_SCHEDULED_JOBS)
def get_scheduled_jobs(call: Call, param: contract.GetScheduledJobsParam) -> contract.GetScheduledJobsReturn:
    """Answer the jobs that will start at a time, newest first; one that fires once is there until it has."""
    companies = (call.chosen.id,) if call.chosen else call.principal.company_ids
    if param.job_handle:
        ref = readable(call, param.job_handle)
        one = find_schedule(call.tx, ref) if ref else None
        found = [one] if one else []
    else:
        found = list(find_schedules(call.tx, companies, param.original_name))
    return contract.GetScheduledJobsReturn(job_array=[_scheduled(schedule) for schedule in found])


@implements(contract.EXECUTE_JOB, writes=True)
def execute_job(call: Call, param: contract.ExecuteJobParam) -> contract.ExecuteJobReturn:
    """Run a scheduled job now, as a run of its own; when it fires next stays as it is."""
    found = _find(call, param.job_handle)
    if isinstance(found, Job):
        raise invalid("jobHandle", f"{param.job_handle} is not a scheduled job: getScheduledJobs lists those.")
    schedules.run_now(call.tx, found)
    return contract.ExecuteJobReturn()


@implements(contract.PAUSE_JOB, writes=True)
def pause_job(call: Call, param: contract.PauseJobParam) -> contract.PauseJobReturn:
    """Pause a scheduled job's firing, or an active job: what runs of it goes on to its end, nothing more begins."""
    found = _find(call, param.job_handle)
    if isinstance(found, Schedule):
        set_schedule_paused(call.tx, found.id, is_paused=True)
    else:
        control.pause_job(call.tx, _not_done(found, param.job_handle))
    return contract.PauseJobReturn()


@implements(contract.RESUME_JOB, writes=True)
def resume_job(call: Call, param: contract.ResumeJobParam) -> contract.ResumeJobReturn:
    """Let a paused job go on where it stands, or a paused schedule fire again."""
    found = _find(call, param.job_handle)
    if isinstance(found, Schedule):
        schedules.resume(call.tx, found)
    else:
        control.resume_job(call.tx, _not_done(found, param.job_handle))
    return contract.ResumeJobReturn()


@implements(contract.STOP_JOB, writes=True)
def stop_job(call: Call, param: contract.StopJobParam) -> contract.StopJobReturn:
    """Stop the job: nothing more of it starts, what runs is ended; a job that is done stays as it is.

    A scheduled job that is not running has nothing to stop: pauseJob and deleteJob keep it from firing.
    """
    found = _find(call, param.job_handle)
    if isinstance(found, Job):
        control.stop_job(call.tx, found)
    return contract.StopJobReturn()


@implements(contract.DELETE_JOB, writes=True)
def delete_job(call: Call, param: contract.DeleteJobParam) -> contract.DeleteJobReturn:
    """Take an active job off the list by stopping it, or a scheduled one for good; logs stay."""
    found = _find(call, param.job_handle)
    if isinstance(found, Schedule):
        set_next_fire(call.tx, found.id, None)
    else:
        control.stop_job(call.tx, found)
    return contract.DeleteJobReturn()


def _find(call: Call, handle: str) -> Job | Schedule:
    """Return what the handle names: a run by its number or unique name; by a submitted name first what is active.

    Raises ApiError 30001 when there is nothing of that name.
    """
    ref = readable(call, handle)
    job = find_by_handle(call.tx, ref) if ref else None
    if ref and job is not None and (job.state is not JobState.DONE or ref.job_id or ref.unique_name == job.unique_name):
        return job
    found = (find_schedule(call.tx, ref) if ref else None) or job
    if found is None:
        raise invalid("jobHandle", f"there is no job {handle} in this company.")
    return found


def _not_done(job: Job, handle: str) -> Job:
    if job.state is JobState.DONE:
        raise invalid("jobHandle", f"{handle} has ended: only an active or a scheduled job can be paused or resumed.")
    return job


def _scheduled(schedule: Schedule) -> contract.ScheduledJob:
    return contract.ScheduledJob(
        company_handle=company_handle(schedule.company_id),
        job_handle=scheduled_job_handle(schedule.company_id, schedule.name, schedule.unique_name),
        name=schedule.unique_name,
        original_name=schedule.name,
        type=KINDS[schedule.order.kind].vendor_type,
        submit_user_email=schedule.submitter,
        locale=schedule.locale or None,
        description=schedule.description or None,
        exec_schedule=schedule.expression,
        next_fire_time=schedule.next_fire,
        time_zone=schedule.zone,
        trigger_state="Paused" if schedule.is_paused else "Normal",
        **order_details(schedule.order),  # type: ignore[arg-type]
    )
