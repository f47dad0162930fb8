"""The operator's model of smart tags: its labels, and the vocabulary that turns them into tags.

Running the model is left to ``imaging.tagging``.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import Permanent, RepriseError
from domain.findings import SmartTag
from imaging.tagging import Preparation, Scored


class UnusableVocabularyError(RepriseError):
    """The labels or the vocabulary of smart tags cannot be used: mend the file that the setting names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """How labels become tags: by other words, not at all, or from a score on; and what the model wants of a picture."""

    synonyms: tuple[tuple[str, str], ...] = ()
    """A label, in small letters, and the tag that is said instead."""
    blocked: frozenset[str] = frozenset()
    """Labels and tags that are never given, in small letters."""
    minimum_score: float = 0.7
    preparation: Preparation = field(default_factory=Preparation)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagModel:
    """A model's file, and the label that each of its numbers stands for."""

    path: Path
    labels: tuple[str, ...]
    vocabulary: Vocabulary


def load_model(path: Path, labels: Path, vocabulary: Path | None) -> TagModel:
    """Return the model of an ONNX file, a file of labels (one a line) and a vocabulary (JSON), or the usual one.

    Raises UnusableVocabularyError, which names what is wrong.
    """
    try:
        lines = labels.read_text("utf-8-sig").splitlines()
        said = json.loads(vocabulary.read_text("utf-8-sig")) if vocabulary else {}
    except (OSError, ValueError) as error:
        raise UnusableVocabularyError(f"smart_tags_labels or smart_tags_vocabulary cannot be read: {error}") from error
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UnusableVocabularyError("smart_tags_labels has no label: write one a line, in the model's order")
    return TagModel(path=path, labels=tuple(names), vocabulary=read_vocabulary(said))


def read_vocabulary(said: Any) -> Vocabulary:
    """Return the vocabulary that JSON tells of; raises UnusableVocabularyError, naming the key."""
    known = ("synonyms", "blocked", "minimum_score", "mean", "deviation")
    if not isinstance(said, dict) or said.keys() - set(known):
        raise UnusableVocabularyError(f"smart_tags_vocabulary must be an object with some of {', '.join(known)}")
    synonyms, blocked = said.get("synonyms", {}), said.get("blocked", [])
    score = said.get("minimum_score", 0.7)
    if not isinstance(synonyms, dict) or not all(isinstance(tag, str) and tag.strip() for tag in synonyms.values()):
        raise UnusableVocabularyError("smart_tags_vocabulary: synonyms must be an object from labels to tags")
    if not isinstance(blocked, list) or not all(isinstance(word, str) for word in blocked):
        raise UnusableVocabularyError("smart_tags_vocabulary: blocked must be a list of words")
    if not _is_number(score) or not 0 <= score <= 1:
        raise UnusableVocabularyError("smart_tags_vocabulary: minimum_score must be a number from 0 to 1")
    return Vocabulary(
        synonyms=tuple((label.strip().lower(), tag.strip()) for label, tag in synonyms.items()),
        blocked=frozenset(word.strip().lower() for word in blocked),
        minimum_score=float(score),
        preparation=Preparation(
            mean=_channels(said, "mean", (0.0, 0.0, 0.0)), deviation=_channels(said, "deviation", (1.0, 1.0, 1.0))
        ),
    )


def tags_of(scored: Scored, labels: Sequence[str], vocabulary: Vocabulary) -> tuple[SmartTag, ...]:
    """Return the tags that a picture gets, the surest first; of labels that say the same, the surest counts.

    Raises Permanent when the model has another number of labels.
    """
    if len(scored.scores) != len(labels):
        raise Permanent(
            "The model of smart tags gives {numbers} numbers for {labels} labels: the file of smart_tags_labels "
            "is not that of the model.",
            numbers=len(scored.scores),
            labels=len(labels),
        )
    best: dict[str, float] = {}
    said = dict(vocabulary.synonyms)
    for label, score in zip(labels, scored.scores, strict=True):
        tag = said.get(label.lower(), label)
        if tag and score >= vocabulary.minimum_score and not {label.lower(), tag.lower()} & vocabulary.blocked:
            best[tag] = max(score, best.get(tag, 0.0))
    ordered = sorted(best.items(), key=lambda each: (-each[1], each[0]))
    return tuple(SmartTag(label=tag, score=round(score, 4), model=scored.model) for tag, score in ordered)


def _channels(said: dict[str, Any], key: str, usual: tuple[float, float, float]) -> tuple[float, float, float]:
    values = said.get(key, usual)
    is_fit = isinstance(values, list | tuple) and len(values) == 3 and all(_is_number(value) for value in values)
    if not is_fit or (key == "deviation" and not all(values)):
        raise UnusableVocabularyError(f"smart_tags_vocabulary: {key} must be three numbers, none of a deviation's 0")
    return float(values[0]), float(values[1]), float(values[2])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
