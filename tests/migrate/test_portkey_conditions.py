"""Conditions: they hold for the requests for which Portkey's gateway says so."""

import json
import re

import pytest
from bringing import imported, play, told
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from router.config.section import Section
from router.config.source import Source
from router.core.images import ImageRequest
from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.portkey_queries import Queries
from router.strategies.conditions import parse_query

YES, NO = "openai 200", "stability-ai 200"
TARGETS = [{"name": "yes", "provider": "openai"}, {"name": "no", "provider": "stability-ai"}]


def conditional(*queries):
    """Write a config that asks OpenAI where one of the queries holds."""
    conditions = [{"query": query, "then": "yes"} for query in queries]
    strategy = {"mode": "conditional", "conditions": conditions, "default": "no"}
    return json.dumps({"strategy": strategy, "targets": TARGETS}, indent=1)


@pytest.mark.parametrize(
    ("query", "request_", "asked"),
    [
        ({"metadata.beta": {"$ne": "yes"}}, {}, YES),
        ({"metadata.beta": {"$ne": "yes"}}, {"metadata": {"beta": "yes"}}, NO),
        ({"metadata.beta": {"$ne": "yes"}}, {"metadata": {"beta": "no"}}, YES),
        ({"metadata.region": {"$nin": ["eu", "uk"]}}, {}, YES),
        ({"metadata.region": {"$nin": ["eu", "uk"]}}, {"metadata": {"region": "uk"}}, NO),
        ({"metadata.a": {"$ne": "1"}, "metadata.b": {"$ne": "1"}}, {"metadata": {"b": "1"}}, NO),
        ({"metadata.a": {"$ne": "1"}, "metadata.b": {"$ne": "1"}}, {}, YES),
        ({"$or": [{"metadata.a": {"$ne": "1"}}]}, {}, YES),
        ({"params.n": {"$gt": "1"}}, {"n": 2}, YES),
        ({"params.n": {"$gt": "many"}}, {"n": 2}, NO),
        ({"params.n": {"$in": 2}}, {"n": 2}, NO),
        ({"params.n": {"$ne": [2]}}, {"n": 2}, YES),
        ({"params.n": {"$in": [[2], 2]}}, {"n": 2}, YES),
        ({"metadata.plan": {"$regex": ".*"}}, {}, YES),
        ({"metadata.plan": {"$regex": "^pro", "$ne": "pro-trial"}}, {}, NO),
        (
            {"metadata.plan": {"$regex": "^pro", "$ne": "pro-trial"}},
            {"metadata": {"plan": "pro-trial"}},
            YES,
        ),
        (
            {"$or": [{"params.n": 1}], "metadata.plan": "gold"},
            {"n": 1, "metadata": {"plan": "tin"}},
            YES,
        ),
        ({"metadata.plan": "gold", "$or": [{"params.n": 1}]}, {"n": 1}, NO),
    ],
    ids=str,
)
def test_a_condition_means_what_it_did_and_no_change_is_told(query, request_, asked):
    source = conditional(query)

    [tried] = play(source, request_, kind="portkey")

    assert set(told(tried)) == {asked}
    assert imported(source, "portkey").changes == ()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"metadata.score": {"$gte": 5}}, "reads a number out of a text in metadata.score"),
        ({"params.size": {"$lt": 512}}, "reads a number out of a text in params.size"),
        ({"params.seed": {"$regex": "^7"}}, "searches params.seed as a text"),
        ({"metadata.user.plan": "gold"}, "reads two names of metadata.user.plan"),
        ({"$not": {"params.n": 1}}, "fails every request for which it reads this $not"),
        ({"metadata.a": {"$exists": True}}, "fails every request for which it reads this $exists"),
        ({"$or": [{"metadata.score": {"$gt": 5}}]}, "reads a number out of a text"),
    ],
    ids=str,
)
def test_a_condition_that_cannot_be_written_with_the_same_meaning_is_told(query, said):
    [change] = imported(conditional(query), "portkey").changes

    assert said in change.message
    assert change.line is not None


@pytest.mark.parametrize(
    "query",
    [
        {"params.images": {"$length": {"$gt": 1}}},
        {"$or": [{"params.images": {"$length": 2}}, {"params.n": 1}]},
        {"params.n": {"$gtt": 1}},
        {"params.model": {"$regex": "(?<look"}},
        {"$or": [7]},
        {"params.n": [1]},
        {"params.n": {}},
        {},
    ],
    ids=str,
)
def test_a_condition_in_words_that_are_not_known_here_is_left_out_and_the_rest_is_kept(query):
    source = conditional(query, {"params.n": 3})

    one, three = play(source, {"n": 1}, {"n": 3}, kind="portkey")
    found = imported(source, "portkey")

    assert (set(told(one)), set(told(three))) == ({NO}, {YES})
    [change] = found.changes
    assert change.message.startswith("the condition for 'yes' is left out: ")
    assert "differs: the condition for 'yes' is left out" in " ".join(found.text.split())


def test_a_group_whose_only_condition_is_left_out_asks_its_default():
    [tried] = play(conditional({"params.images": {"$length": 2}}), kind="portkey")

    assert told(tried) == [NO]


def test_a_condition_that_is_left_out_shows_no_secret():
    secret = "sk-Abcdefgh0123456789"
    found = imported(conditional({"params.n": {"$like": secret}, "params.user": secret}), "portkey")

    assert secret not in found.text
    assert secret not in str(found.told)


@pytest.mark.parametrize("join", ["$or", "$and"])
def test_what_portkey_does_not_read_is_left_out_with_a_note(join):
    query = {"params.n": 1, join: [{"params.model": "a"}], "metadata.plan": "gold"}

    found = imported(conditional(query), "portkey")

    assert found.changes == ()
    [note] = found.told
    assert (
        note.message == f"metadata.plan is left out: Portkey's gateway reads nothing behind {join}"
    )
    assert "gold" not in found.text


MISSING = object()
NAMES = ["metadata.plan", "metadata.beta", "params.n", "params.model", "params.seed"]
VALUES = st.sampled_from(["1", "10", "2.5x", "gold", "", 1, 2, 10, True, False, None])
PATTERNS = st.sampled_from(["^1", "gold", ".*", "^(?!gold)", "ne", "x$"])
ORDERED = {
    "$gt": lambda one, other: one > other,
    "$gte": lambda one, other: one >= other,
    "$lt": lambda one, other: one < other,
    "$lte": lambda one, other: one <= other,
}


def number(value):
    found = re.match(r"\d+(\.\d+)?", "" if isinstance(value, bool) else str(value))
    return float(found[0]) if found else float("nan")


def same(one, other):
    return isinstance(one, bool) is isinstance(other, bool) and one == other


def at_portkey(query, request):
    """Say whether a query holds there: key by key, to the first that decides."""
    for key, value in query.items():
        if key in {"$or", "$and"}:
            return {"$or": any, "$and": all}[key](at_portkey(one, request) for one in value)
        found = request.get(key, MISSING)
        compared = value if isinstance(value, dict) else {"$eq": value}
        for name, operand in compared.items():
            if name == "$regex":
                text = "undefined" if found is MISSING else str(found)
                if not re.search(operand, text):
                    return False
                break
            if not _holds(name, found, operand):
                return False
    return True


def _holds(name, found, operand):
    if name in ORDERED:
        return ORDERED[name](number(found), number(operand))
    if name in {"$in", "$nin"}:
        return any(same(found, one) for one in operand) is (name == "$in")
    return same(found, operand) is (name == "$eq")


SCALAR = st.dictionaries(st.sampled_from(["$eq", "$ne", *ORDERED]), VALUES, max_size=2)
LISTED = st.dictionaries(st.sampled_from(["$in", "$nin"]), st.lists(VALUES, max_size=3), min_size=1)
SEARCHED = st.tuples(SCALAR, PATTERNS, SCALAR).map(
    lambda parts: {**parts[0], "$regex": parts[1], **parts[2]}
)
FIELDS = st.dictionaries(st.sampled_from(NAMES), VALUES | SCALAR | LISTED | SEARCHED, max_size=3)


@st.composite
def queries(draw, depth=2):
    """Draw a query; a join may stand anywhere in it."""
    before = draw(FIELDS)
    if not depth or draw(st.booleans()):
        return before
    join = draw(st.sampled_from(["$or", "$and"]))
    parts = draw(st.lists(queries(depth=depth - 1), min_size=1, max_size=2))
    return {**before, join: parts, **draw(FIELDS)}


TYPED = {
    "metadata.plan": st.sampled_from(["1", "10", "2.5x", "gold", ""]),
    "metadata.beta": st.sampled_from(["1", "gold"]),
    "params.n": st.sampled_from([1, 2, 10]),
    "params.model": st.sampled_from(["gold", "1"]),
    "params.seed": st.sampled_from([1, 2.5, 10]),
}
REQUESTS = st.fixed_dictionaries({}, optional=TYPED)


@given(query=queries(), request=REQUESTS)
@settings(max_examples=300, deadline=None)
def test_whatever_is_asked_a_condition_without_a_told_change_holds_where_it_did(query, request):
    ledger = Ledger(Source(root="config", value=query))
    written = Queries(Block(), ledger).write(Section(ledger.source, query))
    assume(not list(ledger.changes))

    holds = parse_query(written).holds(
        ImageRequest(
            params=_below(request, "params"),
            metadata=_below(request, "metadata"),
        )
    )

    assert holds is at_portkey(query, request)


def _below(request, root):
    return {
        key.partition(".")[2]: value for key, value in request.items() if key.startswith(f"{root}.")
    }
