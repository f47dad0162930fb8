"""uploadDirectoryJob: what is in a company's directory on the server, and nothing that lies anywhere else."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.jobs.archive_files import zip_of
from tests.jobs.flow import Client, Row, publish_fields, text, upload_directory
from tests.jobs.listener import listening
from tests.jobs.pictures import noise, png, small_pdf, small_png

BEGIN = "BeginUpload"


@pytest.fixture
def incoming(lab: Client) -> Path:
    """The test's own directory on the server; a job names it by the client's tag."""
    folder = Path(lab.server.settings["upload_root"]) / lab.root / lab.tag
    folder.mkdir(parents=True)
    return folder


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)


def taken(lab: Client, **fields: str) -> dict[str, Row]:
    """Run the job on the test's directory and return the row of each file, by its name."""
    job = lab.run(upload_directory(lab.tag, destFolder=f"{lab.root}/{lab.tag}", **fields))
    return {row.name: row for row in lab.rows(job, "UploadSuccess", "FileUpdated", "DuplicateSkipped", "UploadError")}


@pytest.mark.covers("uploadDirectoryJob.serverDir", "uploadDirectoryJob.destFolder", "uploadDirectoryJob.overwrite")
def test_the_files_of_a_directory_become_assets_and_each_is_counted(lab: Client, incoming: Path) -> None:
    put(incoming, {"a.png": small_png(1), "deep/b.png": small_png(2), "notes.txt": b"?", ".hidden": b"x"})

    job = lab.run(upload_directory(f"{lab.root}/{lab.tag}", destFolder=f"{lab.root}/{lab.tag}"))

    log = lab.log(job, BEGIN)
    counts = ("fileSuccessCount", "fileErrorCount", "totalFileCount")
    assert [text(log, name) for name in counts] == ["2", "1", "3"]
    rows = {row.name: row for row in lab.rows(job, "UploadSuccess", "UploadError")}
    assert [lab.stored(rows[name].handle).folder for name in ("a.png", "b.png")] == [
        f"LabCo/{lab.tag}/",
        f"LabCo/{lab.tag}/deep/",
    ]
    assert rows["notes.txt"].message.startswith("Not taken in")
    (found,) = lab.rows(job, "FileProgress")
    assert found.message == "Files in the directory: 3; hidden files left out: 1."
    assert [row.message for row in lab.rows(job, "TotalFileCount")] == ["3"]


@pytest.mark.covers("uploadDirectoryJob.includeSubfolders")
def test_subfolders_are_taken_in_only_when_asked_for(lab: Client, incoming: Path) -> None:
    put(incoming, {"a.png": small_png(1), "deep/b.png": small_png(2)})

    assert list(taken(lab, includeSubfolders="false")) == ["a.png"]


@pytest.mark.covers("uploadDirectoryJob.overwrite", "uploadDirectoryJob.preservePublishState")
def test_a_second_run_skips_or_replaces_what_is_there(lab: Client, incoming: Path) -> None:
    put(incoming, {"a.png": small_png(1)})
    first = taken(lab, readyForPublish="true")["a.png"]

    skipped = taken(lab, overwrite="false")["a.png"]
    put(incoming, {"a.png": small_png(2)})
    replaced = taken(lab, preservePublishState="true")["a.png"]

    assert [row.type for row in (first, skipped, replaced)] == ["UploadSuccess", "DuplicateSkipped", "FileUpdated"]
    assert replaced.handle == first.handle
    assert lab.stored(first.handle).ready_for_publish


def test_an_empty_directory_is_no_file_at_all(lab: Client, incoming: Path) -> None:
    job = lab.run(upload_directory(lab.tag))

    assert [text(lab.log(job, BEGIN), name) for name in ("fileSuccessCount", "totalFileCount")] == ["0", "0"]
    assert lab.rows(job, "EndUpload")[0].message.startswith("Completed: 0 of 0")


@pytest.mark.covers("uploadDirectoryJob.serverDir")
@pytest.mark.parametrize("path", ["/etc", "../OtherCo", "in/../../OtherCo", "ftp://host/in", "in\\deep", " "])
def test_a_path_that_is_not_below_the_companys_directory_is_refused_by_name(lab: Client, path: str) -> None:
    assert lab.submit(upload_directory(path)).fault[2].startswith("uploadDirectoryJob.serverDir")


@pytest.mark.covers("uploadDirectoryJob.serverDir")
def test_a_link_out_of_the_directory_is_not_followed(lab: Client, incoming: Path) -> None:
    secret = incoming.parents[1] / "OtherCo"
    put(secret, {"secret.png": small_png(9)})
    (incoming / "out").symlink_to(secret)
    (incoming / "link.png").symlink_to(secret / "secret.png")

    rows = taken(lab)
    behind = lab.run(upload_directory(f"{lab.tag}/out"))

    assert {name: row.type for name, row in rows.items()} == {"out": "UploadError", "link.png": "UploadError"}
    assert "symbolic link" in lab.rows(behind, "UploadError")[0].message


def test_a_directory_that_is_not_there_fails_the_job(lab: Client) -> None:
    job = lab.run(upload_directory(f"{lab.tag}-none"))

    assert lab.rows(job, "UploadError")[0].message == f"There is no {lab.tag}-none on the server."
    assert text(lab.log(job, BEGIN), "fileErrorCount") == "1"


OPTIONS = {
    "createMask": "true",
    "readyForPublish": "true",
    "preserveCrop": "false",
    "knockoutBackgroundOptions": "<corner>UpperLeft</corner><fillMethod>MatchPixel</fillMethod>",
    "autoColorCropOptions": "<corner>UpperLeft</corner><tolerance>0</tolerance>",
}


@pytest.mark.covers(
    "uploadDirectoryJob.createMask",
    "uploadDirectoryJob.readyForPublish",
    "uploadDirectoryJob.preserveCrop",
    "uploadDirectoryJob.knockoutBackgroundOptions",
    "uploadDirectoryJob.autoColorCropOptions",
)
def test_its_files_are_cropped_knocked_out_masked_and_marked(lab: Client, incoming: Path) -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[10:-10, 10:-10] = np.maximum(noise(180, 80), 20)
    put(incoming, {"a.png": png(pixels)})

    asset = lab.stored(taken(lab, **OPTIONS)["a.png"].handle)

    assert (asset.crop, asset.ready_for_publish) == ((10, 10, 10, 10), True)
    assert asset.derivatives is not None
    assert asset.derivatives.mask is not None


@pytest.mark.covers(
    "uploadDirectoryJob.manualCropOptions",
    "uploadDirectoryJob.colorManagementOptions",
    "uploadDirectoryJob.projectHandleArray",
    "uploadDirectoryJob.pdfOptions",
    "uploadDirectoryJob.unCompressOptions",
)
def test_the_files_of_its_archives_get_the_same_options(lab: Client, incoming: Path) -> None:
    project = lab.call("createProject", f"<projectName>{lab.tag}</projectName>").text("projectHandle")
    cmyk = lab.call("getCompanySettings").text("settings/defaultSourceProfile/assetHandle")
    put(incoming, {"set.zip": zip_of({"in/a.png": small_png(), "b.pdf": small_pdf()})})

    rows = taken(
        lab,
        manualCropOptions="<left>1</left><right>2</right><top>3</top><bottom>4</bottom>",
        colorManagementOptions=(
            f"<colorManagement>Convert</colorManagement><outputProfileHandle>{cmyk}</outputProfileHandle>"
        ),
        projectHandleArray=f"<items>{project}</items>",
        pdfOptions="<process>None</process>",
        unCompressOptions="<process>UnCompress</process>",
    )

    picture, document = (lab.stored(rows[name].handle) for name in ("a.png", "b.pdf"))
    assert (picture.folder, picture.crop) == (f"LabCo/{lab.tag}/in/", (1, 2, 3, 4))
    assert picture.derivatives is not None
    assert picture.derivatives.colour_space == "CMYK"
    assert document.derivatives is None
    found = lab.call("getAssets", f"<assetHandleArray><items>{rows['a.png'].handle}</items></assetHandleArray>")
    assert found.text("assetArray/items/projects") == lab.tag


@pytest.mark.covers("uploadDirectoryJob.autoTransparentCropOptions", "uploadDirectoryJob.unsharpMaskOptions")
def test_its_transparent_borders_are_trimmed_and_its_levels_sharpened(lab: Client, incoming: Path) -> None:
    pixels = np.zeros((100, 200, 4), np.uint8)
    pixels[10:-10, 10:-10] = 255
    put(incoming, {"a.png": png(pixels)})

    asset = lab.stored(
        taken(
            lab,
            autoTransparentCropOptions="<tolerance>0</tolerance>",
            unsharpMaskOptions="<amount>2</amount><radius>1</radius>",
        )["a.png"].handle
    )

    assert asset.crop == (10, 10, 10, 10)


@pytest.mark.covers(
    "uploadDirectoryJob.emailSetting",
    "uploadDirectoryJob.postHttpUrl",
    "uploadDirectoryJob.postJobOnlyIfFiles",
    "uploadDirectoryJob.postImageServingPublishJob",
    "uploadDirectoryJob.postImageRenderingPublishJob",
    "uploadDirectoryJob.postVideoPublishJob",
)
def test_its_publishes_and_its_callback_follow_only_when_there_were_files(lab: Client, incoming: Path) -> None:
    other = "<emailSetting>None</emailSetting>"
    with listening() as host:
        asked = {
            "postJobOnlyIfFiles": "true",
            "postHttpUrl": host.url("/done"),
            "postImageServingPublishJob": publish_fields(),
            "postImageRenderingPublishJob": other,
            "postVideoPublishJob": other,
        }
        empty = lab.run(upload_directory(lab.tag, **asked))
        assert len(lab.logs(empty)) == 1
        put(incoming, {"a.png": small_png()})
        filled = lab.run(upload_directory(lab.tag, **asked))
        lab.wait(filled)
        assert {text(log, "logType") for log in lab.logs(filled)} == {
            BEGIN,
            "BeginImageServingPublish",
            "BeginImageRenderingPublish",
            "BeginVideoPublish",
        }
        assert host.next_call() == "GET /done"
        assert host.is_silent


@pytest.mark.covers("getScheduledJobs", "uploadDirectoryJob.serverDir", "uploadDirectoryJob.emailSetting")
def test_a_scheduled_one_is_echoed(lab: Client) -> None:
    asked = upload_directory("LabCo/nightly", emailSetting="Error", unCompressOptions="<process>UnCompress</process>")
    lab.submit(asked, lab.tag, "<execSchedule>0 0 0 1 1 ? 2098</execSchedule>")

    answer = lab.call("getScheduledJobs", f"<originalName>{lab.tag}</originalName>")

    echo = "jobArray/items/uploadDirectoryJob/"
    names = ("serverDir", "destFolder", "includeSubfolders", "emailSetting", "unCompressOptions/process")
    assert [answer.text(echo + name) for name in names] == ["nightly", "LabCo/", "true", "Error", "UnCompress"]
    assert answer.text("jobArray/items/type") == "UploadFromServerDirectory"
