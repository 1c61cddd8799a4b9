"""Regions: what is said of conditions is true of every request; what is plain is seen."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.core.images import ImageRequest
from router.lint.regions import can_hold, parse

SCALARS = st.sampled_from([None, True, False, 0, 1, 1.0, 1.5, 2, 3, "", "a", "ab", "b", "c"])
TEXTS = st.sampled_from(["a", "ab", "b", "c"])
NUMBERS = st.sampled_from([0, 1, 1.5, 2, 3])
BOUNDS = TEXTS | NUMBERS
PATHS = st.sampled_from(["metadata.a"] * 4 + ["metadata.b", "params.n", "url.pathname"])
PATHNAMES = ["/v1/images/generations", "/v1/images/edits", "/v1/images/variations", "/elsewhere"]

TESTS = st.recursive(
    st.one_of(
        st.fixed_dictionaries({"$eq": SCALARS}),
        st.fixed_dictionaries({"$ne": SCALARS}),
        st.fixed_dictionaries({"$in": st.lists(SCALARS, max_size=3)}),
        st.fixed_dictionaries({"$nin": st.lists(SCALARS, max_size=3)}),
        st.fixed_dictionaries({"$exists": st.booleans()}),
        st.fixed_dictionaries({"$regex": st.sampled_from(["^a", "b$", "c"])}),
        *[st.fixed_dictionaries({op: BOUNDS}) for op in ("$gt", "$gte", "$lt", "$lte")],
        st.fixed_dictionaries({"$gt": NUMBERS, "$lt": NUMBERS}),
        st.fixed_dictionaries({"$gte": TEXTS, "$lte": TEXTS}),
    ),
    lambda inner: inner.map(lambda test: {"$not": test}),
    max_leaves=2,
)
FIELDS = st.one_of(
    st.builds(lambda path, test: {path: test}, PATHS, TESTS),
    st.builds(lambda path, value: {path: value}, PATHS, SCALARS),
    st.sampled_from(PATHNAMES).map(lambda path: {"url.pathname": {"$eq": path}}),
)
QUERIES = st.recursive(
    FIELDS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"$and": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"$or": parts}),
        inner.map(lambda part: {"$not": part}),
    ),
    max_leaves=4,
)
VALUES = [..., None, True, False, 0, 1, 1.0, 1.5, 2, 3, "", "a", "ab", "b", "c"]
"""What may stand at a path; `...` is nothing."""


def request(a, b, n, operation):
    metadata = {name: value for name, value in (("a", a), ("b", b)) if value is not ...}
    params = {} if n is ... else {"n": n}
    return ImageRequest(params=params, metadata=metadata, operation=operation)


REQUESTS = [
    request(a, b, n, operation)
    for a in VALUES
    for b in (..., 1, "a")
    for n in (..., 1)
    for operation in ("generate", "edit")
]


@settings(max_examples=200, deadline=None)
@given(query=QUERIES, others=st.lists(QUERIES, max_size=2))
@example(query={"metadata.a": {"$ne": 1}}, others=[{"metadata.a": {"$ne": True}}])
def test_a_condition_that_is_said_never_to_hold_holds_for_no_request(query, others):
    condition, unless = parse(query), [parse(other) for other in others]

    if not can_hold(condition, unless=unless):
        for one in REQUESTS:
            fits = condition.holds(one)
            assert not fits or any(other.holds(one) for other in unless)


CONTRADICTIONS = [
    {"metadata.a": {"$eq": "x", "$ne": "x"}},
    {"metadata.a": {"$in": ["x", "y"], "$nin": ["y", "x"]}},
    {"metadata.a": {"$in": []}},
    {"metadata.a": {"$gt": 5, "$lt": 5}},
    {"metadata.a": {"$gt": 5, "$lte": 5}},
    {"metadata.a": {"$gte": "n", "$lt": "c"}},
    {"metadata.a": {"$gt": 5, "$lt": "c"}},
    {"metadata.a": {"$regex": "^x", "$gt": 5}},
    {"metadata.a": {"$exists": False, "$eq": 1}},
    {"$and": [{"metadata.a": {"$exists": False}}, {"metadata.a": {"$not": {"$eq": 1}}}]},
    {"metadata.a": {"$regex": "^x", "$not": {"$regex": "^x"}}},
    {"metadata.a": {"$eq": "y", "$regex": "^x"}},
    {"$and": [{"metadata.a": "x"}, {"$or": [{"metadata.a": "y"}, {"metadata.a": "z"}]}]},
    {"$not": {"$or": [{"metadata.a": "x"}, {"$not": {"metadata.a": "x"}}]}},
    {"url.pathname": "/v1/chat/completions"},
    {"metadata.a": {"$gt": 5, "$not": {"$gt": 3}}},
]


@pytest.mark.parametrize("query", CONTRADICTIONS, ids=str)
def test_a_plain_contradiction_is_seen(query):
    assert not can_hold(parse(query))


COVERED = [
    ({"metadata.a": "x"}, [{"metadata.a": {"$in": ["x", "y"]}}]),
    ({"metadata.a": {"$in": ["x", "y"]}}, [{"metadata.a": "y"}, {"metadata.a": "x"}]),
    ({"metadata.a": {"$gt": 10}}, [{"metadata.a": {"$gte": 5}}]),
    (
        {"metadata.a": {"$gt": 1, "$lt": 3}},
        [{"metadata.a": {"$lte": 2}}, {"metadata.a": {"$gt": 2}}],
    ),
    ({"metadata.a": {"$regex": "^x"}}, [{"metadata.a": {"$exists": True}}]),
    ({"metadata.a": {"$regex": "^x"}, "params.n": 2}, [{"metadata.a": {"$regex": "^x"}}]),
    ({"metadata.a": {"$ne": 1}}, [{"metadata.a": {"$exists": True}}]),
    ({"metadata.b": 1}, [{"metadata.a": {"$exists": True}}, {"metadata.a": {"$exists": False}}]),
    ({"metadata.a": "x"}, [{"$not": {"metadata.a": "y"}}]),
]


@pytest.mark.parametrize(("query", "others"), COVERED, ids=str)
def test_a_condition_that_others_cover_is_seen(query, others):
    assert not can_hold(parse(query), unless=map(parse, others))


DOUBTFUL = [
    ({"metadata.a": {"$gt": "a", "$lt": "c", "$not": {"$gt": 5}}}, []),
    ({"metadata.a": {"$gt": 1, "$lt": 9, "$not": {"$gt": "a"}}}, []),
    ({"metadata.a": {"$gte": 5, "$lte": 5}}, []),
    ({"metadata.a": {"$gte": "x", "$not": {"$gt": "x"}}}, []),
    ({"metadata.a": {"$lte": 5, "$not": {"$lt": 5}}}, []),
    ({"metadata.a": {"$regex": "^xy"}}, [{"metadata.a": {"$regex": "^x"}}]),
    ({"metadata.a": {"$gt": 5}}, [{"metadata.a": {"$gt": 5.1}}]),
    ({"metadata.a": {"$gt": 5}}, [{"metadata.a": {"$lt": "z"}}]),
    ({"metadata.a": "x"}, [{"metadata.a": "x", "metadata.b": 1}]),
    ({"metadata.a": {"$not": {"$eq": 1}}}, [{"metadata.a": {"$gt": 1}}]),
]


@pytest.mark.parametrize(("query", "others"), DOUBTFUL, ids=str)
def test_in_doubt_a_condition_may_hold(query, others):
    assert can_hold(parse(query), unless=map(parse, others))


def test_too_many_alternatives_are_left_alone():
    some = [{"$or": [{f"metadata.a{i}": j} for j in range(4)]} for i in range(8)]

    assert can_hold(parse({"$and": [*some, {"metadata.z": {"$in": []}}]}))
