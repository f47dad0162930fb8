"""In which language an answer of the API is: the caller's, else the job's, else English."""

from collections.abc import Callable

from domain.words import Words
from jobs.languages import language_of
from server.api.route import ApiCall
from server.reading import reading_locale


def speaker(call: ApiCall, locale: str = "") -> Callable[[Words], str]:
    """Return what says words to the caller; ``locale`` is that of the job that they are about."""
    return language_of(reading_locale(call.origin) or locale).say
