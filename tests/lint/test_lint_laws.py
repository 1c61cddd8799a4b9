"""Laws: what a finding says will happen does happen, by the engine that serves."""

from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lint_tools import examples

from router.emulators import (
    azure_openai,
    google_errors,
    monsterapi,
    openai,
    replicate_errors,
    segmind,
    stability_errors,
    together_ai,
)
from router.lab.stage import Stage, loader_for
from router.lint.pages import page
from router.policies.breaker_state import BreakerRules
from router.providers.statuses import OWN, statuses_of
from router.sandbox.fault_script import parse_faults
from router.sandbox.faults import Faults
from router.testing import simulate

EMULATED = {
    "openai": openai.FAILURES,
    "azure-openai": azure_openai.FAILURES,
    "google": google_errors.STATUSES,
    "stability-ai": stability_errors.NAMES.keys() | stability_errors.MESSAGES.keys(),
    "together-ai": together_ai.FAILURES,
    "replicate": replicate_errors.FAILURES,
    "segmind": segmind.ERRORS,
    "monsterapi": monsterapi.ERRORS,
}


def asked(code, title, faults, seed=0, requests=1, **params):
    """Play a page's example; return the trace of each request."""
    [text] = examples(page(code), title).values()

    async def main():
        stage = Stage(loaded=loader_for().load(text), fate=Faults(parse_faults(faults)), seed=seed)
        return [await stage.ask({"prompt": "a kite", **params}) for _ in range(requests)]

    return [tried.trace for tried in simulate(main)]


def paths(trace):
    return [attempt.path for attempt in trace.attempts]


@pytest.mark.parametrize("provider", OWN)
def test_a_providers_statuses_are_those_of_its_emulator(provider):
    assert set(EMULATED[provider]) <= statuses_of(provider)
    assert set(EMULATED[provider]) >= {code for code in OWN[provider] if code < 500}


def test_every_provider_with_an_emulator_of_its_own_is_judged():
    assert set(OWN) == set(EMULATED)


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("unreachable-fallback", "openai: 503"),
        ("unreachable-fallback", "openai: 429"),
        ("starved-target", "openai: 503"),
        ("unpaid-target", "openai: 503"),
        ("timeout-beyond-deadline", "openai: delay=900s"),
    ],
)
def test_the_target_behind_is_asked_in_the_right_example_only(code, faults):
    [wrong] = asked(code, "Wrong", faults)
    [right] = asked(code, "Right", faults)

    assert paths(right)[-1] == "config.targets[1]"
    assert set(paths(wrong)) == {"config.targets[0]"}


@pytest.mark.parametrize("title", ["Wrong", "Right"])
def test_what_is_not_listed_moves_on_in_neither_example(title):
    [trace] = asked("unreachable-fallback", title, "openai: 401")

    assert paths(trace) == ["config.targets[0]"]


@pytest.mark.parametrize("seed", range(5))
def test_a_retry_beyond_the_deadline_is_never_made(seed):
    [trace] = asked("retries-beyond-deadline", "Wrong", "openai: 503", seed)

    assert len(trace.attempts) <= 5  # of the six that are written down


def test_a_retry_beyond_the_budget_is_never_made():
    [trace] = asked("retries-beyond-budget", "Wrong", "openai: 503")

    assert len(trace.attempts) == 3


def test_a_timeout_in_seconds_where_milliseconds_are_meant_gets_no_picture():
    [wrong] = asked("timeout-too-short", "Wrong", "google: delay=20s")
    [right] = asked("timeout-too-short", "Right", "google: delay=20s")

    assert (wrong.served, right.served is None) == (None, False)


def test_a_breaker_that_never_opens_stays_closed_and_its_right_example_opens():
    opened = {
        title: any(
            "opened" in decision.reason
            for trace in asked("breaker-never-opens", title, "openai: 503", requests=8)
            for decision in trace.decisions
        )
        for title in ("Wrong", "Right")
    }

    assert opened == {"Wrong": False, "Right": True}


@given(
    minimum=st.integers(1, 50),
    percentage=st.floats(1, 100),
    threshold=st.integers(1, 10),
    outcomes=st.lists(st.booleans(), min_size=1, max_size=60),
)
def test_an_idle_percentage_never_decides(minimum, percentage, threshold, outcomes):
    assume(ceil(percentage * minimum / 100.0) >= threshold)
    share = BreakerRules(percentage=percentage, minimum_requests=minimum)
    count = BreakerRules(threshold=threshold)

    for attempts in range(1, len(outcomes) + 1):
        failures = sum(outcomes[:attempts])
        assert not share.trips(failures, attempts) or count.trips(failures, attempts)


def test_a_drained_target_is_asked_in_the_right_example_only():
    [wrong] = asked("drained-target", "Wrong", "openai: 503")
    [right] = asked("drained-target", "Right", "openai: 503")

    assert set(paths(wrong)) == {"config.targets[0]"}
    assert paths(right)[-1] == "config.targets[1]"


def test_a_weight_of_0_in_a_fallback_is_no_reason_not_to_ask():
    [trace] = asked("idle-weight", "Wrong", "google: 503")

    assert paths(trace) == ["config.targets[0]"]


def test_a_dead_condition_sends_nobody_anywhere():
    async def main():
        [text] = examples(page("dead-condition"), "Wrong").values()
        stage = Stage(loaded=loader_for().load(text))
        options = {"metadata": {"plan": "pro"}}
        return await stage.ask({"prompt": "a kite"}, options=options)

    assert paths(simulate(main).trace) == ["config.targets[1]"]
