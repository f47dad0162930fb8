"""One error root and its three families: what a caller sees, what a task may try again, what it may not.

Messages say what happened, to which thing, and what to do; they never hold a secret or a path.
"""

from enum import IntEnum
from typing import Self

from domain.words import Words, say


class FaultCode(IntEnum):
    """Codes of the API's three faults, from the vendor's table; the ten-thousands digit names the fault element."""

    NO_CREDENTIALS = 10000
    INVALID_CREDENTIALS = 10001
    INVALID_USER = 10002
    INVALID_COMPANY = 20000
    INVALID_REQUEST_USERNAME = 20001
    INVALID_REQUEST_USER = 20002
    NO_OPERATION_PERMISSION = 20003
    NO_IMPERSONATION_PERMISSION = 20004
    ILLEGAL_PARAMETER_VALUE = 20005
    ILLEGAL_COMPANY = 20006
    ILLEGAL_REQUEST_USER = 20007
    ILLEGAL_ACCESS_GROUP = 20008
    MISSING_PERMISSION = 20009
    EXCEPTION = 30000
    INVALID_PARAMETER = 30001
    MISSING_PARAMETER = 30002
    INVALID_REQUEST_XML = 30003


FAULT_ELEMENTS = {1: "authenticationFault", 2: "authorizationFault", 3: "ipsApiFault"}


class RepriseError(Exception):
    """The root of every error that Reprise raises on purpose."""


class ApiError(RepriseError):
    """A request that cannot be served, as its caller is told: a documented code, and a reason with the remedy."""

    def __init__(self, code: FaultCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    @property
    def element(self) -> str:
        """The name of the fault element that carries this code."""
        return FAULT_ELEMENTS[self.code // 10000]


def invalid(field: str, problem: str) -> ApiError:
    """Return the fault for a bad value of ``field``; ``problem`` says what is wrong and what would be right."""
    return ApiError(FaultCode.INVALID_PARAMETER, f"{field}: {problem}")


def missing(field: str) -> ApiError:
    """Return the fault for a required ``field`` that the request does not have."""
    return ApiError(FaultCode.MISSING_PARAMETER, f"{field} is required: give it a value.")


def not_built(what: str) -> ApiError:
    """Return the fault for an operation or option that this version of Reprise does not carry out."""
    reason = f"{what} is not supported by this version of Reprise: leave it out; the coverage page lists what is done."
    return ApiError(FaultCode.EXCEPTION, reason)


class TaskError(RepriseError):
    """Why one task of a job did not succeed, as its log row will say it: ``words``, or a text and its values."""

    def __init__(self, words: Words | str, /, **values: str | float | Words) -> None:
        self.words = say(words, **values) if isinstance(words, str) else words
        super().__init__(str(self.words))

    def __reduce__(self) -> tuple[type[Self], tuple[Words]]:
        """Travel between processes by the words, which the text alone would lose."""
        return type(self), (self.words,)


class Retryable(TaskError):  # noqa: N818 - the queueing field's word
    """The task may succeed when it is run again: a lost slot, a network that timed out."""

    counts_as_failure = True
    """Whether running out of attempts should follow from this."""


class Unavailable(Retryable):
    """The disk, the database or the blob store is full, read-only or out of reach; that is no fault of the task's."""

    counts_as_failure = False


class Deferred(Retryable):
    """The asset is a page of a document that the same job makes anew, its pages with it: the document comes first."""

    counts_as_failure = False


class Permanent(TaskError):  # noqa: N818 - the queueing field's word
    """The task fails however often it is run: a damaged file, an asset that does not exist."""


class Superseded(TaskError):  # noqa: N818 - names an outcome
    """The asset changed while the task ran; its result was thrown away and the task runs again on the new state."""

    counts_as_failure = False
