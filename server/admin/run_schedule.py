"""Keeping a run as a schedule instead of starting it: when it fires, shown before it is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import make_response, request

from domain.errors import RepriseError
from domain.quartz import instant
from jobs.processing.runs import prepare
from jobs.schedules import Times
from server.admin.processing import Refusals, conditions_of, follows_of, problems_of, submission_of, wanted_of
from server.admin.run_form import Form, criteria_of, kept_fields, name_of
from server.admin.visits import Answer, Page, Visit
from server.bodies.reading import read_body, refused
from server.bodies.schedules import TimesBody, add_run, find_next, find_zone, read_times
from store.engine import Tx
from wsdl import contract

SHOWN = 3
"""How many times are shown at which the schedule fires next."""


def schedule_process(visit: Visit) -> Answer:
    """Show the form of the times; once it is filled in, when the schedule would fire."""
    form = request.form
    try:
        with visit.read() as tx:
            shown = _shown(visit, tx, form)
        times = _times(visit, form) if "repeat" in form else None
        return visit.page("process_schedule.html", **shown, fires=_fires(times) if times else ())
    except Refusals as error:
        return _refused(visit, form, error)


def save_schedule(visit: Visit) -> Answer:
    """Keep the run as a schedule, and show all schedules."""
    form = request.form
    try:
        with visit.write() as tx:
            times = _times(visit, form)
            wanted = wanted_of(visit, tx, criteria_of(tx, visit.company, form), form)
            spec = prepare(tx, visit.company.id, wanted)
            added = add_run(tx, submission_of(visit, form), spec, times)
            visit.note(tx, "made a schedule", f"{added.id} {added.name}, {times.expression or 'once'}")
    except Refusals as error:
        return _refused(visit, form, error)
    return visit.go("schedules")


def _refused(visit: Visit, form: Form, error: RepriseError) -> Answer:
    with visit.read() as tx:
        shown = _shown(visit, tx, form)
    return make_response(visit.page("process_schedule.html", **shown, problems=problems_of(error), fires=()), 400)


def _shown(visit: Visit, tx: Tx, form: Form) -> dict[str, Any]:
    wanted = wanted_of(visit, tx, criteria_of(tx, visit.company, form), form)
    return {
        "form": form,
        "kept": list(kept_fields(form)),
        "criteria": wanted.criteria,
        "conditions": conditions_of(wanted.criteria),
        "done": name_of(wanted.choices),
        "follows": follows_of(wanted.follow_on),
        "zones": sorted(available_timezones()),
        "usual_zone": visit.services.settings.time_zone,
    }


def _times(visit: Visit, form: Form) -> Times:
    usual, zone = visit.services.settings.time_zone, form.get("time_zone", "").strip()
    data: dict[str, Any] = {"time_zone": zone}
    if form.get("repeat") == "again":
        data["expression"] = form.get("expression", "").strip()
    else:
        data["at"] = _moment(form.get("at", ""), find_zone(zone, usual))
    return read_times(read_body(TimesBody, data), usual)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """Return, in UTC, when the clocks of the zone show what a field for day and time says. Raises RefusedError."""
    try:
        local = datetime.fromisoformat(text.strip())
        if local.tzinfo is None:
            return instant(local, zone)
    except (ValueError, OverflowError):
        pass
    raise refused("at", f"write a day and a time like 2026-11-22T03:00, not {text[:40] or 'nothing'}.")


def _fires(times: Times) -> Sequence[tuple[datetime, datetime]]:
    """Return when the schedule fires next, as the clocks of its zone show it and in UTC."""
    return [(each.astimezone(ZoneInfo(times.zone)), each) for each in find_next(times, SHOWN)]


PAGES = (
    Page(rule="process/schedule", view=schedule_process, needs=contract.SUBMIT_JOB, methods=("POST",)),
    Page(rule="process/schedule/save", view=save_schedule, needs=contract.SUBMIT_JOB, methods=("POST",)),
)
