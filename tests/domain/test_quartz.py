"""Quartz expressions: when each fires next, what is refused with which words, and both changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quartz import QuartzError, parse_quartz

SATURDAY = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
NEW_YORK, BERLIN, LONDON = (ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Europe/London"))

FIRES = {
    "0 0 0 ? * 1": "2026-11-22 00:00:00",
    "0 0 0 ? * SUN": "2026-11-22 00:00:00",
    "0 15 10 ? * 6#3": "2026-12-18 10:15:00",
    "0 15 10 ? * FRI#5": "2027-01-29 10:15:00",
    "0 15 10 ? * 6L": "2026-11-27 10:15:00",
    "0 0 0 ? * L": "2026-11-28 00:00:00",
    "0 0 0 ? * FRI-MON": "2026-11-22 00:00:00",
    "0 0 0 ? * MON,WED": "2026-11-23 00:00:00",
    "0 0 12 LW * ?": "2026-11-30 12:00:00",
    "0 0 12 L * ?": "2026-11-30 12:00:00",
    "0 0 12 L-3 * ?": "2026-11-27 12:00:00",
    "0 0 12 15W * ?": "2026-12-15 12:00:00",
    "0 0 12 1W 8 ? 2027": "2027-08-02 12:00:00",
    "0 0 12 31W * ?": "2026-12-31 12:00:00",
    "0 0 22-2 * * ?": "2026-11-21 22:00:00",
    "0 0/20 * * * ?": "2026-11-21 07:20:00",
    "5/15 59 * * * ?": "2026-11-21 07:59:05",
    "0 0 8-18/5 * * ?": "2026-11-21 08:00:00",
    "0 0 0 29 2 ?": "2028-02-29 00:00:00",
    "0 0 0 1 JAN ? 2027": "2027-01-01 00:00:00",
    "0 0 0 1 nov-feb ? 2026-2030/2": "2026-12-01 00:00:00",
    "00 00 00 * * ": "2026-11-22 00:00:00",
    "0 0 0 * * *": "2026-11-22 00:00:00",
    "0 0 0 ? * *": "2026-11-22 00:00:00",
}
REFUSED = {
    "": "0 fields",
    "tomorrow": "1 fields",
    "0 0 0 1 1 ? 2027 7": "8 fields",
    "*/5 * * * *": "Unix cron",
    "30 2 * * 1": "Unix cron",
    "0 0 0 ? * ?": "both ?",
    "0 0 0 1 * 1": "put ? for day-of-month",
    "0 0 0 * * 1": "1 means SUN",
    "0 0 0 1 * *": "put ? for day-of-week",
    "60 0 0 * * ?": "seconds 60 is not 0-59",
    "0 60 0 * * ?": "minutes 60 is not 0-59",
    "0 0 24 * * ?": "hours 24 is not 0-23",
    "0 0 0 0 * ?": "day-of-month 0 is not 1-31",
    "0 0 0 32W * ?": "day-of-month 32 is not 1-31",
    "0 0 0 L-31 * ?": "L-31 is not L-0 to L-30",
    "0 0 0 ? 13 *": "month 13 is not 1-12, or JAN-DEC",
    "0 0 0 ? * 8": "day-of-week 8 is not 1-7, or SUN-SAT",
    "0 0 0 ? * 2#6": "2#6 is not #1 to #5",
    "0 0 0 * * ? 1969": "year 1969 is not 1970-2199",
    "0 0/0 * * * ?": "step of 0",
    "0 1,,2 * * * ?": "cannot be read",
    "0 1-2-3 * * * ?": "cannot be read",
    "0 ² * * * ?": "minutes ² is not 0-59",
}


@pytest.mark.parametrize(("expression", "expected"), FIRES.items())
def test_an_expression_fires_when_quartz_does(expression: str, expected: str) -> None:
    fires = parse_quartz(expression).next_after(SATURDAY, ZoneInfo("UTC"))
    assert fires == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(("expression", "told"), REFUSED.items())
def test_what_is_not_quartz_is_refused_with_the_reason(expression: str, told: str) -> None:
    with pytest.raises(QuartzError, match=told.replace("?", r"\?")):
        parse_quartz(expression)


@pytest.mark.parametrize("expression", ["0 0 0 1 1 ? 2026", "0 0 0 30 2 ?"])
def test_what_never_fires_again_says_so(expression: str) -> None:
    assert parse_quartz(expression).next_after(SATURDAY, ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    ("zone", "midnight", "jump"),
    [
        (NEW_YORK, "2026-03-08T05:00", "2026-03-08T07:00"),
        (BERLIN, "2026-03-28T23:00", "2026-03-29T01:00"),
        (LONDON, "2026-03-29T00:30", "2026-03-29T01:00"),
    ],
)
def test_a_time_that_is_skipped_fires_once_when_the_clocks_are_put_forward(
    zone: ZoneInfo, midnight: str, jump: str
) -> None:
    skipped = "0 0/10 1 * * ?" if zone is LONDON else "0 0/10 2 * * ?"
    schedule = parse_quartz(skipped)
    first = schedule.next_after(utc(midnight), zone)
    assert first == utc(jump)
    again = schedule.next_after(first, zone)
    assert again is not None
    assert again.date() > first.date()


@pytest.mark.parametrize(
    ("zone", "midnight", "first"),
    [(NEW_YORK, "2026-11-01T04:00", "2026-11-01T05:30"), (BERLIN, "2026-10-24T22:00", "2026-10-25T00:30")],
)
def test_a_time_that_comes_twice_fires_the_first_time_only(zone: ZoneInfo, midnight: str, first: str) -> None:
    schedule = parse_quartz("0 30 1 * * ?" if zone is NEW_YORK else "0 30 2 * * ?")
    fires = schedule.next_after(utc(midnight), zone)
    assert fires == utc(first)
    assert schedule.next_after(fires, zone) == fires + timedelta(hours=25)


fields = st.tuples(
    st.sampled_from(["0", "30", "0/20", "5,55"]),
    st.sampled_from(["0", "*", "10-50/10", "59"]),
    st.sampled_from(["*", "3", "22-2", "0/6"]),
    st.sampled_from(["* * ?", "? * MON-FRI", "L * ?", "? 2 6L", "15W 1,7 ?", "31 * ?", "? * 4#2"]),
)


@given(fields=fields, days=st.floats(0, 3000))
def test_firing_goes_forward_and_falls_on_whole_seconds(fields: tuple[str, ...], days: float) -> None:
    moment = SATURDAY + timedelta(days=days)
    schedule = parse_quartz(" ".join(fields))
    fires = schedule.next_after(moment, BERLIN)
    assert fires is not None
    assert fires > moment
    assert fires.microsecond == 0
    assert schedule.next_after(fires - timedelta(seconds=1), BERLIN) == fires


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
