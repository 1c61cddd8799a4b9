"""Each config of `configs/` does what its comment says."""

import asyncio
from collections import Counter

import pytest

from router import AsyncRouter, BudgetExceededError
from router.config.read import read
from router.providers.registry import providers
from router.testing import simulate
from router.workspace import config_files
from tests.configs.asking import CONFIGS, ask, sandbox, told

FILES = tuple(config_files(CONFIGS))
SCHEMA = "# yaml-language-server: $schema=../schemas/{}.schema.json"


def run(name, *requests, **options):
    return ask(CONFIGS / f"{name}.yaml", *requests or ({},), **options)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_config_runs_in_the_sandbox_without_any_variable(path):
    async def main():
        async with AsyncRouter.from_file(path, sandbox=True, environment={}) as router:
            return await router.images.generate(prompt="a red kite")

    answer = asyncio.run(main())

    assert answer.trace.served is not None
    assert answer.data[0].bytes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_config_gives_no_warning(path):
    document = read(path, providers=providers(), environment={}, allow_unset=True)

    assert document.warnings == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_config_is_small_and_begins_with_its_schema_and_its_purpose(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert lines[0] == SCHEMA.format("config")
    assert lines[1].startswith("# ")
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 30


def test_the_virtual_keys_begin_with_their_schema_and_hold_no_secret():
    text = (CONFIGS / "virtual-keys.yaml").read_text(encoding="utf-8")

    assert text.startswith(SCHEMA.format("virtual-keys"))
    assert text.count("api_key: ${") == text.count("\n  api_key: ")


def test_single_takes_its_defaults_and_leaves_what_the_request_says():
    plain, asked = run("single", {}, {"model": "gpt-image-1-mini"})

    assert plain.served.model == "gpt-image-2"
    assert asked.served.model == "gpt-image-1-mini"


@pytest.mark.parametrize("fault", ["503", "429", "401", "empty", "truncated", "reset", "delay=90s"])
def test_fallback_moves_on_when_openai_is_slow_full_or_down(fault):
    [trace] = run("fallback", faults=f"openai: {fault}")

    assert trace.served.provider == "stability-ai"
    assert len(trace.attempts) == 2


def test_fallback_leaves_a_refusal_a_refusal():
    [trace] = run("fallback", faults="openai: refusal")

    assert trace.served is None
    assert told(trace) == ["openai 400"]


def test_loadbalance_shares_by_weight_and_fails_over():
    traces = run("loadbalance", *[{}] * 200)
    [failed_over, *_] = run("loadbalance", faults="openai: 503", seed=1)

    share = Counter(trace.served.provider for trace in traces)["openai"] / 200
    assert 0.65 < share < 0.85
    assert failed_over.served.provider == "stability-ai"


def test_canary_gets_one_request_of_twenty_and_is_seen_to_fail():
    traces = run("canary", *[{}] * 400, faults="openai/gpt-image-2.6-flare: 500")

    drawn = Counter(trace.attempts[0].model for trace in traces)
    assert 5 <= drawn["gpt-image-2.6-flare"] <= 40
    assert sum(trace.served is None for trace in traces) == drawn["gpt-image-2.6-flare"]


def test_sticky_keeps_a_user_with_one_provider():
    users = [{"metadata": {"user": f"user-{number % 20}"}} for number in range(60)]

    traces = run("sticky", *users)

    providers = [trace.served.provider for trace in traces]
    assert providers[:20] == providers[20:40] == providers[40:]
    assert set(providers) == {"openai", "stability-ai"}


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({"metadata": {"plan": "pro"}}, "best"),
        ({"metadata": {"plan": "team"}, "quality": "high"}, "best"),
        ({"metadata": {"plan": "pro"}, "quality": "low"}, "quick"),
        ({"metadata": {"plan": "free"}}, "quick"),
        ({"prompt": "a Logo with a fox"}, "transparent"),
        ({"prompt": "logotypes of old"}, "quick"),
        ({}, "quick"),
    ],
    ids=str,
)
def test_conditional_asks_whom_the_first_condition_names(request_, name):
    place = {"best": 0, "transparent": 1, "quick": 2}[name]

    [trace] = run("conditional", request_)

    assert trace.served.path == f"config.targets[{place}]"


def test_retry_waits_as_long_as_the_provider_says():
    [trace] = run("retry", faults="openai: 429 retry_after=7 x2")

    assert told(trace) == ["openai 429", "openai 429", "openai 200"]
    assert [attempt.waited for attempt in trace.attempts] == [0, 7, 7]


def test_retry_stops_after_four_calls():
    [trace] = run("retry", faults="openai: 503")

    assert told(trace) == ["openai 503"] * 4


def test_circuit_breaker_leaves_a_failing_provider_alone_and_tries_again():
    async def main():
        sender = sandbox("openai: 503 x3")
        router = AsyncRouter.from_file(
            CONFIGS / "circuit-breaker.yaml", sandbox=True, environment={}, sender=sender
        )
        async with router:
            traces = [(await router.images.generate(prompt="a kite")).trace for _ in range(5)]
            await asyncio.sleep(31)
            return [*traces, (await router.images.generate(prompt="a kite")).trace]

    traces = simulate(main)

    passed_by = ["stability-ai 200"]
    assert [told(trace) for trace in traces] == [
        *[["openai 503", "stability-ai 200"]] * 3,
        *[passed_by] * 2,
        ["openai 200"],
    ]


def test_cache_answers_the_same_request_once_more_for_nothing():
    traces = run(
        "cache",
        {},
        {},
        {"prompt": "a blue kite"},
        {"cache_namespace": "lucy"},
        {"cache_force_refresh": True},
    )

    assert [len(trace.attempts) for trace in traces] == [1, 0, 1, 1, 1]


def test_budget_has_the_last_word():
    [calls] = run("budget", faults="*: 503")
    [time] = run("budget", faults="*: 503", seconds=100)

    assert len(calls.attempts) == 3
    assert time.attempts[-1].started + time.attempts[-1].duration <= 120


def test_nested_goes_from_group_to_group():
    [trace] = run("nested", faults="openai: 503; azure-openai: 500; stability-ai: 503 x2")

    assert told(trace) == [
        *["openai 503"] * 4,
        *["azure-openai 500"] * 2,
        *["stability-ai 503"] * 2,
        "stability-ai 200",
    ]
    assert len({attempt.virtual_key for attempt in trace.attempts}) == 4


def test_limit_lets_four_in_at_once():
    async def main():
        router = AsyncRouter.from_file(
            CONFIGS / "limit.yaml", sandbox=True, environment={}, sender=sandbox(seconds=10)
        )
        async with router:
            calls = [router.images.generate(prompt=f"kite {number}") for number in range(6)]
            answers = await asyncio.gather(*calls)
            return [answer.trace.attempts[0].started for answer in answers]

    assert simulate(main) == [0, 0, 0, 0, 10, 10]


def test_refusals_may_be_judged_by_another_provider():
    [trace] = run("refusals", faults="openai: refusal")

    assert told(trace) == ["openai 400", "stability-ai 200"]


def test_azure_picks_a_deployment_by_the_model_and_has_openai_behind_it():
    default, small, behind = (
        run("azure", *requests, faults=faults)[0]
        for requests, faults in [
            ([{}], None),
            ([{"model": "gpt-image-1-mini"}], None),
            ([{}], "azure-openai: 429"),
        ]
    )

    assert default.served.model == "images-large"
    assert small.served.model == "images-small"
    assert told(behind) == ["azure-openai 429", "openai 200"]


def test_azure_asks_nobody_else_about_a_bad_request():
    [trace] = run("azure", faults="azure-openai: 400")

    assert told(trace) == ["azure-openai 400"]


def test_accounts_take_over_when_the_first_has_no_money():
    [trace] = run("accounts", faults="openai: 429 code=insufficient_quota x1")

    assert [attempt.virtual_key for attempt in trace.attempts] == ["openai-prod", "openai-batch"]


@pytest.mark.parametrize("model", ["dall-e-2", "dall-e-3"])
def test_retired_models_are_served_by_their_successor(model):
    asked = {"model": model, "size": "1792x1024", "quality": "hd", "style": "vivid"}

    [trace] = run("retired-models", asked)

    assert trace.served.model == "gpt-image-2"
    assert "quality hd -> high" in trace.served.adaptations


def test_a_living_model_is_served_as_it_was_asked_for():
    [trace] = run("retired-models", {"model": "gpt-image-1-mini"})

    assert trace.served.model == "gpt-image-1-mini"


@pytest.mark.parametrize(
    ("drawn", "fault"),
    [("openai", "openai/gpt-image-2: 503"), ("stability-ai", "stability-ai: 503")],
)
def test_mission_shares_the_load_and_falls_back_to_dall_e_2(drawn, fault):
    traces = run("mission", *[{}] * 20, faults=fault)

    fallen = [trace for trace in traces if len(trace.attempts) == 2]
    assert 0 < len(fallen) < 20
    assert {trace.attempts[0].provider for trace in fallen} == {drawn}
    assert {trace.served.model for trace in fallen} == {"dall-e-2"}
    assert {trace.served.path for trace in fallen} == {"config.targets[1]"}


def test_parameters_are_settled_in_one_place():
    async def main():
        sender = sandbox()
        router = AsyncRouter.from_file(
            CONFIGS / "parameters.yaml", sandbox=True, environment={}, sender=sender
        )
        async with router:
            return await router.images.generate(prompt="a kite", style="vivid", output_format="png")

    answer = simulate(main)

    assert repr(answer.data[0]) == "AsyncImage(webp, 1536x1024)"
    assert answer.trace.served.adaptations == ()


@pytest.mark.parametrize(
    ("request_", "provider"),
    [
        ({"size": "1024x1024"}, "stability-ai"),
        ({"size": "1536x1024"}, "openai"),
        ({"background": "transparent"}, "openai"),
    ],
    ids=str,
)
def test_unsupported_requests_pass_a_provider_by(request_, provider):
    [trace] = run("unsupported", request_)

    assert [attempt.provider for attempt in trace.attempts] == [provider]
    assert trace.served.adaptations == ()


def test_own_server_has_openai_behind_it():
    [own] = run("own-server")
    [behind] = run("own-server", faults="localai: 503 x1")

    assert own.served.path == "config.targets[0]"
    assert behind.served.path == "config.targets[1]"
    assert behind.served.virtual_key == "env:openai"


def test_a_budget_that_is_spent_is_told_as_such():
    async def main():
        router = AsyncRouter.from_file(
            CONFIGS / "budget.yaml", sandbox=True, environment={}, sender=sandbox("*: 503")
        )
        async with router:
            await router.images.generate(prompt="a kite")

    with pytest.raises(BudgetExceededError, match="budget"):
        simulate(main)
