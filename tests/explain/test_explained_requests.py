"""With a request it is told where that begins, why not elsewhere, and what is adapted."""

import pytest
from told import asked, explanation, group, openai, stability, text, told

from router.errors import RoutingError

FIRST, SECOND = "config.targets[0]", "config.targets[1]"


def conditional(query):
    return group(
        "conditional",
        {"name": "best", **openai()},
        {"name": "quick", **stability()},
        strategy={"conditions": [{"query": query, "then": "best"}], "default": "quick"},
    )


def test_each_condition_is_told_with_what_the_request_has():
    config = conditional({"metadata.plan": "pro", "params.n": {"$gte": 2}})

    request = told(config, options={"metadata": {"plan": "pro"}})["request"]
    (condition,) = request["conditions"]
    assert condition["holds"] is False
    assert condition["values"] == {"metadata.plan": "pro", "params.n": None}
    assert condition["missing"] == ["params.n"]


def test_a_condition_that_does_not_hold_is_why_a_target_is_not_asked():
    targets = asked(conditional({"metadata.plan": "pro"}), options={})

    assert targets[FIRST]["chance_first"] == 0
    assert "conditions[0] does not hold" in targets[FIRST]["why_not_first"]
    assert targets[SECOND]["chance_first"] == 1


UNPAID = stability(budget={"max_cost": 0.001})

ENDING = {
    "first": ((UNPAID, openai()), 1.0, {"config.targets[1]"}),
    "in between": ((openai(), UNPAID, openai()), None, {"config.targets[2]"}),
    "below": ((group("loadbalance", UNPAID), openai()), 1.0, {"config.targets[1]"}),
    "in part": ((group("loadbalance", UNPAID, openai()), openai()), 0.5, set()),
    "at last": ((openai(), UNPAID), None, set()),
}


@pytest.mark.parametrize(("routes", "chance", "never"), ENDING.values(), ids=ENDING)
def test_where_a_budget_never_has_enough_requests_end_and_nobody_behind_is_asked(
    routes, chance, never
):
    config = group("fallback", *routes)

    ends = told(config, n=1)["request"]["unasked"]
    whys = {path: one["why_not_first"] for path, one in asked(config, n=1).items()}

    assert ends == ([] if chance is None else [{"status": 402, "chance": chance}])
    assert {path for path, why in whys.items() if why and why.startswith("never asked")} == never


def test_of_a_failover_it_is_told_how_many_requests_end_with_whom_it_draws():
    config = group("loadbalance", UNPAID, openai(weight=3), strategy={"failover": True})

    drawn = text(config, n=1)

    assert "a request that comes here ends" in drawn
    assert "25 % end with 402, and nobody is asked" in drawn


def test_weights_are_chances():
    config = group("loadbalance", openai(weight=3), stability(weight=1), openai(weight=0))

    targets = asked(config, n=1)
    assert targets[FIRST]["chance_first"] == 0.75
    assert targets[SECOND]["chance_first"] == 0.25
    assert "weight is 0" in targets["config.targets[2]"]["why_not_first"]


def test_who_cannot_do_it_leaves_its_chance_to_the_others():
    fussy = stability(on_unsupported="skip")
    config = group("loadbalance", fussy, openai(weight=3), openai(weight=1))

    targets = asked(config, style="vivid", size="1024x1024")
    assert targets[FIRST]["refused"]["kind"] == "unsupported"
    assert targets[SECOND]["chance_first"] == pytest.approx(0.75)


def test_a_session_belongs_to_the_target_that_serves_it():
    sticky = {"sticky": {"enabled": True, "hash_fields": ["metadata.user"]}}
    config = group("loadbalance", openai(), stability(), strategy=sticky)

    chances = [
        [one["chance_first"] for one in asked(config, options={"metadata": metadata}).values()]
        for metadata in ({}, {"user": "anna"})
    ]
    assert chances[0] == [0.5, 0.5]
    assert sorted(chances[1]) == [0.0, 1.0]


def test_a_fallback_begins_with_the_first_that_can():
    config = group("fallback", stability(on_unsupported="skip"), openai(), openai("dall-e-2"))

    targets = asked(config, size="1000x1000", style="vivid")
    assert targets[SECOND]["chance_first"] == 1
    assert targets["config.targets[2]"]["why_not_first"] == "asked after targets[1] has failed"


def test_what_a_target_adapts_is_what_it_will_adapt():
    targets = asked(group("fallback", stability(), openai()), size="1792x1024", n=2)

    first = targets[FIRST]
    assert "size 1792x1024 -> aspect_ratio 16:9" in first["adapted"]
    assert first["calls"] == 2
    assert first["most_dollars"] == pytest.approx(0.06)


def test_a_model_of_unknown_price_is_not_asked_within_a_budget_of_money():
    config = openai("my-own-model", budget={"max_cost": 0.1})

    assert "price" in asked(config, n=1)["config"]["refused"]["message"]


def test_the_best_is_the_cheapest_where_it_may_begin():
    best = told(group("loadbalance", openai("dall-e-3"), openai("dall-e-2")), n=1)["request"][
        "best"
    ]

    assert (best["path"], best["attempts"], best["dollars"]) == (SECOND, 1, 0.02)


def test_where_nobody_can_be_asked_that_is_said():
    drawn = text(stability(on_unsupported="skip"), size="1792x1024")

    assert "cannot be asked: 501" in drawn
    assert "best    nobody can be asked" in drawn


def test_what_is_no_request_raises():
    with pytest.raises(RoutingError, match="n is 0"):
        explanation(openai(), n=0)
