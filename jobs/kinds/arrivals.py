"""A file that an upload has got hold of: taken in, or, if it is an archive to unpack, the files in it one by one."""

from dataclasses import replace
from pathlib import PurePosixPath

from domain.clock import utc_now
from domain.errors import Permanent
from domain.model import Job, LogRow, NewTask, StoredFile, Task
from domain.words import Words, say, words_from_json, words_to_json
from jobs.archives import Entry, UnpackLimits, is_archive, unpack
from jobs.kinds.ingest import Arrival, ingest
from jobs.kinds.picture import scratch_folder
from jobs.kinds.port import Expansion, JobKind, Perform, Plan, Tools, Work
from jobs.quota import Room, find_room
from jobs.specs import FollowOnSpec, UploadSpec, from_json
from store.companies import load_company


def upload_kind(name: str, vendor_type: str, plan: Plan, perform: Perform) -> JobKind:
    """Return a kind of job that takes in files whose number shows while it runs."""
    return JobKind(
        name=name,
        vendor_type=vendor_type,
        begin="BeginUpload",
        begin_message=say("Upload has begun!"),
        end="EndUpload",
        failure="UploadError",
        progress_message=say("Optimizing files"),
        plan=plan,
        perform=perform,
        follow_on=follow_on,
        is_counted_later=True,
        takes_in=True,
    )


def take_in(job: Job, task: Task, tools: Tools, arrival: Arrival) -> Work | Expansion:
    """Take the file in, or put the files of an archive in its place when the job asks for that.

    Raises Permanent for an archive that cannot be unpacked within the limits and the company's quota.
    """
    if not from_json(UploadSpec, job.options).unpack or not is_archive(arrival.file_name):
        return ingest(job, task, tools, arrival)
    with scratch_folder(tools, task) as folder, tools.blobs.as_file(arrival.original.key) as source:
        limits = _limits(task, tools)
        unpacked = tools.slots.run(task.token, unpack, source, arrival.file_name, folder, limits)
        items = [_item(arrival, entry, tools.blobs.put(folder / entry.file)) for entry in unpacked.entries]
    items += [refused_item(path, problem) for path, problem in unpacked.refused]
    counted = say("Files in it: {number}", number=len(items))
    if unpacked.hidden:
        counted = say("{counted}; hidden files left out: {hidden}", counted=counted, hidden=unpacked.hidden)
    words = say("{path} was unpacked. {Counted}.", path=arrival.path, Counted=counted)
    row = LogRow(log_type="FileProgress", message=words, at=utc_now())
    return Expansion(items=items, rows=(row,))


def take_in_found(job: Job, task: Task, tools: Tools) -> Work:
    """Take in an item of an expansion. Raises Permanent for one that was refused."""
    if "problem" in task.input:
        raise Permanent(words_from_json(task.input["problem"]))
    return ingest(job, task, tools, stored_arrival(task))


def is_found(task: Task) -> bool:
    """Return whether the task is an item of an expansion that has its bytes, or will never have any."""
    return "problem" in task.input or bool(task.input.get("is_unpacked"))


def refused_item(path: str, problem: Words) -> NewTask:
    """Return an item that fails for a reason known already."""
    label = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path)
    return NewTask(label=label, input={"problem": words_to_json(problem)})


def stored_arrival(task: Task) -> Arrival:
    """Return the file that the task was given in the blob store."""
    original = StoredFile(key=task.input["key"], size=task.input["size"])
    return Arrival(folder=task.input["folder"], file_name=task.label, original=original)


def room_for(task: Task, tools: Tools) -> Room | None:
    """Return what the task's company has room for besides the task's own bytes; None without a quota."""
    with tools.database.read() as tx:
        company = load_company(tx, task.company_id)
        assert company is not None
        room = find_room(tx, company)
    return room and replace(room, left=room.left + task.input.get("size", 0))


def follow_on(job: Job) -> FollowOnSpec:
    """Return what was asked for to follow the upload."""
    return from_json(UploadSpec, job.options).follow_on


def _limits(task: Task, tools: Tools) -> UnpackLimits:
    room = room_for(task, tools)
    if room is None or room.left >= tools.unpack_limits.max_bytes:
        return tools.unpack_limits
    return replace(tools.unpack_limits, max_bytes=room.left, refusal=room.refusal)


def _item(arrival: Arrival, entry: Entry, stored: StoredFile) -> NewTask:
    path = PurePosixPath(entry.path)
    below = "" if path.parent == PurePosixPath() else f"{path.parent}/"
    given = {"folder": f"{arrival.folder}{below}", "key": stored.key, "size": stored.size, "is_unpacked": True}
    return NewTask(label=path.name, input=given)
