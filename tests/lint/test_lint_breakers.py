"""A breaker that is said never to open opens in no play, however calls are timed."""

import json
import re

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lint_tools import check_text, codes, told

from router.config.load import load_text
from router.config.report import Report
from router.lab.stage import Stage, loader_for
from router.lint.breakers import NEVER_OPENS, QUICKEST
from router.lint.subject import Subject
from router.sandbox.fault import Fault, FaultKind
from router.testing import simulate

LOADER = loader_for()
PATH = re.compile(r"config(?:\.targets\[\d+\])*")
AT_ONCE = 30  # requests; the limits are far below

BREAKERS = st.one_of(
    st.fixed_dictionaries({"failure_threshold": st.integers(1, 12)}),
    st.fixed_dictionaries(
        {"failure_threshold_percentage": st.just(50), "minimum_requests": st.integers(2, 12)}
    ),
).flatmap(
    lambda one: st.builds(
        lambda window: {**one, "window": window}, st.sampled_from([1, 4, 10_000, 60_000, 90_000])
    )
)
LIMITS = st.one_of(
    st.builds(lambda most: {"per_minute": most}, st.integers(1, 5)),
    st.builds(lambda most: {"concurrency": most}, st.integers(1, 3)),
)
TARGETS = st.fixed_dictionaries(
    {
        "provider": st.just("openai"),
        "override_params": st.sampled_from([{"model": "gpt-image-2"}, {"model": "dall-e-3"}]),
        "cb_config": BREAKERS,
        "limit": LIMITS,
        "request_timeout": st.sampled_from([5_000, 50_000, 59_000, 70_000]),
    },
    optional={"retry": st.just({"attempts": 1})},
)
OTHERS = TARGETS.flatmap(
    lambda one: st.sampled_from([one, {key: one[key] for key in one if key != "limit"}])
)
CONFIGS = st.lists(OTHERS, min_size=1, max_size=2).map(lambda targets: fallback(*targets))


class Together:
    """The fate by which all calls fail at the same moment, as far as their timeout lets them."""

    def __init__(self, moment):
        self.moment = moment

    def strike(self, provider, model, serial, elapsed):
        del provider, model, serial
        delay = max(QUICKEST, self.moment - elapsed)
        return Fault(kind=FaultKind.STATUS, status=503, delay=delay)


def claims(config):
    source = load_text(json.dumps(config), Report(), root="config")
    subject = Subject(source=source, document=LOADER.load(config).document)
    found = [one for one in NEVER_OPENS.check(subject) if "never opens" in one.harm]
    return [PATH.search(finding.message)[0] for finding in found]


def opened(config, moment):
    """Return the breakers that open, by their path."""

    async def main():
        stage = Stage(loaded=LOADER.load(config), fate=Together(moment))
        tried = []

        async def ask():
            tried.append(await stage.ask({"prompt": "a kite"}))

        async with anyio.create_task_group() as group:
            for _ in range(AT_ONCE):
                group.start_soon(ask)
        return {
            one.path
            for trace in (one.trace for one in tried)
            for one in trace.decisions
            if "opened" in one.reason
        }

    return simulate(main)


SLOW = {
    "provider": "openai",
    "limit": {"per_minute": 5},
    "request_timeout": 59_000,
    "cb_config": {"failure_threshold": 8},
}
SHARED = {**SLOW, "limit": {"per_minute": 3}, "cb_config": {"failure_threshold": 7}}


def fallback(*targets):
    return {"strategy": {"mode": "fallback"}, "targets": list(targets)}


@given(config=CONFIGS, share=st.sampled_from([0.0, 0.5, 0.999]))
@example(config=fallback(SLOW), share=0.999)
@example(config=fallback(SHARED, {**SHARED, "limit": {"per_minute": 30}}), share=0.0)
def test_a_breaker_that_is_said_never_to_open_opens_in_no_play(config, share):
    said = claims(config)

    if said:
        moment = share * max(one["request_timeout"] for one in config["targets"]) / 1000
        assert not opened(config, moment) & set(said)


ONE = "provider: openai\ncb_config: {%s}\n"

CLOSED = {
    "a window of a millisecond": ("failure_threshold: 10, window: 1", ""),
    "a minute in seconds": ("failure_threshold: 10, window: 60", ""),
    "more than one lane can fail": ("failure_threshold: 1000000000", "limit: {concurrency: 1}\n"),
}


@pytest.mark.parametrize(("breaker", "more"), CLOSED.values(), ids=CLOSED)
def test_a_breaker_that_cannot_be_expected_to_open_is_told(breaker, more, tmp_path):
    assert codes(check_text(ONE % breaker + more, tmp_path)) == ["breaker-never-opens"]


@pytest.mark.parametrize(
    "breaker",
    ["failure_threshold: 10, window: 1000", "failure_threshold: 1, window: 1"],
)
def test_a_breaker_that_may_open_is_not(breaker, tmp_path):
    assert codes(check_text(ONE % breaker, tmp_path)) == []


IDLE = """\
provider: openai
cb_config:
  failure_threshold: 3
  failure_threshold_percentage: 50
  minimum_requests: 20
"""


def test_with_an_idle_percentage_goes_what_is_for_it_alone(tmp_path):
    problems = check_text(IDLE, tmp_path)

    assert codes(problems) == ["idle-percentage"] * 2
    assert [problem.fix.says for problem in problems] == [
        "removes the percentage",
        "removes minimum_requests",
    ]


def test_requests_that_no_percentage_is_of_have_no_effect(tmp_path):
    text = IDLE.replace("  failure_threshold_percentage: 50\n", "")

    assert (
        "'minimum_requests' has no effect" in told(check_text(text, tmp_path), "no-effect").message
    )
