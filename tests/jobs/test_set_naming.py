"""Naming rules: the set of a name, the order of members, and what a set script may not say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.set_naming import ScriptError, script_of, set_name, sort_key

STYLE_COLOUR_VIEW = {"match": r"(\w+)-\w+-\w+", "baseName": r"\w+-\w+", "suffix": "-SET"}
NAMES = st.text("aAbB019-_é ß.", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("properties", "name", "expected"),
    [
        (STYLE_COLOUR_VIEW, "0123-RED-01", "0123-RED-SET"),
        (STYLE_COLOUR_VIEW, "0123-RED", None),
        ({"match": r"(\w+)-\w+-\w+"}, "0123-RED-01", "0123"),
        ({"match": r"(\w+)-.*", "match.2": r".*-01", "prefix": "S_"}, "0123-RED-01", "S_0123"),
        ({"match": r"(\w+)-.*", "match.2": r".*-01"}, "0123-RED-02", None),
        ({"match": r"a(.*)", "match.2": r"b(.*)", "matchMode": "MatchAny"}, "bX", "X"),
        ({"match": r".*", "baseName": r"^([^_]+)_"}, "shoe_1", "shoe"),
        ({"match": r".*", "baseName": r"^([^_]+)_"}, "shoe-1", None),
        ({"match": r"([\pL\d]+)-\d"}, "Größe-1", "Größe"),
    ],
)
def test_a_name_belongs_in_the_set_that_the_script_says(
    properties: dict[str, str], name: str, expected: str | None
) -> None:
    assert set_name(script_of(properties), name) == expected


def test_members_stand_as_the_sequence_says_and_then_by_number() -> None:
    script = script_of({"match": "(a).*", "sequence": r"-front$,-side[1,2]$"})

    ordered = sorted(["a-10", "a-side2", "a-2", "a-front", "a-side1"], key=lambda name: sort_key(script, name))

    assert ordered == ["a-front", "a-side1", "a-side2", "a-2", "a-10"]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({}, "match is required"),
        ({"match": "("}, "match 1: ( is not an expression of RE2: missing ): (."),
        ({"match": r"(a)\1"}, "match 1: (a)\\1 is not an expression of RE2: invalid escape sequence"),
        ({"match": "a"}, "baseName is required"),
        ({"match": "(a)", "match.2": "b", "matchMode": "MatchAny"}, "baseName is required"),
        ({"match": "(a)", "sequence": "x,[a"}, "sequence 2: [a is not an expression of RE2"),
        ({"match": "(a)", "type": "Catalog"}, "type: Catalog is not one of ImageSet, SpinSet."),
        ({"match": "(a)", "matchMode": "Some"}, "matchMode: Some is not one of MatchAll, MatchAny."),
        ({"match": "(a)", "includeDerived": "yes"}, "includeDerived: yes is not one of true, false."),
        ({"match": "(a)", "destFolder": "../x"}, "destFolder: a folder path"),
        ({"match": "(a)", "prefix": "a/b"}, "prefix: a name has no slash"),
        ({"match": "(a)", "regex": "b"}, "a set script has no property regex"),
        ({"match": f"({'a' * 1000})"}, "match has at most 1000 characters."),
    ],
)
def test_a_script_that_cannot_be_followed_is_refused_by_name(properties: dict[str, str], reason: str) -> None:
    with pytest.raises(ScriptError) as raised:
        script_of(properties)

    assert str(raised.value).startswith(reason)


@pytest.mark.parametrize("text", ["(a+)+x", "(a|a)*x", "((a*)*)*x", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)x"])
def test_an_expression_that_would_take_ages_elsewhere_is_answered(text: str) -> None:
    script = script_of({"match": text})

    assert set_name(script, "a" * 255) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, max_size=12))
def test_any_names_have_one_order_whatever_order_they_come_in(names: list[str]) -> None:
    script = script_of({"match": "(.*)", "sequence": "[0-9]$,^a"})

    turned = names[::-1]

    names.sort(key=lambda name: sort_key(script, name))
    turned.sort(key=lambda name: sort_key(script, name))

    assert turned == names


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES)
def test_the_base_of_a_name_is_put_between_prefix_and_suffix(base: str, view: str) -> None:
    name = f"{base.replace('-', '_')}-{view.replace('-', '_')}"
    script = script_of({"match": "([^-]+)-.+", "prefix": "<", "suffix": ">"})

    assert set_name(script, name) == f"<{name.partition('-')[0]}>"
