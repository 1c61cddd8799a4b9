import sys

import pytest
from config_tools import errors, problems


def config(query, then="a", default="a", targets=None):
    names = ["a", "b"] if targets is None else targets
    return {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": query, "then": then}],
            "default": default,
        },
        "targets": [{"provider": "openai"} | ({"name": n} if n else {}) for n in names],
    }


@pytest.mark.parametrize(
    "query",
    [
        {"metadata.plan": {"$eq": "paid"}},
        {"metadata.plan": "paid"},
        {"metadata.a.b.c[0].d": {"$ne": None}},
        {"params.n": {"$gt": 1, "$lte": 4}},
        {"params.size": {"$in": ["a", "b"]}, "params.n": {"$nin": []}},
        {"params.prompt": {"$regex": "^a.*b$"}},
        {"params.seed": {"$exists": False}},
        {"params.seed": {"$not": {"$gt": 3}}},
        {"url.pathname": {"$eq": "/v1/images/generations"}},
        {"$or": [{"params.n": 1}, {"$and": [{"params.n": 2}, {"$not": {"params.n": 3}}]}]},
        {"$or": [{"params.n": 1}], "metadata.x": {"$eq": True}},
    ],
)
def test_a_query_of_the_language_is_accepted(query):
    assert problems(config(query)) == ()


@pytest.mark.parametrize(
    ("query", "place", "said"),
    [
        ({"metadata.plan": {"$equ": 1}}, ".query['metadata.plan'].$equ", "unknown operator '$equ'"),
        ({"metdata.plan": 1}, ".query['metdata.plan']", "is not a path into a request"),
        ({"metadata": 1}, ".query.metadata", "is not a path into a request"),
        ({"params.": 1}, ".query['params.']", "is not a path into a request"),
        ({"url.host": 1}, ".query['url.host']", "is not a path into a request"),
        ({"$xor": []}, ".query.$xor", "'$xor' does not join conditions"),
        ({"$or": []}, ".query.$or", "'$or' needs a list of queries"),
        ({"$or": {}}, ".query.$or", "'$or' needs a list of queries"),
        ({"$and": [{}]}, ".query.$and[0]", "a query is missing here"),
        ({"$and": ["x"]}, ".query.$and[0]", "a query is missing here"),
        ({"$not": 1}, ".query.$not", "a query is missing here"),
        ({"params.n": {}}, ".query['params.n']", "compared with nothing"),
        ({"params.n": [1]}, ".query['params.n']", "compared with a list"),
        ({"params.n": {"$in": 1}}, ".query['params.n'].$in", "'$in' needs a list"),
        ({"params.n": {"$eq": [1]}}, ".query['params.n'].$eq", "'$eq' needs a single value"),
        ({"params.n": {"$gt": True}}, ".query['params.n'].$gt", "needs a number or a text"),
        ({"params.n": {"$exists": 1}}, ".query['params.n'].$exists", "needs true or false"),
        ({"params.p": {"$regex": "("}}, ".query['params.p'].$regex", "'(' is not a pattern"),
        ({"params.p": {"$regex": 1}}, ".query['params.p'].$regex", "'$regex' needs a pattern"),
        ({"params.p": {"$not": {"$x": 1}}}, ".query['params.p'].$not.$x", "unknown operator"),
        ({}, ".query", "query is empty"),
        ("x", ".query", "query is 'x'"),
    ],
)
def test_a_query_that_means_nothing_is_an_error_at_its_place(query, place, said):
    (error,) = errors(config(query))

    assert error.startswith(f"config.strategy.conditions[0]{place}: ")
    assert said in error


def test_a_pattern_that_could_take_for_ever_is_an_error_at_its_place(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", None)

    (problem,) = problems(config({"params.prompt": {"$regex": r"^(\w+\s?)+$"}}))

    assert problem.place == "config.strategy.conditions[0].query['params.prompt'].$regex"
    assert problem.message.endswith(
        "could take for ever on an unlucky text: "
        "what it repeats can match the same text in several ways"
    )
    assert "google-re2" in problem.hint


QUERY = {"params.n": 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (config(QUERY, then="c"), "conditions[0].then: 'c' names no target of this group"),
        (config(QUERY, default="c"), "strategy.default: 'c' names no target of this group"),
        (config(QUERY, targets=["a", "a"]), "'a' names 2 targets"),
        (config(QUERY, targets=["", ""]), "'a' names no target of this group"),
    ],
)
def test_a_name_must_name_one_target(wrong, said):
    assert any(said in error for error in errors(wrong))


def test_a_name_that_nothing_uses_may_be_there_twice():
    assert problems(config(QUERY, targets=["a", "b", "b"])) == ()


def test_the_likeliest_target_is_offered():
    (problem,) = problems(config(QUERY, then="premum", targets=["a", "premium"]))

    assert problem.hint == "the targets are a, premium; did you mean 'premium'?"
