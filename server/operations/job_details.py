"""The job as it was submitted, as getActiveJobs echoes it: with the defaults that are in force filled in.

Arrays of handles and URLs are echoed empty, as the vendor does, so that a poll stays cheap however large the job is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from domain.errors import Permanent
from domain.handles import context_handle, property_set_handle
from domain.model import Job, Order
from jobs.kinds import (
    automated_sets,
    export,
    optimize_images,
    process,
    publish,
    publish_metadata,
    reprocess,
    rip_pdfs,
    upload_directory,
    upload_post,
    upload_urls,
)
from jobs.processing.spec import ProcessSpec
from jobs.specs import (
    ExportSpec,
    FollowOnSpec,
    ImageOptions,
    MetadataSpec,
    PublishSpec,
    ReprocessSpec,
    SetsSpec,
    UploadSpec,
    from_json,
)
from wsdl import contract

RESOLUTION = 72.0
_DEFAULTS: Mapping[str, object] = {
    "photoshop_options": contract.PhotoshopOptions(process="None"),
    "post_script_options": contract.PostScriptOptions(
        process="None", resolution=RESOLUTION, colorspace="Auto", alpha=False, extract_search_words=False
    ),
    "illustrator_options": contract.IllustratorOptions(
        process="None", resolution=RESOLUTION, colorspace="Auto", alpha=False
    ),
    "in_design_options": contract.InDesignOptions(process="None"),
    "media_options": contract.MediaOptions(),
}
"""The options of kinds of files that are kept as they are, and of what is not made; no job has others."""


def job_details(job: Job) -> dict[str, object]:
    """Return the one detail field of an ActiveJob that says what kind of job it is, by its Python name.

    A job whose options cannot be read has none: it is about to end with a row in its log that says so.
    """
    return order_details(Order(kind=job.kind, options=job.options), job.counts.total)


def order_details(order: Order, total: int | None = None) -> dict[str, object]:
    """Return the same for a job that is not running; ``total`` is the number of its items where it is known better."""
    try:
        return _ECHOES[order.kind](order, len(order.items) if total is None else total)
    except Permanent:
        return {}


def _echo_reprocess(order: Order, _total: int) -> dict[str, object]:
    spec = from_json(ReprocessSpec, order.options)
    echo = contract.ReprocessAssetsJob(
        asset_handle_array=(),
        ready_for_publish=spec.image.ready_for_publish,
        **_followers(spec.follow_on),
        **_image_options(spec.image, spec.follow_on),
    )
    return {"reprocess_assets_job": echo}


def _echo_process(order: Order, _total: int) -> dict[str, object]:
    """Return the nearest that IPS has: a reprocess of the same assets with the run's options of the pipeline."""
    spec = from_json(ProcessSpec, order.options)
    image = from_json(ImageOptions, spec.options.get("renditions", {}))
    options = {**_followers(spec.follow_on), **_image_options(image, spec.follow_on)}
    return {"reprocess_assets_job": contract.ReprocessAssetsJob(asset_handle_array=(), **options)}


def _echo_rip(order: Order, _total: int) -> dict[str, object]:
    spec = from_json(ReprocessSpec, order.options)
    known = {field.name for field in fields(contract.RipPdfsJob)}
    options = {**_followers(spec.follow_on), **_image_options(spec.image, spec.follow_on)}
    shared = {name: value for name, value in options.items() if name in known}
    return {"rip_pdfs_job": contract.RipPdfsJob(pdf_handle_array=(), **shared)}


def _echo_optimize(order: Order, _total: int) -> dict[str, object]:
    setting = from_json(ReprocessSpec, order.options).follow_on.email_setting
    return {"optimize_images_job": contract.OptimizeImagesJob(email_setting=setting)}


def _echo_export(order: Order, _total: int) -> dict[str, object]:
    spec = from_json(ExportSpec, order.options)
    echo = contract.ExportJob(
        asset_handle_array=(),
        fmt="orig" if spec.modifiers is None else "convert",
        is_modifier=spec.modifiers,
        macro=spec.macro,
        email_setting=spec.email_setting,
    )
    return {"export_job": echo}


def _echo_sets(order: Order, _total: int) -> dict[str, object]:
    spec = from_json(SetsSpec, order.options)
    echo = contract.AutomatedSetGenerationJob(
        asset_handle_array=(),
        dest_folder=spec.folder or spec.default_folder,
        ready_for_publish=spec.ready_for_publish,
        auto_set_creation_options=_scripts(spec),
        email_setting=spec.email_setting,
    )
    return {"automated_set_generation_job": echo}


def _scripts(sets: SetsSpec | None) -> contract.AutoSetCreationOptions:
    """Return the set scripts, which are echoed as they were given."""
    scripts = [property_set_handle(number) for number in sets.script_ids] if sets else None
    return contract.AutoSetCreationOptions(auto_sets_array=scripts)


def _echo_directory(order: Order, _total: int) -> dict[str, object]:
    spec = from_json(UploadSpec, order.options)
    directory = spec.directory
    echo = contract.UploadDirectoryJob(
        dest_folder=directory.folder if directory else "",
        server_dir=directory.path if directory else "",
        include_subfolders=bool(directory and directory.include_subfolders),
        process_metadata_files=False,
        **_upload_options(spec),
        **_followers(spec.follow_on),
    )
    return {"upload_directory_job": echo}


def _echo_urls(order: Order, total: int) -> dict[str, object]:
    spec = from_json(UploadSpec, order.options)
    echo = contract.UploadUrlsJob(
        url_array=(),
        num_urls=total,
        **_upload_options(spec),
        **_followers(spec.follow_on),
    )
    return {"upload_urls_job": echo}


def _echo_post(order: Order, _total: int) -> dict[str, object]:
    spec = from_json(UploadSpec, order.options)
    return {"upload_post_job": contract.UploadPostJob(**_upload_options(spec))}


def _echo_metadata(order: Order, _total: int) -> dict[str, object]:
    everything = from_json(MetadataSpec, order.options).everything
    return {"metadata_publish_job": contract.MetadataPublishJob(force_publish=everything)}


def _echo_publish(order: Order, _total: int) -> dict[str, object]:
    return _publish(from_json(PublishSpec, order.options))


def _publish(spec: PublishSpec, prefix: str = "") -> dict[str, Any]:
    """Return a publish by the name of its field in a job, which has the prefix ``post_``, or in an ActiveJob."""
    name, echo = _PUBLISHES[spec.kind]
    publish_type = {} if spec.publish_type is None else {"publish_type": spec.publish_type}
    fields = {
        "email_setting": spec.email_setting,
        "http_completion_url": spec.callback_url or "",
    }
    if spec.kind != publish.SERVER_DIRECTORY:
        fields["context_handle"] = context_handle(spec.context_id)
    return {f"{prefix}{name}": echo(**publish_type, **fields)}


def _followers(follow_on: FollowOnSpec) -> dict[str, Any]:
    fields: dict[str, Any] = {"post_job_only_if_files": follow_on.only_if_files}
    for spec in follow_on.publishes:
        fields |= _publish(spec, "post_")
    return fields


def _upload_options(spec: UploadSpec) -> dict[str, Any]:
    return {
        "overwrite": spec.overwrite,
        "ready_for_publish": bool(spec.image.ready_for_publish),
        "un_compress_options": contract.UnCompressOptions(process="UnCompress" if spec.unpack else "None"),
        "xmp_keywords": ",".join(re.sub(r"([\\,])", r"\\\1", word) for word in spec.keywords) or None,
        **_image_options(spec.image, spec.follow_on),
    }


def _image_options(image: ImageOptions, follow_on: FollowOnSpec) -> dict[str, Any]:
    crop = image.manual_crop
    return {
        "preserve_publish_state": image.preserve_publish_state,
        "create_mask": image.create_mask,
        **_picture_options(image),
        "preserve_crop": image.preserve_crop is not False,
        "manual_crop_options": crop
        and contract.ManualCropOptions(left=crop.left, right=crop.right, top=crop.top, bottom=crop.bottom),
        **_DEFAULTS,
        "pdf_options": contract.PDFOptions(
            process=image.pdf.process,
            resolution=image.pdf.resolution,
            colorspace=image.pdf.colour_space,
            pdf_catalog=False,
            extract_search_words=image.pdf.extract_words,
            extract_links=image.pdf.extract_links,
        ),
        "auto_set_creation_options": _scripts(follow_on.sets),
        "email_setting": follow_on.email_setting,
        "post_http_url": follow_on.callback_url,
        "project_handle_array": (),
    }


def _picture_options(image: ImageOptions) -> dict[str, Any]:
    """Return the options that change pictures; handles of profiles are not echoed."""
    color, transparent, knockout = image.auto_color_crop, image.auto_transparent_crop, image.knockout
    unsharp = image.unsharp
    return {
        "auto_color_crop_options": color
        and contract.AutoColorCropOptions(corner=color.corner or "", tolerance=color.tolerance),
        "auto_transparent_crop_options": transparent
        and contract.AutoTransparentCropOptions(tolerance=transparent.tolerance),
        "knockout_background_options": knockout
        and contract.KnockoutBackgroundOptions(
            corner=knockout.corner, tolerance=knockout.tolerance, fill_method=knockout.fill_method
        ),
        "unsharp_mask_options": unsharp
        and contract.UnsharpMaskOptions(
            amount=unsharp.amount,
            radius=unsharp.radius,
            threshold=unsharp.threshold,
            monochrome=int(unsharp.monochrome),
        ),
        "color_management_options": contract.ColorManagementOptions(
            color_management=image.colour.mode if image.colour else "MaintainOriginal"
        ),
    }


_PUBLISHES: Mapping[str, tuple[str, Callable[..., object]]] = {
    publish.IMAGE_SERVING: ("image_serving_publish_job", contract.ImageServingPublishJob),
    publish.IMAGE_RENDERING: ("image_rendering_publish_job", contract.ImageRenderingPublishJob),
    publish.VIDEO: ("video_publish_job", contract.VideoPublishJob),
    publish.SERVER_DIRECTORY: ("server_directory_publish_job", contract.ServerDirectoryPublishJob),
}
_ECHOES: Mapping[str, Callable[[Order, int], dict[str, object]]] = {
    **dict.fromkeys(publish.TARGETS, _echo_publish),
    automated_sets.NAME: _echo_sets,
    export.NAME: _echo_export,
    optimize_images.NAME: _echo_optimize,
    process.NAME: _echo_process,
    publish_metadata.NAME: _echo_metadata,
    reprocess.NAME: _echo_reprocess,
    rip_pdfs.NAME: _echo_rip,
    upload_directory.NAME: _echo_directory,
    upload_post.NAME: _echo_post,
    upload_urls.NAME: _echo_urls,
}
