"""Runs a state machine of Hypothesis against a database."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from store.engine import Database


def run_steps(machine: type[RuleBasedStateMachine], database: Database, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        type(f"Bound{machine.__name__}", (machine,), {"database": database}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
