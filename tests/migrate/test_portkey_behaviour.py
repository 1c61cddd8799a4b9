"""What Portkey's config promises happens with the config that is made of it."""

import json

import pytest
from bringing import imported, play, told

from tests.configs.asking import ask
from tests.configs.test_portkey import CASES, FOLDER, KEYS

TWO = {"targets": [{"provider": "openai"}, {"provider": "stability-ai"}]}
LONGER_THERE = "azure-openai"
"""Portkey's service knows the deployments of a virtual key, and an import does not."""


def fallback(**strategy):
    return json.dumps({"strategy": {"mode": "fallback", **strategy}, **TWO})


KNOWN = [case[:3] for case in CASES if "@" not in str(case[1])]
"""Requests that name no virtual key of their own: the config does not tell of that one."""


@pytest.mark.parametrize(
    ("name", "request_", "faults"),
    KNOWN,
    ids=[f"{case[0]}-{number}" for number, case in enumerate(KNOWN)],
)
def test_a_published_form_asks_the_same_providers_before_and_after(name, request_, faults):
    source = (FOLDER / f"{name}.json").read_text()

    [before] = ask(json.loads(source), request_, faults=faults or None, virtual_keys=KEYS)
    [after] = ask(imported(source, "portkey").text, request_, faults=faults or None)

    def route(trace):
        return [
            (one.provider, one.status, one.model if one.provider != LONGER_THERE else None)
            for one in trace.attempts
        ]

    assert route(after) == route(before)


@pytest.mark.parametrize(
    ("strategy", "asked"),
    [
        ({}, ["openai 400", "stability-ai 200"]),
        ({"on_status_codes": [400, 429]}, ["openai 400", "stability-ai 200"]),
        ({"on_status_codes": [429, 503]}, ["openai 400"]),
        ({"on_refusal": "stop"}, ["openai 400"]),
    ],
    ids=str,
)
def test_a_refusal_moves_on_where_its_status_does_at_portkey(strategy, asked):
    [tried] = play(fallback(**strategy), faults="openai: refusal")

    assert told(tried) == asked


@pytest.mark.parametrize(
    ("retry", "waited"),
    [
        ({"attempts": 1}, False),
        ({"attempts": 1, "use_retry_after_header": True}, True),
        ({"attempts": 1, "use_retry_after_headers": True}, True),
        ({"attempts": 1, "use_retry_after_header": False}, False),
        (1, False),
    ],
    ids=str,
)
def test_retry_after_is_heeded_where_portkey_heeds_it(retry, waited):
    source = json.dumps({"provider": "openai", "retry": retry})

    [tried] = play(source, faults="openai: 429 retry_after=7 x1")

    assert (tried.trace.attempts[1].waited >= 7) is waited


def test_a_condition_for_a_target_that_is_left_out_is_left_out_too():
    source = json.dumps(
        {
            "strategy": {
                "mode": "conditional",
                "conditions": [
                    {"query": {"params.n": {"$gt": 1}}, "then": "many"},
                    {"query": {"params.n": {"$eq": 1}}, "then": "one"},
                ],
                "default": "many",
            },
            "targets": [{"name": "many", "provider": "bedrock"}, {"name": "one", **OPENAI}],
        }
    )

    one, many = play(source, {"n": 1}, {"n": 2})

    assert told(one) == ["openai 200"]
    assert (many.status, told(many)) == (400, [])


OPENAI = {"provider": "openai"}


def test_a_group_without_a_default_fails_where_no_condition_holds_as_portkey_does():
    source = json.dumps(
        {
            "strategy": {
                "mode": "conditional",
                "conditions": [{"query": {"params.n": {"$gt": 1}}, "then": "many"}],
            },
            "targets": [{"name": "many", **OPENAI}],
        }
    )

    plain, named = play(source, {"n": 1}, {"n": 1, "model": "@openai/gpt-image-2"})

    assert (plain.status, told(plain)) == (400, [])
    assert (named.status, told(named)) == (402, [])


def test_the_first_configs_spelling_does_the_same():
    source = json.dumps(
        {"mode": "fallback", "options": TWO["targets"], "retry": 1, "cache": "simple"}
    )

    [tried] = play(source, faults="openai: 503")

    assert told(tried) == ["openai 503"] * 2 + ["stability-ai 200"]
