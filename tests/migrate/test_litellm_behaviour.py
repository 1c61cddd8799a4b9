"""What LiteLLM's config promises happens with the config that is made of it."""

from collections import Counter

import pytest
from bringing import LONE, PICTURES, imported, play, told

GROUPS = """
model_list:
  - {model_name: pictures, litellm_params: {model: openai/gpt-image-1, api_key: os.environ/A}}
  - {model_name: sketches, litellm_params: {model: stability/stable-image-core}}
  - {model_name: posters, litellm_params: {model: recraft/recraftv3}}
"""
TWO_ACCOUNTS = """
model_list:
  - model_name: pictures
    litellm_params: {model: openai/gpt-image-1, api_key: os.environ/A, rpm: 30}
  - model_name: pictures
    litellm_params: {model: stability/stable-image-core, rpm: 10}
"""

OPENAI_200, STABILITY_200, RECRAFT_200 = "openai 200", "stability-ai 200", "recraft-ai 200"


def test_the_request_s_model_chooses_the_group_as_it_did():
    source = GROUPS + "router_settings: {model_group_alias: {kite-maker: sketches}}"

    asked = [
        told(tried)
        for tried in play(source, PICTURES, {"model": "posters"}, {"model": "kite-maker"})
    ]

    assert asked == [[OPENAI_200], [RECRAFT_200], [STABILITY_200]]


@pytest.mark.parametrize(
    "model", ["gpt-image-1", "@openai/gpt-image-2", "@openai/nobody-knows", "@localai/sd", None]
)
def test_a_model_that_the_source_does_not_know_is_an_error_and_nobody_is_asked(model):
    [tried] = play(GROUPS, {} if model is None else {"model": model})

    assert tried.status in {400, 402, 501}
    assert tried.trace.attempts == ()


@pytest.mark.parametrize("model", ["talk", "gpt-4o", "dall-e-9", None])
def test_the_one_group_that_is_left_of_several_answers_to_its_own_name_alone(model):
    source = LONE + "  - {model_name: talk, litellm_params: {model: openai/gpt-4o}}\n"

    own, other = play(source, PICTURES, {} if model is None else {"model": model})

    assert told(own) == [OPENAI_200]
    assert other.status in {400, 402}
    assert told(other) == []


def test_the_only_group_of_a_source_answers_whatever_model_is_asked_for():
    [tried] = play(LONE, {"model": "dall-e-9"})

    assert told(tried) == [OPENAI_200]


def test_fallbacks_are_asked_in_turn_with_the_fallbacks_of_those():
    source = GROUPS + (
        "router_settings: {num_retries: 0, fallbacks: "
        "[{pictures: [sketches]}, {sketches: [posters]}]}"
    )

    [tried] = play(source, PICTURES, faults="openai: 500; stability-ai: 400")

    assert told(tried) == ["openai 500", "stability-ai 400", RECRAFT_200]


def test_default_fallbacks_are_for_groups_without_their_own():
    source = GROUPS + (
        "litellm_settings: {num_retries: 0, default_fallbacks: [posters],"
        " fallbacks: [{pictures: [sketches]}]}"
    )

    asked = [
        told(tried)
        for tried in play(
            source, PICTURES, {"model": "sketches"}, faults="openai: 500 x1; stability-ai: 503"
        )
    ]

    assert asked == [
        ["openai 500", "stability-ai 503", RECRAFT_200],
        ["stability-ai 503", RECRAFT_200],
    ]


def test_a_cycle_of_fallbacks_asks_each_once():
    source = GROUPS + (
        "router_settings: {num_retries: 0, fallbacks: "
        "[{pictures: [sketches]}, {sketches: [pictures]}]}"
    )

    [tried] = play(source, PICTURES, faults="openai: 500; stability-ai: 500")

    assert told(tried) == ["openai 500", "stability-ai 500"]


RATE_LIMITS_ONLY = """\
router_settings:
  num_retries: 0
  model_group_retry_policy: {pictures: {RateLimitErrorRetries: 3}}
"""
NO_SERVER_ERRORS = (
    "router_settings: {num_retries: 2, retry_policy: {InternalServerErrorRetries: 0}}\n"
)
OF_A_GROUP = """\
router_settings:
  num_retries: 2
  model_group_retry_policy: {pictures: {InternalServerErrorRetries: 0}}
"""


@pytest.mark.parametrize(
    ("settings", "fault", "calls"),
    [
        ("router_settings: {num_retries: 3}", "500", 4),
        ("litellm_settings: {num_retries: 1}", "503", 2),
        ("router_settings: {num_retries: 0}", "500", 1),
        ("router_settings: {}", "429", 3),
        ("router_settings: {num_retries: 2}", "400", 1),
        ("router_settings: {num_retries: 2}", "401", 1),
        ("router_settings: {num_retries: 9}", "500", 6),
        ("router_settings: {num_retries: 2, timeout: 5}", "delay=9s", 3),
        ("router_settings: {num_retries: 2, retry_policy: {RateLimitErrorRetries: 0}}", "429", 1),
        ("router_settings: {num_retries: 2, retry_policy: {RateLimitErrorRetries: 0}}", "500", 3),
        ("router_settings: {num_retries: 0, retry_policy: {TimeoutErrorRetries: 1}}", "500", 1),
        ("router_settings: {num_retries: 2, retry_policy: {BadRequestErrorRetries: 2}}", "400", 3),
        (OF_A_GROUP, "500", 1),
        (RATE_LIMITS_ONLY, "429", 4),
        (RATE_LIMITS_ONLY, "reset", 1),
        (RATE_LIMITS_ONLY, "500", 1),
        ("router_settings: {num_retries: 2}", "reset", 3),
        ("router_settings: {num_retries: 2, retry_policy: {TimeoutErrorRetries: 0}}", "504", 1),
        (NO_SERVER_ERRORS, "502", 3),
        (NO_SERVER_ERRORS, "529", 3),
        (NO_SERVER_ERRORS, "500", 1),
        ("router_settings: {num_retries: 0, retry_policy: {DefaultRetries: 1}}", "401", 2),
        ("router_settings: {num_retries: 0, retry_policy: {DefaultRetries: 1}}", "reset", 2),
        ("router_settings: {num_retries: 2, retry_policy: {DefaultRetries: 0}}", "500", 1),
    ],
    ids=str,
)
def test_a_lone_deployment_is_repeated_as_often_as_litellm_does(settings, fault, calls):
    [tried] = play(LONE + settings, faults=f"openai: {fault}")

    assert len(tried.trace.attempts) == calls


@pytest.mark.parametrize(
    ("fault", "calls"), [("429", 4), ("401", 1), ("403", 1), ("500", 1), ("reset", 1)]
)
def test_a_group_asks_another_deployment_after_the_errors_of_its_policy_alone(fault, calls):
    source = f"{TWO_ACCOUNTS}{RATE_LIMITS_ONLY}  disable_cooldowns: true\n"

    [tried] = play(source, PICTURES, faults=f"*: {fault}")

    assert len(tried.trace.attempts) == calls


@pytest.mark.parametrize(("fault", "calls"), [("401", 1), ("403", 2), ("503", 2)])
def test_a_class_without_retries_is_passed_on_to_no_other_deployment(fault, calls):
    source = TWO_ACCOUNTS + (
        "router_settings: {num_retries: 2, retry_policy: {AuthenticationErrorRetries: 0},"
        " disable_cooldowns: true}"
    )

    [tried] = play(source, PICTURES, faults=f"*: {fault}")

    assert len(tried.trace.attempts) == calls


def test_retries_of_a_group_go_to_another_deployment():
    source = TWO_ACCOUNTS + "router_settings: {num_retries: 2}"

    tried = play(source, *[PICTURES] * 20, faults="openai: 429")

    assert {tuple(told(one)) for one in tried} == {("openai 429", STABILITY_200), (STABILITY_200,)}


def test_without_retries_a_group_asks_one_deployment():
    source = TWO_ACCOUNTS + "router_settings: {num_retries: 0, disable_cooldowns: true}"

    tried = play(source, *[PICTURES] * 20, faults="openai: 429")

    assert {tuple(told(one)) for one in tried} == {("openai 429",), (STABILITY_200,)}


def test_a_group_is_asked_no_more_often_than_litellm_would():
    source = TWO_ACCOUNTS + "router_settings: {num_retries: 4, disable_cooldowns: true}"

    [tried] = play(source, PICTURES, faults="*: 503")

    assert Counter(told(tried)) == {"openai 503": 2, "stability-ai 503": 2}


@pytest.mark.parametrize("weights", ["rpm", "weight", "tpm"])
def test_traffic_is_shared_by_the_weights(weights):
    source = TWO_ACCOUNTS.replace("rpm", weights)

    tried = play(source, *[PICTURES] * 120)

    share = sum(told(one) == [OPENAI_200] for one in tried) / 120
    assert 0.65 < share < 0.85


def test_the_next_order_is_asked_when_the_first_has_failed():
    source = TWO_ACCOUNTS.replace("rpm: 30", "order: 1").replace("rpm: 10", "order: 2") + (
        "router_settings: {num_retries: 0, enable_pre_call_checks: true}"
    )

    well, failed = play(source, PICTURES, PICTURES, faults="openai: 503 x1 after 1s", waits=2)

    assert (told(well), told(failed)) == ([OPENAI_200], ["openai 503", STABILITY_200])


POLICY = (
    GROUPS
    + """
router_settings:
  num_retries: 0
  fallbacks: [{pictures: [sketches]}]
  content_policy_fallbacks: [{pictures: [posters]}]
"""
)


def test_refusals_and_failures_have_fallbacks_of_their_own():
    refused, failed, both = play(
        POLICY,
        *[PICTURES] * 3,
        faults="openai: refusal x1; openai: 500; stability-ai: refusal x1 after 5s",
        waits=3,
    )

    assert told(refused) == ["openai 400", RECRAFT_200]
    assert told(failed) == ["openai 500", STABILITY_200]
    assert told(both) == ["openai 500", "stability-ai 403", RECRAFT_200]


def test_fallbacks_for_refusals_alone_are_for_no_other_failure():
    source = GROUPS + (
        "litellm_settings: {num_retries: 0, content_policy_fallbacks: [{pictures: [posters]}]}"
    )

    refused, failed = play(source, PICTURES, PICTURES, faults="openai: refusal x1; openai: 500")

    assert told(refused) == ["openai 400", RECRAFT_200]
    assert told(failed) == ["openai 500"]


def test_the_same_fallbacks_for_both_are_one():
    source = GROUPS + (
        "router_settings: {num_retries: 0, fallbacks: [{pictures: [posters]}],"
        " content_policy_fallbacks: [{pictures: [posters]}]}"
    )

    refused, failed = play(source, PICTURES, PICTURES, faults="openai: refusal x1; openai: 500 x1")

    assert told(refused) == ["openai 400", RECRAFT_200]
    assert told(failed) == ["openai 500", RECRAFT_200]


def test_without_fallbacks_for_refusals_they_take_the_way_of_failures_and_a_note_says_so():
    source = GROUPS + "router_settings: {num_retries: 0, fallbacks: [{pictures: [sketches]}]}"

    [tried] = play(source, PICTURES, faults="openai: refusal")

    assert told(tried) == ["openai 400", STABILITY_200]
    [note] = imported(source).told
    assert note.hint == "take on_refusal out to let a refusal end the request"


def test_a_refusal_stops_in_a_group_that_other_fallbacks_for_refusals_leave_out():
    source = GROUPS + (
        "router_settings: {num_retries: 0, fallbacks: [{pictures: [sketches]}],"
        " content_policy_fallbacks: [{posters: [sketches]}]}"
    )

    [tried] = play(source, PICTURES, faults="openai: refusal")

    assert told(tried) == ["openai 400"]


def test_a_deployment_may_be_fallen_back_to_by_its_id():
    source = """
    model_list:
      - {model_name: pictures, litellm_params: {model: openai/gpt-image-1}}
      - model_name: pictures
        litellm_params: {model: stability/stable-image-core, weight: 0}
        model_info: {id: spare, mode: image_generation}
      - {model_name: posters, litellm_params: {model: recraft/recraftv3}}
    router_settings: {num_retries: 0, fallbacks: [{posters: [spare]}]}
    """

    [tried] = play(source, {"model": "posters"}, faults="recraft-ai: 500")

    assert told(tried) == ["recraft-ai 500", STABILITY_200]


def test_a_call_has_as_long_as_its_deployment_says_else_the_settings():
    source = """
    model_list:
      - {model_name: pictures, litellm_params: {model: openai/gpt-image-1, timeout: 4}}
      - {model_name: sketches, litellm_params: {model: stability/stable-image-core}}
    router_settings: {num_retries: 0, timeout: 7}
    litellm_settings: {request_timeout: 99}
    """

    own, settings = play(source, PICTURES, {"model": "sketches"}, seconds=50)

    assert (own.seconds, settings.seconds) == (4, 7)


def test_parameters_a_provider_does_not_know_are_dropped_or_refused_as_litellm_is_told():
    drops, refuses = (
        play(LONE + f"litellm_settings: {{drop_params: {value}}}", {"style": "vivid"})[0]
        for value in ("true", "false")
    )

    assert told(drops) == [OPENAI_200]
    assert "style" in str(drops.trace.served.adaptations)
    assert (refuses.status, told(refuses)) == (400, [])


def test_defaults_of_a_deployment_give_way_to_the_request():
    source = LONE.replace("gpt-image-1}", "dall-e-3, quality: hd}")

    plain, wished = play(source, {}, {"quality": "standard"})

    assert (plain.trace.cost, wished.trace.cost) == (0.08, 0.04)


@pytest.mark.parametrize(
    ("fault", "goes_on"), [("400", False), ("404", False), ("401", True), ("408", True)]
)
def test_another_deployment_is_asked_after_what_litellm_repeats(fault, goes_on):
    source = TWO_ACCOUNTS + "router_settings: {num_retries: 1, disable_cooldowns: true}"

    tried = play(source, *[PICTURES] * 20, faults=f"*: {fault}")

    assert {len(one.trace.attempts) for one in tried} == {2 if goes_on else 1}


def test_an_rpm_that_litellm_enforces_is_kept():
    source = LONE.replace("gpt-image-1}", "gpt-image-1, rpm: 2}") + (
        "router_settings: {enable_pre_call_checks: true}"
    )

    tried = play(source, {}, {}, {})

    assert [round(one.seconds) for one in tried] == [0, 0, 60]
