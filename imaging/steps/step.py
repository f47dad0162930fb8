"""What every step is given and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyvips

from imaging.limits import Limits
from imaging.plan import CropInsets, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a run was asked to do and may use; `profiles` are ICC files by the names that the plan uses."""

    plan: Plan
    limits: Limits
    profiles: Mapping[str, Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step's image and one line about it; `auto_crop` is the crop that an automatic one came to."""

    image: pyvips.Image
    detail: str
    auto_crop: CropInsets | None = None


Step = Callable[[pyvips.Image, Asked], Done | None]
"""A step returns None when the plan does not ask for it."""
