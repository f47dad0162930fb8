"""What a kind of job is made of, and what running one of its tasks needs and gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from domain.model import AuxRow, Job, LogRow, NewTask, Order, Task
from domain.words import Words
from imaging.limits import Limits
from jobs.archives import UnpackLimits
from jobs.mail import MailServer
from jobs.outbound import OutboundRules
from jobs.slots import SlotPool
from jobs.specs import FollowOnSpec
from jobs.vocabulary import TagModel
from store.blobs.port import BlobStore
from store.engine import Database, Tx
from store.ledger import Settlement
from store.selections import Selection

MAX_FAILURES = 3
"""How often a task is tried until it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Folders of the operator's that jobs may use, each below in a folder named like the company's root.

    ``uploads`` is where directories are taken in from, ``publishes`` where files are published to; None for nowhere.
    """

    uploads: Path | None = None
    publishes: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a task may use. ``scratch`` is a folder for temporary files, on the file system of the blobs.

    ``lease`` is for how long a task stays its worker's without a sign of life.
    """

    database: Database
    blobs: BlobStore
    slots: SlotPool
    scratch: Path
    limits: Limits
    outbound: OutboundRules
    mail_server: MailServer | None
    pdf_engine: str
    lease: timedelta
    places: Places
    unpack_limits: UnpackLimits
    tag_model: TagModel | None = None
    """What finds smart tags; None where the operator has no model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The asset that a log row speaks of, as far as it is known."""

    name: str
    type: str | None = None
    asset_id: int | None = None


def _nothing(_tx: Tx) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a task did: how it ended, the log row that says so, and what the finishing transaction must change.

    ``apply`` may raise Superseded, which throws the work away and runs the task again; it returns the subject when only
    the transaction knows it (a new asset's number).
    """

    settlement: Settlement
    log_type: str
    message: Words
    subject: Subject
    aux: tuple[AuxRow, ...] = ()
    apply: Callable[[Tx], Subject | None] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """What a task found instead of doing work: the items that take its place, and what the log says of that."""

    items: Sequence[NewTask]
    rows: tuple[LogRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What an order comes to when its job is put on the queue: its tasks, and what its log says of them.

    A ``selection`` stands for a task for each of its assets, however many.
    """

    tasks: tuple[NewTask, ...] = ()
    selection: Selection | None = None
    rows: tuple[LogRow, ...] = ()


Plan = Callable[[Tx, int, Order], Planned]
Perform = Callable[[Job, Task, Tools], Work | Expansion]


def _no_words(_job: Job) -> Words | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job. The log types are the vendor's job log types; ``vendor_type`` is its job type.

    ``plan`` makes tasks of a company's order, ``perform`` carries one out, ``follow_on`` says what the end calls for.
    ``closing_words`` are what its end row and its mail say besides how it ended; ``is_counted_later`` says that nobody
    knows the number of its items when its log begins.
    """

    name: str
    vendor_type: str
    begin: str
    begin_message: Words
    end: str
    failure: str
    progress_message: Words
    plan: Plan
    perform: Perform
    follow_on: Callable[[Job], FollowOnSpec]
    closing_words: Callable[[Job], Words | None] = _no_words
    is_counted_later: bool = False
    takes_in: bool = False
    """Whether its tasks make assets of files."""
