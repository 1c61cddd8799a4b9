"""The forms of config that Portkey's published pages show, with names and values of our own."""

import json
from pathlib import Path

import pytest

from router import ConfigError
from router.config.portkey import refusal
from router.config.read import read
from router.providers.registry import PROVIDERS
from tests.configs.asking import ask

FOLDER = Path(__file__).parent / "portkey"
ACCEPTED = sorted(path.stem for path in FOLDER.glob("*.json"))
REFUSED = sorted(path.stem for path in (FOLDER / "refused").glob("*.json"))

KEYS = {
    "oa-main": {"provider": "openai", "api_key": "sk-main"},
    "oa-second": {"provider": "openai", "api_key": "sk-second"},
    "oa-third": {"provider": "openai", "api_key": "sk-third"},
    "az-west": {
        "provider": "azure-openai",
        "resource_name": "atelier-west",
        "api_key": "az-west",
        "deployments": [
            {"deployment_id": "murals", "alias": "gpt-image-2", "is_default": True},
            {"deployment_id": "posters", "alias": "gpt-image-1.5"},
        ],
    },
    "az-europe": {
        "provider": "azure-openai",
        "resource_name": "atelier-europe",
        "api_key": "az-europe",
    },
    "st-main": {"provider": "stability-ai", "api_key": "st-main"},
}

GPT = {"model": "gpt-image-2"}
OPENAI = {"model": "gpt-image-2", "provider": "openai"}

O2 = "openai gpt-image-2 200"
MINI = "openai gpt-image-1-mini 200"
CORE = "stability-ai stable-image-core 200"
FINE, OTHER, QUICK = O2, CORE, MINI

CASES = [
    # (config, request, faults, whom it asks and what each answered)
    ("azure-long-names", {}, "", "azure-openai murals 200"),
    ("azure-other-cloud", {}, "", "azure-openai murals 200"),
    ("azure-short-names", {}, "", "azure-openai dall-e-3 200"),
    ("azure-token", {}, "", "azure-openai murals 200"),
    ("cache-max-age", OPENAI, "", O2),
    ("cache-semantic", OPENAI, "", O2),
    ("cache-simple", OPENAI, "", O2),
    ("cache-targets", {}, "openai: 503", f"openai gpt-image-2 503, {CORE}"),
    ("cache-top", {}, "openai: 503", f"openai gpt-image-2 503, {CORE}"),
    ("circuit-breaker-percentage", GPT, "openai: 401 x1", f"openai gpt-image-2 401, {O2}"),
    ("circuit-breaker-threshold", GPT, "openai: 500 x1", f"openai gpt-image-2 500, {O2}"),
    ("combined-all", {"model": "poster"}, "", "openai gpt-image-1.5 200"),
    ("combined-all", {"model": "sketch"}, "", MINI),
    (
        "combined-conditional-fallback",
        {"model": "mural"},
        "openai: 429",
        "openai gpt-image-2 429, openai gpt-image-2 429, azure-openai murals 200",
    ),
    (
        "combined-conditional-fallback",
        {"model": "sketch"},
        "openai: 400",
        "openai gpt-image-1-mini 400",
    ),
    ("combined-conditional-loadbalance", {"model": "sketch"}, "", MINI),
    (
        "combined-fallback-conditional",
        {"metadata": {"region": "EU"}},
        "openai: 500",
        "openai gpt-image-2 500, azure-openai gpt-image-2 200",
    ),
    (
        "combined-fallback-conditional",
        {},
        "openai: 500",
        "openai gpt-image-2 500, azure-openai murals 200",
    ),
    ("combined-fallback-loadbalance", {}, "openai: 500", f"openai gpt-image-2 500, {CORE}"),
    ("conditional-alias", {"model": "finest"}, "", "stability-ai stable-image-ultra 200"),
    ("conditional-alias", {"model": "quickest"}, "", MINI),
    ("conditional-alias", {"model": "whatever"}, "", MINI),
    ("conditional-and-or", {"metadata": {"kind": "atelier", "tier": "first"}}, "", FINE),
    ("conditional-and-or", {"metadata": {"app": "my-gallery"}}, "", OTHER),
    ("conditional-and-or", {"metadata": {"client": "kiosk"}}, "", OTHER),
    ("conditional-and-or", {"metadata": {"kind": "atelier"}}, "", QUICK),
    ("conditional-combined", {"metadata": {"tier": "guild"}, "n": 2}, "", FINE),
    ("conditional-combined", {"metadata": {"tier": "guild"}}, "", QUICK),
    ("conditional-flag", {"metadata": {"new_look": True}}, "", OTHER),
    ("conditional-flag", {"metadata": {"new_look": "true"}}, "", QUICK),
    ("conditional-in", {"metadata": {"secrecy": "high"}}, "", FINE),
    ("conditional-in", {"metadata": {"secrecy": "low"}}, "", OTHER),
    ("conditional-in", {}, "", QUICK),
    ("conditional-many", {"n": 4}, "", ", ".join([OTHER] * 4)),
    ("conditional-many", {"n": 3}, "", QUICK),
    ("conditional-mixed", {"n": 3}, "", FINE),
    ("conditional-mixed", {**GPT, "metadata": {"kind": "atelier"}}, "", FINE),
    ("conditional-mixed", GPT, "", QUICK),
    ("conditional-numbers", {"seed": 700}, "", FINE),
    ("conditional-numbers", {"seed": 299}, "", OTHER),
    ("conditional-numbers", {"seed": 300}, "", QUICK),
    ("conditional-path", {}, "", FINE),
    ("conditional-plan", {"metadata": {"plan": "gold"}}, "", FINE),
    ("conditional-plan", {"metadata": {"plan": "lead"}}, "", QUICK),
    ("conditional-region", {"metadata": {"region": "EU"}}, "", "azure-openai gpt-image-2 200"),
    ("conditional-region", {"metadata": {"region": "US"}}, "", O2),
    ("conditional-task", {"metadata": {"task": "poster"}}, "", FINE),
    ("conditional-task", {"metadata": {"task": "sketch"}}, "", QUICK),
    ("conditional-task", {}, "", OTHER),
    (
        "conditional-unlike",
        {"metadata": {"plan": "gold"}, "size": "1024x1024", "n": 1},
        "",
        FINE,
    ),
    ("conditional-unlike", {"metadata": {"plan": "gold"}, "size": "512x512", "n": 1}, "", QUICK),
    ("custom-host", GPT, "openai: 503 x1", f"openai gpt-image-2 503, {O2}"),
    ("fallback-models", {}, "openai: 500", f"openai gpt-image-2 500, {CORE}"),
    ("fallback-never", GPT, "openai: 500", "openai gpt-image-2 500"),
    (
        "fallback-openai-azure",
        GPT,
        "openai: 500",
        "openai gpt-image-2 500, azure-openai murals 200",
    ),
    ("fallback-providers", GPT, "openai: 400", "openai gpt-image-2 400, azure-openai murals 200"),
    ("fallback-rate-limit", GPT, "openai: 429", "openai gpt-image-2 429, azure-openai murals 200"),
    ("fallback-rate-limit", GPT, "openai: 503", "openai gpt-image-2 503"),
    (
        "fallback-root-status-codes",
        GPT,
        "openai: 503",
        "openai gpt-image-2 503, azure-openai murals 200",
    ),
    ("fallback-root-status-codes", GPT, "openai: 500", "openai gpt-image-2 500"),
    (
        "fallback-slug-models",
        {},
        "stability-ai: 500",
        "stability-ai stable-diffusion-v1-6 500, openai dall-e-3 200",
    ),
    ("fallback-status-codes", GPT, "openai: 500", "openai gpt-image-2 500"),
    (
        "fallback-tiers",
        {},
        "openai: 500; stability-ai: 500",
        "openai gpt-image-2 500, stability-ai stable-image-core 500, azure-openai posters 200",
    ),
    (
        "fallback-virtual-keys",
        {},
        "stability-ai: 500",
        "stability-ai stable-diffusion-v1-6 500, openai dall-e-3 200",
    ),
    ("loadbalance-accounts", GPT, "", O2),
    ("loadbalance-any-sum", GPT, "", O2),
    ("loadbalance-sticky", {**GPT, "metadata": {"painter_id": 7}}, "", O2),
    ("loadbalance-sticky-session", {**GPT, "metadata": {"painter_id": 7}}, "", O2),
    ("loadbalance-unset-weights", GPT, "", O2),
    ("loadbalance-weight-zero", GPT, "", O2),
    ("openai-project", GPT, "", O2),
    ("parameters", {"user": "lucy"}, "openai: 500", f"openai gpt-image-2 500, {CORE}"),
    ("passthrough", {"model": "@oa-main/gpt-image-2"}, "", O2),
    ("passthrough", {**GPT, "provider": "@oa-main"}, "", O2),
    (
        "passthrough-fallback",
        {"provider": "@oa-main"},
        "openai: 500",
        f"openai gpt-image-2 500, {CORE}",
    ),
    ("passthrough-loadbalance", {"model": "@oa-main/gpt-image-2"}, "", O2),
    ("retry-after", GPT, "openai: 429 retry_after=3 x1", f"openai gpt-image-2 429, {O2}"),
    ("retry-after-singular", GPT, "openai: 429 retry_after=3 x1", f"openai gpt-image-2 429, {O2}"),
    ("retry-alone", OPENAI, "openai: 429 x1", f"openai gpt-image-2 429, {O2}"),
    ("retry-alone", OPENAI, "openai: 500 x1", "openai gpt-image-2 500"),
    ("retry-most", GPT, "openai: 500", ", ".join(["openai gpt-image-2 500"] * 6)),
    ("retry-status-codes", GPT, "openai: 401 x1", f"openai gpt-image-2 401, {O2}"),
    ("retry-status-codes", GPT, "openai: 503 x1", "openai gpt-image-2 503"),
    ("single-api-key", GPT, "", O2),
    ("single-cache-and-retry", GPT, "openai: 429 x1", f"openai gpt-image-2 429, {O2}"),
    ("single-mode", GPT, "", O2),
    ("single-no-retry-codes", GPT, "openai: 429 x1", "openai gpt-image-2 429"),
    ("single-override", {}, "", O2),
    ("single-override-slug-model", {}, "", O2),
    ("single-provider-and-virtual-key", GPT, "", O2),
    ("single-slug", GPT, "", O2),
    ("single-slug-model", {}, "", "stability-ai sd3.5-medium 200"),
    ("single-virtual-key", {}, "", CORE),
    ("timeout-alone", OPENAI, "openai: delay=5s", "openai gpt-image-2 408"),
    (
        "timeout-fallback",
        GPT,
        "openai: delay=2s",
        "openai gpt-image-2 408, azure-openai murals 200",
    ),
    ("timeout-fallback", GPT, "openai: 500", "openai gpt-image-2 500"),
    ("timeout-retry", GPT, "openai: delay=2s", ", ".join(["openai gpt-image-2 408"] * 3)),
    (
        "timeout-strategy",
        GPT,
        "*: delay=13s",
        "openai gpt-image-2 408, azure-openai murals 408",
    ),
    ("timeout-target", GPT, "*: delay=5s", O2),
    ("without-effect", GPT, "", O2),
]

DRAWN = {
    # Where chance decides: every route that it may come to.
    "canary": {O2, "stability-ai stable-image-ultra 200"},
    "combined-all": {O2, "azure-openai murals 200"},
    "combined-conditional-loadbalance": {O2, "azure-openai murals 200"},
    "combined-loadbalance-fallback": {O2, CORE},
    "combined-loadbalance-odd-codes": {O2},
    "combined-loadbalance-virtual-keys": {O2, CORE},
    "image-cookbook": {"openai dall-e-3 200", "stability-ai stable-diffusion-v1-6 200"},
    "image-cookbook-cached": {"openai dall-e-3 200", "stability-ai stable-diffusion-v1-6 200"},
    "loadbalance-cost": {MINI, O2},
    "loadbalance-migration": {O2, "openai gpt-image-1.5 200"},
    "loadbalance-models": {O2, CORE},
    "loadbalance-providers": {O2, "azure-openai murals 200"},
    "timeout-nested": {O2, "azure-openai murals 200"},
}
MODEL_ASKED = {
    "combined-all": "mural",
    "combined-conditional-loadbalance": "mural",
    "image-cookbook": "dall-e-3",
    "image-cookbook-cached": "dall-e-3",
}


def route(trace):
    return ", ".join(f"{one.provider} {one.model} {one.status}" for one in trace.attempts)


def load(name):
    return FOLDER / f"{name}.json"


@pytest.mark.parametrize(
    ("name", "request_", "faults", "expected"),
    CASES,
    ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)],
)
def test_a_published_form_loads_and_does_what_it_says(name, request_, faults, expected):
    [trace] = ask(load(name), request_, faults=faults or None, virtual_keys=KEYS)

    assert route(trace) == expected


@pytest.mark.parametrize(("name", "expected"), DRAWN.items(), ids=DRAWN)
def test_a_published_form_draws_among_its_targets(name, expected):
    # Different prompts, as one of these forms has a cache.
    requests = [
        {"prompt": f"kite {number}", "model": MODEL_ASKED.get(name, "gpt-image-2")}
        for number in range(100)
    ]

    traces = ask(load(name), *requests, seed=3, virtual_keys=KEYS)

    assert {route(trace) for trace in traces} == expected


def test_every_form_is_tried():
    assert {case[0] for case in CASES} | set(DRAWN) == set(ACCEPTED)


def test_published_forms_give_no_warning_but_those_we_owe():
    warnings = {
        name: read(load(name), providers=PROVIDERS, environment={}, virtual_keys=KEYS).warnings
        for name in ACCEPTED
        if not name.startswith(("cache-", "retry-alone", "timeout-alone", "passthrough"))
    }

    assert {name for name, told in warnings.items() if told} == {
        "single-cache-and-retry",
        "single-no-retry-codes",
        "without-effect",
    }


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_honoured_is_refused_with_the_reason(name):
    with pytest.raises(ConfigError) as refused:
        ask(FOLDER / "refused" / f"{name}.json", virtual_keys=KEYS)

    reason = refusal(name)
    assert reason is not None
    assert f"{name!r} is not supported; {reason}" in str(refused.value)


def test_retry_after_is_heeded_only_where_the_form_says_so():
    heeded, ignored = (
        ask(load(name), GPT, faults="openai: 429 retry_after=3 x1", virtual_keys=KEYS)[0]
        for name in ("retry-after", "retry-after-singular")
    )

    assert heeded.attempts[1].waited == 3
    assert ignored.attempts[1].waited <= 1


def test_a_mapping_is_as_good_as_a_file():
    config = json.loads(load("fallback-models").read_text())

    [trace] = ask(config, {}, virtual_keys=KEYS)

    assert route(trace) == O2
