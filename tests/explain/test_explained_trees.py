"""A tree is drawn with its rules, its settings, and where each was set."""

import json
from pathlib import Path

import pytest
from told import explanation, group, openai, stability, targets, text, told

from router.explain.as_json import as_json
from router.explain.as_mermaid import as_mermaid
from router.explain.as_text import as_text
from router.workspace import config_files

CONFIGS = Path(__file__).parents[2] / "configs"


def test_a_tree_is_drawn_with_each_setting_and_where_it_was_set():
    drawn = text(CONFIGS / "nested.yaml").splitlines()

    assert drawn[0].split() == [
        *("fallback", "config", "any", "failure", "but", "a", "refusal", "moves", "on"),
    ]
    assert "├─ loadbalance" in drawn[1]
    assert drawn[2].startswith("│  ├─ 66.7 %  openai gpt-image-2")
    assert drawn[2].endswith("retry 1 (from config), timeout 60 s (from config)")
    assert drawn[-1].endswith("retry 3, timeout 60 s (from config)")


def test_a_setting_in_json_has_the_line_where_it_stands():
    tree = told(CONFIGS / "nested.yaml")["tree"]

    retry = next(one for one in targets(tree)["config.targets[1]"]["settings"])
    assert (retry["name"], retry["set_at"], retry["inherited"]) == ("retry", "config", True)
    lines = (CONFIGS / "nested.yaml").read_text().splitlines()
    assert lines[retry["line"] - 1].startswith("retry:")


def test_a_default_has_no_place():
    settings = told(openai())["tree"]["settings"]

    timeout = next(one for one in settings if one["name"] == "request_timeout")
    assert (timeout["value"], timeout["set_at"], timeout["line"]) == (600.0, None, None)


@pytest.mark.parametrize(
    ("deadline", "said"),
    [(60, "60 s"), (1.25, "1.2 s"), (86_400_000, "86400000 s"), (1e308, "1e+308 s")],
)
def test_a_deadline_is_told_with_as_many_digits_as_say_something(deadline, said):
    assert f"budget {said}" in text(openai(budget={"deadline": deadline}))


ALWAYS = "timeouts, lost calls, broken answers"


@pytest.mark.parametrize(
    ("breaker", "said", "codes"),
    [
        ({"failure_threshold": 1}, "opens at 1 failure", None),
        ({"failure_threshold": 3}, "opens at 3 failures", None),
        (
            {"failure_threshold": 3, "failure_status_codes": [503, 500]},
            f"opens at 3 failures (500, 503, {ALWAYS})",
            [500, 503],
        ),
        (
            {"failure_threshold": 3, "failure_status_codes": []},
            f"opens at 3 failures ({ALWAYS})",
            [],
        ),
        (
            {"failure_threshold_percentage": 50, "failure_status_codes": [429]},
            f"opens at 50 % failed (429, {ALWAYS})",
            [429],
        ),
    ],
    ids=["one", "default", "listed", "none", "share"],
)
def test_a_breaker_says_what_it_counts_where_that_is_not_the_default(breaker, said, codes):
    config = openai(cb_config=breaker)

    assert text(config).endswith(f"breaker {said}")
    (setting,) = (one for one in told(config)["tree"]["settings"] if one["name"] == "cb_config")
    assert setting["value"]["failure_status_codes"] == codes


@pytest.mark.parametrize("path", list(config_files(CONFIGS)), ids=lambda path: path.stem)
def test_every_shipped_config_is_explained(path):
    drawn = explanation(path)

    assert text(path)
    assert all(node.title for node in drawn.tree.everything())


@pytest.mark.parametrize(
    ("strategy", "rule"),
    [
        ({}, "any failure but a refusal moves on"),
        ({"on_refusal": "fallback"}, "any failure moves on"),
        ({"on_status_codes": [503, 429]}, "429, 503 moves on"),
        ({"on_status_codes": []}, "no status moves on"),
        ({"top_up": True}, "any failure but a refusal moves on; what came is topped up"),
    ],
    ids=["default", "refusals", "codes", "none", "top-up"],
)
def test_a_fallback_says_what_moves_on(strategy, rule):
    drawn = explanation(group("fallback", openai(), stability(), strategy=strategy))

    assert drawn.tree.rule == rule


def test_a_condition_is_written_as_people_would():
    query = {"metadata.plan": {"$in": ["pro", "team"]}, "$not": {"params.quality": "low"}}
    config = group(
        "conditional",
        {"name": "best", **openai()},
        {"name": "quick", **stability()},
        strategy={"conditions": [{"query": query, "then": "best"}], "default": "quick"},
    )

    first, second = explanation(config).tree.children
    assert first.condition == "if metadata.plan in [pro, team] and not params.quality = low"
    assert second.condition == "else"


def test_what_wraps_a_node_is_among_its_settings():
    budget = {"attempts": 3, "deadline": 60, "max_cost": 0.1}
    config = openai(budget=budget, cache={"mode": "simple", "max_age": 86_400})

    drawn = explanation(config).tree
    assert [str(one) for one in drawn.settings][:2] == [
        "budget 3 attempts, 60 s, $0.100",
        "cache 1 d",
    ]


def test_no_secret_is_drawn():
    config = openai(api_key="sk-swordfish-1234567890", cache={"mode": "simple"})

    assert "swordfish" not in text(config)
    assert "swordfish" not in str(told(config))


def test_no_parameter_shows_a_secret_either():
    config = openai()
    config["override_params"] |= {"webhook_token": "swordfish", "user": "sk-swordfish-1234567890"}

    assert "swordfish" not in text(config)
    assert "swordfish" not in str(told(config))


SECRET = "swordfish"


def in_every_form(config, **request):
    drawn = explanation(config, **request)
    return "\n".join([as_text(drawn, None), json.dumps(as_json(drawn)), as_mermaid(drawn)])


@pytest.mark.parametrize(
    "value",
    [
        {"webhook": {"api_key": SECRET}},
        {"hooks": [{"password": [SECRET]}, f"Bearer {SECRET}"]},
        {"hook": f"https://lucy:{SECRET}@h.example/x?token={SECRET}#{SECRET}"},
        {f"sk-{SECRET}-12345678": 1},
    ],
    ids=["mapping", "list", "url", "name"],
)
@pytest.mark.parametrize("place", ["override_params", "default_params"])
def test_no_secret_is_drawn_however_deep_it_is(place, value):
    model = {"override_params": {"model": "gpt-image-2"}}
    config = openai(**{place: {**model.get(place, {}), **value}})

    for request in ({}, {"size": "1024x1024"}):
        assert SECRET not in in_every_form(config, **request)


@pytest.mark.parametrize(
    "query",
    [
        {"metadata.api_key": SECRET},
        {"metadata.api_key": {"$in": [SECRET, "b"]}},
        {"metadata.api_key": {"$regex": f"^{SECRET}$"}},
        {"$or": [{"$not": {"params.deep.token.x": {"$ne": SECRET}}}]},
        {"params.list": {"$in": [{"token": SECRET}]}},
        {"params.hook": {"$eq": f"https://h.example/?code={SECRET}"}},
    ],
    ids=["plain", "list", "pattern", "nested", "mapping", "url"],
)
def test_no_condition_shows_a_secret_nor_what_the_request_has_there(query):
    config = group(
        "conditional",
        {"name": "best", **openai()},
        {"name": "quick", **stability()},
        strategy={"conditions": [{"query": query, "then": "best"}], "default": "quick"},
    )
    request = {
        "options": {"metadata": {"api_key": SECRET}},
        "deep": {"token": {"x": SECRET}},
        "hook": f"https://h.example/?code={SECRET}",
    }

    for asked in ({}, request):
        assert SECRET not in in_every_form(config, **asked)


@pytest.mark.parametrize("width", [50, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width):
    drawn = text(CONFIGS / "nested.yaml", width=width, size="1792x1024", model="dall-e-3")

    assert max(map(len, drawn.splitlines())) <= width


def test_a_virtual_key_is_told_whatever_its_name_and_a_key_in_the_config_has_none():
    keys = {"configured": {"provider": "openai", "api_key": "k"}}
    config = group(
        "fallback",
        {"virtual_key": "configured"},
        {"provider": "openai", "api_key": "own"},
        openai(),
        virtual_keys=keys,
    )

    shown = [one["virtual_key"] for one in targets(told(config)["tree"]).values()]
    assert shown == ["configured", None, None]
