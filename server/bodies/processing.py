"""What a person asks to have processed: which assets, what is done to them; checked against what the company has.

The API, the commands and whoever else starts runs go through here, so that all refuse the same for the same reasons.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from domain.handles import parse_asset
from domain.model import Company, Job, JsonObject
from imaging.colours import MOST_COLOURS
from jobs.processing.choices import FULL, Choice, stages_of
from jobs.processing.criteria import Criteria
from jobs.processing.preview import Preview, preview
from jobs.processing.runs import Wanted, prepare, start_run
from jobs.processing.spec import ProcessSpec
from jobs.profiles.library import find_version
from jobs.specs import FollowOnSpec, to_json
from jobs.stages.colour_tags import USUAL_LIMIT
from jobs.stages.smart_tags import NO_MODEL
from jobs.submit import Submission
from server.bodies.colours import find_colour, read_colour
from server.bodies.folders import find_folder_paths
from server.bodies.picture import PictureBody
from server.bodies.publishes import PublishBody, read_publishes
from server.bodies.reading import Body, Id, Moment, Texts, read_body, refused
from server.operations.choices import ASSET_TYPES
from server.settings import Settings
from store.assets import load_assets
from store.engine import Tx
from store.jobs import load_job
from store.selections import Selection, load_selection

MOST_FOLDERS = 1000


class CriteriaBody(Body):
    """Which assets: whatever is given must hold. At least folders, assets, failed_of or stale must be."""

    folders: Texts = Field((), max_length=MOST_FOLDERS, description="Paths, with or without the root, or handles")
    excluded: Texts = Field((), max_length=MOST_FOLDERS, description="Folders below them that are left out")
    include_subfolders: bool = True
    assets: Texts = Field((), description="Handles of assets")
    types: Texts = ()
    name_contains: str = ""
    tag: str = Field("", description="A smart tag that nobody removed, as it is written")
    colour: str = Field("", description="A colour of the picture, by its CSS name")
    created_after: Moment | None = None
    created_before: Moment | None = None
    failed_of: Id | None = Field(None, description="An execution whose failed and cancelled items are wanted")
    stale: bool = Field(default=False, description="Only assets that lack what a changed profile would do to them")


class FindingsBody(Body):
    """What is done with findings of an earlier run."""

    reset: bool = Field(default=False, description="Whether what people corrected is found anew, too")


class ColoursBody(Body):
    """How many colours are kept of a picture."""

    limit: int = Field(USUAL_LIMIT, ge=1, le=MOST_COLOURS)


class OptionsBody(Body):
    """Options of stages, by their names; each needs its stage to be among the choices. And what follows the run."""

    picture: PictureBody | None = Field(None, description="Options of the picture, which the choice options asks for")
    smart_crop: FindingsBody | None = None
    smart_tags: FindingsBody | None = None
    colour_tags: ColoursBody | None = None
    publishes: tuple[PublishBody, ...] = Field((), description="Publishes that follow when the run has ended")
    publish_only_if_processed: bool = Field(default=False, description="No publish follows a run that changed nothing")

    def meant(self, tx: Tx, company: Company) -> dict[str, JsonObject]:
        """Return the options of stages as a run keeps them. Raises RefusedError for profiles that there are not."""
        given = {name: getattr(self, name) for name in ("smart_crop", "smart_tags", "colour_tags")}
        options: dict[str, JsonObject] = {name: body.model_dump() for name, body in given.items() if body}
        if self.picture is None:
            return options
        colour = read_colour(tx, company, self.picture.colour)
        return options | {"renditions": to_json(self.picture.meant(colour))}

    def follow_on(self, tx: Tx, company: Company) -> FollowOnSpec:
        """Return what follows the run. Raises RefusedError for a publish that there is not."""
        if self.publish_only_if_processed and not self.publishes:
            raise refused("publish_only_if_processed", "no publish follows: name some in publishes, or leave it out.")
        publishes = read_publishes(tx, company, self.publishes)
        return FollowOnSpec(publishes=publishes, only_if_files=self.publish_only_if_processed)


class WorkBody(OptionsBody):
    """What is done to each asset: everything that the server can do, unless choices say what."""

    choices: tuple[Choice, ...] = FULL
    profiles: tuple[Id, ...] = Field((), description="Numbers of profiles that hold instead of the folders'")


def read_criteria(tx: Tx, company: Company, body: CriteriaBody) -> Criteria:
    """Return the criteria. Raises RefusedError for a folder, an asset, a type or an execution that there is not."""
    folders = find_folder_paths(tx, company, "folders", body.folders)
    excluded = find_folder_paths(tx, company, "excluded", body.excluded)
    for each in body.types:
        if each not in ASSET_TYPES:
            raise refused("types", f"{each} is not an asset type, such as Image or Pdf.")
    if body.failed_of is not None:
        job = load_job(tx, body.failed_of)
        if job is None or job.company_id != company.id:
            raise refused("failed_of", f"there is no execution {body.failed_of} in this company.")
    return Criteria(
        folders=folders,
        excluded=excluded,
        includes_subfolders=body.include_subfolders,
        asset_ids=_assets(tx, company, body.assets),
        types=body.types,
        name_contains=body.name_contains,
        smart_tag=body.tag.strip() or None,
        colour=find_colour(body.colour),
        created_after=body.created_after,
        created_before=body.created_before,
        failed_of=body.failed_of,
        is_stale=body.stale,
    )


def read_wanted(tx: Tx, company: Company, criteria: Criteria, body: WorkBody, settings: Settings) -> Wanted:
    """Return what is wanted of a server with these settings, which say what it can do.

    Raises RefusedError for what nothing would be done with, ProfileError for no profile.
    """
    choices = _choices(body, has_model=settings.has_tag_model)
    if (Choice.OPTIONS in choices) != (body.picture is not None):
        raise refused("picture", "the choice options and the options of the picture go together: give both or neither.")
    if body.picture and body.picture.pdf.colour_space == "Cmyk" and settings.pdf_engine == "pypdfium2":
        raise refused("picture.pdf.colour_space", "the PDF engine of this server (pypdfium2) cannot draw in Cmyk.")
    kinds = set(_kinds_followed(choices))
    for number in body.profiles:
        profile = find_version(tx, company.id, number)
        if profile.kind not in kinds:
            raise refused(
                "profiles", f"no chosen stage follows {profile.name}, a {profile.kind} profile: leave it out."
            )
    options, stages = body.meant(tx, company), {stage.name for stage in stages_of(choices)}
    for name in options:
        if name not in stages:
            raise refused(name, "these are options of a stage that is not chosen: leave them out, or choose it.")
    return Wanted(
        criteria=criteria,
        choices=choices,
        profile_ids=body.profiles,
        options=options,
        follow_on=body.follow_on(tx, company),
    )


def preview_run(tx: Tx, company: Company, wanted: Wanted, who: str) -> tuple[ProcessSpec, Preview]:
    """Return what the run would come to, its selection frozen. Raises CriteriaError and ProfileError."""
    spec = prepare(tx, company.id, wanted)
    return spec, preview(tx, company.id, spec, who)


def find_selection(tx: Tx, company: Company, number: int) -> tuple[Selection, Criteria]:
    """Return a frozen selection and its criteria. Raises RefusedError for one that is unknown or has expired."""
    selection = load_selection(tx, company.id, number)
    if selection is None:
        raise refused("selection_id", f"selection {number} is unknown or has expired: preview the run again.")
    return selection, read_body(Criteria, selection.criteria)


def start_selected(tx: Tx, submission: Submission, wanted: Wanted, selection: Selection | None) -> Job:
    """Return the new run over the frozen selection, without one over what its criteria choose now.

    Raises OverlapError, CriteriaError and ProfileError, and RefusedError when there is nothing to process.
    """
    spec = prepare(tx, submission.company_id, wanted)
    job = start_run(tx, submission, spec, selection.id if selection else None)
    if not job.counts.total:
        raise refused("criteria", "no asset meets them: there is nothing to process.")
    return job


def _assets(tx: Tx, company: Company, given: Sequence[str]) -> tuple[int, ...]:
    numbers = [parse_asset(each) for each in given]
    known = {asset.id for asset in load_assets(tx, company.id, [number for number in numbers if number is not None])}
    for text, number in zip(given, numbers, strict=True):
        if number not in known:
            raise refused("assets", f"there is no asset {text} in this company: give handles such as a|210.")
    return tuple(dict.fromkeys(number for number in numbers if number is not None))


def _choices(body: WorkBody, *, has_model: bool) -> tuple[Choice, ...]:
    """Return what was chosen; a full process leaves out what this server cannot do."""
    if not body.choices:
        raise refused("choices", f"choose at least one of {', '.join(Choice)}, or leave it out for all but options.")
    if has_model or Choice.SMART_TAGS not in body.choices:
        return body.choices
    if "choices" in body.model_fields_set:
        raise refused("choices", str(NO_MODEL))
    return tuple(choice for choice in body.choices if choice is not Choice.SMART_TAGS)


def _kinds_followed(choices: Sequence[Choice]) -> Iterator[object]:
    for stage in stages_of(choices):
        if stage.name != "renditions" or Choice.PROFILES in choices:  # else the picture follows its options alone
            yield stage.profile_kind
