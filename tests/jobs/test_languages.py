"""The languages of logs and mails: every text is in every catalogue, with the locale's plurals, numbers and times."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from string import Formatter

import pytest

from domain.words import Words, listed, say, say_number, sentence, verbatim
from jobs.languages import CATALOGUES, TRANSLATED, is_locale, is_spoken, language_of
from tests.docs import catalogues

MOMENT = datetime(2026, 11, 21, 16, 5, 9, tzinfo=UTC)


def placeholders(text: str) -> set[str]:
    return {name.lower() for _literal, name, _spec, _conversion in Formatter().parse(text) if name}


def built_texts() -> Iterator[str]:
    """Where the code gives what is no text of the catalogues to be translated, or a text of its own as a name."""
    speakers = catalogues.speakers()
    for path in catalogues.sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                is_built, is_written = (isinstance(node.args[0], kind) for kind in (ast.JoinedStr, ast.Constant))
                is_name = node.func.id == "verbatim"
                if (is_built and node.func.id in speakers) or (is_name and (is_built or is_written)):
                    yield f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_text_of_the_code_and_no_other(language: str) -> None:
    assert catalogues.written(language) == (CATALOGUES / f"{language}.po").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_with_all_its_placeholders(language: str) -> None:
    wrong = [
        message.id
        for message in catalogues.load(language)
        if message.id
        for original in [message.id if isinstance(message.id, str) else message.id[1]]
        for translation in catalogues.translations(message)
        if not translation or message.fuzzy or placeholders(translation) != placeholders(original)
    ]
    assert wrong == []


def test_no_text_is_put_together_before_it_can_be_translated_or_passed_off_as_a_name() -> None:
    assert list(built_texts()) == []


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("", "Page 1,234 is in the trash and was left as it is."),
        ("en-GB", "Page 1,234 is in the trash and was left as it is."),
        ("de", "Seite 1.234 liegt im Papierkorb und blieb, wie sie ist."),
        ("de_CH", "Seite 1\u2019234 liegt im Papierkorb und blieb, wie sie ist."),
        ("fr-CA", "La page 1\u00a0234 est dans la corbeille et a été laissée telle quelle."),
        ("ja-JP", "ページ1,234はごみ箱にあるため、そのままにしました。"),
        ("es-MX", "Page 1,234 is in the trash and was left as it is."),
    ],
)
def test_words_are_said_in_the_language_and_numbers_as_the_country_writes_them(locale: str, said: str) -> None:
    words = say("Page {number} is in the trash and was left as it is.", number=1234)
    assert language_of(locale).say(words) == said


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "November 21, 2026, 4:05:09\u202fPM UTC"),
        ("en-GB", "21 November 2026, 16:05:09 UTC"),
        ("de", "21. November 2026, 16:05:09 UTC"),
        ("fr", "21 novembre 2026, 16:05:09 TU"),
        ("ja", "2026年11月21日 16:05:09 UTC"),
    ],
)
def test_times_are_said_as_the_country_writes_them(locale: str, said: str) -> None:
    assert language_of(locale).say_time(MOMENT) == said


@pytest.mark.parametrize(
    ("locale", "count", "said"),
    [
        ("de", 1, "und 1 weiteres; es steht im Protokoll des Auftrags."),
        ("de", 0, "und 0 weitere; alle stehen im Protokoll des Auftrags."),
        ("fr", 0, "et 0 autre ; le journal de la tâche le contient."),
        ("fr", 2, "et 2 autres ; le journal de la tâche les contient tous."),
        ("ja", 1, "ほか1件。すべてジョブのログにあります。"),
        ("en", 1, "and 1 more; the job's log has it."),
        ("en", 2, "and 2 more; the job's log has them all."),
    ],
)
def test_each_language_has_its_own_plurals(locale: str, count: int, said: str) -> None:
    words = say_number(
        "and {count} more; the job's log has it.", "and {count} more; the job's log has them all.", count
    )
    assert language_of(locale).say(words) == said


def test_words_within_words_are_said_in_the_same_language_and_names_stay() -> None:
    clause = say("page {number}: {problem}", number=2, problem=say("the PDF has no page"))
    words = listed([sentence(clause), verbatim("{a} of us"), say("failed")])
    assert language_of("de").say(words) == "Seite 2: das PDF hat keine Seite., {a} of us, fehlgeschlagen"


def test_a_text_without_a_translation_stays_english() -> None:
    assert language_of("de").say(Words(text="of another version: {number}", values={"number": 1})) == (
        "of another version: 1"
    )


@pytest.mark.parametrize("text", ["en", "de", "de-CH", "de_CH", "DE-ch", "de-XX", "zh-Hant-TW", "tr"])
def test_a_locale_of_any_language_is_one(text: str) -> None:
    assert is_locale(text)


@pytest.mark.parametrize(
    "text", ["", "zz", "german", "klingon", "d", "de--CH", "de-", f"de{'-aa' * 9}", "../de", "de\n", "*"]
)
def test_what_names_no_language_is_no_locale(text: str) -> None:
    assert not is_locale(text)
    assert not is_spoken(text)
