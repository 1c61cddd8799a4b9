"""What other routers were seen to do wrong, done right: the rows of section 8 of the survey."""

import asyncio
import json
from email.utils import formatdate
from time import time

import pytest

from router import AsyncRouter, ConfigError, ContentPolicyError, NoImageError, RoutingError
from router.core.http import HttpResponse
from router.emulators.drawing import drawn_once
from router.sandbox.in_process import SandboxSender
from router.testing import Scripted, error_answer, picture_answer, simulate
from tests.originals.pictures import PNG
from tests.toys import Providers

FIRST = {"provider": "openai", "api_key": "sk-first", "custom_host": "https://a.test/v1"}
SECOND = {"provider": "openai", "api_key": "sk-second", "custom_host": "https://b.test/v1"}
REFUSAL = error_answer(400, code="moderation_blocked", message="rejected by the safety system")
EMPTY = HttpResponse(status=200, body=b'{"created": 1, "data": []}')


def fallback(*targets, **more):
    return {"strategy": {"mode": "fallback"}, "targets": list(targets), **more}


def asked(config, a=(), b=(), to="generate", **keywords):
    """Ask for a cat; return the answer or the error, who was asked, and how long it took."""

    async def main():

        sender = Providers(a=Scripted(*a), b=Scripted(*b))
        async with AsyncRouter(config, sender=sender) as router:
            try:
                call = getattr(router.images, to)
                answer = await call(**{"prompt": "a cat", "model": "gpt-image-2"} | keywords)
            except RoutingError as error:
                answer = error
        return answer, sender, asyncio.get_running_loop().time()

    return simulate(main)


def test_row_1_and_2_a_broken_provider_is_asked_once_before_the_fallback():
    answer, sender, took = asked(fallback(FIRST, SECOND), a=[500], b=[200])

    assert (sender.asked, took, len(answer)) == (["a", "b"], 0, 1)


@pytest.mark.parametrize("retries", [0, 2])
def test_row_3_retries_are_counted_in_one_place(retries):
    config = fallback({**FIRST, "retry": {"attempts": retries}}, SECOND)

    _, sender, _ = asked(config, a=[500] * (retries + 1), b=[200])

    assert sender.asked == ["a"] * (retries + 1) + ["b"]


def test_row_4_a_rate_limited_provider_does_not_keep_the_fallback_waiting():
    _, sender, took = asked(fallback(FIRST, SECOND), a=[error_answer(429, retry_after=3)], b=[200])

    assert (sender.asked, took) == (["a", "b"], 0)


def test_row_5_a_slow_picture_is_bought_once():
    config = fallback({**FIRST, "request_timeout": 1000, "retry": {"attempts": 5}}, SECOND)

    _, sender, took = asked(config, a=[(60, 200)], b=[200])

    assert (sender.asked, took) == (["a", "b"], 1)


def test_row_6_and_8_a_refusal_is_not_sent_to_the_second_provider():
    error, sender, _ = asked(fallback(FIRST, SECOND), a=[REFUSAL])

    assert type(error) is ContentPolicyError
    assert sender.asked == ["a"]


def test_row_7_and_9_an_answer_without_pictures_is_no_success():
    error, _, _ = asked(FIRST, a=[EMPTY])
    answer, sender, _ = asked(fallback(FIRST, SECOND), a=[EMPTY], b=[200])

    assert type(error) is NoImageError
    assert (sender.asked, len(answer)) == (["a", "b"], 1)


def test_row_10_modern_parameters_reach_the_provider():
    modern = {
        "background": "transparent",
        "moderation": "low",
        "output_format": "webp",
        "output_compression": 80,
        "quality": "high",
    }

    _, sender, _ = asked(FIRST, a=[500], **modern)

    body = json.loads(sender.senders["a"].requests[0].body)
    assert {name: body.get(name) for name in modern} == modern


def test_row_11_fifty_pictures_are_fifty_pictures():
    def enough(request):
        return picture_answer(json.loads(request.body)["n"])

    answer, sender, _ = asked(FIRST, a=[enough] * 5, n=50)

    assert (len(answer), len(sender.asked)) == (50, 5)


SPOKEN = {"replicate": "black-forest-labs/flux-schnell", "together-ai": "Qwen/Qwen-Image"}


@pytest.mark.parametrize("is_up", [True, False])
@pytest.mark.parametrize("first", SPOKEN)
def test_row_12_every_provider_makes_pictures_and_is_fallen_back_from(first, is_up):
    config = fallback(
        {"provider": first, "override_params": {"model": SPOKEN[first]}},
        {"provider": "openai", "override_params": {"model": "gpt-image-2"}},
    )

    async def main():
        sender = SandboxSender(faults=None if is_up else f"{first}: 503", draw=drawn_once())
        async with AsyncRouter(config, sandbox=True, environment={}, sender=sender) as router:
            return await router.images.generate(prompt="a cat")

    answer = simulate(main)
    assert answer.trace.attempts[0].provider == first
    assert answer.trace.served.provider == (first if is_up else "openai")


def conditional(*targets):
    query = {"url.pathname": "/v1/images/edits"}
    first, second = (
        {"name": name, **one} for name, one in zip(("it", "not"), targets, strict=True)
    )
    return {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": query, "then": "it"}],
            "default": "not",
        },
        "targets": [first, second],
    }


@pytest.mark.parametrize(
    "config",
    [
        FIRST,
        fallback(FIRST, SECOND),
        {"strategy": {"mode": "loadbalance"}, "targets": [FIRST, {**SECOND, "weight": 0}]},
        conditional(FIRST, SECOND),
        fallback(fallback(FIRST), SECOND, cache={"mode": "simple"}, budget={"attempts": 1}),
    ],
    ids=["a target", "fallback", "load balance", "conditional", "nested"],
)
def test_row_13_an_edit_that_succeeds_is_a_success_whatever_the_config(config):
    answer, sender, _ = asked(config, a=[200], to="edit", image=PNG)

    assert (sender.asked, len(answer)) == (["a"], 1)


def test_row_14_an_override_changes_the_model_in_the_form():
    config = {**FIRST, "override_params": {"model": "gpt-image-1.5"}}

    _, sender, _ = asked(config, a=[200], to="edit", image=PNG)

    [request] = sender.senders["a"].requests
    assert [part.read() for part in request.parts if part.name == "model"] == [b"gpt-image-1.5"]


@pytest.mark.parametrize("key", ["use_retry_after_header", "use_retry_after_headers"])
def test_row_15_retry_after_is_waited_for(key):
    config = {**FIRST, "retry": {"attempts": 1, key: True}}

    _, sender, took = asked(config, a=[error_answer(429, retry_after=7), 200])

    assert (sender.asked, took) == (["a", "a"], 7)


def test_row_16_retry_after_may_be_a_date():

    soon = HttpResponse(
        status=429,
        headers={"retry-after": formatdate(time() + 20, usegmt=True)},
        body=error_answer(429).body,
    )

    _, sender, took = asked({**FIRST, "retry": {"attempts": 1}}, a=[soon, 200])

    assert sender.asked == ["a", "a"]
    assert 15 < took <= 20


def test_row_17_weights_that_are_all_zero_are_an_error_of_the_config():
    config = {
        "strategy": {"mode": "loadbalance"},
        "targets": [{**FIRST, "weight": 0}, {**SECOND, "weight": 0}],
    }

    with pytest.raises(ConfigError, match="weight"):
        AsyncRouter(config)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({**FIRST, "retrry": {"attempts": 1}}, "retrry"),
        (
            {"strategy": {"mode": "fallback", "on_status_code": [500]}, "targets": [FIRST]},
            "on_status_code",
        ),
        (
            {
                "strategy": {
                    "mode": "conditional",
                    "conditions": [{"query": {"metadata.a": 1}, "then": "nobody"}],
                    "default": "first",
                },
                "targets": [{"name": "first", **FIRST}],
            },
            "nobody",
        ),
    ],
    ids=["a key", "a setting", "a target"],
)
def test_row_18_what_is_misspelt_is_an_error_of_the_config(config, named):
    with pytest.raises(ConfigError, match=named):
        AsyncRouter(config)


@pytest.mark.parametrize(("plan", "provider"), [("pro", "b"), ("free", "a")])
def test_row_19_a_key_beside_or_counts(plan, provider):
    query = {"$or": [{"metadata.x": 1}, {"metadata.y": 1}], "metadata.plan": "pro"}
    config = {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": query, "then": "second"}],
            "default": "first",
        },
        "targets": [{"name": "first", **FIRST}, {"name": "second", **SECOND}],
    }

    _, sender, _ = asked(config, a=[200], b=[200], metadata={"y": 1, "plan": plan})

    assert sender.asked == [provider]
