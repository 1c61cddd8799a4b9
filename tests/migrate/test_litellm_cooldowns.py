"""LiteLLM's cooldowns, and the breakers of the config that is made of them."""

import pytest
from bringing import LONE, PICTURES, play, told

GROUPS = """
model_list:
  - {model_name: pictures, litellm_params: {model: openai/gpt-image-1, api_key: os.environ/A}}
  - {model_name: sketches, litellm_params: {model: stability/stable-image-core}}
"""
MOSTLY_ONE = """
model_list:
  - model_name: pictures
    litellm_params: {model: openai/gpt-image-1, api_key: os.environ/A, rpm: 1000000}
  - model_name: pictures
    litellm_params: {model: stability/stable-image-core, rpm: 1}
"""

OPENAI_200, STABILITY_200 = "openai 200", "stability-ai 200"

COOLING = (
    GROUPS
    + """
router_settings:
  num_retries: 0
  allowed_fails: 1
  cooldown_time: 30
  fallbacks: [{pictures: [sketches]}]
"""
)


def test_a_cooldown_is_a_breaker_that_opens_after_one_more_than_is_allowed():
    tried = play(COOLING, *[PICTURES] * 4, faults="openai: 429", waits=1)

    both = ["openai 429", STABILITY_200]
    assert [told(one) for one in tried] == [both, both, [STABILITY_200], [STABILITY_200]]


def test_after_the_cooldown_it_is_asked_again():
    tried = play(COOLING, *[PICTURES] * 5, faults="openai: 500 x2", waits=12)

    failed, well = ["openai 500", STABILITY_200], [OPENAI_200]
    assert [told(one) for one in tried] == [failed, failed, [STABILITY_200], [STABILITY_200], well]


def test_a_bad_request_and_a_refusal_count_for_no_cooldown():
    tried = play(COOLING, *[PICTURES] * 4, faults="openai: 400 x2; openai: refusal x1")

    assert [told(one)[0] for one in tried] == ["openai 400"] * 3 + [OPENAI_200]


def test_a_class_of_failures_may_be_left_out_of_cooldowns():
    source = COOLING.replace(
        "allowed_fails: 1", "allowed_fails_policy: {RateLimitErrorAllowedFails: 5000}"
    )

    tried = play(source, *[PICTURES] * 9, faults="openai: 429")

    assert all(told(one)[0] == "openai 429" for one in tried)


ONE_FAILURE = "router_settings: {num_retries: 0, allowed_fails: 0}"


def test_a_deployment_that_is_not_paid_for_is_left_alone():
    source = MOSTLY_ONE + ONE_FAILURE

    tried = play(source, *[PICTURES] * 2, faults="openai: 402", waits=1)

    assert [told(one) for one in tried] == [["openai 402"], [STABILITY_200]]


def test_a_lone_deployment_that_is_not_paid_for_is_asked_again_and_again():
    tried = play(LONE + ONE_FAILURE, *[PICTURES] * 3, faults="openai: 402", waits=1)

    assert [told(one) for one in tried] == [["openai 402"]] * 3


@pytest.mark.parametrize(("failures", "is_left_alone"), [(3, False), (4, True)])
def test_a_deployment_is_left_alone_when_more_than_half_have_failed(failures, is_left_alone):
    source = MOSTLY_ONE + "router_settings: {num_retries: 0}"

    tried = play(
        source,
        *[PICTURES] * (4 + failures),
        faults=f"openai: 500 x{failures} after 2.5s",
        waits=1,
    )

    assert told(tried[-1]) == [STABILITY_200 if is_left_alone else OPENAI_200]
