"""The one job of a submitJob, from the wire to an order: its options checked, what is not built refused by name."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from domain import model
from domain.errors import ApiError, FaultCode, invalid, missing, not_built
from domain.model import Order
from domain.paths import is_plain
from jobs.kinds import (
    automated_sets,
    export,
    optimize_images,
    publish,
    publish_metadata,
    reprocess,
    rip_pdfs,
    upload_directory,
    upload_urls,
)
from jobs.kinds.placed_files import NO_ROOT
from jobs.kinds.upload_urls import UrlSource
from jobs.own_profiles import usual_colours
from jobs.specs import DirectorySpec, ExportSpec, FollowOnSpec, ImageOptions, MetadataSpec, ReprocessSpec, SetsSpec
from publishing.conversion import conversion_of
from publishing.image_errors import ImageRequestError
from server.dispatch import Call
from server.operations.choices import check_length, check_word
from server.operations.folders import company_path
from server.operations.job_options import (
    PublishJob,
    email_setting,
    follow_on_spec,
    image_options,
    project_ids,
    publish_spec,
    refuse_not_built,
    set_scripts,
    upload_spec,
)
from server.operations.smart_crop_options import smart_crops
from store.image_formats import find_format
from wsdl import contract

MOST_FOR_SETS = 1000
"""How many assets the vendor's automatedSetGenerationJob takes."""


def order_of(call: Call, param: contract.SubmitJobParam) -> Order:
    """Return the order for the one job in ``param``; ApiError for none, for several, and for what is not built."""
    wire_name, job = _the_one_job(param)
    if wire_name not in _ORDERS:
        raise not_built(f"submitJob of {wire_name}")
    return _ORDERS[wire_name](call, job)


def _the_one_job(param: contract.SubmitJobParam) -> tuple[str, Any]:
    jobs = {wire: job for wire, name in _JOB_FIELDS.items() if (job := getattr(param, name)) is not None}
    if not jobs:
        raise ApiError(FaultCode.MISSING_PARAMETER, f"submitJob needs one of {', '.join(_JOB_FIELDS)}.")
    if len(jobs) > 1:
        raise invalid("submitJob", f"takes exactly one job, not {' and '.join(jobs)}.")
    return next(iter(jobs.items()))


def _reprocess(call: Call, job: contract.ReprocessAssetsJob) -> Order:
    refuse_not_built(job, "reprocessAssetsJob")
    spec = ReprocessSpec(
        image=image_options(call, job, "reprocessAssetsJob"),
        follow_on=follow_on_spec(call, job, "reprocessAssetsJob"),
        project_ids=project_ids(call, job, "reprocessAssetsJob"),
        smart_crops=smart_crops(job.auto_smart_crop_options_array, "reprocessAssetsJob.autoSmartCropOptionsArray"),
    )
    return reprocess.order(spec, _handles(job.asset_handle_array, "reprocessAssetsJob.assetHandleArray"))


def _urls(call: Call, job: contract.UploadUrlsJob) -> Order:
    refuse_not_built(job, "uploadUrlsJob")
    if not job.url_array:
        raise missing("uploadUrlsJob.urlArray")
    spec = upload_spec(call, job, "uploadUrlsJob")
    sources = [_url_source(call.company, url, n) for n, url in enumerate(job.url_array)]
    return upload_urls.order(spec, sources)


def _directory(call: Call, job: contract.UploadDirectoryJob) -> Order:
    directory = DirectorySpec(
        path=_server_dir(call.company, job.server_dir.strip()),
        folder=company_path(call.company, job.dest_folder, "uploadDirectoryJob.destFolder"),
        include_subfolders=job.include_subfolders,
    )
    spec = upload_spec(call, job, "uploadDirectoryJob", directory)
    if call.services.settings.upload_root is None:
        raise invalid("uploadDirectoryJob.serverDir", str(upload_directory.NO_ROOT))
    return upload_directory.order(spec)


def _server_dir(company: model.Company, path: str) -> str:
    """Return a directory's path below the company's own, which its first name may be; ApiError for any other place."""
    field = "uploadDirectoryJob.serverDir"
    if not path:
        raise missing(field)
    if path.startswith("/") or "://" in path or not is_plain(path):
        raise invalid(field, "is a path below the company's directory on the server: not absolute, no '.', '..', URL.")
    names = [name for name in path.split("/") if name]
    return "/".join(names[1:] if names[0] == company.root else names)


def _rip(call: Call, job: contract.RipPdfsJob) -> Order:
    """Return the order: a ReprocessAssetsJob says the same, and more."""
    shared = {field.name: getattr(job, field.name) for field in fields(job) if field.name != "pdf_handle_array"}
    same = contract.ReprocessAssetsJob(asset_handle_array=job.pdf_handle_array, **shared)
    refuse_not_built(same, "ripPdfsJob")
    spec = ReprocessSpec(
        image=image_options(call, same, "ripPdfsJob"),
        follow_on=follow_on_spec(call, same, "ripPdfsJob"),
        project_ids=project_ids(call, same, "ripPdfsJob"),
    )
    return rip_pdfs.order(spec, _handles(job.pdf_handle_array, "ripPdfsJob.pdfHandleArray"))


def _optimize(call: Call, job: contract.OptimizeImagesJob) -> Order:
    setting = email_setting(job.email_setting, "optimizeImagesJob.emailSetting")
    follow_on = FollowOnSpec(publishes=(), email_setting=setting)
    image = ImageOptions(colour=usual_colours(call.tx, call.company))
    return optimize_images.order(ReprocessSpec(image=image, follow_on=follow_on))


def _export(call: Call, job: contract.ExportJob) -> Order:
    if job.client_id:
        raise not_built("exportJob.clientId")
    check_word("exportJob.fmt", job.fmt, ("orig", "convert"))
    for option, value in (("is_modifier", job.is_modifier), ("macro", job.macro)):
        if value and job.fmt == "orig":
            why = "makes a picture: give it with fmt convert, and leave it out with orig."
            raise invalid(f"exportJob.{option}", why)
    spec = ExportSpec(
        modifiers=(job.is_modifier or "") if job.fmt == "convert" else None,
        macro=job.macro or None,
        formats=tuple(_named_formats(call, job).items()),
        email_setting=email_setting(job.email_setting, "exportJob.emailSetting"),
        token=secrets.token_urlsafe(24),
        base_url=call.origin.base_url,
        days=call.services.settings.export_days,
    )
    return export.order(spec, _handles(job.asset_handle_array, "exportJob.assetHandleArray"))


def _automated_sets(call: Call, job: contract.AutomatedSetGenerationJob) -> Order:
    field = "automatedSetGenerationJob"
    handles = _handles(job.asset_handle_array, f"{field}.assetHandleArray")
    if len(handles) > MOST_FOR_SETS:
        raise invalid(f"{field}.assetHandleArray", f"has at most {MOST_FOR_SETS} handles, not {len(handles)}.")
    scripts = set_scripts(call, job.auto_set_creation_options, field)
    if not handles or not scripts:
        raise missing(f"{field}.{'autoSetCreationOptions.autoSetsArray' if handles else 'assetHandleArray'}")
    spec = SetsSpec(
        script_ids=scripts,
        folder=company_path(call.company, job.dest_folder, f"{field}.destFolder") if job.dest_folder else None,
        default_folder=company_path(call.company, None, f"{field}.destFolder"),
        ready_for_publish=job.ready_for_publish,
        email_setting=email_setting(job.email_setting, f"{field}.emailSetting"),
    )
    return automated_sets.order(spec, handles)


def _named_formats(call: Call, job: contract.ExportJob) -> Mapping[str, str]:
    """Return the commands of the image formats that modifiers and macro name, by name without capitals.

    ApiError 30001 for what an image serving URL could not have.
    """
    formats: dict[str, str] = {}

    def macro(name: str) -> str | None:
        found = find_format(call.tx, call.company.id, name)
        if found is not None:
            formats[name.casefold()] = found.url_modifier
        return found.url_modifier if found else None

    if job.macro and macro(job.macro) is None:
        raise invalid(
            "exportJob.macro", f"there is no image format {job.macro}; getImageFormats lists those there are."
        )
    try:
        conversion_of(export.with_macro(job.is_modifier, job.macro), macro=macro)
    except ImageRequestError as error:
        raise invalid(f"exportJob.{'is_modifier' if job.is_modifier else 'macro'}", f"{error}.") from error
    return formats


def _handles(handles: Sequence[str], field: str) -> Sequence[str]:
    """Return the handles; ApiError 30002 for a blank one. One that names no asset is for its own task to say."""
    for n, handle in enumerate(handles):
        if not handle.strip():
            raise missing(f"{field}.items[{n}]")
    return handles


def _url_source(company: model.Company, url: contract.UploadUrl, position: int) -> UrlSource:
    field = f"uploadUrlsJob.urlArray.items[{position}]"
    if not url.source_url.strip():
        raise missing(f"{field}.sourceUrl")
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
    check_length(f"{field}.destPath", file_name)
    return UrlSource(url=url.source_url, folder=company_path(company, folder, f"{field}.destPath"), file_name=file_name)


def _publish(field: str, call: Call, job: PublishJob) -> Order:
    return publish.order(publish_spec(call, job, field))


def _publish_to_directory(call: Call, job: contract.ServerDirectoryPublishJob) -> Order:
    order = _publish("serverDirectoryPublishJob", call, job)
    _need_publish_root(call, "serverDirectoryPublishJob")
    return order


def _publish_metadata(call: Call, job: contract.MetadataPublishJob) -> Order:
    _need_publish_root(call, "metadataPublishJob")
    return publish_metadata.order(MetadataSpec(everything=bool(job.force_publish)))


def _need_publish_root(call: Call, field: str) -> None:
    if call.services.settings.publish_root is None:
        raise invalid(field, str(NO_ROOT))


_ORDERS: Mapping[str, Callable[[Call, Any], Order]] = {
    "imageServingPublishJob": partial(_publish, "imageServingPublishJob"),
    "imageRenderingPublishJob": partial(_publish, "imageRenderingPublishJob"),
    "videoPublishJob": partial(_publish, "videoPublishJob"),
    "serverDirectoryPublishJob": _publish_to_directory,
    "metadataPublishJob": _publish_metadata,
    "automatedSetGenerationJob": _automated_sets,
    "exportJob": _export,
    "uploadDirectoryJob": _directory,
    "uploadUrlsJob": _urls,
    "optimizeImagesJob": _optimize,
    "reprocessAssetsJob": _reprocess,
    "ripPdfsJob": _rip,
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
