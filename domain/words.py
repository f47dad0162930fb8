"""What people read, before it has a language: a text of the catalogues, and what is filled into it.

``str`` says it in English, the language of the texts themselves; other languages are left to ``jobs.languages``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text with placeholders such as ``{name}``, and their values; ``{Name}`` gets a capital in front.

    ``plural`` is the text for any number but one, where ``count`` is among the values. Without values (None) the text
    is a name or another's words: it is the same in every language.
    """

    text: str
    values: "Mapping[str, str | int | float | Words] | None" = field(default_factory=dict)
    plural: str = ""

    def __str__(self) -> str:
        """Say it in English."""
        is_plural = bool(self.plural) and self.values is not None and self.values["count"] != 1
        return self.fill(self.plural if is_plural else self.text, str)

    def fill(self, translated: str, show: Callable[[Any], str]) -> str:
        """Return ``translated`` with the values filled in, each as ``show`` writes it."""
        if self.values is None:
            return self.text
        shown = ((name, show(value)) for name, value in self.values.items())
        return translated.format_map(
            {name: text[:1].upper() + text[1:] if name[0].isupper() else text for name, text in shown}
        )


def say(text: str, /, **values: "str | int | float | Words") -> Words:
    """Return a text of the catalogues with its values."""
    return Words(text=text, values=values)


def say_number(one: str, other: str, count: int, /, **values: "str | int | float | Words") -> Words:
    """Return a text of the catalogues that depends on a number, which is its ``{count}``."""
    return Words(text=one, plural=other, values={**values, "count": count})


def verbatim(text: str) -> Words:
    """Return a name, or someone else's words: the same in every language."""
    return Words(text=text, values=None)


def listed(items: Sequence[Words]) -> Words:
    """Return one or more texts, one after the other with a comma between them."""
    return reduce(lambda first, second: say("{first}, {second}", first=first, second=second), items)


def sentence(clause: Words) -> Words:
    """Return a clause as a sentence of its own."""
    return say("{Clause}.", Clause=clause)


def words_to_json(words: Words) -> dict[str, Any]:
    """Return the words as JSON-able data."""
    values = words.values and {name: _value_to_json(value) for name, value in words.values.items()}
    return {"text": words.text, "values": values, "plural": words.plural}


def words_from_json(stored: Mapping[str, Any]) -> Words:
    """Return what ``words_to_json`` was given."""
    values = stored["values"] and {name: _value_from_json(value) for name, value in stored["values"].items()}
    return Words(text=stored["text"], values=values, plural=stored["plural"])


def _value_to_json(value: str | float | Words) -> Any:
    return words_to_json(value) if isinstance(value, Words) else value


def _value_from_json(stored: Any) -> Any:
    return words_from_json(stored) if isinstance(stored, dict) else stored
