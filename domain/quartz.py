"""Quartz cron expressions: reading one, and when it fires next in a time zone. Clocks are left to the caller.

The vendor's schedules are Quartz (its trigger states and its one sample say so). Days of the week count from 1=SUN. A
local time that does not exist, because clocks are put forward, fires at the moment of the change; one that exists twice
fires the first time only.
"""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

LAST_YEAR = 2199
MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
FORM = "seconds minutes hours day-of-month month day-of-week [year]"

Days = Callable[[int, int], frozenset[int]]
"""The days of a month of a year on which a schedule fires."""


class QuartzError(ValueError):
    """An expression that is not Quartz; the text names the field and what it may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartz:
    """A schedule: which seconds, minutes, hours, days, months and years."""

    expression: str
    times: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    """Hours, minutes, seconds."""
    days: Days
    months: frozenset[int]
    years: frozenset[int]

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the first time after ``moment`` at which it fires, in UTC, or None when it never does again."""
        day = moment.astimezone(zone).date()
        for later in self._dates(day):
            for hour, minute, second in product(*self.times):
                fires = instant(datetime.combine(later, time(hour, minute, second)), zone)
                if fires > moment:
                    return fires
        return None

    def _dates(self, first: date) -> Iterator[date]:
        for year in sorted(year for year in self.years if year >= first.year):
            for month in sorted(self.months):
                days = sorted(self.days(year, month))
                yield from (each for day in days if (each := date(year, month, day)) >= first)


def parse_quartz(expression: str) -> Quartz:
    """Return the schedule that an expression means. Raises QuartzError.

    Five fields are Quartz without its last one, as in the vendor's sample ``00 00 00 * *``. There the time of day must
    be plain numbers: anything else is more likely to be meant as Unix cron, which is refused.
    """
    fields = expression.upper().split()
    if len(fields) == 5:
        if not all(field.isdigit() for field in fields[:3]):
            raise QuartzError(f"it has five fields, as Unix cron has: write it as Quartz does, {FORM}.")
        fields.append("?")
    if len(fields) not in (6, 7):
        raise QuartzError(f"it has {len(fields)} fields, not six or seven: {FORM}.")
    second, minute, hour, day, month, weekday = fields[:6]
    times = [
        tuple(sorted(_numbers(text, name, low, high)))
        for text, name, low, high in ((hour, "hours", 0, 23), (minute, "minutes", 0, 59), (second, "seconds", 0, 59))
    ]
    return Quartz(
        expression=expression,
        times=(times[0], times[1], times[2]),
        days=_days(day, weekday),
        months=_numbers(month, "month", 1, 12, MONTHS),
        years=_numbers(fields[6] if len(fields) == 7 else "*", "year", 1970, LAST_YEAR),
    )


NO_NAMES: Mapping[str, int] = {}


def _numbers(text: str, field: str, low: int, high: int, names: Mapping[str, int] = NO_NAMES) -> frozenset[int]:
    return frozenset().union(*(_part(part, field, (low, high), names) for part in text.split(",")))


def _part(text: str, field: str, bounds: tuple[int, int], names: Mapping[str, int]) -> frozenset[int]:
    low, high = bounds
    found = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", text)
    if found is None or (found[1] == "*" and found[2]):
        raise QuartzError(f"the {field} {text} cannot be read: a number, a list, a range or a step is expected.")
    first, last, step = found.groups()
    start = low if first == "*" else _number(first, field, bounds, names)
    open_end = high if first == "*" or step else start
    end = _number(last, field, bounds, names) if last else open_end
    if step == "0":
        raise QuartzError(f"the {field} {text} has a step of 0: steps are 1 or more.")
    span = end - start if end >= start else end - start + (high - low + 1)
    return frozenset(low + (start - low + n) % (high - low + 1) for n in range(0, span + 1, int(step or 1)))


def _number(text: str, field: str, bounds: tuple[int, int], names: Mapping[str, int]) -> int:
    low, high = bounds
    number = int(text) if text.isascii() and text.isdigit() else names.get(text)
    if number is None or not low <= number <= high:
        words = f", or {'-'.join((next(iter(names)), list(names)[-1]))}" if names else ""
        raise QuartzError(f"the {field} {text} is not {low}-{high}{words}.")
    return number


def _days(day: str, weekday: str) -> Days:
    if day == "?" and weekday == "?":
        raise QuartzError("day-of-month and day-of-week are both ?: one of them must say on which days.")
    if weekday in ("?", "*") and not (weekday == "*" and day == "?"):
        if weekday == "*" and day != "*":
            raise QuartzError("day-of-month and day-of-week are both given: put ? for day-of-week.")
        return _days_of_month(day)
    if day != "?":
        raise QuartzError("day-of-month and day-of-week are both given: put ? for day-of-month (and 1 means SUN).")
    return _days_of_week(weekday)


def _days_of_month(text: str) -> Days:
    if text == "LW":
        return lambda year, month: frozenset({_nearest_workday(year, month, _length(year, month))})
    if found := re.fullmatch(r"L(?:-(\d{1,2}))?", text):
        before = int(found[1] or 0)
        if before > 30:
            raise QuartzError(f"the day-of-month {text} is not L-0 to L-30.")
        return lambda year, month: frozenset({_length(year, month) - before} & set(range(1, 32)))
    if found := re.fullmatch(r"(\d{1,2})W", text):
        wanted = _number(found[1], "day-of-month", (1, 31), NO_NAMES)
        return lambda year, month: frozenset(
            {_nearest_workday(year, month, wanted)} if wanted <= _length(year, month) else ()
        )
    days = _numbers(text, "day-of-month", 1, 31)
    return lambda year, month: frozenset(day for day in days if day <= _length(year, month))


def _days_of_week(text: str) -> Days:
    if text == "L":
        text = "SAT"
    if found := re.fullmatch(r"(\w+)(L|#(\d))", text):
        weekday = _number(found[1], "day-of-week", (1, 7), WEEKDAYS)
        if found[2] != "L" and not 1 <= int(found[3]) <= 5:
            raise QuartzError(f"the day-of-week {text} is not #1 to #5.")
        which = slice(-1, None) if found[2] == "L" else slice(int(found[3]) - 1, int(found[3]))
        return lambda year, month: frozenset(_on_weekday(year, month, {weekday})[which])
    weekdays = _numbers(text, "day-of-week", 1, 7, WEEKDAYS)
    return lambda year, month: frozenset(_on_weekday(year, month, weekdays))


def _on_weekday(year: int, month: int, weekdays: frozenset[int] | set[int]) -> list[int]:
    days = range(1, _length(year, month) + 1)
    return [day for day in days if date(year, month, day).isoweekday() % 7 + 1 in weekdays]


def _nearest_workday(year: int, month: int, day: int) -> int:
    """Return the day from Monday to Friday that is nearest to ``day`` in the same month."""
    weekday = date(year, month, day).weekday()
    if weekday == calendar.SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == calendar.SUNDAY:
        return day + 1 if day < _length(year, month) else day - 2
    return day


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return, in UTC, when the zone's clocks show ``local`` first, or when they are put past it."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local:
        return found
    before, after = local.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
