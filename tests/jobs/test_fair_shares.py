"""Which job's tasks the pump dispatches next: fairly across companies, the urgent before the old within one."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.priorities import Priority, SizeClasses
from jobs.pump import Fairness
from store.ledger import ReadyJob

CLASSES = SizeClasses(interactive=10, bulk=1000)


def ready(
    job_id: int, company_id: int, items: int = 100, priority: Priority = Priority.BY_SIZE, weight: int = 1
) -> ReadyJob:
    return ReadyJob(job_id=job_id, company_id=company_id, priority=priority, items=items, weight=weight)


def fair_shares(jobs: Sequence[ReadyJob], in_flight: Mapping[int, int], free: int) -> dict[int, int]:
    return Fairness(CLASSES).shares(jobs, in_flight, free)


def test_two_companies_share_evenly() -> None:
    assert fair_shares([ready(1, 10), ready(2, 20)], {}, 4) == {1: 2, 2: 2}


def test_a_company_with_tasks_in_flight_waits_until_the_others_have_as_many() -> None:
    assert fair_shares([ready(1, 10), ready(2, 20)], {10: 3}, 4) == {2: 3, 1: 1}


def test_companies_share_by_their_weights() -> None:
    assert fair_shares([ready(1, 10, weight=3), ready(2, 20)], {}, 8) == {1: 6, 2: 2}


def test_no_weight_keeps_a_company_without_a_task_waiting() -> None:
    assert fair_shares([ready(1, 10, weight=100), ready(2, 20)], {10: 7}, 1) == {2: 1}


def test_a_company_has_its_jobs_in_order_of_age() -> None:
    assert fair_shares([ready(1, 10), ready(2, 10)], {}, 2) == {1: 2}


def test_a_small_job_of_a_company_comes_before_its_large_ones() -> None:
    assert fair_shares([ready(1, 10, items=5000), ready(2, 10, items=100), ready(3, 10, items=3)], {}, 2) == {3: 2}
    assert fair_shares([ready(1, 10, items=5000), ready(2, 10, items=100)], {}, 2) == {2: 2}


def test_what_an_operator_chose_counts_more_than_the_size() -> None:
    large = ready(2, 10, items=5000, priority=Priority.INTERACTIVE)
    assert fair_shares([ready(1, 10, items=100), large], {}, 2) == {2: 2}


def test_of_companies_with_equally_many_the_more_urgent_job_comes_first() -> None:
    assert fair_shares([ready(1, 10), ready(2, 20, items=3)], {}, 1) == {2: 1}


def test_of_equally_urgent_jobs_the_older_comes_first() -> None:
    assert fair_shares([ready(1, 10), ready(2, 20)], {}, 1) == {1: 1}


def test_more_companies_than_places_take_turns() -> None:
    fairness = Fairness(CLASSES)
    jobs = [ready(n, n, weight=1 + n % 3) for n in range(1, 6)]

    turns = [fairness.shares(jobs, {}, 1) for _place in range(10)]

    assert [job_id for turn in turns for job_id in turn] == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]


def test_a_full_window_gives_nothing() -> None:
    assert fair_shares([ready(1, 10)], {10: 5}, 0) == {}


def test_an_overfull_window_gives_nothing() -> None:
    assert fair_shares([ready(1, 10)], {10: 5}, -1) == {}


def test_without_jobs_nothing_is_given() -> None:
    assert fair_shares([], {10: 5}, 8) == {}


@given(
    companies=st.lists(st.integers(1, 5), min_size=1, max_size=12),
    in_flight=st.dictionaries(st.integers(1, 5), st.integers(0, 9)),
    weights=st.lists(st.integers(1, 4), min_size=5, max_size=5),
    free=st.integers(0, 40),
)
def test_every_free_place_is_given_and_no_company_gets_ahead_of_its_weight(
    companies: list[int], in_flight: dict[int, int], weights: list[int], free: int
) -> None:
    jobs = [ready(n, company, weight=weights[company - 1]) for n, company in enumerate(companies, 1)]
    shares = fair_shares(jobs, in_flight, free)
    got = dict.fromkeys(companies, 0)
    for job in jobs:
        got[job.company_id] += shares.get(job.job_id, 0)
    assert sum(got.values()) == free
    load = {company: in_flight.get(company, 0) + got[company] for company in got}
    for a in (company for company in got if got[company]):
        assert all((load[a] - 1) / weights[a - 1] <= load[b] / weights[b - 1] for b in got)
