"""getActiveJobs by hand with lxml alone, for jobs that reprocess with default options: no checks, no faults."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lxml import etree

from domain.handles import active_job_handle
from domain.model import Job
from server.soap.serialize import write_time
from wsdl.versions import V2014_04_03

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_API = f"{{{V2014_04_03.namespace}}}"
_ECHO = {
    "assetHandleArray": {},
    "preservePublishState": "false",
    "createMask": "false",
    "preserveCrop": "true",
    "photoshopOptions": {"process": "None"},
    "postScriptOptions": {
        "process": "None",
        "resolution": "72.0",
        "colorspace": "Auto",
        "alpha": "false",
        "extractSearchWords": "false",
    },
    "pdfOptions": {
        "process": "Rasterize",
        "resolution": "72.0",
        "colorspace": "Auto",
        "pdfCatalog": "false",
        "extractSearchWords": "false",
        "extractLinks": "true",
    },
    "mediaOptions": {},
    "illustratorOptions": {"process": "None", "resolution": "72.0", "colorspace": "Auto", "alpha": "false"},
    "colorManagementOptions": {"colorManagement": "MaintainOriginal"},
    "autoSetCreationOptions": {},
    "projectHandleArray": {},
    "emailSetting": "None",
    "postJobOnlyIfFiles": "false",
    "inDesignOptions": {"process": "None"},
}


def handler(rows: Sequence[Job], in_flight: Sequence[str]) -> Callable[[Any, Any], Iterable[bytes]]:
    """Return a WSGI application that answers ``rows`` to every getActiveJobs."""

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        request = etree.fromstring(environ["wsgi.input"].read())
        assert request.find(f"{{{_SOAP}}}Body/{_API}getActiveJobsParam/{_API}companyHandle").text == "c|1"  # type: ignore[union-attr]
        root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"s": _SOAP})
        body = etree.SubElement(root, f"{{{_SOAP}}}Body")
        answer = etree.SubElement(body, f"{_API}getActiveJobsReturn", nsmap={None: V2014_04_03.namespace})
        array = etree.SubElement(answer, f"{_API}jobArray")
        for row in rows:
            _fill(etree.SubElement(array, f"{_API}items"), _fields(row, in_flight))
        start_response("200 OK", [("Content-Type", "text/xml;charset=UTF-8")])
        return [etree.tostring(root, encoding="UTF-8", xml_declaration=True)]

    return application


def _fill(parent: etree._Element, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, _API + name)
            if isinstance(each, str):
                child.text = each
            else:
                _fill(child, each)


def _fields(row: Job, in_flight: Sequence[str]) -> dict[str, Any]:
    total, settled = row.counts.total, row.counts.settled
    created, progressed = write_time(row.created), write_time(row.last_progress)
    return {
        "companyHandle": f"c|{row.company_id}",
        "jobHandle": active_job_handle(row.company_id, row.unique_name, row.id),
        "name": row.unique_name,
        "originalName": row.name,
        "type": "ReprocessAssets",
        "state": row.state,
        "submitUserEmail": row.submitter,
        "locale": row.locale,
        "serverName": row.server_name,
        "startDate": created,
        "triggerTime": created,
        "totalSize": str(total),
        "progress": str(100 * settled // total),
        "progressMessage": "Optimizing files",
        "lastProgressUpdate": progressed,
        "taskProgressArray": {
            "items": {
                "taskType": "com.scene7.upload.UploadAsyncTaskMonitor",
                "taskState": "Processing",
                "numProcessed": str(settled),
                "numProcessing": str(len(in_flight)),
                "numPending": str(total - settled - len(in_flight)),
                "progress": repr(settled / total),
                "progressMessage": "",
                "lastProgressUpdate": progressed,
                "taskItemProgressArray": {"items": [_item(name, progressed) for name in in_flight]},
            }
        },
        "reprocessAssetsJob": _ECHO,
    }


def _item(name: str, progressed: str) -> dict[str, str]:
    return {
        "itemName": name,
        "progress": "0.0",
        "progressMessage": "Waiting for a worker",
        "lastProgressUpdate": progressed,
    }
