"""Advice: what a hint says helps, it points where it is wrong, and nobody is praised unknown."""

import re

import pytest
import yaml
from lint_tools import check_text, codes, told
from test_lint_rules import group

from router.lab.stage import Stage, loader_for
from router.testing import simulate

DEAR = """\
provider: openai
override_params: {model: gpt-image-1.5, quality: low, size: 1024x1024}
budget: {max_cost: %s}
"""


@pytest.mark.parametrize("money", ["0.009", "0.0091", "0.001", "0.0000001"])
def test_as_much_money_as_a_hint_says_is_enough(money, tmp_path):
    problem = told(check_text(DEAR % money, tmp_path), "unpaid-target")

    enough = re.search(r"allow \$([\d.]+)", problem.hint)[1]

    assert f"max_cost is ${enough}" not in problem.message
    assert "unpaid-target" not in codes(check_text(DEAR % enough, tmp_path))


UNSAID = """\
provider: openai
override_params: {model: gpt-image-2%s}
budget: {max_cost: %s}
"""


@pytest.mark.parametrize(
    "said", ["", ", quality: high", ", size: 1024x1024", ", n: 3"], ids=lambda said: said[2:] or "-"
)
def test_where_a_caller_may_choose_the_cheapest_that_it_may_be_is_too_dear(said, tmp_path):
    problem = told(check_text(UNSAID % (said, "0.001"), tmp_path), "unpaid-target")

    enough = re.search(r"allow \$([\d.]+)", problem.hint)[1]

    assert "unpaid-target" not in codes(check_text(UNSAID % (said, enough), tmp_path))
    assert "unpaid-target" in codes(check_text(UNSAID % (said, float(enough) - 0.001), tmp_path))


PLAIN = """\
provider: %s
override_params: {model: %s}
default_params: {n: %d}
budget: {max_cost: %s}
"""


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    ("provider", "model"), [("openai", "gpt-image-2"), ("google", "gemini-3-pro-image")]
)
def test_a_plain_request_ends_with_402_until_there_is_as_much_as_is_said(
    provider, model, count, tmp_path
):
    text = PLAIN % (provider, model, count, "0.2")
    problem = told(check_text(text, tmp_path), "unpaid-plain-request")
    enough = re.search(r"allow \$([\d.]+)", problem.hint)[1]
    ample = PLAIN % (provider, model, count, enough)

    assert status_of_a_plain_request(text) == 402
    assert status_of_a_plain_request(ample) == 200
    assert codes(check_text(ample, tmp_path)) == []


def status_of_a_plain_request(text):
    async def main():
        stage = Stage(loaded=loader_for().load(yaml.safe_load(text)))
        return (await stage.ask({"prompt": "x"})).status

    return simulate(main)


def test_a_name_without_its_hyphen_is_misspelt(tmp_path):
    text = "provider: openai\noverride_params: {model: gpt-image2}\n"

    assert told(check_text(text, tmp_path), "unknown-model").hint == "did you mean 'gpt-image-2'?"


def test_a_misspelt_override_is_told_where_it_is_and_not_at_a_default(tmp_path):
    text = group(
        "{mode: fallback}",
        "{provider: stability-ai, default_params: {model: stable-image-core}}",
        "{provider: stability-ai, api_key: '${OPENAI_API_KEY}'}",
        more="override_params: {model: stable-image-cor}\n",
    )

    problem = told(check_text(text, tmp_path), "unknown-model")

    assert problem.place == "config.override_params.model"


def test_a_host_that_nobody_knows_is_no_example_to_others(tmp_path):
    text = group(
        "{mode: loadbalance}",
        "{provider: openai, custom_host: 'https://my.example.com/v1', override_params: {model: z}}",
        "{provider: stability-ai, override_params: {model: stable-image-core}}",
        more="default_params: {size: 1537x1024}\n",
    )

    assert "uneven-targets" not in codes(check_text(text, tmp_path))


def test_a_token_is_a_secret_that_is_not_thrown_away(tmp_path):
    key = "{provider: azure-openai, resource_name: r, azure_ad_token: only-copy}"

    [problem] = check_text(f"provider: openai\nvirtual_keys:\n  a: {key}\n", tmp_path)

    assert (problem.code, problem.fix) == ("unused-virtual-key", None)


def many_conditions(*queries):
    lines = "".join(f"    - {{query: {query}, then: b}}\n" for query in queries)
    return (
        f"strategy:\n  mode: conditional\n  conditions:\n{lines}  default: a\n"
        "targets: [{name: a, provider: openai}, {name: b, provider: openai}]\n"
    )


MANY = [f"{{params.size: '{i}x{i}'}}" for i in range(130)]
LAST = {
    "one that is the same": (MANY, MANY[120], 120),
    "one that takes more": (
        [*MANY, "{params.size: {$in: [7x1, 7x2]}}"],
        "{params.size: 7x2}",
        130,
    ),
    "one of another path": ([*MANY, "{metadata.a: x}"], "{metadata.a: x, metadata.b: y}", 130),
}


@pytest.mark.parametrize(("above", "query", "by"), LAST.values(), ids=LAST)
def test_of_many_conditions_the_one_that_takes_the_requests_is_found(above, query, by, tmp_path):
    problem = told(check_text(many_conditions(*above, query), tmp_path), "dead-condition")

    assert problem.place == f"config.strategy.conditions[{len(above)}].query"
    assert f"conditions[{by}] takes every request" in problem.message
