import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.files import held
from router.core.images import ImageRequest
from router.strategies.conditions import parse_query
from router.strategies.lookup import MISSING, lookup, parse_path
from tests.originals.pictures import PNG
from tests.toys import CAT, compiled, conditional, fallback, run, single, target

METADATA = {
    "plan": "pro",
    "age": 30,
    "score": 4.5,
    "vip": True,
    "off": False,
    "nothing": None,
    "empty": "",
    "zero": 0,
    "tags": ["a", "b"],
    "deep": {"er": {"est": "x"}, "list": [{"k": 1}, [2, 3]]},
}
REQUEST = ImageRequest(params={"prompt": "a cat", "n": 2, "size": "512x512"}, metadata=METADATA)


def holds(query, request=REQUEST):
    return parse_query(query).holds(request)


@pytest.mark.parametrize(
    ("path", "operator", "operand", "expected"),
    [
        # equal as JSON
        ("plan", "$eq", "pro", True),
        ("plan", "$eq", "free", False),
        ("age", "$eq", 30, True),
        ("age", "$eq", 30.0, True),
        ("age", "$eq", "30", False),
        ("vip", "$eq", True, True),
        ("vip", "$eq", 1, False),
        ("vip", "$eq", "true", False),
        ("off", "$eq", 0, False),
        ("zero", "$eq", False, False),
        ("zero", "$eq", 0, True),
        ("nothing", "$eq", None, True),
        ("nothing", "$eq", "", False),
        ("nothing", "$eq", 0, False),
        ("empty", "$eq", "", True),
        ("tags", "$eq", ["a", "b"], True),
        ("tags", "$eq", ("a", "b"), True),
        ("tags", "$eq", ["b", "a"], False),
        ("tags", "$eq", ["a"], False),
        ("tags", "$eq", "ab", False),
        ("plan", "$ne", "free", True),
        ("plan", "$ne", "pro", False),
        ("vip", "$ne", 1, True),
        # order: numbers with numbers, strings with strings
        ("age", "$gt", 29, True),
        ("age", "$gt", 30, False),
        ("age", "$gte", 30, True),
        ("age", "$gte", 30.5, False),
        ("age", "$lt", 31, True),
        ("age", "$lt", 30, False),
        ("age", "$lte", 30, True),
        ("age", "$lte", 29, False),
        ("score", "$gt", 4, True),
        ("plan", "$gt", "abc", True),
        ("plan", "$gt", "zzz", False),
        ("plan", "$gte", "pro", True),
        ("plan", "$lt", "zzz", True),
        ("plan", "$lte", "pro", True),
        ("age", "$gt", "29", False),
        ("plan", "$gt", 5, False),
        ("plan", "$lt", 5, False),
        ("vip", "$gt", 0, False),
        ("vip", "$gte", True, False),
        ("nothing", "$lt", 5, False),
        ("tags", "$gt", 0, False),
        # lists
        ("plan", "$in", ["free", "pro"], True),
        ("plan", "$in", ["free"], False),
        ("plan", "$in", [], False),
        ("vip", "$in", [1], False),
        ("vip", "$in", [True], True),
        ("nothing", "$in", [None], True),
        ("plan", "$nin", ["free"], True),
        ("plan", "$nin", ["pro"], False),
        ("vip", "$nin", [1], True),
        # patterns match anywhere
        ("plan", "$regex", "^pr", True),
        ("plan", "$regex", "r", True),
        ("plan", "$regex", "^r", False),
        ("plan", "$regex", "(?i)PRO", True),
        ("age", "$regex", "30", False),
        ("empty", "$regex", "^$", True),
        # existence
        ("plan", "$exists", True, True),
        ("plan", "$exists", False, False),
        ("nothing", "$exists", True, True),
        ("gone", "$exists", True, False),
        ("gone", "$exists", False, True),
        # depth
        ("deep.er.est", "$eq", "x", True),
        ("deep.er.est.more", "$exists", False, True),
        ("deep.er", "$eq", {"est": "x"}, True),
        ("deep.list[0].k", "$eq", 1, True),
        ("deep.list[1][1]", "$eq", 3, True),
        ("deep.list[9].k", "$exists", False, True),
        ("deep[0]", "$exists", False, True),
        ("plan[0]", "$exists", False, True),
        ("deep.list.k", "$exists", False, True),
    ],
)
def test_each_operator_by_table(path, operator, operand, expected):
    assert holds({f"metadata.{path}": {operator: operand}}) is expected


@pytest.mark.parametrize("operator", ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"])
@pytest.mark.parametrize("operand", [None, 0, 1, "", "x", True, False])
def test_a_missing_key_is_false_for_every_comparison(operator, operand):
    assert holds({"metadata.gone": {operator: operand}}) is False


@pytest.mark.parametrize(
    "test", [{"$in": [None, 1]}, {"$nin": [1]}, {"$nin": []}, {"$regex": ""}, {"$regex": ".*"}]
)
def test_a_missing_key_is_in_no_list_out_of_no_list_and_matches_nothing(test):
    assert holds({"metadata.gone": test}) is False


@pytest.mark.parametrize("inner", [{"metadata.plan": 1}, {"metadata.vip": [1]}])
def test_nested_values_are_compared_as_json_too(inner):
    deep = ImageRequest(params={}, metadata={"x": {"a": [True, 1]}})

    assert holds({"metadata.x": {"$eq": {"a": [True, 1]}}}, deep)
    assert not holds({"metadata.x": {"$eq": {"a": [1, 1]}}}, deep)
    assert not holds({"metadata.x": {"$eq": {"b": [True, 1]}}}, deep)
    assert not holds(inner)


def test_a_plain_value_means_equal():
    assert holds({"metadata.plan": "pro"})
    assert not holds({"metadata.plan": "free"})


def test_sibling_keys_are_all_required():
    assert holds({"metadata.plan": "pro", "metadata.age": 30})
    assert not holds({"metadata.plan": "pro", "metadata.age": 31})


def test_sibling_operators_are_all_required():
    assert holds({"metadata.age": {"$gt": 20, "$lt": 40}})
    assert not holds({"metadata.age": {"$gt": 20, "$lt": 25}})


@pytest.mark.parametrize("age", [30, 31])
def test_a_key_beside_or_is_required_too(age):
    query = {"$or": [{"metadata.plan": "free"}, {"metadata.vip": True}], "metadata.age": age}

    assert holds(query) is (age == 30)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"$and": [{"metadata.plan": "pro"}, {"metadata.age": 30}]}, True),
        ({"$and": [{"metadata.plan": "pro"}, {"metadata.age": 1}]}, False),
        ({"$and": []}, True),
        ({"$or": [{"metadata.plan": "x"}, {"metadata.age": 30}]}, True),
        ({"$or": [{"metadata.plan": "x"}, {"metadata.age": 1}]}, False),
        ({"$or": []}, False),
        ({"$not": {"metadata.plan": "x"}}, True),
        ({"$not": {"metadata.plan": "pro"}}, False),
        ({"metadata.plan": {"$not": {"$in": ["x"]}}}, True),
        ({"metadata.plan": {"$not": {"$eq": "pro"}}}, False),
        ({"metadata.plan": {"$not": "pro"}}, False),
        ({"metadata.gone": {"$not": {"$eq": "pro"}}}, False),
        ({"$not": {"metadata.gone": {"$eq": "pro"}}}, True),
        ({"$or": [{"$and": [{"$not": {"metadata.plan": "x"}}]}]}, True),
    ],
    ids=str,
)
def test_conditions_combine(query, expected):
    assert holds(query) is expected


@given(
    st.recursive(
        st.sampled_from([{"metadata.plan": "pro"}, {"metadata.plan": "x"}, {"metadata.no": 1}]),
        lambda q: (
            st.lists(q, max_size=3).map(lambda parts: {"$and": parts})
            | st.lists(q, max_size=3).map(lambda parts: {"$or": parts})
            | q.map(lambda part: {"$not": part})
        ),
    )
)
def test_combined_conditions_follow_logic(query):
    def meaning(query):
        ((key, value),) = query.items()
        if key == "$and":
            return all(meaning(part) for part in value)
        if key == "$or":
            return any(meaning(part) for part in value)
        return not meaning(value) if key == "$not" else value == "pro"

    assert holds(query) is meaning(query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"$nor": []}, "'\\$nor' is no operator between conditions"),
        ({"metadata.x": {"$like": "a"}}, "'\\$like' is no operator; expected one of \\$eq, "),
        ({"metadata.x": {"plain": 1}}, "'plain' is no operator"),
        ({"$and": {"a": 1}}, "is no list of queries"),
        ({"$or": "x"}, "is no list of queries"),
        ({"$and": ["x"]}, "'x' is no query"),
        ({"$not": 5}, "5 is no query"),
        ({"metadata.x": {"$in": "abc"}}, "'\\$in' is 'abc'; expected a list"),
        ({"metadata.x": {"$nin": 5}}, "'\\$nin' is 5; expected a list"),
        ({"metadata.x": {"$exists": "yes"}}, "'\\$exists' is 'yes'; expected true or false"),
        ({"metadata.x": {"$regex": "(["}}, "'\\$regex' is '\\(\\['; expected a pattern: "),
        ({"metadata.x": {"$regex": 5}}, "'\\$regex' is 5; expected a pattern"),
    ],
    ids=str,
)
def test_what_is_no_query_is_refused_when_it_is_compiled(query, message):
    with pytest.raises(ValueError, match=message):
        parse_query(query)


def test_a_pattern_that_could_take_for_ever_is_refused_when_it_is_compiled(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", None)

    with pytest.raises(ValueError, match="expected a pattern: it could take for ever"):
        parse_query({"metadata.x": {"$regex": r"^(\w+\s?)+$"}})


def test_an_error_names_every_operator_there_is():
    with pytest.raises(ValueError, match="no operator") as caught:
        parse_query({"metadata.x": {"$like": 1}})

    names = "$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $regex, $exists, $not"
    assert str(caught.value).endswith(f"expected one of {names}")


def test_the_parameters_are_those_that_the_caller_sent():
    assert holds({"params.n": {"$gte": 2}, "params.size": "512x512"})
    assert not holds({"params.model": {"$exists": True}})


@pytest.mark.parametrize("operation", ["generate", "edit", "variation"])
def test_the_pathname_is_that_of_the_operation(operation):
    request = ImageRequest(params={}, operation=operation)
    names = {"generate": "generations", "edit": "edits", "variation": "variations"}

    assert holds({"url.pathname": f"/v1/images/{names[operation]}"}, request)


@pytest.mark.parametrize("path", ["url.query", "url", "headers.x", "other", "metadatas.plan"])
def test_a_path_into_anything_else_leads_nowhere(path):
    assert holds({path: {"$exists": False}})


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("metadata.plan", ("metadata", "plan")),
        ("params.a[0].b", ("params", "a", 0, "b")),
        ("params.a[0][12]", ("params", "a", 0, 12)),
        ("metadata.7", ("metadata", "7")),
    ],
)
def test_a_path_is_split_at_dots_and_brackets(text, path):
    assert parse_path(text) == path


def test_missing_differs_from_null():
    assert lookup(REQUEST, ("metadata", "nothing")) is None
    assert lookup(REQUEST, ("metadata", "gone")) is MISSING
    assert repr(MISSING) == "MISSING"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_odd_numbers_compare_without_an_error(value):
    request = ImageRequest(params={}, metadata={"x": value})

    assert holds({"metadata.x": {"$gt": 5}}, request) is (value == math.inf)
    assert holds({"metadata.x": {"$gte": math.inf}}, request) is (value == math.inf)


def test_numbers_too_large_for_a_float_compare_exactly():
    request = ImageRequest(params={}, metadata={"x": 10**400})

    assert holds({"metadata.x": {"$gt": 1.5}}, request)


# The strategy


def chooser():
    return compiled(
        conditional(
            target("a"),
            target("b"),
            target("c"),
            queries=[{"metadata.plan": "pro"}, {"metadata.age": {"$gt": 18}}],
            default=2,
        )
    )


@pytest.mark.parametrize(
    ("metadata", "provider", "reason"),
    [
        ({"plan": "pro"}, "a", "conditions[0] holds"),
        ({"age": 20}, "b", "conditions[1] holds"),
        ({"plan": "pro", "age": 20}, "a", "conditions[0] holds"),
        ({}, "c", "no condition holds: default"),
    ],
)
def test_the_first_condition_that_holds_chooses(metadata, provider, reason):
    request = ImageRequest(params=CAT.params, metadata=metadata)

    result = run(chooser(), 200, request=request)

    (decision,) = result.trace.decisions
    assert result.asked == [provider]
    assert (decision.by, decision.reason) == ("conditional", reason)
    assert decision.chosen == result.attempts[0].path


def test_the_chosen_child_alone_is_asked():
    assert run(chooser(), 500).asked == ["c"]


def test_conditions_see_the_request_before_any_override():
    route = conditional(
        target("a", override_params={"model": "other"}),
        target("b"),
        queries=[{"params.model": "gpt-image-2"}],
        default=1,
    )

    assert run(compiled(single(fallback(route))), 200).asked == ["a"]


KITE, SKY, SEA = (held(PNG, name) for name in ("kite.png", "sky.png", "sea.png"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"params.image": {"$exists": True}}, True),
        ({"params.image[0]": "kite.png"}, True),
        ({"params.image[1]": {"$exists": True}}, True),
        ({"params.image[2]": {"$exists": True}}, False),
        ({"params.mask": {"$exists": True}}, True),
        ({"params.mask": {"$exists": False}}, False),
        ({"params.mask": {"$regex": "^sky"}}, True),
        ({"params.markup": {"$exists": True}}, False),
    ],
)
def test_the_files_of_an_edit_are_fields_by_their_names(query, expected):
    files = {"image": (KITE, SEA), "mask": (SKY,)}
    request = ImageRequest(params={"prompt": "x"}, operation="edit", files=files)

    assert holds(query, request) is expected


def test_without_files_a_mask_is_what_the_caller_said():
    request = ImageRequest(params={"mask": {"file_id": "f"}}, operation="edit")

    assert holds({"params.mask.file_id": "f"}, request)
