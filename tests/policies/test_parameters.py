import json
from types import MappingProxyType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from router.policies.parameters import Parameters, parse_drop, without
from router.testing import Scripted
from tests.toys import CAT, compiled, run, target

JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)
PATHS = st.lists(st.sampled_from(["a", "b", "c", "*", 0, 1, 2]), min_size=1, max_size=4)


def applied(params, **settings):
    drops = tuple(parse_drop(path) for path in settings.pop("drops", ()))
    return Parameters(drops=drops, **settings).apply(params)


def test_a_default_fills_a_gap_and_no_more():
    assert applied({"a": 1}, defaults={"a": 9, "b": 2}) == {"a": 1, "b": 2}


def test_an_override_replaces_what_the_caller_sent():
    assert applied({"a": 1}, overrides={"a": 9, "b": 2}) == {"a": 9, "b": 2}


def test_defaults_come_first_then_overrides_then_drops():
    params = applied(
        {"asked": 1},
        defaults={"x": "default", "y": "default", "z": "default"},
        overrides={"y": "override", "z": "override"},
        drops=["z", "asked"],
    )

    assert params == {"x": "default", "y": "override"}


def test_a_null_of_the_caller_is_no_gap():
    assert applied({"a": None}, defaults={"a": 9}) == {"a": None}


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ("a[*].c", ("a", "*", "c")),
        ("a[10][*]", ("a", 10, "*")),
        ("a-b.c_d", ("a-b", "c_d")),
    ],
)
def test_a_path_is_split_at_dots_and_brackets(text, steps):
    assert parse_drop(text) == steps


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("n", {"a": {"b": [{"c": 1, "d": 2}, {"c": 3}], "e": 4}}),
        ("a", {"n": 1}),
        ("a.e", {"n": 1, "a": {"b": [{"c": 1, "d": 2}, {"c": 3}]}}),
        ("a.b[0].c", {"n": 1, "a": {"b": [{"d": 2}, {"c": 3}], "e": 4}}),
        ("a.b[*].c", {"n": 1, "a": {"b": [{"d": 2}, {}], "e": 4}}),
        ("a.b[0]", {"n": 1, "a": {"b": [{"c": 3}], "e": 4}}),
        ("a.b[*]", {"n": 1, "a": {"b": [], "e": 4}}),
        ("a[*].c", None),
        ("a.b[7].c", None),
        ("a.b[7]", None),
        ("a.b.c", None),
        ("a.x.y", None),
        ("n.x", None),
        ("n[0]", None),
        ("zzz", None),
    ],
)
def test_a_drop_takes_away_what_its_path_leads_to_and_nothing_else(path, left):
    params = {"n": 1, "a": {"b": [{"c": 1, "d": 2}, {"c": 3}], "e": 4}}

    assert applied(params, drops=[path]) == (params if left is None else left)


def test_a_drop_leaves_the_callers_own_values_alone():
    params = {"a": {"b": [{"c": 1}]}}

    applied(params, drops=["a.b[*].c", "a.b[0]", "a"])

    assert params == {"a": {"b": [{"c": 1}]}}


@given(JSONS, PATHS)
def test_dropping_the_same_keys_twice_drops_no_more(value, path):
    assume(isinstance(path[-1], str))

    once = without(value, path)

    assert without(once, path) == once


@given(JSONS, PATHS)
def test_frozen_values_are_dropped_from_as_plain_ones(value, path):
    def frozen(value):
        if isinstance(value, dict):
            return MappingProxyType({k: frozen(v) for k, v in value.items()})
        return tuple(map(frozen, value)) if isinstance(value, list) else value

    def plain(value):
        if isinstance(value, (dict, MappingProxyType)):
            return {k: plain(v) for k, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value

    assert plain(without(frozen(value), path)) == plain(without(value, path))


def test_a_target_applies_them_to_what_is_sent():
    route = target(
        default_params={"quality": "high", "size": "1x1"},
        override_params={"model": "other"},
        drop_params=("size", "extra.b"),
    )
    sender = Scripted(200)

    run(compiled(route), sender=sender, request=CAT.with_params({"extra": {"a": 1, "b": 2}}))

    assert json.loads(sender.requests[0].body) == {
        "quality": "high",
        "model": "other",
        "extra": {"a": 1},
    }
