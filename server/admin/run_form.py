"""The form of a new run: what it offers on this server, and what a filled-in one means to the shared bodies."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from domain.model import Company
from jobs.processing.choices import FULL, Choice
from jobs.processing.criteria import Criteria
from jobs.profiles.definitions import ProfileKind
from jobs.profiles.library import find_version
from jobs.stages.smart_tags import NO_MODEL
from server.admin.visits import read_number
from server.bodies.processing import CriteriaBody, WorkBody, read_criteria
from server.bodies.reading import read_body
from store.engine import Tx

Form = MultiDict[str, str]
LABELS: Mapping[Choice, tuple[str, str]] = {
    Choice.PREVIEWS: ("Default renditions", "Pyramid, preview and thumbnail, made anew from the original."),
    Choice.METADATA: ("Metadata", "Fields filled from the file and from the metadata profile."),
    Choice.PROFILES: ("Processing profiles", "What the image, processing, video and batch set profiles say."),
    Choice.WORKFLOWS: ("Post-processing workflows", "Steps that follow each asset: publish, mark, call, add to."),
    Choice.SMART_TAGS: ("Smart tags", "Words for what a picture shows, by the operator's model."),
    Choice.COLOUR_TAGS: ("Colour tags", "The dominant colours of a picture with their names."),
    Choice.SMART_CROP: ("Smart crop", "The named crops and the swatch of the image profile."),
    Choice.OPTIONS: ("IPS options", "Crop, knock-out, sharpening, colours, pages and publish marks of this run alone."),
}
KINDS: Mapping[ProfileKind, str] = {
    ProfileKind.IMAGE: "Image profile",
    ProfileKind.METADATA: "Metadata profile",
    ProfileKind.PROCESSING: "Processing profile",
    ProfileKind.WORKFLOW: "Workflow",
    ProfileKind.BATCH_SET: "Batch set preset",
    ProfileKind.VIDEO: "Video profile",
}
PUBLISHES: Mapping[str, str] = {
    "image_serving": "Image serving: what the image server shows",
    "image_rendering": "Image rendering",
    "video": "Video",
}
_SIDES = ("left", "right", "top", "bottom")
_OF_ONE_PAGE = ("form_token", "selection_id", "profiles", "typed", "open", "repeat", "at", "expression", "time_zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing that can be chosen; ``missing`` says why it cannot be on this server, empty when it can."""

    choice: Choice
    label: str
    says: str
    missing: str


def offers(*, has_model: bool) -> tuple[Offer, ...]:
    """Return what can be chosen on a server with a model for smart tags, or without."""
    return tuple(
        Offer(
            choice=choice,
            label=label,
            says=says,
            missing=str(NO_MODEL) if choice is Choice.SMART_TAGS and not has_model else "",
        )
        for choice, (label, says) in LABELS.items()
    )


def name_of(choices: Collection[str]) -> str:
    """Return what a run of these choices is called."""
    if {*FULL} - {Choice.SMART_TAGS} <= set(choices):
        return "Full process"
    return ", ".join(label for choice, (label, _says) in LABELS.items() if choice.value in choices)


def criteria_of(tx: Tx, company: Company, form: Form) -> Criteria:
    """Return which assets the form chooses. Raises RefusedError and ProfileError for what there is not."""
    data = {
        "folders": form.getlist("folder"),
        "excluded": form.getlist("excluded"),
        "include_subfolders": "flat" not in form,
        "assets": form.getlist("asset"),
        "types": form.getlist("type"),
        "name_contains": form.get("name_contains", "").strip(),
        "tag": form.get("smart_tag", ""),
        "colour": form.get("colour_tag", ""),
        "created_after": _midnight(form, "created_after"),
        "created_before": _midnight(form, "created_before"),
        "failed_of": form.get("failed_of") or None,
        "stale": "stale" in form,
    }
    criteria = read_criteria(tx, company, read_body(CriteriaBody, data))
    profile = form.get("stale_profile", "")
    if "stale" not in form or not profile:
        return criteria
    number = read_number(profile, "stale_profile must be the number of a profile: begin at the profile's page.")
    return replace(criteria, stale_profile_id=find_version(tx, company.id, number).profile_id)


def work_of(form: Form) -> WorkBody:
    """Return what the form has done to each asset, and what follows. Raises RefusedError.

    The page hides the fields that are not read: those of other choices.
    """
    follows = _publish_data(form)
    if form.get("mode", "full") == "full":
        return read_body(WorkBody, follows)
    choices = form.getlist("choice")
    picture = picture_data(form) if Choice.OPTIONS.value in choices else None
    data = {"choices": choices, "profiles": form.getlist("profile"), "picture": picture}
    return read_body(WorkBody, data | follows | _stage_options(form))


def picture_data(form: Form) -> dict[str, Any]:
    """Return the options of the picture as the shared body takes them."""
    data: dict[str, Any] = {"create_mask": "mask" in form, "pdf": _pdf_data(form), **_crop_data(form)}
    if "unsharp" in form:
        data["unsharp"] = unsharp_data(form)
    if "knockout" in form:
        given = {name: form.get(f"knockout_{name}") for name in ("corner", "fill_method", "tolerance")}
        data["knockout"] = {name: value for name, value in given.items() if value}
    mode = form.get("colour_mode", "Default")
    profiles = ("source_profile", "output_profile") if mode != "MaintainOriginal" else ()
    data["colour"] = {"mode": mode} | {name: form.get(f"colour_{name}", "") for name in profiles}
    if form.get("ready"):
        data["ready_for_publish"] = form["ready"]
    return data


def _pdf_data(form: Form) -> dict[str, Any]:
    given = {name: form.get(f"pdf_{name}") for name in ("process", "resolution", "colour_space")}
    ticked = {"extract_words": "pdf_words" in form, "extract_links": "pdf_no_links" not in form}
    return {name: value for name, value in given.items() if value} | ticked


def _publish_data(form: Form) -> dict[str, Any]:
    publishes: list[dict[str, str]] = [{"what": what} for what in form.getlist("publish")]
    for each in publishes:
        if each["what"] == "image_serving" and form.get("publish_type"):
            each["type"] = form["publish_type"]
    return {"publishes": publishes, "publish_only_if_processed": bool(publishes) and "publish_if" in form}


def unsharp_data(form: Form) -> dict[str, Any]:
    """Return the fields of an unsharp mask; AEM's defaults stand in the form."""
    given = {name: form.get(f"unsharp_{name}") or None for name in ("amount", "radius", "threshold")}
    return {**given, "monochrome": "unsharp_monochrome" in form}


def sides_data(form: Form) -> dict[str, str]:
    """Return the pixels that are trimmed from each side; an empty field stands for none."""
    return {side: form.get(f"crop_{side}") or "0" for side in _SIDES}


def kept_fields(form: Form) -> Iterator[tuple[str, str]]:
    """Yield what a page that follows must send again, so that nothing is lost between them."""
    for name, value in form.items(multi=True):
        if name not in _OF_ONE_PAGE:
            yield name, value


def _crop_data(form: Form) -> dict[str, Any]:
    found = {"preserve_crop": False} if "crop_anew" in form else {}
    match form.get("crop", ""):
        case "none":
            return {"preserve_crop": False}
        case "manual":
            return {"manual_crop": sides_data(form)}
        case "colour":
            corner, tolerance = form.get("crop_corner", "UpperLeft"), form.get("crop_tolerance") or "0"
            return {**found, "colour_crop": {"corner": corner, "tolerance": tolerance}}
        case "transparent":
            return {**found, "transparent_crop": {"tolerance": form.get("crop_tolerance") or "0"}}
    return {}


def _stage_options(form: Form) -> dict[str, Any]:
    """Return the options of the stages that find things, as far as they are chosen."""
    chosen = form.getlist("choice")
    found: dict[str, Any] = {}
    for choice, name in ((Choice.SMART_CROP, "smart_crop"), (Choice.SMART_TAGS, "smart_tags")):
        if "reset" in form and choice.value in chosen:
            found[name] = {"reset": True}
    if form.get("colour_limit") and Choice.COLOUR_TAGS.value in chosen:
        found["colour_tags"] = {"limit": form["colour_limit"]}
    return found


def _midnight(form: Form, name: str) -> str | None:
    day = form.get(name, "").strip()
    return f"{day}T00:00:00Z" if day else None
