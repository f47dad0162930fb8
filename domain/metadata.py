"""Metadata fields and values: which types there are, who set a value, and what a text means in a field's type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from domain.errors import RepriseError

EVERY_TYPE = "Asset"
"""The asset type whose fields assets of all types have."""
TAG_TYPES = ("SingleTag", "MultiTag", "SingleFixedTag", "MultiFixedTag", "BooleanTag")
FIELD_TYPES = ("Untyped", "Boolean", "Color", "Date", "Dimension", "FileName", "Float", "Int", "String", *TAG_TYPES)
"""The vendor's metadata field types."""
LONGEST_VALUE = 10_000
"""How many characters a value may have."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EXIF_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d)(?: |$)")
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "Color": (re.compile(r"(?:#|0x)?(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})"), "six or eight hex digits, such as #FF8800"),
    "Dimension": (re.compile(r"[0-9]+(?:\.[0-9]+)? ?(?:px|pt|mm|cm|m|in|ft)?"), "a number and a unit, such as 12.5 cm"),
    "FileName": (re.compile(r"[^/\\\x00-\x1f]+"), "a name without slashes and control characters"),
}


class Origin(StrEnum):
    """Who set a value: a person, a profile of the company's, or the file that it was read from."""

    PERSON = "person"
    PROFILE = "profile"
    FILE = "file"


class IllegalValueError(RepriseError):
    """A text is no value of a field's type; the message says what would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A text, and what it is as a number.

    ``whole`` is an Int, a Boolean (0 or 1) or a Date (milliseconds since 1970, UTC), ``number`` a Float.
    """

    text: str
    whole: int | None = None
    number: float | None = None

    @property
    def moment(self) -> datetime | None:
        """The instant, for the value of a Date."""
        return None if self.whole is None else _EPOCH + self.whole * _MILLISECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What an asset has under one key: its values in their order, and who set them."""

    values: tuple[Value, ...]
    origin: Origin

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the values."""
        return tuple(value.text for value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A metadata field of a company's own, for the assets of one type or of all (``Asset``)."""

    id: int
    company_id: int
    asset_type: str
    name: str
    type: str
    default: str = ""
    initial_tag: str | None = None
    is_hidden: bool = False
    is_enforced: bool = False

    @property
    def key(self) -> str:
        """The key of its values, which no key of a file's metadata has."""
        return f"field/{self.id}"

    @property
    def is_tag(self) -> bool:
        """Whether its values are those of a dictionary."""
        return self.type in TAG_TYPES

    @property
    def is_multiple(self) -> bool:
        """Whether an asset can have several values."""
        return self.type.startswith("Multi")

    @property
    def is_fixed(self) -> bool:
        """Whether only values of the dictionary can be given to assets; else new ones join it."""
        return "Fixed" in self.type or self.type == "BooleanTag"

    def is_of(self, asset_type: str) -> bool:
        """Return whether assets of a type have the field."""
        return self.asset_type in (asset_type, EVERY_TYPE)


def text_value(text: str) -> Value:
    """Return a value that is nothing but text."""
    return Value(text=text)


def whole_of(moment: datetime) -> int:
    """Return an instant as the values of Date fields hold it."""
    return (moment - _EPOCH) // _MILLISECOND


def date_text(moment: datetime) -> str:
    """Return an instant as the values of Date fields show it: in UTC, to the millisecond."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def read_value(field: Field, text: str) -> Value:
    """Return what a text is in the field's type.

    In a field that is not enforced, a text of another form is kept as text alone. Raises IllegalValueError in one that
    is, and for a text of more than LONGEST_VALUE characters in any.
    """
    if len(text) > LONGEST_VALUE:
        raise IllegalValueError(f"a value has at most {LONGEST_VALUE} characters, and this one has {len(text)}.")
    try:
        return _typed(field.type, text)
    except IllegalValueError:
        if field.is_enforced:
            raise
        return text_value(text)


def _typed(field_type: str, text: str) -> Value:
    stripped = text.strip()
    try:
        if field_type == "Int":
            return Value(text=text, whole=_int64(stripped))
        if field_type == "Float":
            return Value(text=text, number=float(stripped))
        if field_type == "Boolean":
            return Value(text=text, whole={"true": 1, "1": 1, "false": 0, "0": 0}[stripped.lower()])
        if field_type == "Date":
            moment = _read_date(stripped)
            return Value(text=date_text(moment), whole=whole_of(moment))
    except (ValueError, KeyError, OverflowError) as error:
        raise IllegalValueError(f"{text[:80]} is not a value of type {field_type}.") from error
    if (form := _FORMS.get(field_type)) and not form[0].fullmatch(stripped):
        raise IllegalValueError(f"{text[:80]} is not a value of type {field_type}: give {form[1]}.")
    return text_value(text)


def _int64(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError("too large")
    return number


def _read_date(text: str) -> datetime:
    """Return the instant of an ISO or EXIF date; one without a zone is in UTC."""
    moment = datetime.fromisoformat(_EXIF_DATE.sub(r"\1-\2-\3 ", text).strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
