"""How pages show times, spans of time, sizes, numbers and statuses; the filters of the templates."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from domain.states import ExecutionStatus, TaskState

NOTHING = "\N{EN DASH}"
_TONES: Mapping[str, str] = {
    ExecutionStatus.IN_PROGRESS: "running",
    ExecutionStatus.COMPLETED: "good",
    ExecutionStatus.COMPLETED_WITH_ERRORS: "warn",
    ExecutionStatus.CANCELLED: "off",
    ExecutionStatus.WAITING: "wait",
    ExecutionStatus.PAUSED: "paused",
    ExecutionStatus.FAILED: "bad",
}
_ITEM_WORDS: Mapping[TaskState, tuple[str, str]] = {
    TaskState.READY: ("Waiting", "wait"),
    TaskState.DISPATCHED: ("Handed out", "wait"),
    TaskState.RUNNING: ("Running", "running"),
    TaskState.DONE: ("Done", "good"),
    TaskState.FAILED: ("Failed", "bad"),
    TaskState.CANCELLED: ("Cancelled", "off"),
}
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def moment(value: datetime | None) -> Markup | str:
    """Return the time in UTC, marked so that the script can show it in the reader's zone; the exact one on hover."""
    if value is None:
        return NOTHING
    exact = value.astimezone(UTC)
    return Markup('<time datetime="{}" title="{} UTC">{} UTC</time>').format(
        exact.isoformat(timespec="milliseconds"),
        f"{exact:%Y-%m-%d %H:%M:%S}.{exact.microsecond // 1000:03}",
        f"{exact:%d %b %Y, %H:%M}",
    )


def span(seconds: float | None) -> str:
    """Return a span of time in its two largest units."""
    if seconds is None:
        return NOTHING
    if seconds < 1:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def rate(per_second: float | None) -> str:
    """Return a rate in the unit in which it is more than one, if there is one."""
    if per_second is None:
        return NOTHING
    if per_second >= 1:
        return f"{per_second:,.1f} per second"
    return f"{per_second * 60:,.1f} per minute" if per_second * 60 >= 1 else f"{per_second * 3600:,.1f} per hour"


def size(number: float) -> str:
    """Return a number of bytes in the unit that suits it."""
    unit = 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:,.0f} {_UNITS[unit]}" if unit == 0 else f"{number:,.1f} {_UNITS[unit]}"


def number(value: int) -> str:
    """Return a whole number with separators."""
    return f"{value:,}"


def percent(share: float) -> str:
    """Return a share as a percentage that says 100 only of all and 0 only of nothing."""
    if 0 < share < 0.01:
        return "<1%"
    return "99%" if 0.99 < share < 1 else f"{share * 100:.0f}%"


def pill(status: ExecutionStatus | TaskState) -> Markup:
    """Return a status as a pill with its colour."""
    word, tone = (status.value, _TONES[status]) if isinstance(status, ExecutionStatus) else _ITEM_WORDS[status]
    return Markup('<span class="pill pill-{}">{}</span>').format(tone, word)


def settings_of_plan(plan: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return what a plan sets, by its path in words; what it leaves as it is (nothing, no) is left out."""
    return [(name.replace("_", " "), text) for name, text in _flat(plan or {}, "")]


def _flat(value: Any, name: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        found = [_flat(inner, f"{name} {key}".strip()) for key, inner in value.items()]
        return [each for inner in found for each in inner]
    if value is None or value is False or value == [] or not name:
        return []
    if isinstance(value, list):
        return [(name, ", ".join(map(str, value)))]
    return [(name, "yes" if value is True else str(value))]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "span": span,
    "rate": rate,
    "size": size,
    "number": number,
    "percent": percent,
    "pill": pill,
    "plan": settings_of_plan,
}
