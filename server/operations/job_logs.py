"""Job logs: the header of every job that ever began, and the rows that say what happened to each asset."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from domain import model
from domain.errors import invalid, missing
from domain.handles import active_job_handle, asset_handle, company_handle
from domain.states import JobOutcome
from domain.words import Words
from jobs.kinds import publish
from jobs.kinds.registry import KINDS
from jobs.languages import language_of
from server.dispatch import Call, implements
from server.operations.batch import find_asset
from server.operations.choices import DIRECTIONS, choose, log_types
from server.operations.jobs import find_job
from server.operations.users import find_known_user
from server.reading import reading_locale
from store.job_logs import LogQuery, find_rows, find_rows_of_asset
from store.jobs import JobQuery, find_by_original_name, find_jobs, load_job
from wsdl import contract

MAX_PAGE = 1000
SORT_FIELDS = {
    "JobName": "unique_name",
    "LogType": "kind",
    "StartDate": "created",
    "CompanyName": "company",
    "UserId": "submitter",
    "Email": "submitter",
    "FileErrorCount": "failed",
    "FileWarningCount": "warned",
    "FileSuccessCount": "succeeded",
}
DETAIL_SORT_FIELDS = {"Date": False, "LogType": True}
WITHIN_MILLISECOND = timedelta(microseconds=999)
"""What the wire cuts off a time: an end date includes every job whose start date reads the same."""
Say = Callable[[Words], str]
SUB_TYPES = {"Full": "full", "Incremental": "increment"}


@implements(contract.GET_JOB_LOGS)
def get_job_logs(call: Call, param: contract.GetJobLogsParam) -> contract.GetJobLogsReturn:
    """Answer the headers of job logs, newest first unless asked otherwise; at most ``numRows`` of them."""
    if param.num_rows is not None and param.num_rows < 0:
        raise invalid("numRows", "must not be negative.")
    query = JobQuery(
        company_ids=(call.chosen.id,) if call.chosen else call.principal.company_ids,
        submitter=find_known_user(call, param.user_handle).email if param.user_handle else None,
        started_from=param.start_date,
        started_to=param.end_date and param.end_date + WITHIN_MILLISECOND,
        sort_by=choose("sortBy", param.sort_by, SORT_FIELDS, "created"),
        descending=choose("sortDirection", param.sort_direction, DIRECTIONS, default=True),
        limit=param.num_rows,
    )
    return contract.GetJobLogsReturn(job_log_array=[_log(job) for job in find_jobs(call.tx, query)])


@implements(contract.GET_JOB_LOG_DETAILS)
def get_job_log_details(call: Call, param: contract.GetJobLogDetailsParam) -> contract.GetJobLogDetailsReturn:
    """Answer one page of the rows of a job's log; by original name, a page for each run of that name."""
    jobs: Sequence[model.Job]
    if param.job_handle:
        jobs = [find_job(call, param.job_handle)]
    elif param.original_name:
        jobs = find_by_original_name(call.tx, [call.company.id], param.original_name)
    else:
        raise missing("jobHandle or originalName")
    size = MAX_PAGE if param.records_per_page is None else param.records_per_page
    page = 1 if param.results_page is None else param.results_page
    if not 0 <= size <= MAX_PAGE:
        raise invalid("recordsPerPage", f"must be between 0 and {MAX_PAGE}.")
    if page < 1:
        raise invalid("resultsPage", "pages are numbered from 1.")
    wanted = log_types("logTypeArray", param.log_type_array)
    locale = reading_locale(call.origin)
    logs = []
    for job in jobs:
        query = LogQuery(
            job_id=job.id,
            log_types=wanted,
            sort_by_type=choose("sortBy", param.sort_by, DETAIL_SORT_FIELDS, default=False),
            descending=choose("sortDirection", param.sort_direction, DIRECTIONS, default=False),
            offset=(page - 1) * size,
            limit=size,
        )
        total, rows = find_rows(call.tx, query)
        say = language_of(locale or job.locale).say
        logs.append(_log(job, total, [_detail(row, say) for row in rows]))
    return contract.GetJobLogDetailsReturn(job_log_array=logs)


@implements(contract.GET_ASSET_JOB_LOGS)
def get_asset_job_logs(call: Call, param: contract.GetAssetJobLogsParam) -> contract.GetAssetJobLogsReturn:
    """Answer every row of any job's log that names the asset, oldest first."""
    asset = find_asset(call, param.asset_handle)
    found = find_rows_of_asset(call.tx, call.company.id, asset.id)
    jobs = {number: load_job(call.tx, number) for number in {number for number, _row in found}}
    locale = reading_locale(call.origin)
    rows = [_asset_row(job, row, locale) for number, row in found if (job := jobs[number]) is not None]
    return contract.GetAssetJobLogsReturn(job_log_array=rows)


def _asset_row(job: model.Job, row: model.LogRow, locale: str) -> contract.AssetJobLog:
    say = language_of(locale or job.locale).say
    return contract.AssetJobLog(
        job_handle=active_job_handle(job.company_id, job.unique_name, job.id),
        job_name=job.unique_name,
        log_message=say(row.message),
        log_type=row.log_type,
        submit_user_email=job.submitter,
        log_date=row.at,
        aux_array=_aux(row, say),
    )


def _aux(row: model.LogRow, say: Say) -> list[contract.JobLogDetailAux] | None:
    return [
        contract.JobLogDetailAux(log_message=say(a.message), log_type=a.log_type, date_created=row.at) for a in row.aux
    ] or None


def _log(
    job: model.Job, total: int | None = None, details: Sequence[contract.JobLogDetail] | None = None
) -> contract.JobLog:
    counts, is_publish = job.counts, job.kind in publish.TARGETS
    is_upload = job.kind.startswith("upload")
    return contract.JobLog(
        company_handle=company_handle(job.company_id),
        job_handle=active_job_handle(job.company_id, job.unique_name, job.id),
        job_name=job.unique_name,
        original_job_name=job.name,
        submit_user_email=job.submitter,
        log_type=KINDS[job.kind].begin,
        job_sub_type=SUB_TYPES.get(str(job.options.get("publish_type")), ""),
        start_date=job.created,
        end_date=job.ended,
        description=job.description,
        file_success_count=counts.done - counts.duplicate - (counts.updated if is_upload else 0),
        file_error_count=counts.failed,
        file_warning_count=counts.warned,
        file_duplicate_count=counts.duplicate,
        file_update_count=counts.updated,
        total_file_count=counts.total,
        transfer_success_count=counts.done if is_publish else 0,
        transfer_error_count=counts.failed if is_publish else 0,
        transfer_warning_count=0,
        fatal_error=job.outcome is JobOutcome.FAILED,
        detail_total_rows=total,
        detail_array=details,
    )


def _detail(row: model.LogRow, say: Say) -> contract.JobLogDetail:
    return contract.JobLogDetail(
        log_message=say(row.message),
        log_type=row.log_type,
        date_created=row.at,
        asset_name=row.asset_name,
        asset_type=row.asset_type,
        asset_handle=None if row.asset_id is None else asset_handle(row.asset_id),
        aux_array=_aux(row, say),
    )
