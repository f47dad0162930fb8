"""Which job's tasks the pump dispatches next: the company with the fewest in flight comes first."""

from hypothesis import given
from hypothesis import strategies as st

from jobs.pump import fair_shares
from store.ledger import ReadyJob


def ready(job_id: int, company_id: int, priority: int = 5) -> ReadyJob:
    return ReadyJob(job_id=job_id, company_id=company_id, priority=priority)


def test_two_companies_share_evenly() -> None:
    assert fair_shares([ready(1, 10), ready(2, 20)], {}, 4) == {1: 2, 2: 2}


def test_a_company_with_tasks_in_flight_waits_until_the_others_have_as_many() -> None:
    assert fair_shares([ready(1, 10), ready(2, 20)], {10: 3}, 4) == {2: 3, 1: 1}


def test_a_company_has_its_jobs_in_order() -> None:
    assert fair_shares([ready(1, 10), ready(2, 10)], {}, 2) == {1: 2}


def test_of_companies_with_equally_many_the_more_urgent_job_comes_first() -> None:
    assert fair_shares([ready(2, 20, priority=1), ready(1, 10)], {}, 1) == {2: 1}


def test_of_equally_urgent_jobs_the_older_comes_first() -> None:
    assert fair_shares([ready(1, 10), ready(2, 20)], {}, 1) == {1: 1}


def test_a_full_window_gives_nothing() -> None:
    assert fair_shares([ready(1, 10)], {10: 5}, 0) == {}


def test_an_overfull_window_gives_nothing() -> None:
    assert fair_shares([ready(1, 10)], {10: 5}, -1) == {}


def test_without_jobs_nothing_is_given() -> None:
    assert fair_shares([], {10: 5}, 8) == {}


@given(
    companies=st.lists(st.integers(1, 5), min_size=1, max_size=12),
    in_flight=st.dictionaries(st.integers(1, 5), st.integers(0, 9)),
    free=st.integers(0, 40),
)
def test_every_free_place_is_given_and_no_company_gets_ahead(
    companies: list[int], in_flight: dict[int, int], free: int
) -> None:
    jobs = [ready(n, company) for n, company in enumerate(companies, 1)]
    shares = fair_shares(jobs, in_flight, free)
    got = dict.fromkeys(companies, 0)
    for job in jobs:
        got[job.company_id] += shares.get(job.job_id, 0)
    load = {company: in_flight.get(company, 0) + got[company] for company in got}
    assert sum(got.values()) == free
    assert all(load[a] <= min(load.values()) + 1 for a in got if got[a])
