"""Reads JSON strictly: an unknown field is refused by its name, and so is each wrong one, all of them at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    TypeAdapter,
    ValidationError,
)

from domain.errors import RepriseError

ModelT = TypeVar("ModelT")
MOST_ID = 2**63 - 1
"""The largest number that the database holds."""
Id = Annotated[int, Field(ge=1, le=MOST_ID)]
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


class Body(BaseModel):
    """What every body begins with: no field beyond those that are declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | int) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
"""One text or many."""


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("give a time between the years 1 and 9999 in UTC") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time with its zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong with one field, and what would be right."""

    field: str
    message: str


class RefusedError(RepriseError):
    """What was sent cannot be taken; ``refusals`` names each field and what is wrong with it."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(" ".join(f"{each.field}: {each.message}" for each in refusals))
        self.refusals = refusals


def refused(field: str, message: str) -> RefusedError:
    """Return the error for one field."""
    return RefusedError(Refusal(field=field, message=message))


def read_body(kind: type[ModelT], data: object) -> ModelT:
    """Return what the data says. Raises RefusedError."""
    unwritable = tuple(_unwritable(data, ""))
    if unwritable:
        raise RefusedError(*unwritable)
    is_choice = issubclass(kind, RootModel)  # its places begin with which of its bodies was meant
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise RefusedError(*(_refusal(each, each["loc"][is_choice:]) for each in problems)) from error


def _refusal(problem: Mapping[str, Any], place: tuple[int | str, ...]) -> Refusal:
    path = ".".join(map(str, place)) or problem.get("ctx", {}).get("discriminator", "body").strip("'")
    if problem["type"] in _UNKNOWN:
        return Refusal(field=path, message="there is no such field: leave it out.")
    message = problem["msg"].removeprefix("Value error, ")
    return Refusal(field=path, message=f"{message[:1].lower()}{message[1:].rstrip('.')}.")


def _unwritable(value: object, path: str) -> Iterator[Refusal]:
    """Yield the texts that no database takes: with a NUL, or with half a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
            yield Refusal(field=path or "body", message="the text has a character that cannot be stored: leave it out.")
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _unwritable(name, path or "body")
            yield from _unwritable(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _unwritable(each, f"{path}.{number}" if path else str(number))
