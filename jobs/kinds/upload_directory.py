"""UploadDirectoryJob: the files of a directory on the server, as they are when the job runs."""

import os
from pathlib import Path, PurePosixPath

from domain.clock import utc_now
from domain.errors import Permanent
from domain.model import Job, LogRow, NewTask, Order, StoredFile, Task
from domain.words import say, sentence, verbatim
from jobs.archives import problem_with
from jobs.directories import copy_file, find_files
from jobs.kinds.arrivals import is_found, refused_item, room_for, take_in, take_in_found, upload_kind
from jobs.kinds.ingest import Arrival
from jobs.kinds.picture import scratch_folder
from jobs.kinds.port import Expansion, Planned, Tools, Work
from jobs.specs import DirectorySpec, UploadSpec, from_json, to_json
from store.companies import load_company
from store.engine import Tx

NAME = "upload_directory"
NO_ROOT = say("This server takes files from no directory: its operator has not set upload_root.")


def order(spec: UploadSpec) -> Order:
    """Return the order to take in what is in the spec's directory when the job runs."""
    return Order(kind=NAME, options=to_json(spec))


def plan(_tx: Tx, _company_id: int, order: Order) -> Planned:
    """Return one task: to look what is there, and to put the files in its place."""
    directory = _directory(from_json(UploadSpec, order.options))
    return Planned(tasks=(NewTask(label=directory.path or "/"),))


def perform(job: Job, task: Task, tools: Tools) -> Work | Expansion:
    """Find the files of the directory, or take one of them in.

    Raises Permanent when the directory or the file is not there, and Retryable for a file that is being written.
    """
    if is_found(task):
        return take_in_found(job, task, tools)
    directory = _directory(from_json(UploadSpec, job.options))
    root = _root(task, tools)
    if "path" not in task.input:
        return _find(root, directory)
    path = PurePosixPath(task.input["path"])
    below = "" if path.parent == PurePosixPath() else f"{path.parent}/"
    original = _copy(task, tools, root, f"{directory.path}/{path}".strip("/"))
    return take_in(
        job, task, tools, Arrival(folder=f"{directory.folder}{below}", file_name=path.name, original=original)
    )


def _find(root: Path, directory: DirectorySpec) -> Expansion:
    found = find_files(root, directory.path, recursive=directory.include_subfolders)
    items = [_item(path) for path in found.files]
    items += [refused_item(_text(path), say("It is a symbolic link or a device, not a file.")) for path in found.others]
    words = say("Files in the directory: {number}", number=len(items))
    if found.hidden:
        words = say("{counted}; hidden files left out: {hidden}", counted=words, hidden=found.hidden)
    now = utc_now()
    counted = LogRow(log_type="TotalFileCount", message=verbatim(str(len(items))), at=now)
    return Expansion(items=items, rows=(LogRow(log_type="FileProgress", message=sentence(words), at=now), counted))


def _item(path: str) -> NewTask:
    problem = problem_with(path)
    return (
        refused_item(_text(path), problem) if problem else NewTask(label=path.rpartition("/")[2], input={"path": path})
    )


def _text(path: str) -> str:
    """Return a path as text that can be stored, whatever bytes it has."""
    return os.fsencode(path).decode("utf-8", "replace")


def _copy(task: Task, tools: Tools, root: Path, path: str) -> StoredFile:
    room = room_for(task, tools)
    with scratch_folder(tools, task) as folder:
        copied = folder / "copied"
        if room is None:
            copy_file(root, path, copied)
        elif not copy_file(root, path, copied, room.left):
            raise Permanent(room.refusal)
        return tools.blobs.put(copied)


def _root(task: Task, tools: Tools) -> Path:
    if tools.places.uploads is None:
        raise Permanent(NO_ROOT)
    with tools.database.read() as tx:
        company = load_company(tx, task.company_id)
    assert company is not None
    return tools.places.uploads / company.root


def _directory(spec: UploadSpec) -> DirectorySpec:
    if spec.directory is None:
        raise Permanent("The job's stored options name no directory: submit the job again.")
    return spec.directory


KIND = upload_kind(NAME, "UploadFromServerDirectory", plan, perform)
