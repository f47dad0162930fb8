"""Errors: every code has its fault element, and the words of a fault name the field and the remedy."""

import pickle

import pytest

from domain.errors import ApiError, FaultCode, Permanent, Retryable, Superseded, TaskError, invalid, missing, not_built
from domain.words import say


@pytest.mark.parametrize("code", FaultCode)
def test_every_code_has_the_fault_element_of_its_family(code: FaultCode) -> None:
    families = {1: "authenticationFault", 2: "authorizationFault", 3: "ipsApiFault"}

    assert ApiError(code, "why").element == families[code // 10_000]


def test_the_documented_codes_are_known() -> None:
    numbers = {10000, 10001, 10002, *range(20000, 20010), 30000, 30001, 30002, 30003}

    assert {int(code) for code in FaultCode} == numbers


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (invalid("jobName", "must not be empty."), 30001, "jobName: must not be empty."),
        (missing("companyHandle"), 30002, "companyHandle is required: give it a value."),
        (
            not_built("pauseJob"),
            30000,
            "pauseJob is not supported by this version of Reprise: leave it out; the coverage page lists what is done.",
        ),
    ],
)
def test_a_fault_names_the_field_and_the_remedy(error: ApiError, code: int, words: str) -> None:
    assert (error.code, error.reason, str(error)) == (code, words, words)


@pytest.mark.parametrize("kind", [Retryable, Permanent, Superseded])
def test_what_ends_an_attempt_is_a_task_error(kind: type[TaskError]) -> None:
    assert str(kind("a reason")) == "a reason"


def test_the_error_of_a_task_keeps_its_words_on_its_way_from_another_process() -> None:
    error = Permanent("{name} cannot be read: {reason}", name="{a}.zip", reason=say("it is damaged"))

    arrived = pickle.loads(pickle.dumps(error))

    assert (type(arrived), arrived.words, str(arrived)) == (
        Permanent,
        error.words,
        "{a}.zip cannot be read: it is damaged",
    )
