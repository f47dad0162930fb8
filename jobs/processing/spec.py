"""What a run of processing was asked to do, frozen when it is submitted; and what holds for one asset of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from domain.model import JsonObject
from domain.words import Words, say
from jobs.processing.choices import Choice, stages_of
from jobs.processing.criteria import Criteria
from jobs.profiles.definitions import ProfileKind, ProfileVersion
from jobs.profiles.folders import Assigned, FolderProfiles, load_folder_profiles
from jobs.profiles.library import read_definition
from jobs.specs import NOTHING_FOLLOWS, FollowOnSpec, to_json
from jobs.stages import renditions
from jobs.stages.port import Stage
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProfile:
    """A version of a profile as it stands in a spec, its definition as JSON-able data."""

    profile_id: int
    kind: ProfileKind
    name: str
    version: int
    definition: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAssignment:
    """What was assigned to a folder when the run was submitted, or the path of a workflow's own."""

    folder: str
    kind: ProfileKind
    profiles: tuple[KeptProfile, ...]
    is_rule: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """Which assets, and what is done to each of them.

    ``selection_id`` is a frozen selection; None has the criteria looked at when the job begins. ``chosen`` profiles
    hold instead of those ``assigned`` to the folders when the run was submitted; None has the folders looked at when it
    runs. ``options`` are those of stages, by their names.
    """

    criteria: Criteria
    choices: tuple[Choice, ...]
    selection_id: int | None = None
    chosen: tuple[KeptProfile, ...] = ()
    assigned: tuple[KeptAssignment, ...] | None = None
    options: Mapping[str, JsonObject] = field(default_factory=dict)
    follow_on: FollowOnSpec = NOTHING_FOLLOWS

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of the choices, in their order."""
        return stages_of(self.choices)

    def options_of(self, stage: Stage) -> JsonObject:
        """Return the options that the run gives to a stage."""
        return self.options.get(stage.name, {})

    def skips(self, stage: Stage, asset_type: str, profile: ProfileVersion | None) -> Words | None:
        """Return why the run leaves assets of a type, under a profile, out of the stage; None when it does not."""
        is_for_profile = not {Choice.PREVIEWS, Choice.OPTIONS} & set(self.choices)
        if stage.name == renditions.NAME and is_for_profile and (profile is None or asset_type != "Image"):
            return say("No image profile holds for it.")
        return stage.skips(asset_type, profile, self.options_of(stage))


class Profiles:
    """The profiles that hold for the assets of a run: those chosen for it, else those of each asset's folder."""

    def __init__(self, tx: Tx, company_id: int, spec: ProcessSpec) -> None:
        self._uses_folders = Choice.PROFILES in spec.choices
        self._chosen = tuple(_version(kept) for kept in spec.chosen)
        self._folders = (
            load_folder_profiles(tx, company_id)
            if spec.assigned is None
            else FolderProfiles(
                Assigned(
                    folder=a.folder,
                    kind=a.kind,
                    profiles=tuple(_version(kept) for kept in a.profiles),
                    is_rule=a.is_rule,
                )
                for a in spec.assigned
            )
        )

    def calls(self, stage: Stage, folder: str) -> Iterator[ProfileVersion | None]:
        """Yield the profile of each time that an asset of the folder goes through the stage; None for without one."""
        profiles = self._of(stage, folder) if stage.profile_kind else ()
        yield from profiles or (None,)

    def _of(self, stage: Stage, folder: str) -> tuple[ProfileVersion, ...]:
        assert stage.profile_kind is not None
        if stage.name == renditions.NAME and not self._uses_folders:
            return ()
        chosen = tuple(profile for profile in self._chosen if profile.kind is stage.profile_kind)
        return chosen or self._folders.of(stage.profile_kind, folder)


def keep(profile: ProfileVersion) -> KeptProfile:
    """Return a profile as a spec keeps it."""
    return KeptProfile(
        profile_id=profile.profile_id,
        kind=profile.kind,
        name=profile.name,
        version=profile.version,
        definition=to_json(profile.definition),
    )


def keep_assignments(folders: FolderProfiles) -> tuple[KeptAssignment, ...]:
    """Return a company's assignments as a spec keeps them."""
    return tuple(
        KeptAssignment(
            folder=each.folder,
            kind=each.kind,
            profiles=tuple(keep(p) for p in each.profiles),
            is_rule=each.is_rule,
        )
        for each in folders.assigned
    )


def _version(kept: KeptProfile) -> ProfileVersion:
    return ProfileVersion(
        profile_id=kept.profile_id,
        kind=kept.kind,
        name=kept.name,
        version=kept.version,
        definition=read_definition(kept.kind, kept.definition),
    )
