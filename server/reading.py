"""In which language a caller reads what jobs say: the authHeader's locale, else Accept-Language, else the job's own."""

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from domain.errors import invalid
from jobs.languages import is_locale, is_spoken
from server.dispatch import Origin


def check_locale(field: str, locale: str | None) -> str:
    """Return the locale, empty when there is none. Raises ApiError 30001 for what is no locale of any language."""
    text = (locale or "").strip()
    if text and not is_locale(text):
        raise invalid(field, f"{text} is no locale: give a language and, if you like, a country, such as de or de-CH.")
    return text


def reading_locale(origin: Origin) -> str:
    """Return the locale in which the caller wants to read, empty for each job's own.

    Of Accept-Language the first language counts that job logs are translated into. Raises ApiError 30001 when the
    authHeader's locale is none.
    """
    asked = check_locale("authHeader/locale", origin.caller.locale)
    accepted = parse_accept_header(origin.accept_language, LanguageAccept)
    return asked or next((locale for locale, quality in accepted if quality and is_spoken(locale)), "")
