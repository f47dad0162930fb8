"""getActiveJobs as Spyne itself serves it: its Soap11 protocol, its models of the same contract, its own serialiser."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from server.soap import compat  # noqa: F401 - before Spyne, which it makes importable

# isort: split
from spyne import Application, Boolean, ComplexModel, DateTime, Double, Integer, ServiceBase, Unicode, rpc
from spyne.model.complex import ComplexModelMeta
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

from domain.handles import active_job_handle
from domain.model import Job
from wsdl import contract
from wsdl.declare import Message, Scalar, WireField, declaration_of, wire_fields
from wsdl.versions import V2014_04_03

_SCALARS: dict[Scalar, Any] = {
    Scalar.STRING: Unicode,
    Scalar.INT: Integer,
    Scalar.LONG: Integer,
    Scalar.DOUBLE: Double,
    Scalar.BOOLEAN: Boolean,
    Scalar.DATE_TIME: DateTime,
}
_ARRAYS: dict[str, Any] = {}
"""Each array type that a model has made, by its name."""


def service(rows: Sequence[Job], in_flight: Sequence[str]) -> Callable[[Any, Any], Iterable[bytes]]:
    """Return a WSGI application that answers ``rows``, which reprocess with default options, to every getActiveJobs."""
    answer = _model(contract.GetActiveJobsReturn)

    @rpc(  # type: ignore[untyped-decorator]
        _model(contract.GetActiveJobsParam),
        _returns=answer,
        _body_style="bare",
        _in_message_name=f"{{{V2014_04_03.namespace}}}getActiveJobsParam",
        _out_message_name=f"{{{V2014_04_03.namespace}}}getActiveJobsReturn",
    )
    def get_active_jobs(_ctx: Any, _param: Any) -> Any:
        return answer(jobArray=_items("ActiveJobArray", [_active_job(row, in_flight) for row in rows]))

    application = Application(
        [type("IpsApiService", (ServiceBase,), {"get_active_jobs": get_active_jobs})],
        V2014_04_03.namespace,
        in_protocol=Soap11(),
        out_protocol=Soap11(),
    )
    return WsgiApplication(application)  # type: ignore[no-any-return]


def _active_job(row: Job, in_flight: Sequence[str]) -> Any:
    total, settled = row.counts.total, row.counts.settled
    return _model(contract.ActiveJob)(
        companyHandle=f"c|{row.company_id}",
        jobHandle=active_job_handle(row.company_id, row.unique_name, row.id),
        name=row.unique_name,
        originalName=row.name,
        type="ReprocessAssets",
        state=row.state,
        submitUserEmail=row.submitter,
        locale=row.locale,
        serverName=row.server_name,
        startDate=row.created,
        triggerTime=row.created,
        totalSize=total,
        progress=100 * settled // total,
        progressMessage="Optimizing files",
        lastProgressUpdate=row.last_progress,
        taskProgressArray=_items("TaskProgressArray", [_progress(row, in_flight)]),
        reprocessAssetsJob=_echo(),
    )


def _progress(row: Job, in_flight: Sequence[str]) -> Any:
    total, settled = row.counts.total, row.counts.settled
    return _model(contract.TaskProgress)(
        taskType="com.scene7.upload.UploadAsyncTaskMonitor",
        taskState="Processing",
        numProcessed=settled,
        numProcessing=len(in_flight),
        numPending=total - settled - len(in_flight),
        progress=settled / total,
        progressMessage="",
        lastProgressUpdate=row.last_progress,
        taskItemProgressArray=_items("TaskItemProgressArray", [_item(name, row) for name in in_flight]),
    )


def _item(name: str, row: Job) -> Any:
    return _model(contract.TaskItemProgress)(
        itemName=name, progress=0.0, progressMessage="Waiting for a worker", lastProgressUpdate=row.last_progress
    )


def _echo() -> Any:
    page = {"resolution": 72.0, "colorspace": "Auto"}
    return _model(contract.ReprocessAssetsJob)(
        assetHandleArray=_items("HandleArray"),
        preservePublishState=False,
        createMask=False,
        preserveCrop=True,
        photoshopOptions=_model(contract.PhotoshopOptions)(process="None"),
        postScriptOptions=_model(contract.PostScriptOptions)(
            process="None", alpha=False, extractSearchWords=False, **page
        ),
        pdfOptions=_model(contract.PDFOptions)(
            process="Rasterize", pdfCatalog=False, extractSearchWords=False, extractLinks=True, **page
        ),
        mediaOptions=_model(contract.MediaOptions)(),
        illustratorOptions=_model(contract.IllustratorOptions)(process="None", alpha=False, **page),
        colorManagementOptions=_model(contract.ColorManagementOptions)(colorManagement="MaintainOriginal"),
        autoSetCreationOptions=_model(contract.AutoSetCreationOptions)(),
        projectHandleArray=_items("HandleArray"),
        emailSetting="None",
        postJobOnlyIfFiles=False,
        inDesignOptions=_model(contract.InDesignOptions)(process="None"),
    )


@cache
def _model(cls: Message) -> Any:
    return _complex(declaration_of(cls).name, [(f.wire_name, _field(f)) for f in wire_fields(cls)])


def _field(field: WireField) -> Any:
    kind = _SCALARS[field.kind] if isinstance(field.kind, Scalar) else _model(field.kind)  # type: ignore[arg-type]
    return _array(field.array.name, kind) if field.array else kind.customize(min_occurs=0)


def _array(name: str, item: Any) -> Any:
    if name not in _ARRAYS:
        items = item.customize(min_occurs=0, max_occurs="unbounded")
        _ARRAYS[name] = _complex(name, [("items", items)]).customize(min_occurs=0)
    return _ARRAYS[name]


def _items(array: str, items: Sequence[Any] = ()) -> Any:
    return _ARRAYS[array](items=items)


def _complex(name: str, fields: list[tuple[str, Any]]) -> Any:
    declared = {"__namespace__": V2014_04_03.namespace, "_type_info": fields}
    return ComplexModelMeta(name, (ComplexModel,), declared)
