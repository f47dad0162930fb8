"""The options of a job, from the wire to a spec: what is built is taken over, what is not is refused by name.

A value that asks for nothing (absent, empty, None, off) is done by doing nothing.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from domain.errors import invalid, missing, not_built
from domain.handles import parse_context
from jobs.kinds import publish
from jobs.specs import DirectorySpec, FollowOnSpec, ImageOptions, PublishSpec, SetsSpec, UploadSpec
from server.dispatch import Call
from server.operations.choices import check_word
from server.operations.picture_options import picture_options
from server.operations.projects import find_project
from server.operations.property_sets import find_scripts
from store.companies import context_type, default_context
from wsdl import contract

UploadJob = contract.UploadDirectoryJob | contract.UploadUrlsJob | contract.UploadPostJob
ImageJob = contract.ReprocessAssetsJob | UploadJob
PublishJob = (
    contract.ImageServingPublishJob
    | contract.ImageRenderingPublishJob
    | contract.VideoPublishJob
    | contract.ServerDirectoryPublishJob
)
PUBLISH_KINDS: Mapping[type[PublishJob], str] = {
    contract.ImageServingPublishJob: publish.IMAGE_SERVING,
    contract.ImageRenderingPublishJob: publish.IMAGE_RENDERING,
    contract.VideoPublishJob: publish.VIDEO,
    contract.ServerDirectoryPublishJob: publish.SERVER_DIRECTORY,
}
FOLLOWERS = {
    "post_image_serving_publish_job": "postImageServingPublishJob",
    "post_image_rendering_publish_job": "postImageRenderingPublishJob",
    "post_video_publish_job": "postVideoPublishJob",
}
"""The publishes that may follow a job, in the order in which they are submitted."""
UNPACKING = ("None", "UnCompress")
EMAIL_SETTINGS = ("All", "Error", "ErrorAndWarning", "JobCompletion", "None")
PUBLISH_TYPES = ("Full", "FullWithSearch", "Incremental")


def _asks_process(value: Any) -> bool:
    return value is not None and value.process not in (None, "", "None")


def _asks_rendering(value: Any) -> bool:
    """Return whether a block of rendering options asks for pages: without a process that means Rasterize."""
    if value is None or value.process == "None":
        return False
    return any(getattr(value, name) not in (None, "") for name in type(value).__dataclass_fields__)


def _asks_catalog(value: Any) -> bool:
    """Return whether a catalogue of page images is asked for; where no page is made there is none."""
    return value is not None and bool(value.pdf_catalog) and value.process not in ("None", "Thumbnail")


def _asks_media(value: Any) -> bool:
    if value is None:
        return False
    time = value.thumbnail_options.thumbnail_time if value.thumbnail_options else None
    return bool(value.video_encoding_presets_array or value.generate_thumbnail or time is not None)


def _is_off(value: Any) -> bool:
    return value is False


_WORD = re.compile(r"(?:\\[\\,]|[^,])+")
NOT_BUILT: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "photoshop_options": ("photoshopOptions", _asks_process),
    "post_script_options": ("postScriptOptions", _asks_rendering),
    "pdf_options": ("pdfOptions.pdfCatalog", _asks_catalog),
    "media_options": ("mediaOptions", _asks_media),
    "illustrator_options": ("illustratorOptions", _asks_rendering),
    "in_design_options": ("inDesignOptions", _asks_process),
    "xmp_template_id": ("xmpTemplateId", bool),
    "xmp_template_overwrites": ("xmpTemplateOverwrites", bool),
    "process_metadata_files": ("processMetadataFiles", bool),
    "exclude_master_video_from_avs": ("excludeMasterVideoFromAVS", _is_off),
}
"""Options that a later version will carry out: the wire name, and what asks for something."""
PROCESSES: Mapping[str, tuple[str, ...]] = {
    "photoshop_options": ("None", "MaintainLayers"),
    "post_script_options": ("None", "Rasterize"),
    "illustrator_options": ("None", "Rasterize"),
}
"""The vendor's words for the process of those of them that have documented ones."""


def refuse_not_built(job: ImageJob, field: str) -> None:
    """Raise ApiError for the first option of ``job`` that asks for something this version does not do.

    It is 30001 for a process that there is not, so that a slip of the pen does not look like a missing feature.
    """
    for name, (wire_name, asks) in NOT_BUILT.items():
        option = getattr(job, name, None)
        if asks(option):
            if (words := PROCESSES.get(name)) and (process := getattr(option, "process", None)):
                check_word(f"{field}.{wire_name}.process", process, words)
            raise not_built(f"{field}.{wire_name}")


def upload_spec(call: Call, job: UploadJob, field: str, directory: DirectorySpec | None = None) -> UploadSpec:
    """Return what an upload was asked to do; ApiError names what is not built or out of its range."""
    refuse_not_built(job, field)
    archives = job.un_compress_options
    if archives is not None and archives.process:
        check_word(f"{field}.unCompressOptions.process", archives.process, UNPACKING)
    return UploadSpec(
        overwrite=job.overwrite,
        image=image_options(call, job, field),
        follow_on=follow_on_spec(call, job, field),
        project_ids=project_ids(call, job, field),
        unpack=archives is not None and archives.process == "UnCompress",
        directory=directory,
        keywords=keywords(job.xmp_keywords, f"{field}.xmpKeywords"),
    )


def keywords(given: str | None, field: str) -> tuple[str, ...]:
    """Return the words of a list with commas between them; a backslash before a comma or a backslash makes it a letter.

    Raises ApiError 30001 for a word with control characters, which no packet can hold.
    """
    words = (re.sub(r"\\([\\,])", r"\1", word).strip() for word in _WORD.findall(given or ""))
    found = tuple(dict.fromkeys(word for word in words if word))
    for word in found:
        if not word.isprintable():
            raise invalid(field, "a keyword has no control characters.")
    return found


def email_setting(setting: str, field: str) -> str:
    """Return the e-mail setting, None for an empty one; ApiError 30001 for a word that is none."""
    if setting not in ("", *EMAIL_SETTINGS):
        raise invalid(field, f"{setting} is not one of {', '.join(EMAIL_SETTINGS)}.")
    return setting or "None"


def callback_url(url: str | None, field: str) -> str | None:
    """Return the URL to call when the job has ended; ApiError 30001 for one that is not http or https."""
    if url and not url.strip().lower().startswith(("http://", "https://")):
        raise invalid(field, "must be an http or https URL.")
    return url.strip() if url else None


def project_ids(call: Call, job: ImageJob, field: str) -> tuple[int, ...]:
    """Return the projects that the job's assets are added to."""
    return tuple(find_project(call, handle, f"{field}.projectHandleArray") for handle in job.project_handle_array or ())


def image_options(call: Call, job: ImageJob, field: str) -> ImageOptions:
    """Return what the job says of pictures and publish marks; ApiError names a value that is out of its range."""
    preserve = job.preserve_publish_state
    return ImageOptions(
        preserve_crop=job.preserve_crop,
        ready_for_publish=job.ready_for_publish,
        preserve_publish_state=call.company.retain_publish_state if preserve is None else preserve,
        create_mask=job.create_mask,
        **picture_options(call, job, field),
    )


def follow_on_spec(call: Call, job: ImageJob, field: str) -> FollowOnSpec:
    """Return what the end of the job calls for; no publish follows a POST upload."""
    followers = {wire_name: getattr(job, name, None) for name, wire_name in FOLLOWERS.items()}
    return FollowOnSpec(
        publishes=tuple(publish_spec(call, each, f"{field}.{name}") for name, each in followers.items() if each),
        sets=_sets_spec(call, job, field),
        only_if_files=bool(getattr(job, "post_job_only_if_files", None)),
        email_setting=email_setting(job.email_setting, f"{field}.emailSetting"),
        callback_url=callback_url(job.post_http_url, f"{field}.postHttpUrl"),
    )


def set_scripts(call: Call, options: contract.AutoSetCreationOptions | None, field: str) -> tuple[int, ...]:
    """Return the numbers of the set scripts that the options of a job name; ApiError 30001 says which is none."""
    handles = options.auto_sets_array if options else None
    return find_scripts(call, handles or (), f"{field}.autoSetCreationOptions.autoSetsArray")


def _sets_spec(call: Call, job: ImageJob, field: str) -> SetsSpec | None:
    scripts = set_scripts(call, job.auto_set_creation_options, field)
    return SetsSpec(script_ids=scripts, ready_for_publish=bool(job.ready_for_publish)) if scripts else None


def publish_spec(call: Call, job: PublishJob, field: str) -> PublishSpec:
    """Return what a publish was asked to do, in the company's default context of its type if none is named."""
    kind = PUBLISH_KINDS[type(job)]
    handle = None if isinstance(job, contract.ServerDirectoryPublishJob) else job.context_handle
    publish_type = None
    if isinstance(job, contract.ImageServingPublishJob):
        publish_type = _publish_type(job.publish_type, f"{field}.publishType")
    return PublishSpec(
        kind=kind,
        publish_type=publish_type,
        context_id=_context(call, handle, publish.TARGETS[kind].context_type, f"{field}.contextHandle"),
        email_setting=email_setting(job.email_setting, f"{field}.emailSetting"),
        callback_url=callback_url(job.http_completion_url, f"{field}.httpCompletionUrl"),
    )


def _publish_type(wanted: str, field: str) -> str:
    if not wanted:
        raise missing(field)
    if wanted not in PUBLISH_TYPES:
        raise invalid(field, f"{wanted} is not one of {', '.join(PUBLISH_TYPES)}.")
    if wanted == "FullWithSearch":
        raise not_built(f"{field} FullWithSearch")
    return wanted


def _context(call: Call, handle: str | None, wanted: str, field: str) -> int:
    if not handle:
        return default_context(call.tx, call.company.id, wanted)
    number = parse_context(handle)
    if number is None or context_type(call.tx, call.company.id, number) != wanted:
        raise invalid(field, f"{handle} is not a publish context of type {wanted} of this company.")
    return number
