"""Each thing that may be expected holds or does not, and is told with what was."""

import pytest
from routing_tools import FALLBACK, LONE, differences, one

DOWN = "given: {openai: 503}\n"
CACHED = f"{LONE}cache: {{mode: simple}}\n"

HOLD = [
    ("", "asked: [openai]"),
    (DOWN, "asked: [first, stability-ai]"),
    (DOWN, "asked: ['config.targets[0]', 'targets[1]']"),
    (DOWN, "asked: ['*', stability]"),
    (DOWN, "asked: [openai/gpt-image-2, stability-ai/stable-image-core]"),
    ("", "not_asked: [stability-ai]"),
    (DOWN, "served_by: stability-ai"),
    ("given: {'*': 503}\n", "served_by: nobody"),
    (DOWN, "model: stable-image-core"),
    ("", "status: 200"),
    ("given: {openai: refusal}\n", "{status: 400, kind: refused}"),
    ("latency: 12\n", "waited: 12"),
    ("latency: 12\n", "waited: {from: 12, to: 12.5}"),
    ("latency: 12\n", "waited_at_most: 12"),
    ("latency: {openai: 3, '*': 5}\n" + DOWN, "waited: 8"),
    (DOWN, "attempts: 2"),
    (DOWN, "attempts: {from: 1}"),
    ("when: {model: dall-e-3, style: vivid}\n", "adaptations: [style vivid]"),
    ("", "adaptations: []"),
    ("when: {size: 1024x1024, quality: medium}\n", "cost: 0.05269"),
    ("when: {size: 1024x1024, quality: medium}\n", "cost_at_most: 0.06"),
    ("given: {'*': 503}\n", "cost: 0"),
    ("when: {n: 2}\n", "pictures: 2"),
    ("given: {'*': 503}\n", "pictures: 0"),
    ("when: {size: 1536x1024}\n", "size: 1536x1024"),
    ("when: {output_format: webp}\n", "format: webp"),
    ("when: {repeat: 4}\n", "{share: {openai: 1, stability-ai: 0}, asked_first: {first: 1}}"),
]

FAIL = [
    ("", "asked: []", "asked: [] / [openai]"),
    (DOWN, "asked: [openai]", "asked: [openai] / [openai, stability-ai]"),
    (DOWN, "asked: [openai x2]", "asked: [openai x2] / [openai, stability-ai]"),
    ("", "asked: ['targets[1]']", "asked: [targets[1]] / [config.targets[0]]"),
    (DOWN, "asked: [first]", "asked: [first] / [first, config.targets[1]]"),
    (DOWN, "not_asked: [stability-ai]", "not_asked: [stability-ai] / asked: [stability-ai]"),
    (DOWN, "served_by: first", "served_by: first / config.targets[1]"),
    ("given: {'*': 503}\n", "served_by: openai", "served_by: openai / nobody"),
    ("", "served_by: nobody", "served_by: nobody / config.targets[0]"),
    ("", "model: dall-e-2", "model: dall-e-2 / gpt-image-2"),
    ("given: {'*': 503}\n", "model: dall-e-2", "model: dall-e-2 / nobody"),
    ("", "status: 503", "status: 503 / 200"),
    ("", "kind: refused", "kind: refused / no error"),
    ("latency: 12\n", "waited: 12.5", "waited: 12.5 s / 12 s"),
    ("latency: 12\n", "waited: {to: 11}", "waited: at most 11 s / 12 s"),
    ("latency: 12\n", "waited: {from: 13}", "waited: at least 13 s / 12 s"),
    ("latency: 12\n", "waited_at_most: 3", "waited_at_most: 3 s / 12 s"),
    (DOWN, "attempts: {from: 3, to: 4}", "attempts: 3 to 4 / 2"),
    ("", "adaptations: [style]", "adaptations: [style] / []"),
    (
        "when: {model: dall-e-3, style: vivid}\n",
        "adaptations: []",
        "adaptations: [] / [style vivid",
    ),
    ("when: {n: 2}\n", "cost_at_most: 0.01", "cost_at_most: 0.01 US dollars / "),
    ("when: {n: 2}\n", "pictures: 1", "pictures: 1 / 2"),
    ("", "size: 1536x1024", "size: 1536x1024 / 1024x1024"),
    ("given: {'*': 503}\n", "size: 1536x1024", "size: 1536x1024 / no picture"),
    ("", "format: webp", "format: webp / png"),
    ("when: {repeat: 4}\n", "share: {openai: {to: 0.5}}", "share of openai: at most 0.5 / 1 (4 of"),
    ("when: {repeat: 4}\n", "asked_first: {stability: 1}", "asked_first of stability: 1 / 0 (0 of"),
]


@pytest.mark.parametrize(("given", "then"), HOLD)
def test_an_expectation_holds(tmp_path, given, then):
    assert differences(one(tmp_path, f"{given}then:\n  {then}\n")) == []


@pytest.mark.parametrize(("given", "then", "told"), FAIL)
def test_an_expectation_that_does_not_hold_is_told_beside_what_was(tmp_path, given, then, told):
    [difference] = differences(one(tmp_path, f"{given}then:\n  {then}\n"))

    assert difference.startswith(told)


def test_a_cost_that_nobody_knows_is_within_no_bounds(tmp_path):
    config = "provider: localai\ncustom_host: http://localhost:8080/v1\n"

    result = one(tmp_path, "then: {cost_at_most: 100}\n", config)

    assert differences(result) == ["cost_at_most: 100 US dollars / unknown"]


def test_an_answer_from_the_cache_is_nobodys(tmp_path):
    body = """\
        when: [{}, {}]
        then:
          - {cache: miss, served_by: openai}
          - {cache: hit, served_by: cache, asked: [], cost: 0}
    """

    assert differences(one(tmp_path, body, CACHED)) == []


def test_a_cache_that_a_request_does_not_come_by_has_done_nothing(tmp_path):
    config = f"{FALLBACK}    cache: {{mode: simple}}\n"

    result = one(tmp_path, "then: {cache: hit}\n", config)

    assert differences(result) == ["cache: hit / no cache on the way"]


def test_an_answer_from_the_cache_has_no_model_of_its_own(tmp_path):
    result = one(tmp_path, "when: [{}, {}]\nthen: {model: gpt-image-2}\n", CACHED)

    assert differences(result) == ["model: gpt-image-2 / cache"]


def test_pictures_of_one_size_are_told_as_one(tmp_path):
    result = one(tmp_path, "when: {n: 2}\nthen: {size: 512x512}\n")

    assert differences(result) == ["size: 512x512 / 1024x1024"]


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    result = one(tmp_path, f"{DOWN}then: {{asked: [openai], status: 503, pictures: 1}}\n")

    assert [difference.split(":")[0] for difference in differences(result)] == ["asked", "status"]


def test_of_repetitions_the_first_that_disappoints_is_shown_and_the_others_counted(tmp_path):
    body = "given: {openai: [ok, 503]}\nwhen: {repeat: 5}\nthen: {asked: [openai]}\n"

    [disappointment] = one(tmp_path, body).disappointments

    assert (disappointment.number, disappointment.alike) == (2, 3)


def test_a_list_has_an_expectation_for_each_request(tmp_path):
    body = """\
        given: {openai: [ok, 503]}
        when: [{}, {repeat: 2}]
        then: [{asked: [openai]}, {asked: [openai], share: {openai: 1}}]
    """

    result = one(tmp_path, body)

    assert [(found.number, found.alike) for found in result.disappointments] == [(2, 1), (0, 0)]
    assert differences(result)[1] == "share of openai: 1 / 0 (0 of 2)"
