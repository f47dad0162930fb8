"""How sure an ONNX model is of each of its labels for a picture. What a label is called, and kept, is not said here."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from imaging.codecs.levels import open_level
from imaging.codecs.preview import screen_picture
from imaging.codecs.vips_errors import reading
from imaging.errors import MissingLibrary, UnusableModel
from imaging.pixels import Pixels, pixels_of

_SIDE_PX = 224
"""The side of the picture for a model whose input may have any."""
_LARGEST_SIDE_PX = 2048
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a model wants of a picture: each channel, 0 to 1, less the mean, over the deviation. Not for 8 bit input."""

    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    deviation: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A score from 0 to 1 for each label of the model, and which model that was."""

    scores: tuple[float, ...]
    model: str


def score_labels(pyramid: Path, model: Path, preparation: Preparation) -> Scored:
    """Return what the model makes of a picture, which is squeezed into the model's own input, without transparency.

    The input is 1 x 3 x height x width or 1 x height x width x 3, the first output one number for each label; numbers
    that are not all between 0 and 1 are put through a softmax. Raises MissingLibrary without onnxruntime,
    UnusableModel, DamagedImage.
    """
    session, version = _load(model, model.stat().st_mtime_ns)
    wanted = session.get_inputs()[0]
    shape = [size if isinstance(size, int) else None for size in wanted.shape]
    if len(shape) != 4 or wanted.type not in _TYPES or 3 not in (shape[1], shape[3]):
        raise UnusableModel(
            "the model takes {type} of shape {shape}; it must take one picture of three channels as float or uint8",
            type=wanted.type,
            shape=str(wanted.shape),
        )
    has_channels_first = shape[1] == 3
    height, width = (shape[2], shape[3]) if has_channels_first else (shape[1], shape[2])
    pixels = _squeezed(pyramid, _side(width), _side(height))
    tensor = _tensor(pixels, _TYPES[wanted.type], preparation)
    tensor = tensor.transpose(2, 0, 1) if has_channels_first else tensor
    return Scored(scores=_scores(session, wanted.name, tensor[np.newaxis]), model=version)


@lru_cache(maxsize=1)
def _load(model: Path, _changed: int) -> tuple[Any, str]:
    """Return a session of the model, kept for the pictures that follow, and its file's name and version."""
    try:
        import onnxruntime  # noqa: PLC0415 - it is optional, and heavy
    except ImportError as error:
        raise MissingLibrary("onnxruntime is not installed") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    body = model.read_bytes()
    try:
        session = onnxruntime.InferenceSession(body, options, providers=["CPUExecutionProvider"])
    except _errors() as error:
        raise UnusableModel("the model cannot be loaded: {reason}", reason=_first_line(error)) from error
    return session, f"{model.stem}@{hashlib.sha256(body).hexdigest()[:12]}"


def _errors() -> tuple[type[Exception], ...]:
    """Return the errors of the library, which share no class of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # noqa: PLC0415

    own = [each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception)]
    return (*own, RuntimeError, ValueError)


def _squeezed(pyramid: Path, width: int, height: int) -> Pixels:
    full = open_level(pyramid, 1.0).image
    needed = max(width / full.width, height / full.height)
    picture = screen_picture(open_level(pyramid, needed).image, max(width, height) * 4)
    with reading():
        opaque = picture.flatten(background=255) if picture.hasalpha() else picture
        colours = opaque if opaque.bands == 3 else pyvips.Image.bandjoin(opaque, [opaque, opaque])
        scaled = colours.resize(width / colours.width, vscale=height / colours.height)
    return pixels_of(scaled)


def _tensor(pixels: Pixels, sample: Any, preparation: Preparation) -> Pixels:
    if sample is np.uint8:
        return pixels
    scaled = pixels.astype(np.float32) / 255
    prepared = (scaled - np.array(preparation.mean, np.float32)) / np.array(preparation.deviation, np.float32)
    return np.asarray(prepared.astype(sample))


def _scores(session: Any, name: str, tensor: Pixels) -> tuple[float, ...]:
    try:
        found = np.asarray(session.run(None, {name: tensor})[0], np.float64).ravel()
    except _errors() as error:
        raise UnusableModel("the model failed: {reason}", reason=_first_line(error)) from error
    if not np.isfinite(found).all():
        raise UnusableModel("the model answered with numbers that are none")
    if ((found < 0) | (found > 1)).any():
        powers = np.exp(found - found.max())
        found = powers / powers.sum()
    return tuple(float(score) for score in found)


def _side(size: int | None) -> int:
    return _SIDE_PX if size is None else min(size, _LARGEST_SIDE_PX)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
