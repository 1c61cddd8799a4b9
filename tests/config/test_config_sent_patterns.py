"""How the patterns of a stranger's config run: by google-re2, whatever else could run them."""

import sys

import pytest
from config_tools import document
from sent_tools import ANYBODY, sent, told

from router.core.images import ImageRequest
from router.core.pattern import LARGEST, LONGEST_SUBJECT
from router.workspace import Loader

UNLUCKY = [
    (r"^(\w+\s?)+$", "a" * 5_000 + "!"),
    (r"(a+)+b", "a" * 5_000),
    (r"(a|a)*b", "a" * 5_000),
    (r"(.*a){12}$", "a" * 5_000 + "!"),
    (r"(x+x+)+y", "x" * 5_000),
    (r"^(a?){30}a{30}$", "a" * 29),
]
"""Patterns and texts for which backtracking takes years."""


def choosing(pattern):
    return {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": {"params.prompt": {"$regex": pattern}}, "then": "a"}],
            "default": "b",
        },
        "targets": [{"provider": "openai", "name": name} for name in "ab"],
    }


def pattern_of(config, **options):
    tree = Loader(environment={"OPENAI_API_KEY": "k"}).load(config, **options).tree
    return tree.branches[0].condition.pattern


@pytest.mark.parametrize(("pattern", "text"), UNLUCKY, ids=range(6))
def test_a_pattern_that_would_run_away_ends_at_once(pattern, text):
    found = pattern_of(choosing(pattern), stranger=ANYBODY)

    assert found.longest == LONGEST_SUBJECT
    assert not found.is_in(text)


@pytest.mark.parametrize("pattern", ["cat", r"^gpt-image-\d", r"(?i)\blogo\b", "é+", r"\pL$", ""])
def test_an_ordinary_pattern_runs_on_google_re2(pattern):
    assert type(pattern_of(choosing(pattern), stranger=ANYBODY).engine).__module__.startswith("re2")


def test_a_sent_condition_chooses_as_any_other():
    tree = Loader(environment={}).load(choosing(r"(?i)\blogo\b"), stranger=ANYBODY).tree
    (branch,) = tree.branches

    assert branch.condition.holds(ImageRequest(operation="generate", params={"prompt": "a Logo"}))
    assert not branch.condition.holds(
        ImageRequest(operation="generate", params={"prompt": "Logos"})
    )


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"(a)\1", "invalid escape sequence"),
        (r"(?P<x>a)(?P=x)", "invalid"),
        (r"a(?=b)", "invalid perl operator"),
        (r"a(?!b)", "invalid perl operator"),
        (r"(?<=a)b", "invalid perl operator"),
        (r"(?>a)", "invalid perl operator"),
        ("(", "missing )"),
        ("a{1001}", "invalid repetition size"),
        (r"\pL{1000}", "too large"),
        ("[a-z]{1000}[a-z]{1000}", f"{LARGEST} is the most"),
        ("\ud800", "surrogates"),
    ],
    ids=ascii,
)
def test_what_google_re2_cannot_say_is_refused_with_the_reason(pattern, said):
    (problem,) = told(choosing(pattern))

    assert problem.place == "config.strategy.conditions[0].query['params.prompt'].$regex"
    assert "is not a pattern" in problem.message
    assert said in problem.message
    assert "no lookaround, no backreferences" in problem.hint


TEST = {"$regex": r"^\pL$"}  # a letter; `re` does not know it


@pytest.mark.parametrize(
    "query",
    [
        {"$and": [{"params.prompt": TEST}]},
        {"$or": [{"$not": {"$not": {"params.prompt": TEST}}}]},
        {"params.prompt": {"$not": {"$not": TEST}}},
    ],
    ids=["and", "or", "not"],
)
def test_patterns_inside_joints_run_likewise(query):
    config = choosing("x")
    config["strategy"]["conditions"][0]["query"] = query

    tree = Loader(environment={}).load(config, stranger=ANYBODY).tree

    texts = [ImageRequest(operation="generate", params={"prompt": text}) for text in ("é", "1")]
    assert [tree.branches[0].condition.holds(request) for request in texts] == [True, False]


def test_an_operator_may_write_what_google_re2_cannot_say():
    assert document(choosing(r"a(?=b)")).problems == ()
    assert pattern_of(choosing(r"a(?=b)")).is_in("ab")


def test_without_google_re2_no_sent_pattern_runs(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", None)

    (problem,) = told(choosing("cat"))

    assert "needs google-re2, which is not installed" in problem.message
    assert "pip install 'pixroute[gateway]'" in problem.hint
    assert document(choosing("cat")).problems == ()


def test_without_google_re2_a_config_without_patterns_is_read(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", None)

    assert sent({"provider": "openai"}).problems == ()
