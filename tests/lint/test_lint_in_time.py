"""What is said of deadlines is true: where calls hang, it is so in a play."""

import re
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lint_tools import check_text, codes, told
from small_configs import MODELS, small_configs, timed, without
from test_lint_rules import group
from test_lint_truth import (
    HANGS,
    LOADER,
    PATH,
    STATUSES,
    behind,
    first,
    found,
    is_asked,
    is_reached,
    is_spent,
)

from router.config.model import targets_of
from router.config.places import shown_place
from router.lint.deadlines import DEADLINE_TOO_SHORT, HURRIED, RETRIES_BEYOND_DEADLINE

PLAYS = 100  # until those are drawn that have to be

TIMED = st.builds(
    timed,
    small_configs().map(lambda one: without(one, "on_unsupported", "cb_config")),
    st.sampled_from([10_000, 20_000, 60_000]),
).filter(is_reached)

LATE = timed(behind({"retry": {"attempts": 2, "on_status_codes": [503]}}), 10_000)
LATER = {
    **LATE,
    "budget": {"deadline": 55},
    "targets": [*LATE["targets"], behind({})["targets"][0]],
}

TIMED_OUT = {**LATE, "budget": {"deadline": 30}}
"""The second one, too, is given up before the deadline."""

STOPPED = {**LATER, "budget": {"deadline": 61}, "request_timeout": 20_000}
"""A wait is not begun that would end too late."""


def hanging(claim, config, *, below="config"):
    """Return a play in which a claim holds, and every call hangs that is made below a place.

    The others fail in turn with every status.
    """
    paths = [route.path for route in targets_of(LOADER.load(config).document.route)]
    hung = {path for path in paths if f"{path}.".startswith(f"{below}.")}
    statuses = STATUSES * (PLAYS // len(STATUSES))
    plays = ({path: HANGS if path in hung else status for path in paths} for status in statuses)
    fates = [{path: (way, 9, way) for path, way in ways.items()} for ways in plays]
    return first(claim, config, fates)


def takes(finding):
    return float(re.search(r"takes about ([\d.]+) s", finding.message)[1])


def last_at(path, tried):
    """Return how long the last call at a target took."""
    return max((one.duration for one in tried.trace.attempts if one.path == path), default=None)


def has_time(path, seconds, tried):
    """Tell whether a call at a target took so long."""
    return (last_at(path, tried) or 0.0) >= seconds


def is_cut_off(path, seconds, tried):
    """Tell whether a request was over before a target had the seconds that it takes."""
    longest = last_at(path, tried)
    return is_spent(tried) and (longest is None or longest < seconds)


@given(config=TIMED)
@example(config=LATER)
@example(config=TIMED_OUT)
@example(config=STOPPED)
@example(config={**LATER, "strategy": {"mode": "loadbalance", "failover": True}})
def test_a_hurried_target_has_too_little_time_where_others_hang_and_enough_without_a_budget(config):
    for finding in found(config, HURRIED):
        path, seconds = shown_place(finding.place, "config"), takes(finding)
        harm = finding.harm

        def is_late(tried, path=path, seconds=seconds, harm=harm):
            as_said = harm.endswith("not at all") or is_asked(path, tried) is ("never" not in harm)
            return as_said and is_cut_off(path, seconds, tried)

        bound = PATH.findall(finding.message)[-1]
        assert hanging(is_late, without(config, "budget", but=bound))
        assert hanging(
            lambda tried, path=path: is_asked(path, tried) and len(tried.trace.attempts) > 1,
            without(config, "budget"),
        )


@given(config=TIMED)
def test_where_a_deadline_is_too_short_no_call_has_the_time_that_the_model_takes(config):
    for finding in found(config, DEADLINE_TOO_SHORT):
        bound = shown_place(finding.place[:-2], "config")
        model = finding.message.partition(" ")[0]
        paths = [
            route.path
            for route in targets_of(LOADER.load(config).document.route)
            if MODELS[route.provider] == model and f"{route.path}.".startswith(f"{bound}.")
        ]
        assert any(
            hanging(partial(has_time, path, takes(finding)), config) is None for path in paths
        )


@given(config=TIMED)
@example(config={**LATE, "budget": {"deadline": 25}})
def test_of_retries_after_timeouts_as_many_are_made_as_is_said(config):
    for finding in found(config, RETRIES_BEYOND_DEADLINE):
        said = re.fullmatch(r"where calls hang, (\w+) of (\d+) retr\w+ can be made", finding.harm)
        if said is None:
            continue
        fitting, retries = int(said[1].replace("none", "0")), int(said[2])
        place = max(
            shown_place(finding.place[:-2], "config"), PATH.findall(finding.message)[-1], key=len
        )
        lower, upper = (partial(has_called, place, count) for count in (fitting + 2, retries + 1))

        assert hanging(lower, config, below=place) is None
        free = without(config, "budget")
        if hanging(partial(is_asked, place), free, below=place):
            assert hanging(upper, free, below=place)


def has_called(place, count, tried):
    """Tell whether somebody below a place was called so often."""
    paths = [one.path for one in tried.trace.attempts if one.path.startswith(place)]
    return max(map(paths.count, paths), default=0) >= count


OPENAI = "{provider: openai, override_params: {model: gpt-image-2}%s}"
GEMINI = "{provider: google, override_params: {model: gemini-3-pro-image}}"
FALLBACK = "{mode: fallback}"
FOUND = {
    "deadline-too-short": {
        "alone": "provider: openai\noverride_params: {model: gpt-image-2}\nbudget: {deadline: 3}\n",
        "nested": group(
            FALLBACK, OPENAI % ", budget: {deadline: 3}, request_timeout: 2000", GEMINI
        ),
    },
    "hurried-target": {
        "behind one": group(
            FALLBACK, OPENAI % "", GEMINI, more="budget: {deadline: 61}\nrequest_timeout: 60000\n"
        ),
        "drawn after one": group(
            "{mode: loadbalance, failover: true}",
            OPENAI % "",
            GEMINI,
            more="budget: {deadline: 61}\nrequest_timeout: 60000\n",
        ),
        "behind a group": group(
            FALLBACK,
            f"{{strategy: {{mode: loadbalance}}, targets: [{OPENAI % ''}, {OPENAI % ''}]}}",
            GEMINI,
            more="budget: {deadline: 61}\nrequest_timeout: 60000\n",
        ),
        "behind retries": group(
            FALLBACK,
            OPENAI % ", retry: {attempts: 1, on_status_codes: [408]}",
            GEMINI,
            more="budget: {deadline: 100}\nrequest_timeout: 40000\n",
        ),
    },
    "retries-beyond-deadline": {
        "after timeouts": "provider: openai\nrequest_timeout: 30000\nbudget: {deadline: 40}\n"
        "retry: {attempts: 5, on_status_codes: [408]}\n",
    },
}

CASES = [
    pytest.param(code, text, id=f"{code}, {name}")
    for code, texts in FOUND.items()
    for name, text in texts.items()
]


@pytest.mark.parametrize(("code", "text"), CASES)
def test_what_a_deadline_leaves_no_time_for_is_told(code, text, tmp_path):
    assert code in codes(check_text(text, tmp_path))


QUIET = {
    "a list without 408": group(
        "{mode: fallback, on_status_codes: [503]}",
        OPENAI % "",
        GEMINI,
        more="budget: {deadline: 61}\nrequest_timeout: 60000\n",
    ),
    "time enough": group(
        FALLBACK, OPENAI % "", GEMINI, more="budget: {deadline: 90}\nrequest_timeout: 60000\n"
    ),
    "only one of them is asked": group(
        "{mode: loadbalance}",
        OPENAI % "",
        GEMINI,
        more="budget: {deadline: 61}\nrequest_timeout: 60000\n",
    ),
    "408 is not retried": "provider: openai\nrequest_timeout: 30000\nbudget: {deadline: 40}\n"
    "retry: {attempts: 5}\n",
    "a model of which nobody knows": "provider: openai\nbudget: {deadline: 3}\n",
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_where_there_is_time_nothing_is_said(text, tmp_path):
    assert set(codes(check_text(text, tmp_path))) <= {"same-credential", "uneven-targets"}


def test_as_much_time_as_a_hint_says_is_enough(tmp_path):
    text = FOUND["hurried-target"]["behind retries"]
    enough = re.search(r"allow ([\d.]+) s", told(check_text(text, tmp_path), "hurried-target").hint)

    heeded = text.replace("deadline: 100", f"deadline: {enough[1]}")

    assert "hurried-target" not in codes(check_text(heeded, tmp_path))
