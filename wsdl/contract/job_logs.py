"""Logs of jobs, by job and by asset."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import EVERY_ROLE, Role
from wsdl.versions import V2008_01_15, V2009_07_31, V2010_01_31, V2014_04_03


@message(Since(V2010_01_31))
class JobLogDetailAux:
    """A remark on a row of a job's log."""

    log_message: str
    log_type: str
    date_created: datetime | None = None


@message
class JobLogDetail:
    """One row of a job's log."""

    log_message: str
    log_type: str
    date_created: Annotated[datetime, Since(V2014_04_03)]
    asset_name: str | None = None
    asset_type: str | None = None
    asset_handle: Annotated[Handle | None, Since(V2008_01_15)] = None
    aux_array: Sequence[JobLogDetailAux] | None = None


@message
class JobLog:
    """The log of one job: what it was, how many files went which way, and on demand its rows."""

    company_handle: Handle
    job_handle: Handle
    job_name: str
    original_job_name: Annotated[str, Since(V2008_01_15)]
    submit_user_email: str
    log_type: str
    job_sub_type: Annotated[str, Since(V2008_01_15)]
    start_date: datetime | None = None
    end_date: Annotated[datetime | None, Since(V2008_01_15)] = None
    description: Annotated[str, Since(V2008_01_15)]
    file_success_count: int
    file_error_count: int
    file_warning_count: int
    file_duplicate_count: Annotated[int, Since(V2008_01_15)]
    file_update_count: Annotated[int, Since(V2008_01_15)]
    total_file_count: int
    transfer_success_count: Annotated[int, Since(V2009_07_31)]
    transfer_error_count: Annotated[int, Since(V2009_07_31)]
    transfer_warning_count: Annotated[int, Since(V2009_07_31)]
    fatal_error: bool
    detail_total_rows: int | None = None
    detail_array: Sequence[JobLogDetail] | None = None


@message
class AssetJobLog:
    """One row of any job's log that names an asset."""

    job_handle: Handle
    job_name: str
    log_message: str
    log_type: str
    submit_user_email: str
    log_date: datetime
    aux_array: Sequence[JobLogDetailAux] | None = None


@message
class GetJobLogsParam:
    """List jobs that ran or run, by company, user and time, without their rows."""

    company_handle: Handle | None = None
    user_handle: Handle | None = None
    sort_by: str | None = None
    sort_direction: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    num_rows: int | None = None


@message
class GetJobLogsReturn:
    """One log per job."""

    job_log_array: Sequence[JobLog]


GET_JOB_LOGS = operation(GetJobLogsParam, GetJobLogsReturn, roles=EVERY_ROLE)


@message
class GetJobLogDetailsParam:
    """Ask for the logs of a job with their rows, page by page (1000 rows at most)."""

    company_handle: Handle
    job_handle: Handle | None = None
    original_name: str | None = None
    log_type_array: Sequence[str] | None = None
    records_per_page: int | None = None
    results_page: int | None = None
    sort_by: str | None = None
    sort_direction: str | None = None


@message
class GetJobLogDetailsReturn:
    """The logs, each with one page of rows and the number of all."""

    job_log_array: Sequence[JobLog]


GET_JOB_LOG_DETAILS = operation(
    GetJobLogDetailsParam, GetJobLogDetailsReturn, roles=EVERY_ROLE - {Role.TRIAL_SITE_ADMIN}
)


@message
class GetAssetJobLogsParam:
    """Ask for every row of any job that names an asset."""

    company_handle: Handle
    asset_handle: Handle


@message
class GetAssetJobLogsReturn:
    """The rows, oldest first."""

    job_log_array: Sequence[AssetJobLog]


GET_ASSET_JOB_LOGS = operation(GetAssetJobLogsParam, GetAssetJobLogsReturn, roles=EVERY_ROLE)
