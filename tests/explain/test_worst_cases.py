"""The worst is worked out from the nodes: these cases can be checked by hand."""

import pytest
from told import group, openai, stability, text, told

SECOND = 1000  # milliseconds, as configs have them


def worst(config, **request):
    measures = told(config, **(request or {"n": 1}))["request"]["worst"]
    return [measures[name]["bound"] for name in ("attempts", "seconds", "dollars")]


def is_met(config, **request):
    measures = told(config, **(request or {"n": 1}))["request"]["worst"]
    return [measures[name]["met"] for name in ("attempts", "seconds", "dollars")]


def dall_e(**settings):
    return openai("dall-e-2", **settings)  # $0.02 a picture of 1024x1024, its largest


def test_a_retry_repeats_and_waits_a_minute_in_all():
    config = dall_e(retry={"attempts": 2}, request_timeout=10 * SECOND)

    assert worst(config) == [3, 3 * 10 + 60, pytest.approx(0.06)]
    assert is_met(config) == [True, True, True]


def test_without_retry_after_waits_double():
    retry = {"attempts": 3, "use_retry_after_header": False}
    config = dall_e(retry=retry, request_timeout=10 * SECOND)

    assert worst(config) == [4, 4 * 10 + 1 + 2 + 4, pytest.approx(0.08)]


def test_a_retry_of_what_is_not_billed_costs_nothing():
    config = dall_e(retry={"attempts": 2, "on_status_codes": [429]}, request_timeout=SECOND)

    assert worst(config) == [3, 63, pytest.approx(0.02)]
    assert is_met(config) == [True, True, True]


def test_a_fallback_adds():
    config = group("fallback", dall_e(), dall_e(), request_timeout=10 * SECOND)

    assert worst(config) == [2, 20, pytest.approx(0.04)]


def test_a_fallback_from_what_is_not_billed_pays_once():
    config = group("fallback", dall_e(), dall_e(), strategy={"on_status_codes": [429]})

    assert worst(config) == [2, 1200, pytest.approx(0.02)]
    assert is_met(config) == [True, True, True]


def test_a_fallback_that_never_moves_on_is_as_bad_as_one_target():
    config = group("fallback", dall_e(), dall_e(), strategy={"on_status_codes": []})

    assert worst(config)[0] == 1


def test_a_load_balancer_is_as_bad_as_its_worst_target():
    config = group("loadbalance", dall_e(), dall_e(retry={"attempts": 1}), dall_e(weight=0))

    assert worst(config)[0] == 2
    assert is_met(config) == [True, True, True]


def test_a_load_balancer_with_failover_adds():
    config = group("loadbalance", dall_e(), dall_e(), dall_e(), strategy={"failover": True})

    assert worst(config) == [3, 1800, pytest.approx(0.06)]
    assert is_met(config) == [True, True, True]


def test_a_split_multiplies_calls_and_takes_no_longer():
    config = openai("dall-e-3", retry={"attempts": 1}, request_timeout=10 * SECOND)

    assert worst(config, n=3, size="1024x1024", quality="standard") == [
        *(6, 2 * 10 + 60),
        pytest.approx(6 * 0.04),
    ]
    assert is_met(config, n=3, size="1024x1024", quality="standard") == [True, True, True]


def test_a_budget_of_attempts_counts_over_the_whole_group():
    retry = {"attempts": 3}
    config = group("fallback", dall_e(), dall_e(), budget={"attempts": 5}, retry=retry)

    assert worst(config)[0] == 5
    assert worst(config)[2] == pytest.approx(0.1)
    assert is_met(config)[0]


def test_a_deadline_ends_everything():
    config = group("fallback", dall_e(), dall_e(), budget={"deadline": 15})

    assert worst(config) == [2, 15, pytest.approx(0.04)]
    assert is_met(config) == [True, True, True]


def test_the_callers_own_deadline_does_too():
    assert worst(dall_e(), options={"timeout": 7})[1] == 7


def test_a_remote_job_is_called_off_after_its_timeout():
    flux = {"model": "black-forest-labs/flux-schnell"}
    config = {"provider": "replicate", "override_params": flux, "request_timeout": 10 * SECOND}

    assert worst(config)[1] == 10 + 5
    assert is_met(config)[1]


def test_a_target_that_cannot_do_it_adds_nothing():
    config = group("fallback", stability(on_unsupported="skip"), dall_e())

    assert worst(config, style="vivid", size="1792x1024")[0] == 1


def test_what_cannot_be_met_is_only_called_at_most():
    config = openai("dall-e-3", budget={"max_cost": 0.05}, retry={"attempts": 3})

    drawn = text(config, size="1024x1024", quality="standard")
    assert "at most $0.050" in drawn
    assert is_met(config, size="1024x1024", quality="standard")[2] is False


def test_a_price_that_is_not_known_has_no_bound():
    drawn = text(openai("my-own-model"), n=1)

    assert worst(openai("my-own-model"))[2] is None
    assert "dollars unbounded" in drawn
    assert "no price of my-own-model is known" in drawn


def test_what_a_model_counts_only_afterwards_has_no_bound_not_even_under_a_max_cost():
    config = openai("gpt-image-1.5", budget={"max_cost": 1.0})

    drawn = text(config, n=1)

    assert worst(config)[2] is None
    assert "gpt-image-1.5 counts output_tokens_details.text_tokens afterwards" in drawn
    assert "and what is counted afterwards" in drawn
    assert told(config, n=1)["tree"]["asked"]["most_dollars"] is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, 32_768),
        ({"maxOutputTokens": 2000}, 2000),
        ({"generation_config": {"max_output_tokens": 2000}}, 2000),
        ({"maxOutputTokens": 99_000}, 32_768),
        ({"maxOutputTokens": 0}, 32_768),
    ],
)
def test_what_gemini_thinks_is_bounded_by_what_it_may_put_out(said, words):
    config = {"provider": "google", "override_params": {"model": "gemini-3-pro-image", **said}}

    kite, overhead = len("a red kite"), 64

    assert worst(config)[2] == pytest.approx(
        0.134 + words * 0.000012 + (kite + overhead) * 0.000002
    )


def test_who_waits_for_the_same_request_of_others_waits_without_bound():
    config = dall_e(cache={"mode": "simple"})

    assert worst(config)[1] is None
    assert "seconds without that: 600 s" in text(config, n=1)


def test_a_deadline_bounds_that_wait_too():
    assert worst(dall_e(cache={"mode": "simple"}, budget={"deadline": 30}))[1] == 30


def test_waiting_for_a_place_is_told_apart():
    config = dall_e(limit={"concurrency": 1}, request_timeout=10 * SECOND)

    assert worst(config)[1] == 610
    assert "seconds while nobody else asks: at most 10 s" in text(config, n=1)


def test_a_stream_has_no_bound_in_time():
    assert worst(openai("gpt-image-2"), stream=True)[1] is None


def test_an_open_breaker_lets_the_next_be_asked_whatever_is_listed():
    breaker = {"failure_threshold": 1}
    first = dall_e(cb_config=breaker, request_timeout=10 * SECOND)
    second = dall_e(request_timeout=60 * SECOND)
    config = group("fallback", first, second, strategy={"on_status_codes": []})

    assert worst(config)[:2] == [1, 60]
    assert is_met(config)[1] is False


def test_budgets_are_whole_for_whoever_is_looked_at():
    config = group("fallback", dall_e(), dall_e(), budget={"attempts": 1, "max_cost": 0.02})

    targets = told(config, n=1)["tree"]["children"]
    assert [target["asked"]["refused"] for target in targets] == [None, None]


def test_what_is_too_dear_for_all_pictures_may_be_asked_for_the_last_of_them():
    first, second = dall_e(), openai("dall-e-2", budget={"max_cost": 0.02})
    config = group("fallback", first, second, strategy={"top_up": True})

    assert worst(config, n=3, size="1024x1024")[0] == 2
    assert worst(config, n=3, size="1024x1024")[2] == pytest.approx(0.08)


def test_what_an_adapter_would_never_send_is_no_attempt_and_leaves_the_budget_to_others():
    unsent = {"provider": "replicate", "override_params": {"model": "gpt-image-2"}}
    config = group(
        "fallback", {**unsent, "retry": {"attempts": 2}}, dall_e(), budget={"attempts": 1}
    )

    assert worst(config) == [1, 600, pytest.approx(0.02)]
    assert is_met(config) == [True, True, True]
    assert told(config, n=1)["tree"]["children"][0]["asked"]["refused"]["kind"] == "bad_request"
