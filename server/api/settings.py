"""The company's settings of processing: reading them and setting them all."""

from domain.model import Company
from server.api.route import ApiCall, Nothing, Route
from server.bodies.settings import ProcessingSettings, find_settings, save_settings
from store.companies import load_company
from wsdl import contract


def show(call: ApiCall, _query: Nothing) -> ProcessingSettings:
    """Answer the settings."""
    return find_settings(call.tx, _company(call))


def change(call: ApiCall, body: ProcessingSettings) -> ProcessingSettings:
    """Give the company these settings."""
    save_settings(call.tx, call.company, body, call.who)
    return find_settings(call.tx, _company(call))


def _company(call: ApiCall) -> Company:
    now = load_company(call.tx, call.company.id)
    assert now is not None
    return now


ROUTES = (
    Route(
        method="GET",
        path="settings/processing",
        name="showProcessingSettings",
        summary="Show how the company has its assets processed",
        needs=contract.GET_COMPANY_SETTINGS,
        handler=show,
        gives=ProcessingSettings,
    ),
    Route(
        method="PUT",
        path="settings/processing",
        name="changeProcessingSettings",
        summary="Set how the company has its assets processed",
        needs=contract.SET_COMPANY_SETTINGS,
        handler=change,
        takes=ProcessingSettings,
        gives=ProcessingSettings,
        writes=True,
    ),
)
