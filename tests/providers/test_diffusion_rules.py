"""How models with steps, seeds and styles of their own say OpenAI's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.adapter import Becomes
from router.providers.diffusion_rules import graded, own_style, whole_seed
from router.providers.rules import UNSAID

GRADES = {"low": {"steps": 10}, "high": {"steps": 60, "cfg": 7}, "medium": {}, "odd": "words"}
QUALITY = graded("m", GRADES)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@pytest.mark.parametrize(
    ("value", "params", "note"),
    [
        ("low", {"steps": 10}, "quality low -> steps 10"),
        ("high", {"steps": 60, "cfg": 7}, "quality high -> steps 60, cfg 7"),
        ("ultra", {}, "quality ultra dropped (unknown to m)"),
        ("odd", {}, "quality odd dropped (unknown to m)"),
        (3, {}, "quality 3 dropped (unknown to m)"),
        (["low"], {}, "quality list dropped (unknown to m)"),
    ],
)
def test_a_quality_is_said_in_parameters(value, params, note):
    assert QUALITY(value, {}) == Becomes(params, note)


@pytest.mark.parametrize("value", ["medium", "auto", None])
def test_what_comes_anyway_is_not_said(value):
    assert QUALITY(value, {}) is UNSAID


@pytest.mark.parametrize("name", ["steps", "cfg"])
def test_what_the_caller_says_in_the_models_own_words_wins(name):
    said = QUALITY("high", {name: 5})

    assert said.params == {}
    assert said.note == f"quality high dropped ({name} is given)"
    assert QUALITY("high", {name: None}).params


@pytest.mark.parametrize("value", ["vivid", "natural"])
def test_openais_styles_are_none_of_the_models(value):
    assert own_style("m")(value, {}).note == f"style {value} dropped (m has others)"


@given(VALUES.filter(lambda value: value is not None and value not in {"vivid", "natural"}
                     if isinstance(value, str) else value is not None))  # fmt: skip
def test_any_other_style_may_be_one(value):
    assert own_style("m")(value, {}) is None


@given(VALUES)
def test_a_seed_is_a_whole_number_or_none(value):
    said = whole_seed(value, {})

    if value is None:
        assert said is UNSAID
    elif isinstance(value, int) and not isinstance(value, bool):
        assert said is None
    else:
        assert said.params == {}
        assert said.note.endswith("dropped (not a whole number)")


def test_a_style_that_is_not_said_is_not_sent():
    assert own_style("m")(None, {}) is UNSAID
