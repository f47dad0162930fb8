"""Publishes that follow a run, as a person asks for them: of which kind, of what, to which context."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.handles import parse_context
from domain.model import Company
from jobs.kinds.publish import TARGETS
from jobs.specs import PublishSpec
from server.bodies.reading import Body, refused
from store.companies import context_type, default_context
from store.engine import Tx

Publish = Literal["image_serving", "image_rendering", "video"]
PublishType = Literal["Full", "Incremental"]


class PublishBody(Body):
    """A publish of what is marked in a publish context; what failed in the run keeps its published picture."""

    what: Publish
    type: PublishType | None = Field(default=None, description="Of image_serving alone; Incremental when left out")
    context: str = Field(default="", description="Handle of a publish context; the company's default one when left out")

    @model_validator(mode="after")
    def refuse_type_of_others(self) -> Self:
        """Refuse a type of a publish that has none."""
        if self.type is not None and self.what != "image_serving":
            raise ValueError(f"type: a publish of {self.what} has no types: leave it out")
        return self


def read_publishes(tx: Tx, company: Company, bodies: Sequence[PublishBody]) -> tuple[PublishSpec, ...]:
    """Return the publishes in the order in which they are submitted.

    Raises RefusedError for one that is named twice, and for a context that the company has none of.
    """
    wanted = [each.what for each in bodies]
    for what in wanted:
        if wanted.count(what) > 1:
            raise refused("publishes", f"{what} is named twice: name it once.")
    specs = {spec.kind: spec for spec in (_read(tx, company, each) for each in bodies)}
    return tuple(specs[kind] for kind in TARGETS if kind in specs)


def _read(tx: Tx, company: Company, body: PublishBody) -> PublishSpec:
    kind = f"publish_{body.what}"
    wanted = TARGETS[kind].context_type
    number = parse_context(body.context) if body.context else default_context(tx, company.id, wanted)
    if number is None or (body.context and context_type(tx, company.id, number) != wanted):
        raise refused("publishes", f"{body.context} is no publish context of type {wanted} of this company.")
    publish_type = (body.type or "Incremental") if body.what == "image_serving" else None
    return PublishSpec(kind=kind, context_id=number, publish_type=publish_type)
