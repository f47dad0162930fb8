"""The operator's labels and vocabulary of smart tags: read, and refused with the key that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.vocabulary import UnusableVocabularyError, load_model, read_vocabulary


def test_a_model_has_the_labels_of_its_file_and_what_the_vocabulary_says(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("cat\n\nRunning Shoe\n\n")
    said = {"synonyms": {"Running Shoe": "shoe"}, "blocked": ["Cat"], "minimum_score": 0.5, "mean": [0.1, 0.2, 0.3]}
    (tmp_path / "words.json").write_text(json.dumps(said))

    model = load_model(tmp_path / "m.onnx", tmp_path / "labels.txt", tmp_path / "words.json")

    assert model.labels == ("cat", "", "Running Shoe")
    assert model.vocabulary.synonyms == (("running shoe", "shoe"),)
    assert model.vocabulary.blocked == {"cat"}
    assert (model.vocabulary.minimum_score, model.vocabulary.preparation.mean) == (0.5, (0.1, 0.2, 0.3))


def test_without_a_vocabulary_the_usual_score_counts(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("cat\n")

    assert load_model(tmp_path / "m.onnx", tmp_path / "labels.txt", None).vocabulary.minimum_score == 0.7


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ([], "an object"),
        ({"synonym": {}}, "synonyms"),
        ({"synonyms": {"a": 1}}, "synonyms"),
        ({"blocked": "a"}, "blocked"),
        ({"minimum_score": 1.5}, "minimum_score"),
        ({"minimum_score": True}, "minimum_score"),
        ({"mean": [1, 2]}, "mean"),
        ({"deviation": [1, 0, 1]}, "deviation"),
    ],
)
def test_a_vocabulary_that_says_something_else_is_refused_by_key(said: Any, named: str) -> None:
    with pytest.raises(UnusableVocabularyError, match=named):
        read_vocabulary(said)


@pytest.mark.parametrize(("labels", "words"), [("", "{}"), ("cat", "{")])
def test_files_that_cannot_be_read_are_refused(tmp_path: Path, labels: str, words: str) -> None:
    (tmp_path / "labels.txt").write_text(labels)
    (tmp_path / "words.json").write_text(words)

    with pytest.raises(UnusableVocabularyError, match="smart_tags_labels"):
        load_model(tmp_path / "m.onnx", tmp_path / "labels.txt", tmp_path / "words.json")
