"""The values that rows become: companies, users, folders, assets, jobs, tasks and log rows, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.priorities import Priority
from domain.states import JobOutcome, JobState, TaskState
from domain.words import Words

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A tenant: everything but users belongs to exactly one."""

    id: int
    name: str
    root: str
    """The root folder's name, without a slash; also the first segment of every image URL."""
    expires: datetime
    overwrite_mode: str
    retain_publish_state: bool
    source_profile_id: int | None = None
    """The IccProfile asset assumed for pictures without a profile of their own; None for the built-in one."""
    display_profile_id: int | None = None
    """The IccProfile asset that pictures are converted to unless another is named; None for the built-in one."""
    quota_bytes: int | None = None
    """How much its assets may take up; None for as much as there is."""
    weight: int = 1
    """Its share of the workers, beside the weights of the other companies."""
    processes_uploads: bool = False
    """Whether what it uploads is processed with the profiles of its folders."""
    tag_field_id: int | None = None
    """The metadata field that shows the smart tags of its assets; None for none."""
    sweep_id: int | None = None
    """The schedule, perhaps ended, that processes again and again what is stale; None for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Someone who may log in; what they may do is in their memberships."""

    id: int
    email: str
    first_name: str
    last_name: str
    is_valid: bool
    is_admin: bool
    password_hash: str = field(repr=False)
    password_expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The role of a user in one company."""

    company: Company
    role: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A virtual folder. ``path`` starts with the company root and ends with a slash."""

    path: str
    last_modified: datetime
    child_last_modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """Bytes in the blob store: their content key and their number."""

    key: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivatives:
    """What the pipeline made of an original. Sizes in pixels; a PDF has no pyramid."""

    pyramid: StoredFile | None
    thumbnail: StoredFile | None
    preview: StoredFile | None
    mask: StoredFile | None
    """The alpha channel as a picture of its own, where one was asked for."""
    width: int
    height: int
    resolution: float
    """Pixels per inch, 0.0 when the original does not say."""
    has_alpha: bool
    colour_space: str

    @property
    def size(self) -> int:
        """The bytes of its files; two that are the same bytes count once."""
        files = (self.pyramid, self.thumbnail, self.preview, self.mask)
        return sum({file.key: file.size for file in files if file is not None}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A stored original and what was made of it. ``revision`` grows with every change of the original or its crop."""

    id: int
    company_id: int
    folder: str
    name: str
    file_name: str
    type: str
    ready_for_publish: bool
    trash_state: str
    created: datetime
    created_by: str
    last_modified: datetime
    last_modified_by: str
    original: StoredFile
    original_path: str
    revision: int
    crop: tuple[int, int, int, int] | None
    """Pixels trimmed from the original's left, right, top and bottom edge; None for the whole picture."""
    derivatives: Derivatives | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedPage:
    """A page of a document that is an asset of its own: of which document, which page, and what is written on it.

    ``lines`` are {words: ({text, left, top, width, height}, ...), font, size_pt}, ``links`` {left, top, width, height,
    url, page}, in pixels of the page's optimised image.
    """

    asset_id: int
    originator_id: int
    number: int
    lines: tuple[JsonObject, ...] = ()
    links: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedImage:
    """The snapshot of an asset that the image server shows, as the last publish job left it."""

    asset_id: int
    name: str
    derivatives: Derivatives
    revision: int
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCounts:
    """How many of a job's tasks ended how; derived in the transaction that settles each task."""

    total: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    warned: int = 0
    updated: int = 0
    duplicate: int = 0

    @property
    def settled(self) -> int:
        """The number of tasks that will not run again."""
        return self.done + self.failed + self.cancelled

    @property
    def processed(self) -> int:
        """The number of tasks that succeeded and did something: a duplicate that was skipped did not."""
        return self.done - self.duplicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submitted piece of work and where it stands."""

    id: int
    company_id: int
    kind: str
    name: str
    unique_name: str
    state: JobState
    outcome: JobOutcome | None
    priority: Priority
    submitter: str
    locale: str
    description: str
    options: JsonObject
    counts: JobCounts
    created: datetime
    started: datetime | None
    ended: datetime | None
    last_progress: datetime
    server_name: str
    client: str
    parent_id: int | None
    stop_requested: bool
    is_open: bool
    """Whether the client may still add files (POST uploads)."""
    progress_base: float = 0.0
    """How far it was when items were last added; those that had settled by then are ``settled_base``."""
    settled_base: int = 0
    is_paused: bool = False
    """Whether no further task of it is started; those that run go on to their end."""
    schedule_id: int | None = None
    fire_at: datetime | None = None
    """For a run of a schedule: the time that it was due."""
    hold_reason: str | None = None
    """Why it waits by itself: storage cannot be used."""
    restart_of: int | None = None
    """The job whose items it runs again."""
    lacked_worker: bool = False
    """Whether its log says that there was no worker to run it."""

    @property
    def progress(self) -> float:
        """How far it is, from 0 to 1. It never falls: the items that are not settled share in what was left before.

        While the client may add files, those count for one more item.
        """
        settled = self.counts.settled - self.settled_base
        items = self.counts.total - self.settled_base + int(self.is_open)
        if not items:
            return self.progress_base
        return 1.0 if settled == items else self.progress_base + (1.0 - self.progress_base) * settled / items


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a job is to do, before it has a row: its kind, the kind's options, and what the kind makes tasks of."""

    kind: str
    options: JsonObject
    items: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A job that is submitted at a time: once, or again and again by a Quartz expression in a time zone."""

    id: int
    company_id: int
    name: str
    unique_name: str
    order: Order
    submitter: str
    locale: str
    description: str
    client: str
    server_name: str
    expression: str | None
    zone: str
    next_fire: datetime | None
    is_paused: bool
    created: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an engine carries: which task, and which attempt at it. A token with an old attempt is worthless."""

    task_id: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One item of a job, as the executor sees it after the claim."""

    id: int
    job_id: int
    company_id: int
    seq: int
    asset_id: int | None
    label: str
    input: JsonObject
    state: TaskState
    attempt: int
    failures: int

    @property
    def token(self) -> Token:
        """The token under which this attempt runs."""
        return Token(task_id=self.id, attempt=self.attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task before it has a row: what it is about, in the job's own order."""

    label: str
    asset_id: int | None = None
    input: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuxRow:
    """A remark on a log row, with the vendor's type UploadWarning or UploadError."""

    log_type: str
    message: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One row of a job's log; ``log_type`` is one of the vendor's job log types."""

    log_type: str
    message: Words
    at: datetime
    task_id: int | None = None
    asset_id: int | None = None
    asset_name: str | None = None
    asset_type: str | None = None
    aux: tuple[AuxRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTiming:
    """One step that ran on an asset: what it did and how long it took."""

    name: str
    detail: str
    milliseconds: float
