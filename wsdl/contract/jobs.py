"""Jobs: every kind that can be submitted, those that run or are scheduled, and their control.

The options that say how files are processed are in ``processing``, logs are in ``job_logs``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.contract.processing import (
    AutoColorCropOptions,
    AutoSetCreationOptions,
    AutoSmartCropOptions,
    AutoTransparentCropOptions,
    ColorManagementOptions,
    IllustratorOptions,
    InDesignOptions,
    KnockoutBackgroundOptions,
    ManualCropOptions,
    MediaOptions,
    PDFOptions,
    PhotoshopOptions,
    PostScriptOptions,
    UnCompressOptions,
    UnsharpMaskOptions,
)
from wsdl.declare import Handle, Required, Since, Until, Wire, message, operation
from wsdl.roles import JOB_OWNERS, Role
from wsdl.versions import (
    BETAS,
    V2008_01_15,
    V2008_09_10,
    V2009_07_31,
    V2010_01_31,
    V2012_02_14,
    V2013_02_15,
    V2014_04_03,
)


@message
class TaskItemProgress:
    """How far one item of a part of the work is; ``progress`` runs from 0 to 1."""

    item_name: str
    progress: float
    progress_message: str
    last_progress_update: datetime


@message
class TaskProgress:
    """How far one part of a job's work is; ``progress`` runs from 0 to 1."""

    task_type: str
    task_state: Annotated[str, Since(V2012_02_14)]
    num_processed: int
    num_processing: int
    num_pending: int
    progress: float
    progress_message: str
    last_progress_update: datetime
    task_item_progress_array: Sequence[TaskItemProgress]


@message
class ImageServingPublishJob:
    """Publish marked assets and the catalog to the image servers."""

    publish_type: str
    email_setting: str
    http_completion_url: str | None = None
    context_handle: Annotated[Handle | None, Since(V2012_02_14)] = None


@message
class ImageRenderingPublishJob:
    """Publish marked assets to the rendering servers."""

    email_setting: str
    http_completion_url: str | None = None
    context_handle: Annotated[Handle | None, Since(V2012_02_14)] = None


@message
class VideoPublishJob:
    """Publish marked assets to the video servers."""

    email_setting: str
    http_completion_url: str | None = None
    context_handle: Annotated[Handle | None, Since(V2012_02_14)] = None


@message
class ServerDirectoryPublishJob:
    """Push marked images, templates and sets to a directory."""

    email_setting: str
    http_completion_url: str | None = None


@message
class MetadataPublishJob:
    """Push metadata to the metadata server: changes only, or everything."""

    force_publish: bool | None = None


@message
class UploadDirectoryJob:
    """Ingest the files of a directory on the server."""

    dest_folder: str | None = None
    server_dir: str
    overwrite: bool
    ready_for_publish: Annotated[bool | None, Since(V2008_09_10), Required()] = None
    preserve_publish_state: Annotated[bool | None, Since(V2008_09_10)] = None
    include_subfolders: bool
    create_mask: bool
    process_metadata_files: bool
    preserve_crop: Annotated[bool | None, Since(V2008_09_10)] = None
    knockout_background_options: KnockoutBackgroundOptions | None = None
    manual_crop_options: ManualCropOptions | None = None
    auto_color_crop_options: AutoColorCropOptions | None = None
    auto_transparent_crop_options: AutoTransparentCropOptions | None = None
    photoshop_options: PhotoshopOptions | None = None
    post_script_options: PostScriptOptions | None = None
    pdf_options: PDFOptions | None = None
    illustrator_options: IllustratorOptions | None = None
    color_management_options: ColorManagementOptions | None = None
    auto_set_creation_options: AutoSetCreationOptions | None = None
    project_handle_array: Sequence[Handle] | None = None
    email_setting: str
    post_job_only_if_files: bool | None = None
    post_http_url: str | None = None
    post_image_serving_publish_job: ImageServingPublishJob | None = None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None = None
    post_video_publish_job: VideoPublishJob | None = None
    media_options: MediaOptions | None = None
    in_design_options: InDesignOptions | None = None
    xmp_keywords: Annotated[str | None, Since(V2012_02_14)] = None
    xmp_template_id: Annotated[str | None, Since(V2012_02_14), Until(V2013_02_15)] = None
    xmp_template_overwrites: Annotated[bool | None, Since(V2012_02_14), Until(V2013_02_15)] = None
    unsharp_mask_options: UnsharpMaskOptions | None = None
    un_compress_options: UnCompressOptions | None = None
    exclude_master_video_from_avs: Annotated[bool | None, Since(V2014_04_03), Wire("excludeMasterVideoFromAVS")] = None


@message
class UploadUrl:
    """A file to fetch and the path where its asset shall be."""

    source_url: str
    dest_path: str


@message
class UploadUrlsJob:
    """Fetch files from URLs and ingest them."""

    url_array: Sequence[UploadUrl] | None = None
    num_urls: Annotated[int | None, Since(V2010_01_31)] = None
    overwrite: bool
    ready_for_publish: bool
    preserve_publish_state: Annotated[bool | None, Since(V2008_09_10)] = None
    create_mask: bool
    preserve_crop: Annotated[bool | None, Since(V2008_09_10)] = None
    knockout_background_options: KnockoutBackgroundOptions | None = None
    manual_crop_options: ManualCropOptions | None = None
    auto_color_crop_options: AutoColorCropOptions | None = None
    auto_transparent_crop_options: AutoTransparentCropOptions | None = None
    photoshop_options: PhotoshopOptions | None = None
    post_script_options: PostScriptOptions | None = None
    pdf_options: PDFOptions | None = None
    illustrator_options: IllustratorOptions | None = None
    color_management_options: ColorManagementOptions | None = None
    auto_set_creation_options: AutoSetCreationOptions | None = None
    project_handle_array: Sequence[Handle] | None = None
    email_setting: str
    post_job_only_if_files: bool | None = None
    post_http_url: str | None = None
    post_image_serving_publish_job: ImageServingPublishJob | None = None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None = None
    post_video_publish_job: VideoPublishJob | None = None
    media_options: MediaOptions | None = None
    in_design_options: InDesignOptions | None = None
    xmp_keywords: Annotated[str | None, Since(V2014_04_03)] = None
    unsharp_mask_options: UnsharpMaskOptions | None = None
    un_compress_options: UnCompressOptions | None = None
    exclude_master_video_from_avs: Annotated[bool | None, Since(V2014_04_03), Wire("excludeMasterVideoFromAVS")] = None


@message
class UploadPostJob:
    """Ingest files as they are posted to the upload servlet."""

    overwrite: bool
    ready_for_publish: bool
    preserve_publish_state: bool | None = None
    create_mask: bool
    preserve_crop: bool | None = None
    knockout_background_options: KnockoutBackgroundOptions | None = None
    manual_crop_options: ManualCropOptions | None = None
    auto_color_crop_options: AutoColorCropOptions | None = None
    auto_transparent_crop_options: AutoTransparentCropOptions | None = None
    photoshop_options: PhotoshopOptions | None = None
    post_script_options: PostScriptOptions | None = None
    pdf_options: PDFOptions | None = None
    illustrator_options: IllustratorOptions | None = None
    color_management_options: ColorManagementOptions | None = None
    auto_set_creation_options: AutoSetCreationOptions | None = None
    project_handle_array: Sequence[Handle] | None = None
    email_setting: str
    post_http_url: str | None = None
    media_options: MediaOptions | None = None
    in_design_options: InDesignOptions | None = None
    xmp_keywords: Annotated[str | None, Since(V2014_04_03)] = None
    unsharp_mask_options: UnsharpMaskOptions | None = None
    un_compress_options: UnCompressOptions | None = None
    exclude_master_video_from_avs: Annotated[bool | None, Since(V2014_04_03), Wire("excludeMasterVideoFromAVS")] = None


@message(Since(V2008_01_15))
class OptimizeImagesJob:
    """Make the optimised files that are missing."""

    email_setting: str


@message
class RipPdfsJob:
    """Render the pages of PDF assets again (deprecated by the vendor for ReprocessAssetsJob)."""

    pdf_handle_array: Sequence[Handle]
    create_mask: bool
    knockout_background_options: KnockoutBackgroundOptions | None = None
    manual_crop_options: ManualCropOptions | None = None
    auto_color_crop_options: AutoColorCropOptions | None = None
    auto_transparent_crop_options: AutoTransparentCropOptions | None = None
    post_script_options: PostScriptOptions | None = None
    pdf_options: PDFOptions | None = None
    illustrator_options: IllustratorOptions | None = None
    color_management_options: ColorManagementOptions | None = None
    project_handle_array: Sequence[Handle] | None = None
    email_setting: str
    post_http_url: str | None = None
    post_image_serving_publish_job: ImageServingPublishJob | None = None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None = None
    post_video_publish_job: VideoPublishJob | None = None
    in_design_options: InDesignOptions | None = None


@message(Since(V2008_01_15))
class ReprocessAssetsJob:
    """Run the processing of an upload again over assets already uploaded; handles and names stay."""

    asset_handle_array: Sequence[Handle]
    ready_for_publish: Annotated[bool | None, Since(V2008_09_10)] = None
    preserve_publish_state: Annotated[bool | None, Since(V2008_09_10)] = None
    create_mask: bool
    preserve_crop: Annotated[bool | None, Since(V2008_09_10)] = None
    knockout_background_options: KnockoutBackgroundOptions | None = None
    manual_crop_options: ManualCropOptions | None = None
    auto_color_crop_options: AutoColorCropOptions | None = None
    auto_transparent_crop_options: AutoTransparentCropOptions | None = None
    auto_smart_crop_options_array: Annotated[Sequence[AutoSmartCropOptions] | None, Since(BETAS)] = None
    photoshop_options: PhotoshopOptions | None = None
    post_script_options: PostScriptOptions | None = None
    pdf_options: PDFOptions | None = None
    media_options: MediaOptions | None = None
    illustrator_options: IllustratorOptions | None = None
    color_management_options: ColorManagementOptions | None = None
    auto_set_creation_options: AutoSetCreationOptions | None = None
    project_handle_array: Sequence[Handle] | None = None
    email_setting: str
    post_job_only_if_files: bool | None = None
    post_http_url: str | None = None
    post_image_serving_publish_job: ImageServingPublishJob | None = None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None = None
    post_video_publish_job: VideoPublishJob | None = None
    in_design_options: InDesignOptions | None = None
    unsharp_mask_options: Annotated[UnsharpMaskOptions | None, Since(V2014_04_03)] = None
    exclude_master_video_from_avs: Annotated[bool | None, Since(V2014_04_03), Wire("excludeMasterVideoFromAVS")] = None


@message(Since(V2012_02_14))
class CreateVideoSitemapJob:
    """Make a company's video sitemap."""

    force_update: bool | None = None


@message(Since(V2012_02_14))
class ExportJob:
    """Pack originals or converted images for download."""

    asset_handle_array: Sequence[Handle]
    fmt: str
    is_modifier: Annotated[str | None, Wire("is_modifier")] = None
    macro: str | None = None
    email_setting: str
    client_id: str | None = None


@message(Since(V2009_07_31))
class AutomatedSetGenerationJob:
    """Run set scripts over assets already uploaded."""

    asset_handle_array: Sequence[Handle]
    dest_folder: str | None = None
    ready_for_publish: bool
    auto_set_creation_options: AutoSetCreationOptions
    email_setting: str


@message
class ActiveJob:
    """A job that runs or waits, with its progress in per cent and the job as it was submitted, defaults filled in."""

    company_handle: Handle
    job_handle: Handle
    name: str
    original_name: str
    type: str
    state: str
    submit_user_email: str
    locale: Annotated[str | None, Since(V2008_01_15)] = None
    description: Annotated[str | None, Since(V2008_01_15)] = None
    server_name: str
    start_date: datetime
    trigger_time: Annotated[datetime, Since(V2014_04_03)]
    total_size: int
    progress: int
    progress_message: str
    last_progress_update: datetime
    task_progress_array: Sequence[TaskProgress]
    image_serving_publish_job: ImageServingPublishJob | None = None
    image_rendering_publish_job: ImageRenderingPublishJob | None = None
    video_publish_job: VideoPublishJob | None = None
    server_directory_publish_job: ServerDirectoryPublishJob | None = None
    metadata_publish_job: MetadataPublishJob | None = None
    upload_directory_job: UploadDirectoryJob | None = None
    upload_urls_job: UploadUrlsJob | None = None
    upload_post_job: UploadPostJob | None = None
    optimize_images_job: OptimizeImagesJob | None = None
    rip_pdfs_job: RipPdfsJob | None = None
    reprocess_assets_job: ReprocessAssetsJob | None = None
    create_video_sitemap_job: CreateVideoSitemapJob | None = None
    export_job: ExportJob | None = None
    automated_set_generation_job: AutomatedSetGenerationJob | None = None


@message
class ScheduledJob:
    """A job that is scheduled, with its schedule and the job as it was submitted."""

    company_handle: Handle
    job_handle: Handle
    name: str
    original_name: str
    type: str
    submit_user_email: str
    locale: Annotated[str | None, Since(V2008_01_15)] = None
    description: Annotated[str | None, Since(V2008_01_15)] = None
    exec_schedule: str | None = None
    next_fire_time: datetime | None = None
    time_zone: str | None = None
    trigger_state: str | None = None
    image_serving_publish_job: ImageServingPublishJob | None = None
    image_rendering_publish_job: ImageRenderingPublishJob | None = None
    video_publish_job: VideoPublishJob | None = None
    server_directory_publish_job: ServerDirectoryPublishJob | None = None
    metadata_publish_job: MetadataPublishJob | None = None
    upload_directory_job: UploadDirectoryJob | None = None
    upload_urls_job: UploadUrlsJob | None = None
    optimize_images_job: OptimizeImagesJob | None = None
    rip_pdfs_job: RipPdfsJob | None = None
    reprocess_assets_job: ReprocessAssetsJob | None = None
    create_video_sitemap_job: CreateVideoSitemapJob | None = None
    export_job: ExportJob | None = None
    automated_set_generation_job: AutomatedSetGenerationJob | None = None


@message
class GetActiveJobsParam:
    """List the jobs that run, and on demand those that wait; without a company, those of all the caller's companies."""

    company_handle: Handle | None = None
    job_handle: Handle | None = None
    original_name: str | None = None
    include_waiting_jobs: Annotated[bool | None, Since(V2014_04_03)] = None


@message
class GetActiveJobsReturn:
    """The jobs with their progress; a job that is absent has ended."""

    job_array: Sequence[ActiveJob]


GET_ACTIVE_JOBS = operation(GetActiveJobsParam, GetActiveJobsReturn, roles=JOB_OWNERS)


@message
class GetScheduledJobsParam:
    """List the jobs that are scheduled."""

    company_handle: Handle | None = None
    job_handle: Handle | None = None
    original_name: str | None = None


@message
class GetScheduledJobsReturn:
    """The jobs with their schedules."""

    job_array: Sequence[ScheduledJob]


GET_SCHEDULED_JOBS = operation(GetScheduledJobsParam, GetScheduledJobsReturn, roles=JOB_OWNERS)


@message
class SubmitJobParam:
    """Start one job now, at ``exec_time``, or again and again by ``exec_schedule``; exactly one job must be given."""

    company_handle: Handle
    user_handle: Handle | None = None
    job_name: str
    locale: Annotated[str | None, Since(V2008_01_15)] = None
    exec_time: datetime | None = None
    exec_schedule: str | None = None
    description: Annotated[str | None, Since(V2008_01_15)] = None
    image_serving_publish_job: ImageServingPublishJob | None = None
    image_rendering_publish_job: ImageRenderingPublishJob | None = None
    video_publish_job: VideoPublishJob | None = None
    server_directory_publish_job: ServerDirectoryPublishJob | None = None
    metadata_publish_job: MetadataPublishJob | None = None
    upload_directory_job: UploadDirectoryJob | None = None
    upload_urls_job: UploadUrlsJob | None = None
    optimize_images_job: OptimizeImagesJob | None = None
    rip_pdfs_job: RipPdfsJob | None = None
    reprocess_assets_job: ReprocessAssetsJob | None = None
    create_video_sitemap_job: CreateVideoSitemapJob | None = None
    export_job: ExportJob | None = None
    automated_set_generation_job: AutomatedSetGenerationJob | None = None


@message
class SubmitJobReturn:
    """The handle of the job."""

    job_handle: Handle


SUBMIT_JOB = operation(SubmitJobParam, SubmitJobReturn, roles=JOB_OWNERS - {Role.IPS_COMPANY_ADMIN})


@message
class StopJobParam:
    """Stop a running job."""

    company_handle: Handle
    job_handle: Handle


@message
class StopJobReturn:
    """Empty: the job is stopping."""


STOP_JOB = operation(StopJobParam, StopJobReturn, roles=JOB_OWNERS)


@message
class PauseJobParam:
    """Pause a job or its schedule."""

    company_handle: Handle
    job_handle: Handle


@message
class PauseJobReturn:
    """Empty: the job is paused."""


PAUSE_JOB = operation(PauseJobParam, PauseJobReturn, roles=JOB_OWNERS)


@message
class ResumeJobParam:
    """Let a paused job or schedule go on."""

    company_handle: Handle
    job_handle: Handle


@message
class ResumeJobReturn:
    """Empty: the job goes on."""


RESUME_JOB = operation(ResumeJobParam, ResumeJobReturn, roles=JOB_OWNERS)


@message
class ExecuteJobParam:
    """Run a scheduled job now; its schedule stays."""

    company_handle: Handle
    job_handle: Handle


@message
class ExecuteJobReturn:
    """Empty: the job is on its way."""


EXECUTE_JOB = operation(ExecuteJobParam, ExecuteJobReturn, roles=JOB_OWNERS - {Role.IPS_COMPANY_ADMIN})


@message
class DeleteJobParam:
    """Delete a job or its schedule; its logs stay."""

    company_handle: Handle
    job_handle: Handle


@message
class DeleteJobReturn:
    """Empty: the job is gone."""


DELETE_JOB = operation(DeleteJobParam, DeleteJobReturn, roles=JOB_OWNERS)


@message
class UploadPostParam:
    """Begin or end a job of uploads through the upload servlet; the files themselves cannot be sent here."""

    company_handle: Handle
    job_name: str | None = None
    job_handle: Handle | None = None
    locale: str | None = None
    description: str | None = None
    dest_folder: str | None = None
    file_name: str | None = None
    end_job: bool | None = None
    upload_params: UploadPostJob | None = None


@message
class UploadPostReturn:
    """The handle of the job."""

    job_handle: Handle


UPLOAD_POST = operation(UploadPostParam, UploadPostReturn, Since(V2014_04_03))
