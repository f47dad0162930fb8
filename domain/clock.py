"""The current time, always aware and always UTC."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current instant as an aware datetime in UTC."""
    return datetime.now(UTC)
