"""Asking before something is done: a page that says what, to how many, and above a number wants it typed."""

from dataclasses import dataclass

from flask import abort, request

from server.admin.visits import Answer, Visit

TYPED_FROM = 101
"""From how many items on the number must be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is about to be done: the question, what comes of it, the button's word, and how many items it is about."""

    title: str
    consequence: str
    verb: str
    items: int
    back: str
    """The URL to go back to."""
    is_severe: bool = False

    @property
    def must_type(self) -> bool:
        """Whether the number of items must be typed."""
        return self.items >= TYPED_FROM


def ask(visit: Visit, question: Question) -> Answer:
    """Return the page that asks; its form is sent to the same URL."""
    return visit.page("confirm.html", question=question)


def check_typed(items: int) -> None:
    """Refuse a form in which the number of items was not typed, or another one: it has changed meanwhile."""
    if items >= TYPED_FROM and not is_typed(items):
        abort(409, f"Nothing was done. It is about {items:,} items now: go back and type this number.")


def is_typed(number: int) -> bool:
    """Return whether this number was typed into the form, with or without separators."""
    return "".join(request.form.get("typed", "").replace(",", "").split()) == str(number)
