"""Election on Postgres: one leader at a time, and nothing that an earlier one still writes comes through."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa

from store import tables
from store.companies import add_company, find_company
from store.engine import Database
from store.leadership import Candidacy, NotLeadingError, fence
from store.schema import upgrade_schema
from tests.store.postgres import own_schema

LONG, SHORT = timedelta(minutes=10), timedelta(seconds=0.2)


@pytest.fixture
def shared_url(postgres_url: str) -> Iterator[str]:
    """A Postgres with every table that several processes may share."""
    with own_schema(postgres_url) as url:
        with closing(Database(url)) as database:
            upgrade_schema(database)
        yield url


@pytest.fixture
def node(shared_url: str) -> Iterator[Database]:
    """The database as one process has it open."""
    with closing(Database(shared_url)) as database:
        yield database


@pytest.fixture
def other_node(shared_url: str) -> Iterator[Database]:
    """The database as another process has it open."""
    with closing(Database(shared_url)) as database:
        yield database


Stand = Callable[..., Candidacy]


@pytest.fixture
def candidacy(node: Database) -> Iterator[Stand]:
    """Makes candidacies, of ``node`` unless another one is named, and ends them when the test has ended."""
    made: list[Candidacy] = []

    def stand(lease: timedelta = LONG, of: Database = node) -> Candidacy:
        made.append(Candidacy(of, lease))
        return made[-1]

    yield stand
    for each in made:
        each.resign()


def until_it_leads(candidacy: Candidacy) -> int:
    for _turn in range(300):
        epoch = candidacy.stand()
        if epoch is not None:
            return epoch
        time.sleep(0.02)
    raise AssertionError("it never led")


def break_connections(victim: Database, by: Database) -> None:
    """End the victim's connections as a restart of Postgres does."""
    activity = sa.table("pg_stat_activity", sa.column("pid"), sa.column("application_name"))
    with victim.read() as tx:
        name = tx.scalar(sa.select(sa.func.current_setting("application_name")))
    with by.write() as tx:
        tx.execute(sa.select(sa.func.pg_terminate_backend(activity.c.pid)).where(activity.c.application_name == name))


def test_of_two_candidates_one_leads(candidacy: Stand, node: Database, other_node: Database) -> None:
    first, second = candidacy(), candidacy(LONG, other_node)

    assert [first.stand(), second.stand(), first.stand(), second.stand()] == [1, None, 1, None]


def test_who_stands_next_leads_in_a_new_epoch_when_the_leader_resigns(
    candidacy: Stand, node: Database, other_node: Database
) -> None:
    first, second = candidacy(), candidacy(LONG, other_node)
    first.stand()
    second.stand()

    first.resign()

    assert [second.stand(), first.stand()] == [2, None]


def test_a_leader_whose_connection_broke_leads_on_if_nobody_took_its_place(
    candidacy: Stand, node: Database, other_node: Database
) -> None:
    leader = candidacy()
    leader.stand()

    break_connections(node, other_node)

    assert [leader.stand(), leader.stand()] == [1, 1]


def test_a_leader_whose_connection_broke_learns_that_another_took_its_place(
    candidacy: Stand, node: Database, other_node: Database
) -> None:
    first, second = candidacy(), candidacy(LONG, other_node)
    first.stand()

    break_connections(node, other_node)

    assert until_it_leads(second) == 2
    assert [first.stand(), first.stand()][-1] is None


def test_a_leader_that_is_silent_for_its_lease_is_displaced(
    candidacy: Stand, node: Database, other_node: Database
) -> None:
    frozen, next_one = candidacy(SHORT), candidacy(SHORT, other_node)
    frozen.stand()

    assert until_it_leads(next_one) == 2
    assert frozen.stand() is None


def test_a_leader_that_gives_signs_of_life_is_not_displaced(
    candidacy: Stand, node: Database, other_node: Database
) -> None:
    leader, patient = candidacy(timedelta(seconds=1)), candidacy(timedelta(seconds=1), other_node)
    epochs = set()
    for _turn in range(12):
        time.sleep(0.1)
        epochs.add((leader.stand(), patient.stand()))

    assert epochs == {(1, None)}


def test_what_an_earlier_leader_writes_or_reads_is_refused(
    candidacy: Stand, node: Database, other_node: Database
) -> None:
    early, late = candidacy(), candidacy(LONG, other_node)
    led = node.guarded(fence(early.stand() or 0))
    early.resign()
    late.stand()

    with pytest.raises(NotLeadingError), led.write() as tx:
        add_company(tx, name="late", root="late")
    with pytest.raises(NotLeadingError), led.read():
        pass


def test_what_a_leader_writes_in_its_epoch_comes_through(candidacy: Stand, node: Database) -> None:
    led = node.guarded(fence(candidacy().stand() or 0))

    with led.write() as tx:
        add_company(tx, name="inTime", root="inTime")

    with led.read() as tx:
        assert find_company(tx, "inTime")


def test_what_a_frozen_leader_had_begun_is_rolled_back(candidacy: Stand, node: Database, other_node: Database) -> None:
    led = node.guarded(fence(candidacy(SHORT).stand() or 0))
    next_one = candidacy(SHORT, other_node)

    def freeze_half_way() -> None:
        with led.write() as tx:
            add_company(tx, name="begun", root="begun")
            until_it_leads(next_one)

    with pytest.raises(sa.exc.OperationalError):
        freeze_half_way()

    with other_node.read() as tx:
        assert find_company(tx, "begun") is None


def test_the_next_epoch_waits_for_what_the_last_leader_is_writing(
    candidacy: Stand, node: Database, other_node: Database
) -> None:
    early, late = candidacy(), candidacy(LONG, other_node)
    led = node.guarded(fence(early.stand() or 0))
    order: list[str] = []

    def lead() -> None:
        until_it_leads(late)
        order.append("next epoch")

    with led.write() as tx:
        early.resign()
        thread = threading.Thread(target=lead)
        thread.start()
        wait_for_a_waiter(other_node)
        add_company(tx, name="last", root="last")
        order.append("last write")
    thread.join()

    assert order == ["last write", "next epoch"]


def wait_for_a_waiter(database: Database) -> None:
    """Return when a transaction of the database waits for another one's row."""
    activity = sa.table("pg_stat_activity", sa.column("application_name"), sa.column("wait_event_type"))
    mine = activity.c.application_name == sa.func.current_setting("application_name")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with database.read() as tx:
            if tx.scalar(sa.select(sa.func.count()).where(mine, activity.c.wait_event_type == "Lock")):
                return
        time.sleep(0.02)
    raise AssertionError("nothing waited")


def test_a_long_transaction_of_the_leader_does_not_hold_up_its_sign_of_life(candidacy: Stand, node: Database) -> None:
    leader = candidacy()
    led = node.guarded(fence(leader.stand() or 0))

    with led.write() as tx:
        add_company(tx, name="long", root="long")
        assert leader.stand() == 1


def test_installations_in_two_schemas_of_one_database_have_a_leader_each(
    candidacy: Stand, node: Database, postgres_url: str
) -> None:
    candidacy().stand()

    with own_schema(postgres_url) as url, closing(Database(url)) as apart:
        upgrade_schema(apart)
        third = candidacy(LONG, apart)
        epoch = third.stand()
        third.resign()

    assert epoch == 1


def test_the_row_names_the_connections_of_the_leader(candidacy: Stand, node: Database) -> None:
    candidacy().stand()

    with node.read() as tx:
        name = tx.scalar(sa.select(sa.func.current_setting("application_name")))
        assert tx.scalar(sa.select(tables.leadership.c.holder)) == name
