"""Options that this version does not carry out: refused by name when they ask for something, else accepted."""

from collections.abc import Mapping

import pytest
from _pytest.mark import ParameterSet

from server.operations.job_options import NOT_BUILT
from tests.jobs.flow import Client, reprocess, upload_directory, upload_urls
from tests.soap_call import call
from wsdl import contract
from wsdl.declare import wire_fields
from wsdl.versions import V2013_02_15

JOBS = {
    "reprocessAssetsJob": contract.ReprocessAssetsJob,
    "uploadDirectoryJob": contract.UploadDirectoryJob,
    "uploadUrlsJob": contract.UploadUrlsJob,
    "uploadParams": contract.UploadPostJob,
}
OLDER = ("xmpTemplateId", "xmpTemplateOverwrites")
"""Options that the newest version does not know."""
NO_PROCESS = ("", "<process>None</process>", "<process></process>")
ASKING: Mapping[str, tuple[str, ...]] = {
    "photoshopOptions": ("<process>MaintainLayers</process>",),
    "postScriptOptions": ("<process>Rasterize</process>", "<resolution>150</resolution>"),
    "pdfOptions": ("<pdfCatalog>true</pdfCatalog>", "<process>Rasterize</process><pdfCatalog>true</pdfCatalog>"),
    "mediaOptions": (
        "<generateThumbnail>true</generateThumbnail>",
        "<videoEncodingPresetsArray><items>ps|1</items></videoEncodingPresetsArray>",
        "<thumbnailOptions><thumbnailTime>5</thumbnailTime></thumbnailOptions>",
    ),
    "illustratorOptions": ("<process>Rasterize</process>", "<alpha>true</alpha>"),
    "inDesignOptions": ("<process>Rasterize</process>",),
    "xmpTemplateId": ("7",),
    "xmpTemplateOverwrites": ("true",),
    "processMetadataFiles": ("true",),
    "excludeMasterVideoFromAVS": ("false",),
}
ASKING_NOTHING: Mapping[str, tuple[str, ...]] = {
    "createMask": ("false", "0"),
    "photoshopOptions": (*NO_PROCESS, "<process>None</process><layerOptions/>"),
    "postScriptOptions": (*NO_PROCESS, "<process>None</process><resolution>72.0</resolution>"),
    "pdfOptions": (*NO_PROCESS, "<process>Thumbnail</process>", "<process>None</process><pdfCatalog>true</pdfCatalog>"),
    "mediaOptions": ("", "<generateThumbnail>false</generateThumbnail>", "<thumbnailOptions/>"),
    "illustratorOptions": NO_PROCESS,
    "colorManagementOptions": (
        "<colorManagement>Default</colorManagement>",
        "<colorManagement>MaintainOriginal</colorManagement>",
    ),
    "autoSetCreationOptions": ("", "<autoSetsArray/>"),
    "projectHandleArray": ("",),
    "postHttpUrl": ("",),
    "inDesignOptions": NO_PROCESS,
    "xmpKeywords": ("",),
    "xmpTemplateId": ("",),
    "xmpTemplateOverwrites": ("false",),
    "processMetadataFiles": ("false",),
    "unsharpMaskOptions": ("", "<amount>0</amount><radius>2</radius>"),
    "unCompressOptions": NO_PROCESS[1:],
    "excludeMasterVideoFromAVS": ("true",),
}


def cases(values: Mapping[str, tuple[str, ...]]) -> list[ParameterSet]:
    found = []
    for element, kind in JOBS.items():
        names = {wire.wire_name for wire in wire_fields(kind)}
        for option, contents in values.items():
            for n, content in enumerate(contents if option in names else ()):
                found.append(pytest.param(element, option, content, id=f"{element}.{option}.{n}"))
    return found


def send(lab: Client, element: str, option: str, content: str) -> str:
    """Send a job with one option and return the reason of the fault; empty when it was accepted."""
    if element == "uploadParams":
        reply = lab.post_files({}, {option: content})
        return "" if reply.ok else reply.text
    if element == "uploadDirectoryJob":
        wanted = upload_directory("nowhere", **{option: content})
        older = {"namespace": V2013_02_15.namespace} if option in OLDER else {}
        content = f"<companyHandle>{lab.company}</companyHandle><jobName>{lab.tag}</jobName>{wanted}"
        answer = call(lab.server, "submitJob", content, **older)
    elif element == "reprocessAssetsJob":
        answer = lab.submit(reprocess([], **{option: content}))
    else:
        answer = lab.submit(upload_urls([("ftp://127.0.0.1/a.png", "a.png")], **{option: content}))
    return answer.fault[2] if answer.is_fault else ""


def test_every_option_that_is_not_built_is_tried_here() -> None:
    assert set(ASKING) == {wire_name.partition(".")[0] for wire_name, _asks in NOT_BUILT.values()}


@pytest.mark.parametrize(("element", "option", "content"), cases(ASKING))
def test_an_option_that_asks_for_something_is_refused_by_name(
    lab: Client, element: str, option: str, content: str
) -> None:
    reason = send(lab, element, option, content)
    assert f"{element}.{option}" in reason
    assert "is not supported" in reason


@pytest.mark.parametrize(("element", "option", "content"), cases(ASKING_NOTHING))
def test_an_option_that_asks_for_nothing_is_accepted(lab: Client, element: str, option: str, content: str) -> None:
    assert send(lab, element, option, content) == ""


@pytest.mark.parametrize("element", JOBS)
@pytest.mark.parametrize(
    ("option", "content"),
    [("emailSetting", "Sometimes"), ("colorManagementOptions", "<colorManagement>Guess</colorManagement>")],
)
def test_an_unknown_constant_is_refused_with_the_known_ones(
    lab: Client, element: str, option: str, content: str
) -> None:
    assert "one of" in send(lab, element, option, content)


@pytest.mark.parametrize(
    ("option", "word", "known"),
    [
        ("photoshopOptions", "Layers", "None, MaintainLayers"),
        ("postScriptOptions", "Rasterise", "None, Rasterize"),
        ("illustratorOptions", "rasterize", "None, Rasterize"),
        ("unCompressOptions", "Uncompress", "None, UnCompress"),
        ("pdfOptions", "Shred", "None, Rasterize, Thumbnail"),
    ],
)
def test_a_process_that_there_is_not_is_refused_with_those_that_there_are(
    lab: Client, option: str, word: str, known: str
) -> None:
    reason = send(lab, "uploadUrlsJob", option, f"<process>{word}</process>")
    assert reason == f"uploadUrlsJob.{option}.process: {word} is not one of {known}."
