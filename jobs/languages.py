"""The languages that job logs and mails are in: which one a locale means, and saying words, numbers and times in it.

The texts are in ``jobs/catalogues``, one gettext file for each language but English.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from domain.words import Words

ENGLISH = "en"
TRANSLATED = ("de", "fr", "ja")
CATALOGUES = Path(__file__).parent / "catalogues"
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What is said in one locale: ``texts`` are those of its language, numbers and times its country's."""

    locale: Locale
    texts: NullTranslations

    def say(self, words: Words) -> str:
        """Return the words in this language; a text that its catalogue does not have stays English."""
        if words.values is None:
            return words.text
        if words.plural:
            text = self.texts.ngettext(words.text, words.plural, int(str(words.values["count"])))
        else:
            text = self.texts.gettext(words.text)
        return words.fill(text, self._show)

    def say_time(self, moment: datetime) -> str:
        """Return the moment in UTC, by date and time of day."""
        return format_datetime(moment, "long", tzinfo=UTC, locale=self.locale)

    def _show(self, value: Any) -> str:
        if isinstance(value, Words):
            return self.say(value)
        return value if isinstance(value, str) else format_decimal(value, locale=self.locale)


def is_locale(text: str) -> bool:
    """Return whether the text names a locale of some language: ``de``, ``de-CH`` or ``de_CH``, translated or not."""
    return _locale(text) is not None


def is_spoken(text: str) -> bool:
    """Return whether the text names a locale whose language is English or has a catalogue."""
    locale = _locale(text)
    return locale is not None and locale.language in (ENGLISH, *TRANSLATED)


@lru_cache(maxsize=1000)
def language_of(text: str) -> Language:
    """Return the language of a locale; English for an empty text and for a locale that is not spoken here."""
    locale = _locale(text) if is_spoken(text) else None
    if locale is None:
        locale = Locale(ENGLISH)
    return Language(locale=locale, texts=_texts(locale.language))


def _locale(text: str) -> Locale | None:
    """Return the locale, without a country that its language is not known of; None when there is no such language."""
    if not _LOCALE.fullmatch(text):
        return None
    whole = text.replace("_", "-")
    for form in (whole, whole.partition("-")[0]):
        try:
            return Locale.parse(form, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return None


@cache
def _texts(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
