"""The SOAP endpoint as a WSGI application: one Spyne application whose every operation ends in one function of ours."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from spyne import Application, ServiceBase, rpc
from spyne.server.wsgi import WsgiApplication

from domain.errors import ApiError
from server.soap.binding import to_message
from server.soap.faults import storage_fault
from server.soap.models import Models
from server.soap.protocol import Exchange, IpsSoap, WireFault
from server.soap.unknown import unknown_elements
from wsdl.contract import OPERATIONS
from wsdl.declare import AnyOperation, declaration_of, wire_fields
from wsdl.versions import BASE_NAMESPACE

Perform = Callable[[AnyOperation, Callable[[], Any], Exchange, Any], Any]
"""Gets the operation, a function that returns its parameters or raises ApiError, the exchange and the WSGI environ;
returns the operation's return message."""

log = structlog.get_logger(__name__)


def soap_endpoint(
    perform: Perform, max_request_bytes: int, *, strict: bool = False
) -> Callable[[Any, Any], Iterable[bytes]]:
    """Return the WSGI application that serves every operation of every version through ``perform``.

    ``strict`` demands every required field, also those that real clients leave out.
    """
    models = Models()
    methods = {op.python_name: _method(op, perform, models, strict=strict) for op in OPERATIONS.values()}
    service = type("IpsApiService", (ServiceBase,), methods)
    application = Application(
        [service],
        BASE_NAMESPACE,
        name="IpsApiService",
        in_protocol=IpsSoap(max_request_bytes),
        out_protocol=IpsSoap(max_request_bytes),
    )
    # one byte more, so that a chunked request that is too large can be told from one that ends there
    return WsgiApplication(application, max_content_length=max_request_bytes + 1)  # type: ignore[no-any-return]


def _method(operation: AnyOperation, perform: Perform, models: Models, *, strict: bool) -> Any:
    def call(ctx: Any, model: Any = None) -> Any:
        exchange: Exchange = ctx.udc
        assert exchange.envelope is not None
        envelope = exchange.envelope
        exchange.unknown = unknown_elements(envelope.body, operation.param)

        def read_param() -> Any:
            return to_message(operation.param, model, envelope.version, strict=strict)

        try:
            return perform(operation, read_param, exchange, ctx.transport.req_env)
        except ApiError as error:
            raise WireFault(error) from error
        except Exception as error:
            log.exception("operation failed", operation=operation.name)
            fault = storage_fault(error)
            if fault is not None:
                raise WireFault(fault) from error
            raise

    param, returns = declaration_of(operation.param).name, declaration_of(operation.returns).name
    inputs = [models.model_of(operation.param)] if wire_fields(operation.param) else []
    return rpc(
        *inputs,
        _returns=models.model_of(operation.returns),
        _body_style="bare",
        _in_message_name=f"{{{BASE_NAMESPACE}}}{param}",
        _out_message_name=f"{{{BASE_NAMESPACE}}}{returns}",
    )(_named(call, operation, has_param=bool(inputs)))


def _named(call: Callable[..., Any], operation: AnyOperation, *, has_param: bool) -> Callable[..., Any]:
    if has_param:

        def method(ctx: Any, param: Any) -> Any:
            return call(ctx, param)
    else:

        def method(ctx: Any) -> Any:  # type: ignore[misc]
            return call(ctx)

    method.__name__ = operation.python_name
    return method
